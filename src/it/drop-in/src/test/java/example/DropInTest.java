package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.tokenfactory.EmbeddingInput;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.EmbeddingResponse;
import okhttp3.OkHttpClient;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import org.junit.jupiter.api.Test;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

class DropInTest {

  @Test
  void worksWithAPlainGsonConverterFactory() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(
          new MockResponse()
              .setBody(
                  """
                  {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [1, 0.5]}]}
                  """));
      TokenFactoryApi api =
          new Retrofit.Builder()
              .baseUrl(server.url("/"))
              .client(new OkHttpClient())
              .addConverterFactory(GsonConverterFactory.create())
              .build()
              .create(TokenFactoryApi.class);
      EmbeddingRequest request =
          EmbeddingRequest.builder().model("m").input(EmbeddingInput.text("a cat")).build();

      EmbeddingResponse response = api.createEmbeddings(request, null).execute().body();

      assertArrayEquals(
          new float[] {1, 0.5f}, response.getData().get(0).getEmbedding().toArray());
    }
  }
}
