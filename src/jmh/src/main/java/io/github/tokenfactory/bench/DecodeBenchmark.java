package io.github.tokenfactory.bench;

import io.github.tokenfactory.TokenFactoryConverterFactory;
import io.github.tokenfactory.model.Embedding;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.Okio;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import retrofit2.Converter;
import retrofit2.Retrofit;

/** From an answer in memory to vectors; every decoder reads the same body. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
  private static final MediaType JSON = MediaType.get("application/json");

  static final String OURS = "tokenfactory-java";
  static final String JACKSON = "Jackson streaming";
  static final String GSON = "Gson streaming";
  static final String GSON_TREE = "Gson tree";
  static final String JDK_BASE64 = "JDK base64";
  static final String SCAN_BYTES = "scan of the JSON's bytes";
  static final String COPY_BYTES = "copy of the JSON's bytes";
  static final String COPY_FLOATS = "copy of the floats";

  /** Lower bounds, then decoders. */
  static final List<String> NAMES =
      List.of(COPY_BYTES, COPY_FLOATS, SCAN_BYTES, JDK_BASE64, JACKSON, GSON, GSON_TREE, OURS);

  @Param(OURS)
  String decoder;

  @Param("256x4096-base64")
  String workload;

  private Decoder opened;

  /** What is measured. */
  private interface Decoder {
    Object decode() throws IOException;
  }

  /** {@return whether the decoder has something to do for the workload} */
  static boolean supports(String name, Workload workload) {
    return workload.base64() || !name.equals(JDK_BASE64);
  }

  /** Reads the answer, and fails unless the decoder makes the right vectors of it. */
  @Setup
  public void open() throws IOException {
    Workload read = Workload.named(workload);
    byte[] answer = read.answer();
    opened = open(read, answer);
    Object result = opened.decode();
    if (result instanceof EmbeddingResponse response) {
      List<float[]> vectors = new ArrayList<>();
      for (Embedding embedding : response.getData()) {
        vectors.add(embedding.getEmbedding().toArray());
      }
      result = vectors;
    }
    if (result instanceof List<?>) {
      read.check(result);
    }
  }

  @Benchmark
  public Object decode() throws IOException {
    return opened.decode();
  }

  private Decoder open(Workload read, byte[] answer) throws IOException {
    switch (decoder) {
      case OURS -> {
        Converter<ResponseBody, ?> converter =
            TokenFactoryConverterFactory.create()
                .responseBodyConverter(
                    EmbeddingResponse.class,
                    new Annotation[0],
                    new Retrofit.Builder().baseUrl("http://localhost/").build());
        return () -> converter.convert(body(answer));
      }
      case JACKSON -> {
        return () -> JacksonStreaming.read(body(answer).byteStream());
      }
      case GSON -> {
        return () ->
            RetrofitGson.GSON
                .fromJson(body(answer).charStream(), RetrofitGson.Answer.class)
                .vectors();
      }
      case GSON_TREE -> {
        return () -> RetrofitGson.readTree(body(answer).charStream());
      }
      case JDK_BASE64 -> {
        byte[][] texts = new byte[read.vectors()][];
        for (int i = 0; i < texts.length; i++) {
          texts[i] = read.base64(i).getBytes(StandardCharsets.US_ASCII);
        }
        byte[] decoded = new byte[texts[0].length];
        return () -> decodeAll(texts, decoded);
      }
      case SCAN_BYTES -> {
        return () -> countCommas(answer);
      }
      case COPY_BYTES -> {
        byte[] copy = new byte[answer.length];
        return () -> {
          System.arraycopy(answer, 0, copy, 0, answer.length);
          return copy;
        };
      }
      case COPY_FLOATS -> {
        List<float[]> vectors = JacksonStreaming.read(body(answer).byteStream());
        return () -> copyAll(vectors);
      }
      default -> throw new IllegalArgumentException("No such decoder: " + decoder);
    }
  }

  /** {@return the answer as OkHttp hands it to converters: from elsewhere, a segment at a time} */
  private static ResponseBody body(byte[] answer) {
    return ResponseBody.create(
        Okio.buffer(Okio.source(new ByteArrayInputStream(answer))), JSON, answer.length);
  }

  private static List<float[]> decodeAll(byte[][] texts, byte[] decoded) {
    List<float[]> vectors = new ArrayList<>(texts.length);
    for (byte[] text : texts) {
      float[] vector = new float[Base64.getDecoder().decode(text, decoded) / Float.BYTES];
      ByteBuffer.wrap(decoded).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
      vectors.add(vector);
    }
    return vectors;
  }

  private static Integer countCommas(byte[] answer) {
    int commas = 0;
    for (byte b : answer) {
      if (b == ',') {
        commas++;
      }
    }
    return commas;
  }

  private static List<float[]> copyAll(List<float[]> vectors) {
    List<float[]> copies = new ArrayList<>(vectors.size());
    for (float[] vector : vectors) {
      copies.add(vector.clone());
    }
    return copies;
  }
}
