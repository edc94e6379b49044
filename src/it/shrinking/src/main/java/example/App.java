package example;

import com.sun.net.httpserver.HttpServer;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.TokenFactoryConverterFactory;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import okhttp3.OkHttpClient;
import retrofit2.Converter;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

/** Uses each entry point of the library; fails if one does not work after shrinking. */
final class App {
  private static final byte[] RESPONSE =
      """
      {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [1, 0.5]}]}
      """
          .getBytes();
  private static final EmbeddingRequest REQUEST =
      EmbeddingRequest.builder().model("m").input(EmbeddingInput.text("a cat")).build();

  private App() {}

  public static void main(String... args) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/embeddings",
        exchange -> {
          boolean expected =
              new String(exchange.getRequestBody().readAllBytes())
                  .startsWith(
                      """
                      {"model":"m","input":"a cat\"\
                      """);
          exchange.sendResponseHeaders(expected ? 200 : 400, RESPONSE.length);
          exchange.getResponseBody().write(RESPONSE);
          exchange.close();
        });
    server.start();
    String baseUrl = "http://localhost:" + server.getAddress().getPort() + "/";
    try {
      requireVector(byRetrofit(baseUrl, GsonConverterFactory.create()));
      requireVector(byRetrofit(baseUrl, TokenFactoryConverterFactory.create()));
      requireVector(byClient(baseUrl, REQUEST));
      requireValidation(baseUrl);
    } finally {
      server.stop(0);
    }
  }

  private static float[] byClient(String baseUrl, EmbeddingRequest request) {
    try (TokenFactoryClient client =
        TokenFactoryClient.builder().apiKey("key").baseUrl(baseUrl).build()) {
      return EmbeddingsService.of(client).create(request).vector(0);
    }
  }

  private static float[] byRetrofit(String baseUrl, Converter.Factory converter)
      throws IOException {
    OkHttpClient http = new OkHttpClient();
    try {
      return new Retrofit.Builder()
          .baseUrl(baseUrl)
          .client(http)
          .addConverterFactory(converter)
          .build()
          .create(TokenFactoryApi.class)
          .createEmbeddings(REQUEST, null)
          .execute()
          .body()
          .getData()
          .get(0)
          .getEmbedding()
          .toArray();
    } finally {
      http.connectionPool().evictAll();
    }
  }

  private static void requireVector(float[] vector) {
    if (!Arrays.equals(vector, new float[] {1, 0.5f})) {
      throw new AssertionError(Arrays.toString(vector));
    }
  }

  private static void requireValidation(String baseUrl) {
    try {
      byClient(baseUrl, REQUEST.toBuilder().model(null).build());
    } catch (InvalidRequestException e) {
      if (e.getMessage().contains("model must not be null")) {
        return;
      }
      throw e;
    }
    throw new AssertionError("sent without a model");
  }
}
