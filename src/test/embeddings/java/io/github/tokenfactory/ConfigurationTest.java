package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.CLOSE;
import static io.github.tokenfactory.FaultServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.tokenfactory.FaultServer.Step;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of clients and calls, and their effect. */
class ConfigurationTest {
  private static final EmbeddingInput INPUT = EmbeddingInput.text("a");
  private static final String BODY = "{\"data\":[{\"embedding\":[1.0],\"index\":0}]}";
  private static final Step GOOD = answer(200, BODY);

  private final FakeScheduler scheduler = FakeScheduler.impatient();
  private FaultServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FaultServer().always(GOOD);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private TokenFactoryClientBuilder builder() {
    return TokenFactoryClient.builder().apiKey("k3y").baseUrl(server.url()).scheduler(scheduler);
  }

  private String sent(int index, String header) {
    return server.exchanges().get(index).headers.get(header);
  }

  // The key.

  @Test
  void asksForTheKeyAgainForEachRequest() throws IOException {
    server.close();
    server = new FaultServer(answer(503, ""), GOOD, GOOD);
    AtomicInteger asked = new AtomicInteger();
    try (TokenFactoryClient client =
        builder().apiKey(() -> " key-" + asked.incrementAndGet() + "\n").build()) {
      EmbeddingsService.of(client).create("m", INPUT);
      EmbeddingsService.of(client).create("m", INPUT);
    }

    assertThat(
            List.of(sent(0, "authorization"), sent(1, "authorization"), sent(2, "authorization")))
        .containsExactly("Bearer key-1", "Bearer key-2", "Bearer key-3");
  }

