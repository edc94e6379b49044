package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.TokenFactoryClientBuilder;
import io.github.tokenfactory.TokenFactoryConverterFactory;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retrofit2.Converter;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

@Timeout(30)
class OkHttpTest {
  private static final EmbeddingInput INPUT = EmbeddingInput.text("a cat");
  private static final byte[] RESPONSE =
      """
      {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [1, 0.5]}]}
      """
          .getBytes();
  private static final float[] VECTOR = {1, 0.5f};

  private HttpServer server;
  private String baseUrl;
  private final AtomicInteger requests = new AtomicInteger();
  private int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/embeddings",
        exchange -> {
          requests.incrementAndGet();
          exchange.getResponseHeaders().set("Retry-After", "0");
          exchange.sendResponseHeaders(status, RESPONSE.length);
          exchange.getResponseBody().write(RESPONSE);
          exchange.close();
        });
    server.start();
    baseUrl = "http://localhost:" + server.getAddress().getPort() + "/";
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private TokenFactoryClientBuilder client() {
    return TokenFactoryClient.builder().apiKey("key").baseUrl(baseUrl).maxRetries(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"okhttp3/OkHttpClient.class", "okio/Buffer.class", "kotlin/Unit.class"})
  void classIsOnTheClassPathOnce(String type) throws IOException {
    var places = Collections.list(getClass().getClassLoader().getResources(type));
    assertEquals(1, places.size(), places::toString);
  }

  @Test
  void callsWithTheDefaultHttpClient() {
    try (TokenFactoryClient client = client().build()) {
      assertArrayEquals(VECTOR, EmbeddingsService.of(client).create("m", INPUT).vector(0));
      assertArrayEquals(
          VECTOR, EmbeddingsService.of(client).create("m", INPUT).vector(0)); // same connection
      assertArrayEquals(
          VECTOR, EmbeddingsService.of(client).createAsync("m", INPUT).join().vector(0));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {307, 401, 408, 429, 503})
  void okHttpRepeatsNoRequestByItself(int status) {
    this.status = status;
    try (TokenFactoryClient client = client().build()) {
      ApiException e =
          assertThrows(ApiException.class, () -> EmbeddingsService.of(client).create("m", INPUT));
      assertEquals(status, e.info().status());
    }
    assertEquals(1, requests.get());
  }

  @Test
  void callsWithAUsersHttpClient() {
    AtomicInteger intercepted = new AtomicInteger();
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  intercepted.incrementAndGet();
                  return chain.proceed(chain.request());
                })
            .build();
    try (TokenFactoryClient client = client().httpClient(http).build()) {
      assertArrayEquals(VECTOR, EmbeddingsService.of(client).create("m", INPUT).vector(0));
    }
    assertEquals(1, intercepted.get());
  }

  @Test
  void callsWithRetrofit() throws IOException {
    for (Converter.Factory converter :
        new Converter.Factory[] {
          TokenFactoryConverterFactory.create(), GsonConverterFactory.create()
        }) {
      TokenFactoryApi api =
          new Retrofit.Builder()
              .baseUrl(baseUrl)
              .client(new OkHttpClient())
              .addConverterFactory(converter)
              .build()
              .create(TokenFactoryApi.class);
      EmbeddingRequest request = EmbeddingRequest.builder().model("m").input(INPUT).build();
      assertArrayEquals(
          VECTOR,
          api.createEmbeddings(request, null)
              .execute()
              .body()
              .getData()
              .get(0)
              .getEmbedding()
              .toArray());
    }
  }

  @Test
  void closesTheConnectionOfACancelledCall() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TokenFactoryClient client =
            client().baseUrl("http://localhost:" + silent.getLocalPort()).build()) {
      CompletableFuture<EmbeddingResult> future =
          EmbeddingsService.of(client).createAsync("m", INPUT);
      try (Socket socket = silent.accept()) {
        assertTrue(future.cancel(true));
        socket.getInputStream().readAllBytes(); // returns when the client closes the connection
      }
    }
  }
}
