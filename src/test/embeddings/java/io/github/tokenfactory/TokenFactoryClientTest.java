package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonParser;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Building, printing, sharing and closing a client. */
class TokenFactoryClientTest {
  private static final EmbeddingInput INPUT = EmbeddingInput.text("a");

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            // Vectors are the tokens of the request, so a call notices the response of another.
            String input =
                JsonParser.parseString(request.getBody().readUtf8())
                    .getAsJsonObject()
                    .get("input")
                    .toString();
            return new MockResponse()
                .setBody(
                    "{\"data\":[{\"embedding\":"
                        + (input.startsWith("[") ? input : "[1.0]")
                        + ",\"index\":0}]}");
          }
        });
    server.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.shutdown();
  }

  @Test
  void requiresAnApiKey() {
    assertThatNullPointerException()
        .isThrownBy(() -> TokenFactoryClient.builder().build())
        .withMessageContaining("apiKey");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void refusesABlankApiKey(String key) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenFactoryClient.builder().apiKey(key))
        .withMessageContaining("API key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3cret\nX-Evil: s3cret",
        "s3cret\rs3cret",
        "s3cret s3cret",
        "s3crét",
        "s3cret\u0000",
        "s3cret\u007f"
      })
  void refusesAnApiKeyThatAHeaderCannotCarryWithoutEchoingIt(String key) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenFactoryClient.builder().apiKey(key))
        .withMessageContaining("API key")
        .withMessageNotContaining("s3cr")
        .withNoCause();
  }

  @Test
  void stripsWhiteSpaceAroundTheApiKey() throws InterruptedException {
    try (TokenFactoryClient client =
        TokenFactoryClient.builder().apiKey(" k3y\n").baseUrl(server.url("/").toString()).build()) {
      EmbeddingsService.of(client).create("m", INPUT);
    }

    assertThat(server.takeRequest(10, TimeUnit.SECONDS).getHeader("Authorization"))
        .isEqualTo("Bearer k3y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "api.tokenfactory.nebius.com",
        "ftp://api.tokenfactory.nebius.com/",
        "https://",
        "https://user:s3cret@exa mple.com/",
        "https://example.com/?key=s3cret",
        "https://example.com/#s3cret",
        "https://example.com:99999/"
      })
  void refusesAnInvalidBaseUrl(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenFactoryClient.builder().baseUrl(url))
        .withMessageContaining("base URL")
        .withMessageNotContaining("s3cret");
  }

  @Test
  void usesThePublishedServerByDefault() {
    assertThat(TokenFactoryClient.DEFAULT_BASE_URL)
        .isEqualTo("https://api.tokenfactory.nebius.com/");
    try (TokenFactoryClient client = TokenFactoryClient.builder().apiKey("k3y").build()) {
      assertThat(client).asString().contains("https://api.tokenfactory.nebius.com/");
    }
  }

  @Test
  void toStringShowsNeitherKeyNorUserinfo() {
    TokenFactoryClientBuilder builder =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl("https://user:s3cret@example.com/gateway/");
    try (TokenFactoryClient client = builder.build()) {
      assertThat(client)
          .asString()
          .contains("example.com")
          .doesNotContain("k3y")
          .doesNotContain("user")
          .doesNotContain("s3cret");
      assertThat(EmbeddingsService.of(client))
          .asString()
          .doesNotContain("k3y")
          .doesNotContain("s3cret");
      assertThat(builder).asString().doesNotContain("k3y").doesNotContain("s3cret");
    }
  }

  @Test
  void errorsShowNoUserinfo() throws IOException {
    String url =
        server.url("/").newBuilder().username("user").password("s3cret").build().toString();
    server.shutdown();
    try (TokenFactoryClient client =
        TokenFactoryClient.builder().apiKey("k3y").baseUrl(url).build()) {
      TransportException error =
          catchThrowableOfType(
              TransportException.class, () -> EmbeddingsService.of(client).create("m", INPUT));

      assertThat(error.getMessage()).doesNotContain("s3cret", "k3y");
      assertThat(error.getCause().toString()).doesNotContain("s3cret", "k3y");
    }
  }

  @Test
  @DisabledIfEnvironmentVariable(
      named = "NEBIUS_API_KEY",
      matches = ".*\\S.*",
      disabledReason = "this environment has a key")
  void namesTheMissingEnvironmentVariable() {
    assertThatIllegalStateException()
        .isThrownBy(TokenFactoryClient::fromEnv)
        .withMessageContaining("NEBIUS_API_KEY");
  }

  @Test
  void isNotChangedByLaterCallsOfItsBuilder() {
    TokenFactoryClientBuilder builder =
        TokenFactoryClient.builder().apiKey("k3y").baseUrl(server.url("/").toString());
    try (TokenFactoryClient client = builder.build()) {
      builder.apiKey("other").baseUrl("http://192.0.2.1/").aiProjectId("other").maxRetries(0);

      assertThat(EmbeddingsService.of(client).create("m", INPUT).vector(0)).containsExactly(1);
    }
  }

  @Test
  void failsACallAfterItIsClosed() {
    TokenFactoryClient client = client();
    EmbeddingsService.of(client).create("m", INPUT);

    client.close();

    assertThatExceptionOfType(TokenFactoryException.class)
        .isThrownBy(() -> EmbeddingsService.of(client).create("m", INPUT));
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> EmbeddingsService.of(client).createAsync("m", INPUT).join())
        .withCauseInstanceOf(TokenFactoryException.class);
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void canBeClosedTwiceAndUnused() {
    TokenFactoryClient client = client();

    client.close();
    client.close();
  }

  @Test
  void canBeSharedByThreads() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (TokenFactoryClient client = client()) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        int first = 1000 * thread;
        results.add(
            threads.submit(
                () -> {
                  for (int i = first; i < first + 5; i++) {
                    assertThat(
                            EmbeddingsService.of(client)
                                .create("m", EmbeddingInput.tokens(i))
                                .vector(0))
                        .containsExactly(i);
                    assertThat(
                            EmbeddingsService.of(client)
                                .createAsync("m", EmbeddingInput.tokens(i, i))
                                .join()
                                .vector(0))
                        .containsExactly(i, i);
                  }
                  return true;
                }));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private TokenFactoryClient client() {
    return TokenFactoryClient.builder().apiKey("k3y").baseUrl(server.url("/").toString()).build();
  }
}
