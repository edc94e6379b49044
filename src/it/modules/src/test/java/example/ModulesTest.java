package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.TokenFactoryConverterFactory;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.drift.SpecDrift;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retrofit2.converter.gson.GsonConverterFactory;

class ModulesTest {
  private static final EmbeddingRequest REQUEST =
      EmbeddingRequest.builder().model("m").input(EmbeddingInput.text("a cat")).build();
  private static final byte[] RESPONSE =
      """
      {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [1, 0.5]}]}
      """
          .getBytes();
  private static final float[] VECTOR = {1, 0.5f};

  private HttpServer server;
  private String baseUrl;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/embeddings",
        exchange -> {
          exchange.sendResponseHeaders(200, RESPONSE.length);
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

  @Test
  void libraryIsANamedModule() {
    assertEquals("example", Embeddings.class.getModule().getName());
    Module library = TokenFactoryClient.class.getModule();
    assertEquals("io.github.tokenfactory", library.getName());
    assertTrue(!library.getDescriptor().isAutomatic());
  }

  @Test
  void driftCheckReadsTheDocumentInTheClientsModule() {
    OpenApiDocument bundled = OpenApiDocument.bundled();
    assertEquals("io.github.tokenfactory.drift", OpenApiDocument.class.getModule().getName());
    assertFalse(SpecDrift.compare(bundled, bundled, bundled.operations()).hasDrift());
  }

  @Test
  void callsWithTheClient() {
    assertArrayEquals(VECTOR, Embeddings.byClient(baseUrl, REQUEST));
  }

  @Test
  void callsWithRetrofit() throws IOException {
    assertArrayEquals(
        VECTOR, Embeddings.byRetrofit(baseUrl, REQUEST, TokenFactoryConverterFactory.create()));
    assertArrayEquals(
        VECTOR, Embeddings.byRetrofit(baseUrl, REQUEST, GsonConverterFactory.create()));
  }

  @Test
  void validatesRequests() {
    InvalidRequestException e =
        assertThrows(
            InvalidRequestException.class,
            () -> Embeddings.byClient(baseUrl, REQUEST.toBuilder().model(null).build()));
    assertTrue(e.getMessage().contains("model must not be null"), e.getMessage());
  }
}
