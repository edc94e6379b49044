package io.github.tokenfactory.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** What an expert would write by hand for this response only: it keeps nothing but the vectors. */
final class JacksonStreaming implements Client {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();

  private final OkHttpClient http = OkHttp.tuned();
  private final String url;
  private final List<String> texts;
  private final int[][] tokens;
  private final String encodingFormat;

  JacksonStreaming(Workload workload, String url) {
    this.url = url + "v1/embeddings";
    this.texts = workload.texts();
    this.tokens = workload.tokens() > 0 ? workload.tokenIds() : null;
    this.encodingFormat = workload.encodingFormat();
  }

  @Override
  public Object call() throws IOException {
    Request request =
        new Request.Builder()
            .url(url)
            .header("Authorization", "Bearer key")
            .post(RequestBody.create(write(), MediaType.get("application/json")))
            .build();
    try (Response response = http.newCall(request).execute()) {
      return read(response.body().byteStream());
    }
  }

  private byte[] write() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(body)) {
      out.writeStartObject();
      out.writeStringField("model", "m");
      out.writeArrayFieldStart("input");
      if (tokens != null) {
        for (int[] ids : tokens) {
          out.writeArray(ids, 0, ids.length);
        }
      } else {
        for (String text : texts) {
          out.writeString(text);
        }
      }
      out.writeEndArray();
      out.writeStringField("encoding_format", encodingFormat);
      out.writeEndObject();
    }
    return body.toByteArray();
  }

  /** {@return the vectors of a response} */
  static List<float[]> read(InputStream json) throws IOException {
    List<float[]> vectors = new ArrayList<>();
    float[] buffer = new float[1024];
    try (JsonParser in = JSON.createParser(json)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token != JsonToken.FIELD_NAME || !in.currentName().equals("embedding")) {
          continue;
        }
        if (in.nextToken() == JsonToken.VALUE_STRING) {
          vectors.add(floats(in.getBinaryValue()));
          continue;
        }
        int size = 0;
        while (in.nextToken() != JsonToken.END_ARRAY) {
          if (size == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * size);
          }
          buffer[size++] = in.getFloatValue();
        }
        vectors.add(Arrays.copyOf(buffer, size));
      }
    }
    return vectors;
  }

  /** {@return the floats of little-endian bytes} */
  static float[] floats(byte[] bytes) {
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }
}
