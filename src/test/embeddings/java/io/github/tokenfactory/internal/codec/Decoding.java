package io.github.tokenfactory.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.github.tokenfactory.TokenFactoryConverterFactory;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import retrofit2.Converter;
import retrofit2.Retrofit;

/** Helps tests to read responses in memory, as the client does and as a default Gson does. */
public final class Decoding {
  /** Delivers a body in pieces: returns the size of the next from the number of bytes before it. */
  public static final IntUnaryOperator WHOLE = before -> Integer.MAX_VALUE;

  public static final IntUnaryOperator BYTE_BY_BYTE = before -> 1;

  /** The content length of a response that does not state it. */
  public static final long UNKNOWN_LENGTH = -1;

  private static final Converter<ResponseBody, ?> CONVERTER = converter(EmbeddingResponse.class);
  private static final TypeAdapter<EmbeddingResponse> GSON_ADAPTER =
      new Gson().getAdapter(EmbeddingResponse.class);

  private Decoding() {}

  /** {@return the client's converter of responses to {@code type}} */
  public static Converter<ResponseBody, ?> converter(Type type) {
    Retrofit retrofit = new Retrofit.Builder().baseUrl("http://localhost/").build();
    return Objects.requireNonNull(
        TokenFactoryConverterFactory.create()
            .responseBodyConverter(type, new Annotation[0], retrofit));
  }

  /** {@return pieces of random sizes, most of them small} */
  public static IntUnaryOperator pieces(Random random) {
    int most = 1 << random.nextInt(14);
    return before -> 1 + random.nextInt(most);
  }

  /** {@return the response as the client reads it} */
  public static EmbeddingResponse read(byte[] json, IntUnaryOperator pieces, long contentLength)
      throws IOException {
    BufferedSource source = Okio.buffer(new Pieces(json, pieces));
    return read(ResponseBody.create(source, null, contentLength));
  }

  /** {@return the response as the client reads it, with its content length} */
  public static EmbeddingResponse read(String json, IntUnaryOperator pieces) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    return read(bytes, pieces, bytes.length);
  }

  public static EmbeddingResponse read(ResponseBody body) throws IOException {
    return (EmbeddingResponse) CONVERTER.convert(body);
  }

  /** {@return the response as a default Gson reads it, as strictly as for Retrofit} */
  public static EmbeddingResponse readWithGson(byte[] json) throws IOException {
    JsonReader in = new JsonReader(new InputStreamReader(new ByteArrayInputStream(json), UTF_8));
    EmbeddingResponse value = GSON_ADAPTER.read(in);
    if (in.peek() != JsonToken.END_DOCUMENT) {
      throw new MalformedJsonException("more");
    }
    return value;
  }

  /** {@return a random vector, the same for the same seed} */
  public static float[] floats(int dimensions, int seed) {
    Random random = new Random(seed);
    float[] floats = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      floats[i] = (random.nextFloat() - 0.5f) / (1 << random.nextInt(12));
    }
    return floats;
  }

  /** {@return the base64 of the floats, without quotes} */
  public static String base64(float... floats) {
    ByteBuffer bytes =
        ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(floats);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /** {@return the JSON array of the floats} */
  public static String numbers(float... floats) {
    return Arrays.toString(floats).replace(", ", ",");
  }

  private static final class Pieces implements Source {
    private final byte[] bytes;
    private final IntUnaryOperator pieces;
    private int position;

    Pieces(byte[] bytes, IntUnaryOperator pieces) {
      this.bytes = bytes;
      this.pieces = pieces;
    }

    @Override
    public long read(Buffer sink, long byteCount) {
      if (position == bytes.length) {
        return -1;
      }
      int most = (int) Math.min(byteCount, bytes.length - position);
      int count = Math.min(most, pieces.applyAsInt(position));
      sink.write(bytes, position, count);
      position += count;
      return count;
    }

    @Override
    public Timeout timeout() {
      return Timeout.NONE;
    }

    @Override
    public void close() {}
  }
}
