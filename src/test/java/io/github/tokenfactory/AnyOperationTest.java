package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.CLOSE;
import static io.github.tokenfactory.FaultServer.HANG;
import static io.github.tokenfactory.FaultServer.answer;
import static io.github.tokenfactory.FaultServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.tokenfactory.FaultServer.Exchange;
import io.github.tokenfactory.FaultServer.Step;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.DeadlineExceededException;
import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.NotFoundException;
import io.github.tokenfactory.errors.RateLimitException;
import io.github.tokenfactory.errors.ServerException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import io.github.tokenfactory.json.Checks;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;
import retrofit2.http.Body;
import retrofit2.http.DELETE;
import retrofit2.http.GET;
import retrofit2.http.HEAD;
import retrofit2.http.Header;
import retrofit2.http.PATCH;
import retrofit2.http.POST;
import retrofit2.http.PUT;
import retrofit2.http.Path;
import retrofit2.http.Streaming;
import retrofit2.http.Tag;
import retrofit2.http.Url;

/** Operations that this library does not bind, called through a handwritten Retrofit interface. */
class AnyOperationTest extends FaultServerFixture {
  private record Model(String id) {}

  private record Models(List<Model> data) {}

  /** A handwritten request that checks itself, as generated ones do. */
  private record Query(String text) implements Checks.Checked {
    @Override
    public void check(Checks checks) {
      checks.at("text", text).required();
    }
  }

  private interface Service {
    @GET("v1/models")
    Call<Models> models();

    @GET("v1/models")
    Call<Models> models(@Tag RequestOptions options);

    @GET("v1/models")
    CompletableFuture<Models> modelsAsync();

    @GET("v1/models")
    Call<Models> models(@Header("X-Team") String team, @Tag RequestOptions options);

    @HEAD("v1/models")
    Call<Void> hasModels();

    @PUT("v1/models")
    Call<Void> put(@Body Query query);

    @DELETE("v1/models/{id}")
    Call<Void> delete(@Path("id") String id);

    @POST("v1/rerank")
    Call<Models> rerank(@Body Query query);

    @POST("v1/rerank")
    Call<Models> rerank(@Body Query query, @Tag RequestOptions options);

    @PATCH("v1/models")
    Call<Models> patch(@Body Query query);

    @POST("v1/files")
    Call<ResponseBody> upload(@Body RequestBody file);

    @Streaming
    @GET("v1/files/1")
    Call<ResponseBody> stream();

    @GET
    Call<Models> elsewhere(@Url String url);
  }

  private static final Step GOOD = answer(200, "{\"data\":[{\"id\":\"m\"}]}");
  private static final Query QUERY = new Query("s3cret text");
  private static final RequestOptions SAFE = RequestOptions.builder().safeToRepeat(true).build();

  private Service service() {
    return service(builder());
  }

  private Service service(TokenFactoryClientBuilder builder) {
    return open(builder).create(Service.class);
  }

  // Requests and responses.

  @Test
  void sendsKeyProjectAndHeaders() throws IOException {
    serve(GOOD);
    Service service = service(builder().aiProjectId("p 1").header("X-Team", "search"));

    Models models = service.models().execute().body();

    assertThat(models).isEqualTo(new Models(List.of(new Model("m"))));
    Exchange exchange = server.exchanges().get(0);
    assertThat(exchange.line).isEqualTo("GET /v1/models?ai_project_id=p%201 HTTP/1.1");
    assertThat(exchange.headers)
        .containsEntry("authorization", "Bearer k3y")
        .containsEntry("x-team", "search");
  }

  @Test
  void takesOptionsOfOneCallFromATag() throws IOException {
    serve(GOOD, GOOD);
    Service service = service(builder().aiProjectId("p"));

    service
        .models(RequestOptions.builder().aiProjectId("other").header("X-Trace", "1").build())
        .execute();
    service.models(null).execute();

    assertThat(server.exchanges().get(0).line).contains("ai_project_id=other");
    assertThat(server.exchanges().get(0).headers).containsEntry("x-trace", "1");
    assertThat(server.exchanges().get(1).line).contains("ai_project_id=p ");
  }