  @Test
  void sendsNothingWithoutAUsableKey() {
    List<String> keys = new ArrayList<>(List.of("", "s3cret\ns3cret"));
    keys.add(null);
    for (String key : keys) {
      try (TokenFactoryClient client = builder().apiKey(() -> key).build()) {
        InvalidRequestException error =
            catchThrowableOfType(
                InvalidRequestException.class,
                () -> EmbeddingsService.of(client).create("m", INPUT));

        assertThat(error).hasMessageContaining("API key").hasMessageContaining("othing was sent");
        assertThat(TestClients.trace(error)).doesNotContain("s3cret");
        assertThat(error.info().attempts()).isZero();
      }
    }
    assertThat(server.connections()).isZero();
    assertThat(scheduler.waits()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/",
        "http://192.168.1.1/",
        "http://[2001:db8::1]/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/"
      })
  void refusesCleartextUnlessItIsAllowed(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenFactoryClient.builder().apiKey("k3y").baseUrl(url).build())
        .withMessageContaining("allowCleartext")
        .withMessageNotContaining("k3y");
    TokenFactoryClient.builder().apiKey("k3y").baseUrl(url).allowCleartext(true).build().close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/",
        "http://127.0.0.1:8080/",
        "http://127.1.2.3/",
        "http://[::1]/",
        "http://api.localhost/",
        "https://example.com/"
      })
  void acceptsCleartextToThisMachine(String url) {
    TokenFactoryClient.builder().apiKey("k3y").baseUrl(url).build().close();
  }

  @Test
  void hidesTheKeyFromAUsersInterceptors() {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  seen.add(String.valueOf(chain.request().headers().toMultimap()));
                  Response response = chain.proceed(chain.request());
                  seen.add(String.valueOf(response.request().headers().toMultimap()));
                  assertThat(response.networkResponse()).isNull();
                  return response;
                })
            .build();
    try (TokenFactoryClient client = builder().httpClient(http).build()) {
      EmbeddingsService.of(client).create("m", INPUT);
    }

    assertThat(seen).hasSize(2).noneMatch(headers -> headers.contains("k3y"));
    assertThat(sent(0, "authorization")).isEqualTo("Bearer k3y");
    shutDown(http);
  }

  @Test
  void sendsNoKeyToAServerThatAnInterceptorSelects() throws IOException {
    try (FaultServer other = new FaultServer().always(GOOD)) {
      OkHttpClient http =
          new OkHttpClient.Builder()
              .addInterceptor(
                  chain -> chain.proceed(chain.request().newBuilder().url(other.url()).build()))
              .build();
      try (TokenFactoryClient client = builder().httpClient(http).build()) {
        EmbeddingsService.of(client).create("m", INPUT);
      }

      assertThat(other.exchanges().get(0).headers).doesNotContainKey("authorization");
      shutDown(http);
    }
  }

  // Headers.

  @Test
  void sendsHeadersOfTheClientAndOfTheCall() {
    try (TokenFactoryClient client =
        builder().header("X-Team", "search").header("X-Both", "client").build()) {
      EmbeddingsService.of(client).create("m", INPUT);
      RequestOptions options =
          RequestOptions.builder().header("x-both", "call").header("X-Call", "1").build();
      EmbeddingsService.of(client)
          .create(
              io.github.tokenfactory.model.EmbeddingRequest.builder()
                  .model("m")
                  .input(INPUT)
                  .build(),
              options);
      assertThat(options).asString().doesNotContain("call");
    }

    assertThat(sent(0, "x-team")).isEqualTo("search");
    assertThat(sent(0, "x-both")).isEqualTo("client");
    assertThat(sent(0, "x-call")).isNull();
    assertThat(sent(0, "user-agent")).startsWith("tokenfactory-java");
    assertThat(sent(1, "x-team")).isEqualTo("search");
    assertThat(sent(1, "x-both")).isEqualTo("call");
    assertThat(sent(1, "x-call")).isEqualTo("1");
  }

  @Test
  void sendsTheConfiguredUserAgent() {
    try (TokenFactoryClient client = builder().userAgent("app/1.0").build()) {
      EmbeddingsService.of(client).create("m", INPUT);
    }

    assertThat(sent(0, "user-agent")).isEqualTo("app/1.0");
  }

  @ParameterizedTest
  @CsvSource({
    "Authorization,s3cret",
    "content-length,1",
    "X-A,s3cret\u00e9",
    "'X A',s3cret",
    "'',s3cret",
    "X-A,'s3cret\nX: y'"
  })
  void refusesAnInvalidHeaderWithoutShowingIt(String name, String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenFactoryClient.builder().header(name, value))
        .withMessageContaining("eader")
        .withMessageNotContaining("s3cret")
        .withNoCause();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestOptions.builder().header(name, value))
        .withMessageNotContaining("s3cret");
  }

  // Numbers.

  @Test
  void refusesInvalidSettings() {
    TokenFactoryClientBuilder builder = TokenFactoryClient.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.timeout(Duration.ZERO))
        .withMessageContaining("timeout");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.connectTimeout(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxRetries(-1))
        .withMessageContaining("maxRetries");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxResponseBytes(0))
        .withMessageContaining("maxResponseBytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestOptions.builder().timeout(Duration.ZERO));
  }

  @Test
  void acceptsUnlimitedTimeouts() {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
    try (TokenFactoryClient client =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url())
            .timeout(forever)
            .connectTimeout(forever)
            .build()) {
      assertThat(EmbeddingsService.of(client).create("m", INPUT).size()).isEqualTo(1);
    }
  }

  @Test
  void limitsTheSizeOfTheResponse() {
    try (TokenFactoryClient client = builder().maxResponseBytes(BODY.length()).build()) {
      assertThat(EmbeddingsService.of(client).create("m", INPUT).size()).isEqualTo(1);
    }
    try (TokenFactoryClient client = builder().maxResponseBytes(BODY.length() - 1).build()) {
      assertThatExceptionOfType(InvalidResponseException.class)
          .isThrownBy(() -> EmbeddingsService.of(client).create("m", INPUT))
          .withMessageContaining((BODY.length() - 1) + " bytes");
    }
  }

  // A user's OkHttpClient.

  @Test
  void usesAUsersOkHttpClientAndLeavesItOpen() throws Exception {
    AtomicInteger connects = new AtomicInteger();
    OkHttpClient http =
        new OkHttpClient.Builder()
            .eventListener(
                new EventListener() {
                  @Override
                  public void connectionAcquired(Call call, okhttp3.Connection connection) {
                    connects.incrementAndGet();
                  }
                })
            .addInterceptor(
                chain -> chain.proceed(chain.request().newBuilder().header("X-Own", "1").build()))
            .build();
    for (int i = 0; i < 2; i++) {
      try (TokenFactoryClient client =
          TokenFactoryClient.builder()
              .apiKey("k3y")
              .baseUrl(server.url())
              .httpClient(http)
              .build()) {
        EmbeddingsService.of(client).create("m", INPUT);
      }
    }

    assertThat(sent(0, "x-own")).isEqualTo("1");
    assertThat(connects).hasValue(2);
    assertThat(server.connections()).as("both by the user's connection").isEqualTo(1);
    assertThat(http.interceptors()).hasSize(1);
    assertThat(http.followRedirects()).isTrue();
    shutDown(http);
    assertThat(server.allConnectionsEnd()).isTrue();
    TestClients.assertThatNoThreadIsLeft();
  }

  @Test
  void acceptsAResponseThatAnInterceptorCreates() {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain ->
                    new Response.Builder()
                        .request(chain.request())
                        .protocol(Protocol.HTTP_1_1)
                        .code(200)
                        .message("made up")
                        .header("x-request-id", "made-up")
                        .body(ResponseBody.create(BODY, MediaType.get("application/json")))
                        .build())
            .build();
    try (TokenFactoryClient client = builder().httpClient(http).build()) {
      assertThat(EmbeddingsService.of(client).create("m", INPUT).info().requestId())
          .isEqualTo("made-up");
    }
    assertThat(server.connections()).isZero();
    shutDown(http);
  }

  @Test
  void reportsAnInterceptorThatFails() {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  throw new IllegalStateException("broken");
                })
            .build();
    try (TokenFactoryClient client = builder().httpClient(http).build()) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> EmbeddingsService.of(client).create("m", INPUT))
          .withMessageContaining("interceptor")
          .withCauseInstanceOf(IllegalStateException.class);
    }
    assertThat(scheduler.waits()).isEmpty();
    shutDown(http);
  }

  @Test
  void reportsLibrariesThatDoNotFitTogether() {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  throw new NoSuchMethodError("of another OkHttp");
                })
            .build();
    try (TokenFactoryClient client = builder().httpClient(http).build()) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> EmbeddingsService.of(client).create("m", INPUT))
          .withMessageContaining("just one OkHttp")
          .withCauseInstanceOf(NoSuchMethodError.class);
    }
    shutDown(http);
  }

  @Test
  void retriesAfterATimeoutOfAUsersOkHttpClient() throws IOException {
    server.close();
    server = new FaultServer(FaultServer.HANG, GOOD);
    OkHttpClient http = new OkHttpClient.Builder().readTimeout(Duration.ofMillis(20)).build();
    server.always(GOOD);
    try (TokenFactoryClient client =
        builder().httpClient(http).maxRetries(50).timeout(Duration.ofDays(1)).build()) {
      // On a busy machine a good response can take longer than the timeout, too.
      assertThat(EmbeddingsService.of(client).create("m", INPUT).info().attempts())
          .isGreaterThanOrEqualTo(2);
    }
    shutDown(http);
  }

  private static void shutDown(OkHttpClient http) {
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }

  // The listener.

  @Test
  void notifiesTheListenerOfEachAttempt() throws IOException {
    server.close();
    server = new FaultServer(CLOSE, answer(503, "busy"), GOOD);
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    CallListener listener =
        new CallListener() {
          @Override
          public void attemptStarted(Attempt attempt) {
            tell("started", attempt);
          }

          @Override
          public void attemptSucceeded(Attempt attempt) {
            tell("succeeded", attempt);
          }

          @Override
          public void attemptFailed(Attempt attempt, TokenFactoryException error) {
            tell(error.getClass().getSimpleName(), attempt);
          }

          private void tell(String what, Attempt attempt) {
            told.add(
                attempt.callId()
                    + "."
                    + attempt.number()
                    + " "
                    + what
                    + " "
                    + attempt.status()
                    + " "
                    + attempt.requestBytes()
                    + " "
                    + attempt.responseBytes()
                    + " "
                    + attempt.duration());
          }
        };
    try (TokenFactoryClient client = builder().listener(listener).build()) {
      EmbeddingsService.of(client).create("m", INPUT);
    }

    assertThat(told)
        .containsExactly(
            "1.1 started 0 52 0 PT0S",
            "1.1 TransportException 0 52 0 PT0S",
            "1.2 started 0 52 0 PT0S",
            "1.2 ServerException 503 52 4 PT0S",
            "1.3 started 0 52 0 PT0S",
            "1.3 succeeded 200 52 " + BODY.length() + " PT0S");
  }
}
