package io.github.tokenfactory;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;
import retrofit2.Converter;
import retrofit2.Retrofit;

/**
 * Writes requests and reads answers, for the client alone: bodies stream in both directions, an
 * answer is one whole JSON value and nothing after it, and what is wrong with it is said without
 * its contents.
 */
final class JsonConverterFactory extends Converter.Factory {
  private static final MediaType JSON = MediaType.get("application/json; charset=UTF-8");
  private static final int MAX_DEPTH = 64;
  // Up to the first name that is not like one of the document's: a server may repeat anything
  // there.
  private static final Pattern PATH =
      Pattern.compile(" path (\\$(?:\\.[A-Za-z0-9_-]{1,40}|\\[\\d+])*)(?=[.\\[\n]|$)");

  private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();

  @Override
  public Converter<?, RequestBody> requestBodyConverter(
      Type type,
      Annotation[] parameterAnnotations,
      Annotation[] methodAnnotations,
      Retrofit retrofit) {
    return requestConverter(gson.getAdapter(TypeToken.get(type)));
  }

  private <T> Converter<T, RequestBody> requestConverter(TypeAdapter<T> adapter) {
    return value -> new Body<>(gson, adapter, value);
  }

  @Override
  public Converter<ResponseBody, ?> responseBodyConverter(
      Type type, Annotation[] annotations, Retrofit retrofit) {
    TypeAdapter<?> adapter = gson.getAdapter(TypeToken.get(type));
    return body -> read(adapter, body);
  }

  private <T> @Nullable T read(TypeAdapter<T> adapter, ResponseBody body) throws IOException {
    try (body) {
      try {
        EndSeeingReader text =
            new EndSeeingReader(new InputStreamReader(body.byteStream(), StandardCharsets.UTF_8));
        return readWhole(adapter, gson.newJsonReader(text), text);
      } catch (UnreadableAnswerException e) {
        body.source().request(1 << 10); // so that there is something to show of it
        throw e;
      }
    }
  }

  private static <T> @Nullable T readWhole(
      TypeAdapter<T> adapter, JsonReader in, EndSeeingReader text) throws IOException {
    in.setNestingLimit(MAX_DEPTH);
    try {
      T value = adapter.read(in);
      requireEnd(in);
      return value;
    } catch (EOFException e) {
      throw new UnreadableAnswerException(
          in.getPath().equals("$")
              ? "it is empty or ends at once"
              : "it ends too soon" + place(" path " + in.getPath()),
          true);
    } catch (MalformedJsonException e) {
      throw new UnreadableAnswerException(
          "it is not valid JSON" + place(e.getMessage()), text.hasEnded);
    } catch (JsonParseException e) {
      throw new UnreadableAnswerException(shown(e.getMessage()));
    } catch (OutOfMemoryError e) {
      throw new UnreadableAnswerException(
          "it does not fit into the memory that is left: see maxResponseBytes");
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new UnreadableAnswerException(
          "it is not what the document says" + place(" path " + in.getPath()));
    }
  }

  private static void requireEnd(JsonReader in) throws IOException {
    boolean ended;
    try {
      ended = in.peek() == JsonToken.END_DOCUMENT;
    } catch (MalformedJsonException e) {
      ended = false;
    }
    if (!ended) {
      throw new UnreadableAnswerException("there is more after its JSON");
    }
  }

  /** {@return the place that a message names} */
  private static String place(@Nullable String message) {
    Matcher path = PATH.matcher(String.valueOf(message));
    return path.find() ? " at path " + path.group(1) : "";
  }

  private static String shown(@Nullable String message) {
    Matcher path = PATH.matcher(String.valueOf(message));
    return path.find()
        ? String.valueOf(message).substring(0, path.end())
        : "it is not what the document says";
  }

  /**
   * Knows whether more was asked for than there is: JSON that is broken there may have been cut
   * off.
   */
  private static final class EndSeeingReader extends FilterReader {
    private boolean hasEnded;

    EndSeeingReader(Reader text) {
      super(text);
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      hasEnded |= read < 0;
      return read;
    }
  }

  /**
   * One value, written anew whenever it is sent; its length is known before, so that no server has
   * to take chunks.
   */
  private static final class Body<T> extends RequestBody {
    private final Gson gson;
    private final TypeAdapter<T> adapter;
    private final T value;
    private final long length;

    /** Fails with {@link IllegalArgumentException} if JSON cannot carry {@code value}. */
    Body(Gson gson, TypeAdapter<T> adapter, T value) throws IOException {
      this.gson = gson;
      this.adapter = adapter;
      this.value = value;
      long[] written = {0};
      try (BufferedSink counter =
          Okio.buffer(
              new ForwardingSink(Okio.blackhole()) {
                @Override
                public void write(Buffer source, long byteCount) throws IOException {
                  written[0] += byteCount;
                  super.write(source, byteCount);
                }
              })) {
        writeTo(counter);
      }
      this.length = written[0];
    }

    @Override
    public MediaType contentType() {
      return JSON;
    }

    @Override
    public long contentLength() {
      return length;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      Writer writer = new OutputStreamWriter(sink.outputStream(), StandardCharsets.UTF_8);
      JsonWriter json = gson.newJsonWriter(writer);
      adapter.write(json, value);
      json.flush();
    }
  }
}
