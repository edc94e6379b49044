package io.github.tokenfactory;

import com.google.gson.JsonParseException;
import com.google.gson.JsonSyntaxException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.github.tokenfactory.internal.codec.RequestJsonWriter;
import io.github.tokenfactory.internal.codec.VectorJsonReader;
import io.github.tokenfactory.internal.http.UnreadableResponseException;
import io.github.tokenfactory.json.ObjectAdapter;
import java.io.EOFException;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import retrofit2.Converter;
import retrofit2.Retrofit;

/**
 * Writes requests and reads answers as {@link TokenFactoryClient} does, for a {@link Retrofit} of
 * your own: vectors straight from the bytes of an answer, in a fraction of the time and memory that
 * Gson takes.
 *
 * <pre>{@code
 * TokenFactoryApi api =
 *     new Retrofit.Builder()
 *         .baseUrl(baseUrl)
 *         .client(okHttpClient)
 *         .addConverterFactory(TokenFactoryConverterFactory.create())
 *         .addConverterFactory(GsonConverterFactory.create()) // for the other services, if any
 *         .build()
 *         .create(TokenFactoryApi.class);
 * }</pre>
 *
 * <p>It converts this library's types alone and leaves others to the factories that are added after
 * it. Bodies stream in both directions. An answer that is not one whole JSON value of its type
 * fails with an {@link IOException} that says what is wrong and where, without its contents. Safe
 * for use by several threads.
 */
public final class TokenFactoryConverterFactory extends Converter.Factory {
  private static final MediaType JSON = MediaType.get("application/json; charset=UTF-8");
  private static final String PACKAGE = TokenFactoryConverterFactory.class.getPackageName() + ".";
  private static final int MAX_DEPTH = 64;
  // Up to the first name that is not like one of the document's: a server may repeat anything
  // there.
  private static final Pattern PATH =
      Pattern.compile(" path (\\$(?:\\.[A-Za-z0-9_-]{1,40}|\\[\\d+])*)(?=[.\\[\n]|$)");

  private static final int PORTION = 16 << 10;

  private final Function<Type, TypeAdapter<?>> models = ObjectAdapter.registry();

  private final boolean allTypes;

  private TokenFactoryConverterFactory(boolean allTypes) {
    this.allTypes = allTypes;
  }

  /** {@return a factory to add before others} */
  public static TokenFactoryConverterFactory create() {
    return new TokenFactoryConverterFactory(false);
  }

  /** {@return a factory that also converts other types, with Gson's adapters} */
  static TokenFactoryConverterFactory forAllTypes() {
    return new TokenFactoryConverterFactory(true);
  }

  @Override
  public @Nullable Converter<?, RequestBody> requestBodyConverter(
      Type type,
      Annotation[] parameterAnnotations,
      Annotation[] methodAnnotations,
      Retrofit retrofit) {
    return allTypes || isOwn(type) ? requestConverter(models.apply(type)) : null;
  }

  private <T> Converter<T, RequestBody> requestConverter(TypeAdapter<T> adapter) {
    return value -> new Body<>(adapter, value);
  }

  @Override
  public @Nullable Converter<ResponseBody, ?> responseBodyConverter(
      Type type, Annotation[] annotations, Retrofit retrofit) {
    return allTypes || isOwn(type) ? responseConverter(models.apply(type)) : null;
  }

  private static <T> Converter<ResponseBody, T> responseConverter(TypeAdapter<T> adapter) {
    return body -> read(adapter, body);
  }

  private static boolean isOwn(Type type) {
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        if (isOwn(argument)) {
          return true;
        }
      }
    }
    return type instanceof Class<?> raw
        && (raw.getName().startsWith(PACKAGE) || ObjectAdapter.isGenerated(raw));
  }

  private static <T> @Nullable T read(TypeAdapter<T> adapter, ResponseBody body)
      throws IOException {
    try (body) {
      long length = body.contentLength();
      int portion = length < 0 ? PORTION : (int) Math.min(length, PORTION);
      try {
        return readWhole(adapter, new VectorJsonReader(body.byteStream(), portion));
      } catch (UnreadableResponseException e) {
        body.source().request(1 << 10); // so that there is something to show of it
        throw e;
      }
    }
  }

  private static <T> @Nullable T readWhole(TypeAdapter<T> adapter, VectorJsonReader in)
      throws IOException {
    in.setNestingLimit(MAX_DEPTH);
    try {
      T value = adapter.read(in);
      requireEnd(in);
      return value;
    } catch (EOFException e) {
      throw new UnreadableResponseException(
          in.getPath().equals("$") ? "it is empty or ends at once" : "it ends too soon" + place(in),
          true);
    } catch (MalformedJsonException e) {
      throw new UnreadableResponseException("it is not valid JSON" + place(in), in.hasEnded());
    } catch (JsonSyntaxException e) {
      throw new UnreadableResponseException(shown(e.getMessage()));
    } catch (OutOfMemoryError e) {
      throw new UnreadableResponseException(
          "it does not fit into the memory that is left: see maxResponseBytes");
    } catch (StackOverflowError | LinkageError e) { // Retrofit would let the call hang
      throw new UnreadableResponseException("reading it failed with " + e.getClass().getName());
    } catch (JsonParseException | IllegalStateException | IllegalArgumentException e) {
      throw new UnreadableResponseException("it is not what the document says" + place(in));
    }
  }

  private static void requireEnd(VectorJsonReader in) throws IOException {
    boolean ended;
    try {
      ended = in.peek() == JsonToken.END_DOCUMENT;
    } catch (MalformedJsonException e) {
      ended = false;
    }
    if (!ended) {
      throw new UnreadableResponseException("there is more after its JSON");
    }
  }

  /** {@return where {@code in} is} Gson's own messages may quote a text before they say so. */
  private static String place(VectorJsonReader in) {
    Matcher path = PATH.matcher(" path " + in.getPath());
    return path.find() ? " at path " + path.group(1) : "";
  }

  private static String shown(@Nullable String message) {
    Matcher path = PATH.matcher(String.valueOf(message));
    return path.find()
        ? String.valueOf(message).substring(0, path.end())
        : "it is not what the document says";
  }

  /**
   * One value, written anew whenever it is sent; its length is known before, so that no server has
   * to take chunks.
   */
  private static final class Body<T> extends RequestBody {
    private final TypeAdapter<T> adapter;
    private final T value;
    private final long length;
    private final boolean plain;

    /** Fails with {@link IllegalArgumentException} if JSON cannot carry {@code value}. */
    Body(TypeAdapter<T> adapter, T value) throws IOException {
      this.adapter = adapter;
      this.value = value;
      RequestJsonWriter counter = new RequestJsonWriter();
      adapter.write(counter, value);
      this.length = counter.length();
      this.plain = counter.isAllPlain();
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
      RequestJsonWriter json = new RequestJsonWriter(sink.outputStream(), length, plain);
      adapter.write(json, value);
      json.flush();
    }
  }
}
