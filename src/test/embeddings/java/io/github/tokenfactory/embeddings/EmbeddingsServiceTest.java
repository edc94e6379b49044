package io.github.tokenfactory.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.Gson;
import com.google.gson.JsonNull;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.RequestOptions;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.TokenFactoryClientBuilder;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.HTTPValidationError;
import io.github.tokenfactory.model.ServiceTier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The embeddings operation over HTTP: requests, results and errors. */
class EmbeddingsServiceTest {
  private static final String KEY = "k3y-0f-the-caller";
  private static final String TEXT = "secret text of the caller";
  private static final EmbeddingRequest ONE = request(EmbeddingInput.text(TEXT));
  private static final EmbeddingRequest TWO = request(EmbeddingInput.texts(TEXT, "b"));

  private static final String ONE_VECTOR =
      """
      {"object":"list","model":"m","data":[{"object":"embedding","embedding":[1.0,-2.5],"index":0}],
       "usage":{"completion_tokens":0,"prompt_tokens":8,"total_tokens":8},"service_tier":"default"}\
      """;

  private final MockWebServer server = new MockWebServer();
  private TokenFactoryClient client;

  /** The two ways to call, which must behave the same. */
  enum Way {
    SYNC {
      @Override
      EmbeddingResult call(
          EmbeddingsService service, EmbeddingRequest request, RequestOptions options) {
        return service.create(request, options);
      }
    },
    ASYNC {
      @Override
      EmbeddingResult call(
          EmbeddingsService service, EmbeddingRequest request, RequestOptions options) {
        CompletableFuture<EmbeddingResult> future = service.createAsync(request, options);
        try {
          return future.join();
        } catch (CompletionException e) {
          throw (RuntimeException) e.getCause();
        }
      }
    };

    abstract EmbeddingResult call(
        EmbeddingsService service, EmbeddingRequest request, RequestOptions options);

    EmbeddingResult call(TokenFactoryClient client, EmbeddingRequest request) {
      return call(EmbeddingsService.of(client), request, RequestOptions.none());
    }
  }

  @BeforeEach
  void start() throws IOException {
    server.start();
    client = builder("/").build();
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.shutdown();
  }

  // Requests.

  @ParameterizedTest
  @EnumSource
  void sendsTheDocumentedRequest(Way way) throws InterruptedException {
    server.enqueue(json(ONE_VECTOR));

    way.call(client, ONE);

    RecordedRequest sent = sent();
    assertThat(sent.getMethod()).isEqualTo("POST");
    assertThat(sent.getPath()).isEqualTo("/v1/embeddings");
    assertThat(sent.getHeaders().values("Authorization")).containsExactly("Bearer " + KEY);
    assertThat(sent.getHeader("Content-Type")).startsWith("application/json");
    assertThat(sent.getBody().readUtf8())
        .isEqualTo(
            """
            {"model":"m","input":"secret text of the caller","encoding_format":"base64"}\
            """);
  }

  @Test
  void acceptsAModelAndAnInput() throws InterruptedException {
    server.enqueue(json(ONE_VECTOR));
    server.enqueue(json(ONE_VECTOR));

    assertThat(EmbeddingsService.of(client).create("m", EmbeddingInput.tokens(1, 2)).vector(0))
        .containsExactly(1, -2.5f);
    assertThat(
            EmbeddingsService.of(client)
                .createAsync("m", EmbeddingInput.tokens(1, 2))
                .join()
                .vector(0))
        .containsExactly(1, -2.5f);

    String body =
        """
        {"model":"m","input":[1,2],"encoding_format":"base64"}\
        """;
    assertThat(sent().getBody().readUtf8()).isEqualTo(body);
    assertThat(sent().getBody().readUtf8()).isEqualTo(body);
  }

  @Test
  void takesAnyLimitForAVector() {
    server.enqueue(json(ONE_VECTOR));

    EmbeddingResult result =
        EmbeddingsService.of(client)
            .withMaxBytesPerVector(Long.MAX_VALUE)
            .create("m", EmbeddingInput.texts("a"));

    assertThat(result.vector(0)).containsExactly(1, -2.5f);
  }

