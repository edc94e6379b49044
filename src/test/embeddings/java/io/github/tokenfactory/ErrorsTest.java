package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.tokenfactory.FaultServer.Step;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.errors.AuthenticationException;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.NotFoundException;
import io.github.tokenfactory.errors.RateLimitException;
import io.github.tokenfactory.errors.TokenFactoryException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What errors tell about the response, and how long a call waits after them. */
class ErrorsTest {
  private static final String KEY = "k3y-0f-the-caller";
  private static final Step GOOD = answer(200, "{\"data\":[{\"embedding\":[1.0],\"index\":0}]}");

  private final FakeScheduler scheduler = FakeScheduler.impatient();

  private EmbeddingResult call(TokenFactoryClientBuilder settings, Step... script)
      throws Exception {
    try (FaultServer server = new FaultServer(script);
        TokenFactoryClient client =
            settings.apiKey(KEY).baseUrl(server.url()).scheduler(scheduler).build()) {
      return EmbeddingsService.of(client).create("m", EmbeddingInput.text("a"));
    }
  }

  private <E extends TokenFactoryException> E error(Class<E> type, Step... script) {
    return catchThrowableOfType(type, () -> call(TokenFactoryClient.builder(), script));
  }

  // The forms of error bodies.

  @Test
  void readsTheDetailOfFastApi() {
    ApiException error =
        error(NotFoundException.class, answer(404, "{\"detail\":\"no such model\"}"));

    assertThat(error.detail()).isEqualTo("no such model");
    assertThat(error.validationIssues()).isEmpty();
    assertThat(error).hasMessageContaining("404").hasMessageNotContaining("no such model");
  }

  @Test
  void readsTheValidationErrorsOfFastApi() {
    ApiException error =
        error(
            BadRequestException.class,
            answer(
                422,
                """
                {"detail":[{"loc":["body","dimensions",0],"msg":"must be positive","type":"greater_than","ctx":{"gt":0},"input":"a"},
                           {"loc":["body","se cret"],"msg":"what","type":"t y p e"},
                           {"loc":"body","msg":5},7]}\
                """));

    assertThat(error.validationIssues()).hasSize(4);
    assertThat(error.validationIssues().get(0).message()).isEqualTo("must be positive");
    assertThat(error.validationIssues().get(0).type()).isEqualTo("greater_than");
    assertThat(error.detail()).startsWith("body.dimensions.0: must be positive; ");
    assertThat(error)
        .hasMessageContaining("body.dimensions.0 (greater_than)")
        .hasMessageNotContaining("positive")
        .hasMessageNotContaining("se cret")
        .hasMessageNotContaining("t y p e");
  }

  @Test
  void readsTheErrorObjectOfOpenAi() {
    ApiException error =
        error(
            BadRequestException.class,
            answer(
                400,
                """
                {"error":{"message":"too many tokens in: a","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}\
                """));

    assertThat(error.detail()).isEqualTo("too many tokens in: a");
    assertThat(error.type()).isEqualTo("invalid_request_error");
    assertThat(error.code()).isEqualTo("context_length_exceeded");
    assertThat(error.param()).isEqualTo("input");
    assertThat(error)
        .hasMessageContaining(
            "type invalid_request_error, code context_length_exceeded, param input")
        .hasMessageNotContaining("tokens in");
  }

