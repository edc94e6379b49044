package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tokenfactory.TokenFactoryConverterFactory;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import retrofit2.Converter;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

class DropInTest {
  private final OkHttpClient http =
      new OkHttpClient.Builder()
          .addInterceptor(
              chain ->
                  chain.proceed(
                      chain.request().newBuilder().header("Authorization", "Bearer key").build()))
          .build();

  static Stream<Converter.Factory> converters() {
    return Stream.of(GsonConverterFactory.create(), TokenFactoryConverterFactory.create());
  }

  @ParameterizedTest
  @MethodSource("converters")
  void callsTheGeneratedOperation(Converter.Factory converter) throws Exception {
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
              .client(http)
              .addConverterFactory(converter)
              .build()
              .create(TokenFactoryApi.class);
      EmbeddingRequest request =
          EmbeddingRequest.builder().model("m").input(EmbeddingInput.text("a cat")).build();

      EmbeddingResponse response = api.createEmbeddings(request, null).execute().body();

      assertArrayEquals(new float[] {1, 0.5f}, response.getData().get(0).getEmbedding().toArray());
      RecordedRequest sent = server.takeRequest();
      assertEquals("Bearer key", sent.getHeader("Authorization"));
      assertEquals(
          """
          {"model":"m","input":"a cat"}\
          """,
          sent.getBody().readUtf8());
    }
  }

  @Test
  void needsNoValidationProvider() {
    assertThrows(
        ClassNotFoundException.class,
        () -> Class.forName("org.hibernate.validator.HibernateValidator"));
  }
}
