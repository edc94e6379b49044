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

/** Reads answers as the client does, out of bodies in memory, and as Gson does by itself. */
public final class Decoding {
  /** The pieces that a body comes in: how much next, by how much there was before. */
  public static final IntUnaryOperator WHOLE = before -> Integer.MAX_VALUE;

  public static final IntUnaryOperator SINGLY = before -> 1;

  /** The length of a body that does not say it. */
  public static final long NOT_SAID = -1;

  private static final Converter<ResponseBody, ?> CONVERTER = converter(EmbeddingResponse.class);
  private static final TypeAdapter<EmbeddingResponse> PLAIN =
      new Gson().getAdapter(EmbeddingResponse.class);

  private Decoding() {}

  /** {@return what the client reads answers of {@code type} with} */
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

  /** {@return the answer as the client reads it} */
  public static EmbeddingResponse read(byte[] json, IntUnaryOperator pieces, long contentLength)
      throws IOException {
    BufferedSource source = Okio.buffer(new Pieces(json, pieces));
    return read(ResponseBody.create(source, null, contentLength));
  }

  /** {@return the answer as the client reads it, its length said} */
  public static EmbeddingResponse read(String json, IntUnaryOperator pieces) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    return read(bytes, pieces, bytes.length);
  }

  public static EmbeddingResponse read(ResponseBody body) throws IOException {
    return (EmbeddingResponse) CONVERTER.convert(body);
  }

  /** {@return the answer as Gson reads it by itself, as strictly as it does for Retrofit} */
  public static EmbeddingResponse plain(byte[] json) throws IOException {
    JsonReader in = new JsonReader(new InputStreamReader(new ByteArrayInputStream(json), UTF_8));
    EmbeddingResponse value = PLAIN.read(in);
    if (in.peek() != JsonToken.END_DOCUMENT) {
      throw new MalformedJsonException("more");
    }
    return value;
  }

  /** {@return some vector, the same for the same seed} */
  public static float[] floats(int dimensions, int seed) {
    Random random = new Random(seed);
    float[] floats = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      floats[i] = (random.nextFloat() - 0.5f) / (1 << random.nextInt(12));
    }
    return floats;
  }

  /** {@return the floats as JSON has them in base64, without quotes} */
  public static String base64(float... floats) {
    ByteBuffer bytes =
        ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(floats);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /** {@return the floats as JSON has them in numbers, with brackets} */
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