  @Test
  void readsABareErrorOfVllm() {
    ApiException error =
        error(
            BadRequestException.class,
            answer(
                400,
                """
                {"object":"error","message":"no dimensions for this model","type":"BadRequestError","param":null,"code":400}\
                """));

    assertThat(error.detail()).isEqualTo("no dimensions for this model");
    assertThat(error.type()).isEqualTo("BadRequestError");
    assertThat(error.param()).isNull();
    assertThat(error.code()).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"error":"just text"}                                                  | just text
          {"detail":{"message":"within"}}                                        | within
          {"message":"bare"}                                                     | bare
          {"error":null,"message":"beside"}                                      | beside
          {"error":["list"]}                                                     | ``
          {"detail":null}                                                        | ``
          {"x":1}                                                                | ``
          {"error":{"message":"cut                                               | ``
          plain text                                                             | plain text
          <html><head><title> 502 Bad Gateway </title></head><body>x</body></html> | 502 Bad Gateway
          <html>x</html>                                                         | ``
          []                                                                     | []
          ``                                                                     | ``
          """)
  void readsErrorBodiesOfOtherForms(String body, String detail) {
    ApiException error = error(BadRequestException.class, answer(400, body));

    assertThat(error.detail()).isEqualTo(detail.isEmpty() ? null : detail);
    assertThat(error.info().body()).isEqualTo(body);
  }

  @Test
  void ignoresTheDetailOfAnErrorNestedTooDeeply() {
    assertThat(
            error(BadRequestException.class, answer(400, "{\"detail\":" + "[".repeat(100_000)))
                .detail())
        .isNull();
    assertThat(
            error(
                    BadRequestException.class,
                    answer(400, "{\"error\":" + "{\"error\":".repeat(20_000)))
                .detail())
        .isNull();
  }

  @Test
  void readsOnlyTheStartOfAnEndlessErrorBody() {
    BadRequestException error =
        error(
            BadRequestException.class,
            FaultServer.Step.raw(FaultServer.head(400) + "\r\n")
                .then(
                    exchange -> {
                      while (true) {
                        exchange.send(
                            "endless ".repeat(10_000)); // until the client closes the connection
                      }
                    }));

    assertThat(error.info().body()).hasSize(2_000);
    assertThat(error.detail()).hasSizeLessThan(300_000);
  }

  @Test
  void readsAnErrorInGzip() {
    Step step = answer(400, FaultServer.gzip("{\"detail\":\"packed\"}"), "Content-Encoding: gzip");

    assertThat(error(BadRequestException.class, step).detail()).isEqualTo("packed");
  }

  @Test
  void hidesTheKeyWhereverTheServerRepeatsIt() {
    for (String body :
        List.of(
            "%s is wrong",
            "{\"detail\":\"%s\"}",
            "{\"error\":{\"type\":\"%s\",\"code\":\"x-%s\",\"message\":\"%s\"}}")) {
      ApiException error =
          error(
              AuthenticationException.class,
              answer(401, body.replace("%s", KEY), "X-Echo: Bearer " + KEY, KEY + ": x"));

      assertThat(error.info().body()).contains("[API key]");
      assertThat(
              List.of(
                  error.info().body(),
                  error.info().headers().toString(),
                  "" + error.detail(),
                  "" + error.type(),
                  "" + error.code(),
                  TestClients.trace(error)))
          .noneMatch(text -> text.contains(KEY));
    }
  }

  @Test
  void errorDescribesTheResponse() throws Exception {
    RateLimitException error =
        error(
            RateLimitException.class,
            answer(
                429,
                "slow",
                "X-Request-Id: r-1",
                "Retry-After: 7200",
                "x-a: 1",
                "X-A: 2",
                "x-ratelimit-over-limit: yes"));

    assertThat(error.info().status()).isEqualTo(429);
    assertThat(error.info().requestId()).isEqualTo("r-1");
    assertThat(error.info().headers().get("X-a")).containsExactly("1", "2");
    assertThat(error.info().attempts()).isEqualTo(1);
    assertThat(error.info().retryAfter()).isEqualTo(Duration.ofHours(2));
    assertThat(error.info().rateLimits().overLimit()).isTrue();

    RateLimitException copy = copy(error);
    assertThat(copy.info().status()).isEqualTo(429);
    assertThat(copy.info().headers()).isEqualTo(error.info().headers());
    assertThat(copy.validationIssues()).isEmpty();
  }

  private static RateLimitException copy(RateLimitException error) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(error);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (RateLimitException) in.readObject();
    }
  }

  @Test
  void errorDescribesAnUnusableResponse() {
    InvalidResponseException error =
        error(
            InvalidResponseException.class, answer(200, " <html>hello</html>", "request-id: r-2"));

    assertThat(error.info().status()).isEqualTo(200);
    assertThat(error.info().requestId()).isEqualTo("r-2");
    assertThat(error.info().body()).isEqualTo(" <html>hello</html>");
    assertThat(error)
        .hasMessageContaining("HTML")
        .hasMessageContaining("base URL")
        .hasMessageNotContaining("hello");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"data":[]} x                                      | there is more after its JSON
          {"data":[]}{"data":[]}                             | there is more after its JSON
          {"data":[{"embedding":[1,2                         | ends too soon at path $.data[0].embedding[2]
          {"data":[{"embedding":"AACA                        | not valid JSON at path $.data[0].embedding
          {"data":[{"index":"x"}]}                           | Embedding.index
          {"se cret":{"x":                                   | at path $.
          null                                               | no JSON value
          """)
  void saysWhatIsWrongWithAResponseAndWhere(String body, String what) {
    InvalidResponseException error = error(InvalidResponseException.class, answer(200, body));

    assertThat(error)
        .hasMessageContaining("answered 200")
        .hasMessageContaining(what)
        .hasMessageNotContaining("cret")
        .hasNoCause();
    assertThat(error.info().body()).isEqualTo(body);
  }

  @Test
  void namesTheTypeOfAnErrorWithStatus200() {
    Step step = answer(200, "{\"error\":{\"message\":\"hello\",\"type\":\"overloaded_error\"}}");

    assertThat(error(InvalidResponseException.class, step))
        .hasMessageContaining("overloaded_error")
        .hasMessageNotContaining("hello");
  }

  @Test
  void resultDescribesTheResponse() throws Exception {
    EmbeddingResult result =
        call(
            TokenFactoryClient.builder(),
            answer(503, ""),
            answer(
                200,
                "{\"data\":[{\"embedding\":[1],\"index\":0}]}",
                "x-request-id: r-3",
                "x-ratelimit-limit-requests: 60"));

    assertThat(result.info().attempts()).isEqualTo(2);
    assertThat(result.info().requestId()).isEqualTo("r-3");
    assertThat(result.info().headers()).containsKey("X-Request-ID");
    assertThat(result.info().rateLimits().limitRequests()).isEqualTo(60);
  }

  // Rate limits.

  @Test
  void readsRateLimits() throws Exception {
    RateLimits limits =
        call(
                TokenFactoryClient.builder(),
                answer(
                    200,
                    "{\"data\":[{\"embedding\":[1],\"index\":0}]}",
                    "x-ratelimit-limit-requests: 60",
                    "x-ratelimit-limit-tokens: 400000",
                    "x-ratelimit-remaining-requests: 59.0",
                    "x-ratelimit-remaining-tokens: 0",
                    "x-ratelimit-reset-requests: 1.5",
                    "x-ratelimit-reset-tokens: 0",
                    "x-ratelimit-dynamic-scale-requests: 1.2",
                    "x-ratelimit-dynamic-scale-tokens: .67",
                    "x-ratelimit-dynamic-period-remaining: 900",
                    "x-ratelimit-over-limit: no"))
            .info()
            .rateLimits();

    assertThat(limits.limitRequests()).isEqualTo(60);
    assertThat(limits.limitTokens()).isEqualTo(400_000);
    assertThat(limits.remainingRequests()).isEqualTo(59);
    assertThat(limits.remainingTokens()).isZero();
    assertThat(limits.resetRequests()).isEqualTo(Duration.ofMillis(1500));
    assertThat(limits.resetTokens()).isZero();
    assertThat(limits.dynamicScaleRequests()).isEqualTo(1.2);
    assertThat(limits.dynamicScaleTokens()).isEqualTo(0.67);
    assertThat(limits.dynamicPeriodRemaining()).isEqualTo(Duration.ofMinutes(15));
    assertThat(limits.overLimit()).isFalse();
    assertThat(limits).asString().contains("remainingRequests=59");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "many",
        "1e9",
        "NaN",
        "Infinity",
        "0x10",
        "1,5",
        "12345678901234567890",
        "--",
        "."
      })
  void ignoresInvalidRateLimits(String value) throws Exception {
    RateLimits limits =
        call(
                TokenFactoryClient.builder(),
                answer(
                    200,
                    "{\"data\":[{\"embedding\":[1],\"index\":0}]}",
                    "x-ratelimit-limit-requests: " + value,
                    "x-ratelimit-reset-tokens: " + value,
                    "x-ratelimit-dynamic-scale-tokens: " + value,
                    "x-ratelimit-over-limit: " + value))
            .info()
            .rateLimits();

    assertThat(limits.limitRequests()).isNull();
    assertThat(limits.resetTokens()).isNull();
    assertThat(limits.dynamicScaleTokens()).isNull();
    assertThat(limits.overLimit()).isNull();
    assertThat(limits).hasToString("RateLimits{}");
  }

