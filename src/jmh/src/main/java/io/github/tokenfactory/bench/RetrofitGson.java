package io.github.tokenfactory.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.TypeAdapter;
import com.google.gson.annotations.SerializedName;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import retrofit2.Call;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;
import retrofit2.http.Body;
import retrofit2.http.Header;
import retrofit2.http.POST;

/**
 * What a Retrofit user writes by hand: three classes, and one adapter so that no float is boxed.
 */
final class RetrofitGson implements Client {
  /** Replaces Gson's adapter for arrays, which boxes each float and cannot read base64. */
  static final Gson GSON =
      new GsonBuilder().registerTypeAdapter(float[].class, new VectorAdapter()).create();

  private final Api api;
  private final EmbeddingsRequest request;

  RetrofitGson(Workload workload, String url) {
    this.api =
        new Retrofit.Builder()
            .baseUrl(url)
            .addConverterFactory(GsonConverterFactory.create(GSON))
            .build()
            .create(Api.class);
    this.request =
        new EmbeddingsRequest(
            "m",
            workload.tokens() > 0 ? workload.tokenIds() : workload.texts(),
            workload.encodingFormat());
  }

  @Override
  public Object call() throws IOException {
    return api.embed("Bearer key", request).execute().body().vectors();
  }

  interface Api {
    @POST("v1/embeddings")
    Call<EmbeddingsResponse> embed(
        @Header("Authorization") String authorization, @Body EmbeddingsRequest request);
  }

  record EmbeddingsRequest(
      String model, Object input, @SerializedName("encoding_format") String encodingFormat) {}

  record Item(float[] embedding, int index) {}

  record EmbeddingsResponse(List<Item> data) {
    List<float[]> vectors() {
      List<float[]> vectors = new ArrayList<>(data.size());
      for (Item item : data) {
        vectors.add(item.embedding);
      }
      return vectors;
    }
  }

  /** {@return the vectors of a response, read through Gson's tree} */
  static List<float[]> readTree(Reader json) {
    List<float[]> vectors = new ArrayList<>();
    JsonObject root = JsonParser.parseReader(json).getAsJsonObject();
    for (JsonElement item : root.getAsJsonArray("data")) {
      JsonElement embedding = item.getAsJsonObject().get("embedding");
      if (embedding.isJsonPrimitive()) {
        vectors.add(JacksonStreaming.floats(Base64.getDecoder().decode(embedding.getAsString())));
        continue;
      }
      float[] vector = new float[embedding.getAsJsonArray().size()];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = embedding.getAsJsonArray().get(i).getAsFloat();
      }
      vectors.add(vector);
    }
    return vectors;
  }

  private static final class VectorAdapter extends TypeAdapter<float[]> {
    @Override
    public float[] read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.STRING) {
        return JacksonStreaming.floats(Base64.getDecoder().decode(in.nextString()));
      }
      float[] vector = new float[1024];
      int size = 0;
      in.beginArray();
      while (in.hasNext()) {
        if (size == vector.length) {
          vector = Arrays.copyOf(vector, 2 * size);
        }
        vector[size++] = (float) in.nextDouble();
      }
      in.endArray();
      return Arrays.copyOf(vector, size);
    }

    @Override
    public void write(JsonWriter out, float[] vector) {
      throw new UnsupportedOperationException("Vectors are never written");
    }
  }
}