  @Test
  void headersOfTheCallReplaceThoseOfTheOperationAndTheClient() throws IOException {
    serve(GOOD, GOOD, GOOD);
    Service service = service(builder().header("X-Team", "client"));

    service.models(null, null).execute();
    service.models("operation", null).execute();
    service
        .models("operation", RequestOptions.builder().header("X-Team", "call").build())
        .execute();

    assertThat(server.exchanges().stream().map(exchange -> exchange.headers.get("x-team")))
        .containsExactly("client", "operation", "call");
  }

  @Test
  void sendsNeitherKeyNorProjectToAnotherServer() throws IOException {
    serve();
    try (FaultServer other = new FaultServer(GOOD)) {
      service(builder().aiProjectId("p")).elsewhere(other.url() + "v1/models").execute();

      assertThat(other.exchanges().get(0).line).isEqualTo("GET /v1/models HTTP/1.1");
      assertThat(other.exchanges().get(0).headers).doesNotContainKey("authorization");
    }
  }

  @Test
  void completesFuturesAndCallbacks() throws Exception {
    serve(GOOD, GOOD, answer(404, ""), answer(404, ""));
    Service service = service();
    LinkedBlockingQueue<Object> called = new LinkedBlockingQueue<>();
    Callback<Models> callback =
        new Callback<>() {
          @Override
          public void onResponse(Call<Models> call, Response<Models> response) {
            called.add(response.body());
          }

          @Override
          public void onFailure(Call<Models> call, Throwable error) {
            called.add(error);
          }
        };

    assertThat(service.modelsAsync().join().data()).hasSize(1);
    service.models().enqueue(callback);
    assertThat(called.poll(10, TimeUnit.SECONDS)).isInstanceOf(Models.class);
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> service.modelsAsync().join())
        .withCauseInstanceOf(NotFoundException.class);
    service.models().enqueue(callback);
    assertThat(called.poll(10, TimeUnit.SECONDS)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void responseInfoDescribesTheResponse() throws IOException {
    serve(answer(503, ""), answer(200, "{}", "X-Request-Id: r", "x-ratelimit-limit-requests: 9"));

    ResponseInfo info = ResponseInfo.of(service().models().execute());

    assertThat(info.status()).isEqualTo(200);
    assertThat(info.attempts()).isEqualTo(2);
    assertThat(info.requestId()).isEqualTo("r");
    assertThat(info.rateLimits().limitRequests()).isEqualTo(9);
  }

  @Test
  void notifiesTheListenerOfEachAttempt() throws IOException {
    serve(answer(503, ""), GOOD);
    List<String> told = new ArrayList<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void attemptFailed(Attempt attempt, TokenFactoryException error) {
            told.add(attempt.number() + " " + error.getClass().getSimpleName());
          }

          @Override
          public void attemptSucceeded(Attempt attempt) {
            told.add(attempt.number() + " " + attempt.status());
          }
        };

    service(builder().listener(listener)).models().execute();

    assertThat(told).containsExactly("1 ServerException", "2 200");
  }