  // Waits. It is 12:00:00 on 22 November 2026, a Sunday.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Retry-After: 7                             | 7
          Retry-After: 0                             | 0
          Retry-After: 1.25                          | 1.25
          Retry-After: Sun, 22 Nov 2026 12:00:30 GMT | 30
          Retry-After: Sunday, 22-Nov-26 12:00:30 GMT | 30
          Retry-After: Sun Nov 22 12:00:30 2026      | 30
          retry-after-ms: 1500                       | 1.5
          retry-after-ms: 0.5                        | 0.0005
          retry-after-ms: 20, Retry-After: 9         | 0.02
          retry-after-ms: soon, Retry-After: 9       | 9
          Retry-After: -1                            | 0.5
          Retry-After: soon                          | 0.5
          Retry-After: NaN                           | 0.5
          Retry-After: 1e3                           | 0.5
          Retry-After: 99999999999999999999          | 0.5
          Retry-After: Sun, 22 Nov 2026 11:59:59 GMT | 0.5
          Retry-After: Sun, 42 Nov 2026 12:00:30 GMT | 0.5
          Retry-After:                               | 0.5
          X: y                                       | 0.5
          """)
  void waitsAsLongAsTheServerAsks(String headers, double seconds) throws Exception {
    String[] lines = headers.contains("ms:") ? headers.split(", ") : new String[] {headers};

    assertThat(call(TokenFactoryClient.builder(), answer(503, "", lines), GOOD).info().attempts())
        .isEqualTo(2);

    assertThat(scheduler.waits()).containsExactly(Duration.ofNanos(Math.round(seconds * 1e9)));
  }

  @Test
  void doublesTheWaitUpToEightSeconds() throws Exception {
    Step busy = answer(503, "");
    call(
        TokenFactoryClient.builder().maxRetries(7), busy, busy, busy, busy, busy, busy, busy, GOOD);

    assertThat(scheduler.waits().stream().map(Duration::toMillis))
        .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 8000L, 8000L);
  }

  @Test
  void randomizesTheWait() throws Exception {
    scheduler.random = 0.25;
    call(TokenFactoryClient.builder(), answer(503, ""), answer(503, ""), GOOD);

    assertThat(scheduler.waits()).containsExactly(Duration.ofMillis(125), Duration.ofMillis(250));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Retry-After: 3600                          | 3600 s
          Retry-After: 999999999999999               | 999999999999999 s
          retry-after-ms: 120001.5                   | 120.0015 s
          Retry-After: Sun, 22 Nov 2026 13:00:00 GMT | 3600 s
          """)
  void failsAtOnceIfTheServerAsksForAWaitBeyondTheDeadline(String header, String said) {
    RateLimitException error = error(RateLimitException.class, answer(429, "", header));

    assertThat(error)
        .hasMessageContaining("asks to wait " + said)
        .hasMessageContaining("timeout of 120 s");
    assertThat(error.info().attempts()).isEqualTo(1);
    assertThat(scheduler.waits()).isEmpty();
  }

  @Test
  void earlierWaitsCountTowardsTheDeadline() {
    RateLimitException error =
        error(
            RateLimitException.class,
            answer(429, "", "Retry-After: 70"),
            answer(429, "", "Retry-After: 50"));

    assertThat(error).hasMessageContaining("asks to wait 50 s");
    assertThat(error.info().attempts()).isEqualTo(2);
    assertThat(scheduler.waits()).hasSize(1);
  }
}