  @Test
  void sendsAllPropertiesOfTheRequest() throws InterruptedException {
    server.enqueue(json(ONE_VECTOR));

    EmbeddingsService.of(client)
        .create(
            EmbeddingRequest.builder()
                .model("m")
                .input(EmbeddingInput.texts("a"))
                .user("u")
                .serviceTier(ServiceTier.of("new-tier"))
                .dimensions(2L)
                .unknown("truncate", new JsonPrimitive("END"))
                .build());

    assertThat(sent().getBody().readUtf8())
        .isEqualTo(
            """
            {"model":"m","input":["a"],"encoding_format":"base64","user":"u","service_tier":"new-tier","dimensions":2,"truncate":"END"}\
            """);
  }

  @Test
  void leavesTheEncodingToTheServerWithoutBase64() throws InterruptedException {
    server.enqueue(json(ONE_VECTOR));

    try (TokenFactoryClient client = builder("/").build()) {
      EmbeddingsService.of(client).withBase64(false).create(ONE);
    }

    assertThat(sent().getBody().readUtf8()).doesNotContain("encoding_format");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void prefersTheEncodingOfTheRequest(boolean base64) throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      server.enqueue(json(ONE_VECTOR));
    }

    try (TokenFactoryClient client = builder("/").build()) {
      EmbeddingsService either = EmbeddingsService.of(client).withBase64(base64);
      either.create(ONE.toBuilder().encodingFormat("float").build());
      either.create(ONE.toBuilder().encodingFormat("base64").build());
      either.create(ONE.toBuilder().unknown("encoding_format", JsonNull.INSTANCE).build());
    }