  @Test
  void runsAUsersInterceptorsOnceForEachAttempt() throws IOException {
    serve(answer(503, ""), answer(503, ""), GOOD);
    AtomicInteger runs = new AtomicInteger();
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  runs.incrementAndGet();
                  return chain.proceed(chain.request());
                })
            .build();

    service(builder().httpClient(http)).models().execute();

    assertThat(runs).hasValue(3);
  }

  @Test
  void validatesTheBodyBeforeSending() {
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> service().rerank(new Query(null)).execute())
        .withMessage("Invalid Query, nothing was sent: text must not be null.");
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> service().delete(null).execute())
        .withMessageContaining("nothing was sent")
        .withMessageContaining("\"id\" value must not be null");
    assertThat(server.connections()).isZero();
  }

  @Test
  void limitsTheSizeOfTheResponse() throws IOException {
    serve(GOOD, answer(200, "x".repeat(2_000)));
    Service service = service(builder().maxResponseBytes(1_000));

    assertThat(service.models().execute().body()).isNotNull();
    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(
            () -> service.upload(RequestBody.create("a", MediaType.get("text/plain"))).execute())
        .withMessageContaining("larger than 1000 bytes");
  }

  @Test
  void failsIfTheResponseIsNotOfTheDeclaredType() throws IOException {
    serve(answer(200, "null"), answer(200, "{\"data\":\"s3cret\"}"), answer(200, "{\"data\":["));

    for (int i = 0; i < 3; i++) {
      Throwable error = catchThrowable(() -> service().models().execute());
      assertThat(error).isInstanceOf(InvalidResponseException.class);
      assertThat(TestClients.trace(error)).doesNotContain("s3cret");
    }
  }

  @Test
  void acceptsASuccessWithoutABody() throws IOException {
    serve(
        Step.raw("HTTP/1.1 204 None\r\n\r\n"), GOOD, Step.raw(head(200, "Content-Length: 5", "")));
    Service service = service();

    assertThat(service.models().execute().body()).isNull();
    assertThat(service.delete("a/b").execute().body()).isNull();
    assertThat(service.hasModels().execute().headers().get("Content-Length")).isEqualTo("5");
    assertThat(server.exchanges().get(1).line).startsWith("DELETE /v1/models/a%2Fb ");
  }

  // Retries.

  @Test
  void retriesIdempotentMethods() throws IOException {
    Step busy = answer(500, "");
    Step empty = answer(200, "");
    serve(busy, GOOD, busy, empty, busy, empty, CLOSE, GOOD);
    Service service = service();

    assertThat(service.models().execute().body()).isNotNull();
    service.put(QUERY).execute();
    service.delete("m").execute();
    assertThat(service.models().execute().body()).isNotNull();

    assertThat(server.exchanges()).hasSize(8);
  }

  @ParameterizedTest
  @CsvSource({"408", "409", "500", "502", "503", "504"})
  void doesNotRepeatAPostThatMayHaveBeenProcessed(int status) throws IOException {
    serve(answer(status, ""), answer(status, "", "x-should-retry: true"), CLOSE);
    Service service = service();

    for (int i = 0; i < 3; i++) {
      TokenFactoryException error =
          catchThrowableOfType(TokenFactoryException.class, () -> service.rerank(QUERY).execute());
      assertThat(error)
          .hasMessageContaining("may have processed the request")
          .hasMessageContaining("safeToRepeat");
      assertThat(error.info().attempts()).isEqualTo(1);
    }
    assertThat(server.exchanges()).hasSize(3);
    assertThat(scheduler.waits()).isEmpty();
  }

  @Test
  void doesNotRepeatAPatchThatMayHaveBeenProcessed() throws IOException {
    serve(answer(500, ""));

    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> service().patch(QUERY).execute())
        .withMessageContaining("safeToRepeat");
  }

  @Test
  void repeatsAPostThatTheServerDidNotProcess() throws IOException {
    serve(answer(429, ""), answer(503, "", "Retry-After: 0"), GOOD);

    assertThat(service().rerank(QUERY).execute().body()).isNotNull();

    assertThat(server.exchanges()).hasSize(3);
  }

  @Test
  void repeatsAPostThatWasNotSent() throws IOException {
    int port;
    try (ServerSocket unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }
    Service service = service(builder().baseUrl("http://127.0.0.1:" + port + "/"));

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> service.rerank(QUERY).execute());

    assertThat(error.info().attempts()).isEqualTo(3);
    assertThat(error).hasMessageNotContaining("safeToRepeat");
  }

  @Test
  void repeatsAPostThatTheCallerDeclaresSafe() throws IOException {
    serve(answer(500, ""), CLOSE, GOOD);

    assertThat(service().rerank(QUERY, SAFE).execute().body()).isNotNull();

    assertThat(server.exchanges()).hasSize(3);
  }

  @Test
  void doesNotRepeatIfTheServerForbidsIt() throws IOException {
    serve(answer(429, "", "x-should-retry: false"));

    assertThatExceptionOfType(RateLimitException.class)
        .isThrownBy(() -> service().rerank(QUERY).execute())
        .withMessageNotContaining("safeToRepeat");
  }

  @Test
  void optionsOfTheCallSetTheNumberOfRetries() throws IOException {
    serve().always(answer(500, ""));
    Service service = service();

    for (int retries : new int[] {0, 4}) {
      ApiException error =
          catchThrowableOfType(
              ApiException.class,
              () -> service.models(RequestOptions.builder().maxRetries(retries).build()).execute());
      assertThat(error.info().attempts()).isEqualTo(retries + 1);
    }
  }

  // The end of a call.

  @Test
  void endsAtTheDeadline() throws Exception {
    serve(HANG);
    CompletableFuture<Throwable> ended =
        CompletableFuture.supplyAsync(() -> catchThrowable(() -> service().models().execute()));
    awaitExchange();

    scheduler.passDeadline();

    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(DeadlineExceededException.class);
    assertThat(server.exchanges().get(0).sawClientGo()).isTrue();
  }

  @Test
  void endsWhenCancelled() throws Exception {
    serve(HANG, HANG);
    Service service = service();
    Call<Models> call = service.models();
    CompletableFuture<Throwable> ended =
        CompletableFuture.supplyAsync(() -> catchThrowable(call::execute));
    awaitExchange();

    call.cancel();

    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(CancelledException.class);
    assertThat(server.exchanges().get(0).sawClientGo()).isTrue();
    assertThat(call.isCanceled()).isTrue();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(call::execute);

    CompletableFuture<Models> future = service.modelsAsync();
    while (server.exchanges().size() < 2) {
      Thread.onSpinWait();
    }
    future.cancel(true);
    assertThat(server.exchanges().get(1).sawClientGo()).isTrue();
  }

  @Test
  void sendsNothingIfCancelledBefore() {
    Call<Models> call = service().models();
    call.cancel();

    assertThatExceptionOfType(CancelledException.class).isThrownBy(call::execute);
    assertThat(server.connections()).isZero();
  }

  @Test
  void cloneCanBeExecutedAgain() throws IOException {
    serve(GOOD, GOOD);
    Call<Models> call = service().models();

    call.execute();

    assertThat(call.isExecuted()).isTrue();
    assertThat(call.clone().execute().body()).isNotNull();
    assertThat(call.request().header("Authorization")).isNull();
  }

  private void awaitExchange() {
    while (server.exchanges().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  // Streams.

  private Step streamed(CountDownLatch goOn) {
    return exchange -> {
      exchange.send(head(200) + "Content-Length: 4000\r\n\r\nab");
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      exchange.send("c".repeat(3_998));
    };
  }

  @Test
  void returnsAStreamAfterItsHeaders() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    serve(answer(503, ""), streamed(goOn));
    Service service = service(builder().maxResponseBytes(100));

    try (ResponseBody body = service.stream().execute().body()) {
      assertThat(scheduler.deadlines()).isZero(); // the deadline does not apply to the stream
      goOn.countDown();
      assertThat(body.bytes()).hasSize(4_000);
    }
  }

  @Test
  void streamTimeoutEndsASilentStream() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    serve(streamed(goOn));
    Service service = service(builder().streamTimeout(Duration.ofMillis(200)));

    try (ResponseBody body = service.stream().execute().body()) {
      assertThat(catchThrowable(body::bytes)).isInstanceOf(IOException.class);
    } finally {
      goOn.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"body", "call", "client"})
  void closingTheBodyTheCallOrTheClientEndsAStream(String closed) throws Exception {
    serve(
        exchange -> {
          exchange.send(head(200) + "Content-Length: 4\r\n\r\nab");
          exchange.awaitClientGone();
        });
    TokenFactoryClient client = open(builder());
    Call<ResponseBody> call = client.create(Service.class).stream();
    ResponseBody body = call.execute().body();
    InputStream in = body.byteStream();
    assertThat(List.of(in.read(), in.read())).containsExactly((int) 'a', (int) 'b');

    switch (closed) {
      case "body" -> body.close();
      case "call" -> call.cancel();
      default -> client.close();
    }

    assertThat(server.exchanges().get(0).sawClientGo()).isTrue();
    if (!closed.equals("body")) {
      assertThat(catchThrowable(in::read)).isInstanceOf(IOException.class);
    }
  }

  // Interfaces.

  private interface Unsupported {
    @GET("v1/models")
    Models models();
  }

  @Test
  void refusesAnotherReturnTypeWhenTheInterfaceIsCreated() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(builder()).create(Unsupported.class))
        .withMessageContaining("models()")
        .withMessageContaining("would not go through the client");
  }

  @Test
  void acceptsDefaultMethods() {
    assertThat(open(builder()).create(OnlyDefaults.class)).isNotNull();
  }

  private interface OnlyDefaults {
    default String name() {
      return "defaults";
    }
  }

  @Test
  void refusesACallThatTheGeneratedInterfaceDidNotReturn() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(builder()).call(api -> null))
        .withMessageContaining("must return the call");
  }
}
