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

/** Decodes the vectors of a response that is in memory; all decoders read the same body. */
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

  /** The code to measure. */
  private interface Decoder {
    Object decode() throws IOException;
  }

  /** {@return whether the decoder supports the wire format of the workload} */
  static boolean supports(String name, Workload workload) {
    return workload.base64() || !name.equals(JDK_BASE64);
  }

  /** Loads the response; fails if the decoder returns wrong vectors. */
  @Setup
  public void open() throws IOException {
    Workload measured = Workload.named(workload);
    byte[] json = measured.response();
    opened = open(measured, json);
    Object result = opened.decode();
    if (result instanceof EmbeddingResponse response) {
      List<float[]> vectors = new ArrayList<>();
      for (Embedding embedding : response.getData()) {
        vectors.add(embedding.getEmbedding().toArray());
      }
      result = vectors;
    }
    if (result instanceof List<?>) {
      measured.check(result);
    }
  }

  @Benchmark
  public Object decode() throws IOException {
    return opened.decode();
  }

  private Decoder open(Workload measured, byte[] json) throws IOException {
    switch (decoder) {
      case OURS -> {
        Converter<ResponseBody, ?> converter =
            TokenFactoryConverterFactory.create()
                .responseBodyConverter(
                    EmbeddingResponse.class,
                    new Annotation[0],
                    new Retrofit.Builder().baseUrl("http://localhost/").build());
        return () -> converter.convert(body(json));
      }
      case JACKSON -> {
        return () -> JacksonStreaming.read(body(json).byteStream());
      }
      case GSON -> {
        return () ->
            RetrofitGson.GSON
                .fromJson(body(json).charStream(), RetrofitGson.EmbeddingsResponse.class)
                .vectors();
      }
      case GSON_TREE -> {
        return () -> RetrofitGson.readTree(body(json).charStream());
      }
      case JDK_BASE64 -> {
        byte[][] texts = new byte[measured.vectors()][];
        for (int i = 0; i < texts.length; i++) {
          texts[i] = measured.base64(i).getBytes(StandardCharsets.US_ASCII);
        }
        byte[] decoded = new byte[texts[0].length];
        return () -> decodeAll(texts, decoded);
      }
      case SCAN_BYTES -> {
        return () -> countCommas(json);
      }
      case COPY_BYTES -> {
        byte[] copy = new byte[json.length];
        return () -> {
          System.arraycopy(json, 0, copy, 0, json.length);
          return copy;
        };
      }
      case COPY_FLOATS -> {
        List<float[]> vectors = JacksonStreaming.read(body(json).byteStream());
        return () -> copyAll(vectors);
      }
      default -> throw new IllegalArgumentException("No such decoder: " + decoder);
    }
  }

  /** {@return a body that arrives in segments, as OkHttp passes bodies to converters} */
  private static ResponseBody body(byte[] json) {
    return ResponseBody.create(
        Okio.buffer(Okio.source(new ByteArrayInputStream(json))), JSON, json.length);
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

  private static Integer countCommas(byte[] json) {
    int commas = 0;
    for (byte b : json) {
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