    assertThat(sent().getBody().readUtf8()).contains("\"encoding_format\":\"float\"");
    assertThat(sent().getBody().readUtf8()).contains("\"encoding_format\":\"base64\"");
    assertThat(sent().getBody().readUtf8()).contains("\"encoding_format\":null");
  }

  @Test
  void doesNotChangeTheCallersRequest() {
    server.enqueue(json(ONE_VECTOR));
    EmbeddingRequest request = request(EmbeddingInput.text("a"));

    EmbeddingsService.of(client).create(request);

    assertThat(request.getEncodingFormat()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void sendsTheProjectOfTheClientUnlessTheCallNamesAnother(Way way) throws InterruptedException {
    server.enqueue(json(ONE_VECTOR));
    server.enqueue(json(ONE_VECTOR));

    try (TokenFactoryClient ofProject = builder("/").aiProjectId("aiproject-1").build()) {
      way.call(ofProject, ONE);
      way.call(
          EmbeddingsService.of(ofProject),
          ONE,
          RequestOptions.builder().aiProjectId("aiproject-2").build());
    }

    assertThat(sent().getPath()).isEqualTo("/v1/embeddings?ai_project_id=aiproject-1");
    assertThat(sent().getPath()).isEqualTo("/v1/embeddings?ai_project_id=aiproject-2");
  }

  @Test
  void encodesTheProjectForTheUrl() throws InterruptedException {
    server.enqueue(json(ONE_VECTOR));
    String project = "a b&c=d/é?#%41+";

    EmbeddingsService.of(client).create(ONE, RequestOptions.builder().aiProjectId(project).build());

    RecordedRequest sent = sent();
    assertThat(sent.getRequestUrl().queryParameter("ai_project_id")).isEqualTo(project);
    assertThat(sent.getRequestUrl().querySize()).isEqualTo(1);
    assertThat(sent.getPath())
        .matches("/v1/embeddings\\?ai_project_id=[\\x21-\\x7e]+")
        .doesNotContain("#")
        .doesNotContain("%41");
  }

  @ParameterizedTest
  @CsvSource({
    "/, /v1/embeddings",
    "'', /v1/embeddings",
    "/gateway/llm, /gateway/llm/v1/embeddings",
    "/gateway/llm/, /gateway/llm/v1/embeddings",
    "/a%20b/, /a%20b/v1/embeddings"
  })
  void keepsThePathOfTheBaseUrl(String basePath, String path) throws InterruptedException {
    server.enqueue(json(ONE_VECTOR));

    try (TokenFactoryClient ofGateway = builder(basePath).build()) {
      EmbeddingsService.of(ofGateway).create(ONE);
    }

    assertThat(sent().getPath()).isEqualTo(path);
  }

  @ParameterizedTest
  @EnumSource
  void validatesTheRequestBeforeSending(Way way) {
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> way.call(client, EmbeddingRequest.builder().model("m").build()))
        .withMessageContaining("input must not be null")
        .withMessageNotContaining("model must");
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(
            () ->
                way.call(
                    client, EmbeddingRequest.builder().input(EmbeddingInput.text(TEXT)).build()))
        .withMessageContaining("model must not be null")
        .withMessageNotContaining("input must")
        .withMessageNotContaining(TEXT);
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> way.call(client, EmbeddingRequest.builder().build()))
        .withMessageContaining("input must not be null")
        .withMessageContaining("model must not be null");
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void failsTheFutureOfAnInvalidRequest() {
    CompletableFuture<EmbeddingResult> future = EmbeddingsService.of(client).createAsync("m", null);

    assertThat(future).isCompletedExceptionally();
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(future::join)
        .withCauseInstanceOf(InvalidRequestException.class);
  }

  @ParameterizedTest
  @EnumSource
  void refusesARequestThatJsonCannotRepresent(Way way) {
    EmbeddingRequest request =
        ONE.toBuilder().unknown("temperature", new JsonPrimitive(Double.NaN)).build();

    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> way.call(client, request));
    assertThat(server.getRequestCount()).isZero();
  }

  // Usable responses.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          base64 | [1.0,-2.5]
          base64 | "AACAPwAAIMA="
          float  | [1.0,-2.5]
          float  | "AACAPwAAIMA="
          """)
  void readsBothFormsWhicheverWasRequested(String asked, String vector) {
    server.enqueue(json("{\"data\":[{\"embedding\":" + vector + ",\"index\":0}]}"));

    EmbeddingResult result =
        EmbeddingsService.of(client).create(ONE.toBuilder().encodingFormat(asked).build());

    assertThat(result.vector(0)).containsExactly(1, -2.5f);
    assertThat(result.dimensions()).isEqualTo(2);
    assertThat(result.size()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void exposesAllPropertiesOfTheResponse(Way way) {
    server.enqueue(
        json(
            """
            {"object":"list","model":"m-2","data":[{"object":"embedding","embedding":[1.0],"index":0,"extra":1}],
             "usage":{"completion_tokens":0,"prompt_tokens":8,"total_tokens":8},"service_tier":"new-tier","id":"embd-1"}\
            """));

    EmbeddingResult result = way.call(client, ONE);

    assertThat(result.model()).isEqualTo("m-2");
    assertThat(result.usage().getPromptTokens()).isEqualTo(8);
    assertThat(result.response().getServiceTier()).isEqualTo(ServiceTier.of("new-tier"));
    assertThat(result.response().unknown()).containsOnlyKeys("id");
    assertThat(result.response().getData().get(0).unknown()).containsOnlyKeys("extra");
  }

  @ParameterizedTest
  @EnumSource
  void putsVectorsInTheOrderOfTheInputs(Way way) {
    server.enqueue(
        json(
            """
            {"data":[{"embedding":[2.0],"index":2},{"embedding":"AAAAAA==","index":0},{"embedding":[1.0],"index":1}]}\
            """));

    EmbeddingResult result = way.call(client, request(EmbeddingInput.texts("a", "b", "c")));

    assertThat(result.vectors()).containsExactly(new float[] {0}, new float[] {1}, new float[] {2});
    assertThat(result.vector(2)).containsExactly(2);
  }

  @Test
  void ordersVectorsByPositionIfNoneHasAnIndex() {
    server.enqueue(
        json(
            """
            {"data":[{"embedding":[5.0]},{"embedding":[6.0],"index":null}]}\
            """));

    assertThat(EmbeddingsService.of(client).create(TWO).vectors())
        .containsExactly(new float[] {5}, new float[] {6});
  }

  @Test
  void acceptsMissingUsageAndModel() {
    server.enqueue(json("{\"data\":[{\"embedding\":[1.0],\"index\":0}],\"usage\":null}"));

    EmbeddingResult result = EmbeddingsService.of(client).create(ONE);

    assertThat(result.usage()).isNull();
    assertThat(result.model()).isNull();
    assertThat(result).asString().contains("size=1");
  }

  @Test
  void acceptsTheRequestedDimensions() {
    server.enqueue(json(ONE_VECTOR));

    assertThat(
            EmbeddingsService.of(client)
                .create(ONE.toBuilder().dimensions(2L).build())
                .dimensions())
        .isEqualTo(2);
  }

  @Test
  void acceptsAnyNumberOfVectorsForAnUnknownInput() {
    server.enqueue(
        json("{\"data\":[{\"embedding\":[1.0],\"index\":1},{\"embedding\":[2.0],\"index\":0}]}"));

    EmbeddingRequest request =
        request(EmbeddingInput.json(JsonParser.parseString("[{\"text\":\"a\"}]")));

    assertThat(EmbeddingsService.of(client).create(request).vectors())
        .containsExactly(new float[] {2}, new float[] {1});
  }

  @Test
  void returnsNoVectorsForNoTexts() {
    server.enqueue(json("{\"data\":[]}"));

    EmbeddingResult result = EmbeddingsService.of(client).create(request(EmbeddingInput.texts()));

    assertThat(result.vectors()).isEmpty();
    assertThat(result.dimensions()).isZero();
  }

  // Unusable responses.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                   | data
          {"data":null}                                                        | data
          {"data":[]}                                                          | asked for 2 vectors, got 0
          {"data":[{"embedding":[1],"index":0}]}                               | asked for 2 vectors, got 1
          {"data":[{"embedding":[1],"index":0},{"embedding":[1],"index":1},{"embedding":[1],"index":2}]} | asked for 2 vectors, got 3
          {"data":[null,{"embedding":[1],"index":1}]}                          | data[0].embedding
          {"data":[null,null]}                                                 | data[0].embedding
          {"data":[{"embedding":[1],"index":0},{"index":1}]}                   | data[1].embedding
          {"data":[{"embedding":[1],"index":0},{"embedding":null,"index":1}]}  | data[1].embedding
          {"data":[{"embedding":[1],"index":0},{"embedding":{"a":1},"index":1}]} | data[1].embedding
          {"data":[{"embedding":[1],"index":0},{"embedding":[[1]],"index":1}]} | data[1].embedding
          {"data":[{"embedding":[1],"index":0},{"embedding":[1]}]}             | data[1].index
          {"data":[{"embedding":[1]},{"embedding":[1],"index":1}]}             | data[0].index
          {"data":[{"embedding":[1],"index":1},{"embedding":[1],"index":1}]}   | data[1].index
          {"data":[{"embedding":[1],"index":1},{"embedding":[1],"index":2}]}   | data[1].index
          {"data":[{"embedding":[1],"index":-1},{"embedding":[1],"index":0}]}  | data[0].index
          {"data":[{"embedding":[1],"index":4294967296},{"embedding":[1],"index":1}]} | data[0].index
          {"data":[{"embedding":[1],"index":0},{"embedding":[1,2],"index":1}]} | input 1 has 2 dimensions, not 1
          {"data":[{"embedding":[1,2],"index":1},{"embedding":[1],"index":0}]} | input 1 has 2 dimensions, not 1
          {"data":[{"embedding":[],"index":0},{"embedding":[],"index":1}]}     | input 0 has 0 dimensions
          {"data":[{"embedding":"","index":0},{"embedding":"","index":1}]}     | input 0 has 0 dimensions
          {"data":[{"embedding":[1],"index":0},{"embedding":[NaN],"index":1}]} | $.data[1].embedding[0]
          {"data":[{"embedding":[1],"index":0},{"embedding":[1e39],"index":1}]} | $.data[1].embedding[0]
          {"data":[{"embedding":[1],"index":0},{"embedding":[null],"index":1}]} | $.data[1].embedding[0]
          {"data":[{"embedding":[1],"index":0},{"embedding":"AAAA","index":1}]} | $.data[1].embedding
          {"data":[{"embedding":[1],"index":0},{"embedding":[1],"index":"x"}]} | $.data[1].index
          {"data":{}}                                                          | $.data
          []                                                                   | $
          """)
  void saysWhatIsWrongWithAResponse(String body, String where) {
    server.enqueue(json(body));

    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(() -> EmbeddingsService.of(client).create(TWO))
        .withMessageContaining(where);
  }

  @Test
  void failsTheFutureWithTheSameError() {
    server.enqueue(json("{\"data\":[]}"));
    server.enqueue(json("{\"data\":{}}"));

    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(() -> Way.ASYNC.call(client, TWO))
        .withMessageContaining("asked for 2 vectors, got 0");
    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(() -> Way.ASYNC.call(client, TWO))
        .withMessageContaining("$.data");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1, 3, 4096})
  void refusesOtherDimensionsThanRequested(long dimensions) {
    server.enqueue(json(ONE_VECTOR));

    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(
            () ->
                EmbeddingsService.of(client).create(ONE.toBuilder().dimensions(dimensions).build()))
        .withMessageContaining("has 2 dimensions, not " + dimensions);
  }

  @ParameterizedTest
  @EnumSource
  void refusesAResponseWithoutAnObject(Way way) {
    server.enqueue(new MockResponse().setResponseCode(204));
    server.enqueue(json("null"));

    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(() -> way.call(client, ONE))
        .withMessageContaining("204");
    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(() -> way.call(client, ONE))
        .withMessageContaining("200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html><body>Welcome to nginx!</body></html>",
        "OK",
        "{\"data\":[{\"embedding\":[1.0],\"index\":0}]} trailing",
        "{\"data\":[{\"embedding\":[1.0],\"index\":0}]}{}",
        "{\"data\":[{\"embedding\":[1.0],\"index\":0}]]",
        "{'data':[]}"
      })
  void refusesAResponseThatIsNotJson(String body) {
    for (Way way : Way.values()) {
      server.enqueue(json(body));
      assertThatExceptionOfType(InvalidResponseException.class)
          .isThrownBy(() -> way.call(client, ONE));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"data\":[{\"embedding\":[1.0",
        "{\"data\":[{\"embedding\":\"AACA",
        "{\"data\":[]"
      })
  void failsOnATruncatedResponse(String body) {
    for (Way way : Way.values()) {
      server.enqueue(json(body));
      assertThatExceptionOfType(TokenFactoryException.class)
          .isThrownBy(() -> way.call(client, ONE));
    }
  }

  @ParameterizedTest
  @EnumSource
  void failsWhenTheConnectionBreaksDuringTheResponse(Way way) {
    server.enqueue(
        json(ONE_VECTOR + " ".repeat(1 << 16))
            .setSocketPolicy(SocketPolicy.DISCONNECT_DURING_RESPONSE_BODY));

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> way.call(client, ONE))
        .withCauseInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @EnumSource
  void failsWhenNoServerListens(Way way) throws IOException {
    server.shutdown();

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> way.call(client, ONE))
        .withCauseInstanceOf(IOException.class)
        .withMessageContaining("base URL");
  }

  @Test
  void refusesADeeplyNestedResponse() {
    server.enqueue(json("{\"data\":[{\"embedding\":" + "[".repeat(100_000)));
    server.enqueue(json("{\"x\":" + "{\"x\":".repeat(100_000)));

    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(() -> EmbeddingsService.of(client).create(ONE));
    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(() -> EmbeddingsService.of(client).create(ONE));
  }

  // Error statuses.

  @ParameterizedTest
  @CsvSource({
    "400,''",
    "401,API key",
    "403,project",
    "404,base URL",
    "422,''",
    "429,rate limit",
    "500,try again",
    "503,try again"
  })
  void reportsAnErrorStatus(int status, String advice) {
    for (Way way : Way.values()) {
      server.enqueue(
          new MockResponse().setResponseCode(status).setBody("{\"detail\":\"what it said\"}"));

      ApiException error = catchThrowableOfType(ApiException.class, () -> way.call(client, ONE));

      assertThat(error.info().status()).isEqualTo(status);
      assertThat(error.info().body()).isEqualTo("{\"detail\":\"what it said\"}");
      assertThat(error)
          .hasMessageContaining(String.valueOf(status))
          .hasMessageContaining(advice)
          .hasNoCause();
    }
  }

  @Test
  void keepsTheBodyOfAValidationErrorReadable() {
    String body =
        """
        {"detail":[{"loc":["body","input",0],"msg":"Input should be a valid string","type":"string_type","input":5}]}\
        """;
    server.enqueue(json(body).setResponseCode(422));

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> EmbeddingsService.of(client).create(ONE));

    assertThat(error.info().body()).isEqualTo(body);
    HTTPValidationError parsed =
        new Gson().fromJson(error.info().body(), HTTPValidationError.class);
    assertThat(parsed.getDetail().get(0).getLoc().get(1).asString()).isEqualTo("input");
    assertThat(parsed.getDetail().get(0).getLoc().get(2).asLong()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void reportsAnErrorStatusWithoutABody(Way way) {
    server.enqueue(new MockResponse().setResponseCode(500));

    ApiException error = catchThrowableOfType(ApiException.class, () -> way.call(client, ONE));

    assertThat(error.info().status()).isEqualTo(500);
    assertThat(error.info().body()).isEmpty();
  }

  @Test
  void keepsOnlyTheStartOfALargeErrorBody() {
    server.enqueue(new MockResponse().setResponseCode(500).setBody("start" + "x".repeat(1 << 20)));

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> EmbeddingsService.of(client).create(ONE));

    assertThat(error.info().body()).startsWith("startxxx").hasSizeBetween(100, 10_000);
    assertThat(error.getMessage()).hasSizeLessThan(10_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "xx", "xxx"})
  void cutsALargeErrorBodyBetweenCharacters(String start) {
    server.enqueue(new MockResponse().setResponseCode(500).setBody(start + "🐈".repeat(10_000)));

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> EmbeddingsService.of(client).create(ONE));

    assertThat(error.info().body()).matches("x*(🐈)+");
  }

  // Secrets.

  @Test
  void showsNeitherKeyNorTextsOfASuccessfulCall() {
    server.enqueue(json(ONE_VECTOR));

    EmbeddingResult result = EmbeddingsService.of(client).create(ONE);

    assertThat(List.of(result, result.response(), client, EmbeddingsService.of(client), ONE))
        .allSatisfy(shown -> assertThat(shown).asString().doesNotContain(KEY, TEXT, "2.5"));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 422, 500})
  void keepsEchoedKeysAndTextsOutOfMessages(int status) {
    String body =
        """
        {"detail":[{"loc":["body","model"],"msg":"Field required","type":"missing","input":{"input":"%s"}}],
         "error":{"message":"Incorrect API key provided: %s"}}\
        """
            .formatted(TEXT, KEY);
    for (Way way : Way.values()) {
      server.enqueue(json(body).setResponseCode(status));

      ApiException error = catchThrowableOfType(ApiException.class, () -> way.call(client, ONE));

      assertThat(trace(error)).doesNotContain(KEY, TEXT);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"data\":[{\"embedding\":\"secret text of the caller\",\"index\":0}]}",
        "{\"data\":[{\"embedding\":[\"secret text of the caller\"],\"index\":0}]}",
        "{\"data\":\"secret text of the caller\"}",
        "{\"model\":{\"x\":\"secret text of the caller\"}}",
        "\"secret text of the caller\"",
        "secret text of the caller",
        "{\"usage\":{\"total_tokens\":\"secret text of the caller\"}}",
        "{\"input\":\"secret text of the caller\"",
        "{\"input\":\"secret text of the caller\"}"
      })
  void keepsContentsOfUnusableResponsesOutOfMessages(String body) {
    for (Way way : Way.values()) {
      server.enqueue(json(body));

      TokenFactoryException error =
          catchThrowableOfType(TokenFactoryException.class, () -> way.call(client, ONE));

      assertThat(trace(error)).doesNotContain(KEY, TEXT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void sendsTheKeyToNoOtherServer(int status) throws IOException {
    try (MockWebServer other = new MockWebServer()) {
      for (Way way : Way.values()) {
        String target = other.url("/v1/embeddings").toString();
        server.enqueue(new MockResponse().setResponseCode(status).setHeader("Location", target));

        ApiException error = catchThrowableOfType(ApiException.class, () -> way.call(client, ONE));

        assertThat(error.info().status()).isEqualTo(status);
        assertThat(error)
            .hasMessageContaining(
                "redirect to http://" + other.getHostName() + ":" + other.getPort());
        assertThat(other.getRequestCount()).isZero();
      }
    }
  }

  // Futures and connections.

  @Test
  void cancelsTheCallWithTheFuture() throws InterruptedException {
    server.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
    CountDownLatch cancelled = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    OkHttpClient http =
        new OkHttpClient.Builder()
            .eventListener(
                new EventListener() {
                  @Override
                  public void canceled(Call call) {
                    cancelled.countDown();
                  }

                  @Override
                  public void callFailed(Call call, IOException error) {
                    failed.countDown();
                  }
                })
            .build();
    TokenFactoryClient own = builder("/").httpClient(http).build();
    CompletableFuture<EmbeddingResult> future =
        EmbeddingsService.of(own).createAsync("m", EmbeddingInput.text("a"));
    sent();

    assertThat(future.cancel(true)).isTrue();

    assertThat(future).isCancelled();
    assertThat(cancelled.getCount()).isZero();
    assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(future).isCancelled();
    own.close();
    http.dispatcher().executorService().shutdown();
  }

  @ParameterizedTest
  @EnumSource
  void reusesTheConnectionForTheNextCall(Way way) throws InterruptedException {
    server.enqueue(json(ONE_VECTOR).setChunkedBody(ONE_VECTOR, 7));
    server.enqueue(new MockResponse().setResponseCode(500).setBody("x".repeat(10_000)));
    server.enqueue(new MockResponse().setResponseCode(204));
    server.enqueue(json(ONE_VECTOR));

    way.call(client, ONE);
    catchThrowableOfType(ApiException.class, () -> way.call(client, ONE));
    catchThrowableOfType(InvalidResponseException.class, () -> way.call(client, ONE));
    way.call(client, ONE);

    assertThat(sent().getSequenceNumber()).isZero();
    assertThat(sent().getSequenceNumber()).isEqualTo(1);
    assertThat(sent().getSequenceNumber()).isEqualTo(2);
    assertThat(sent().getSequenceNumber()).isEqualTo(3);
  }

  private static EmbeddingRequest request(EmbeddingInput input) {
    return EmbeddingRequest.builder().model("m").input(input).build();
  }

  private static MockResponse json(String body) {
    return new MockResponse().setHeader("Content-Type", "application/json").setBody(body);
  }

  private TokenFactoryClientBuilder builder(String basePath) {
    String root = server.url("/").toString();
    return TokenFactoryClient.builder()
        .apiKey(KEY)
        .baseUrl(root.substring(0, root.length() - 1) + basePath)
        .maxRetries(0); // a test here queues one response for each call; FaultTest covers retries
  }

  private RecordedRequest sent() throws InterruptedException {
    RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(request).as("a request").isNotNull();
    return request;
  }

  private static String trace(Throwable error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }
}
