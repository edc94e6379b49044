package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.CLOSE;
import static io.github.tokenfactory.FaultServer.HANG;
import static io.github.tokenfactory.FaultServer.answer;
import static io.github.tokenfactory.FaultServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.FaultServer.Step;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.NotFoundException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import io.github.tokenfactory.internal.http.CallRegistry;
import io.github.tokenfactory.internal.http.InternalAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import okhttp3.Cache;
import okhttp3.OkHttpClient;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.Header;
import retrofit2.http.POST;
import retrofit2.http.Streaming;
import retrofit2.http.Tag;
import retrofit2.http.Url;

/** Rare cases of calls through a handwritten Retrofit interface. */
class AnyOperationEdgesTest extends FaultServerFixture {
  /** Public, because a default method of a public interface returns it. */
  public record Models(List<String> data) {}

  private static final class Unloadable {
    static final int VALUE = Integer.parseInt("none");

    @SuppressWarnings("unused") // Gson sets it
    private final int value = VALUE;
  }

  @JsonAdapter(UnwritableAdapter.class)
  private record Unwritable(String kind) {}

  private static final class UnwritableAdapter extends TypeAdapter<Unwritable> {
    @Override
    public void write(JsonWriter out, Unwritable value) {
      if (value.kind().equals("argument")) {
        throw new IllegalArgumentException("s3cret");
      }
      throw new IllegalStateException("s3cret");
    }

    @Override
    public Unwritable read(JsonReader in) {
      throw new AssertionError();
    }
  }

  private interface Service {
    @GET("v1/models")
    Call<Models> models();

    @GET("v1/models")
    Call<Models> models(@Tag RequestOptions options);

    @GET("v1/models")
    Call<Models> traced(@Header("X-Trace") String trace);

    @GET
    Call<Models> at(@Url String url);

    @GET("v1/models")
    Call<List<String>> list();

    @GET("v1/models")
    Call<String> text();

    @GET("v1/models")
    Call<Unloadable> unloadable();

    @GET("v1/models")
    CompletableFuture<Response<Models>> response();

    @POST("v1/models")
    Call<Models> send(@Body Unwritable body);

    @Streaming
    @GET("v1/files/1")
    Call<ResponseBody> stream();

    @Streaming
    @GET("v1/models")
    Call<Models> streamedModels();
  }

  private static final Step GOOD = answer(200, "{\"data\":[\"m\"]}");

  private TokenFactoryClient client;

  private Service service() {
    return service(builder());
  }

  private Service service(TokenFactoryClientBuilder builder) {
    client = open(builder);
    return client.create(Service.class);
  }

  private void assertThatNoCallIsInProgress() {
    assertThat(InternalAccess.of(client, CallRegistry.class))
        .extracting("inProgress")
        .isEqualTo(Set.of());
  }

  // Requests.

  @Test
  void sendsAGetAgainAtOnceIfTheServerHasClosedItsConnection() throws IOException {
    serve(GOOD, CLOSE);
    server.always(GOOD);
    Service service = service();
    RequestOptions once = RequestOptions.builder().maxRetries(0).build();
    service.models().execute();

    assertThat(service.models(once).execute().isSuccessful()).isTrue();
    assertThat(server.exchanges()).hasSize(3);
    assertThat(scheduler.waits()).isEmpty();
  }

  @Test
  void sendsAGetNoMoreOftenThanAllowedOnANewConnection() throws IOException {
    serve(CLOSE);
    server.always(GOOD);
    RequestOptions once = RequestOptions.builder().maxRetries(0).build();

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> service().models(once).execute());
    assertThat(server.exchanges()).hasSize(1);
  }

  @Test
  void sendsAGetAgainAtOnceIfTheServerGaveUpOnItsConnection() throws IOException {
    serve(GOOD, answer(408, "", "Connection: close").then(CLOSE));
    server.always(GOOD);
    Service service = service();
    service.models().execute();

    assertThat(service.models().execute().isSuccessful()).isTrue();
    assertThat(scheduler.waits()).isEmpty();
  }

  @Test
  void addsTheProjectToAQueryThatDoesNotNameOne() throws IOException {
    serve(GOOD, GOOD);
    Service service = service(builder().aiProjectId("a+b&c=ü"));

    service.at("v1/models?q=x%2Fy&z").execute();
    service.at("v1/models?ai_project_id=own").execute();

    assertThat(server.exchanges().get(0).line)
        .isEqualTo("GET /v1/models?q=x%2Fy&z&ai_project_id=a%2Bb%26c%3D%C3%BC HTTP/1.1");
    assertThat(server.exchanges().get(1).line)
        .isEqualTo("GET /v1/models?ai_project_id=own HTTP/1.1");
  }

  @Test
  void errorDoesNotQuoteAnArgumentThatCannotBeSent() {
    Service service = service();
    List<Call<Models>> calls =
        List.of(
            service.traced("s3cret\n"),
            service.send(new Unwritable("argument")),
            service.send(new Unwritable("state")));

    for (Call<Models> call : calls) {
      Throwable error = catchThrowable(call::execute);
      assertThat(error)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("nothing was sent");
      assertThat(TestClients.trace(error)).doesNotContain("s3cret");
    }
    assertThat(server.connections()).isZero();
  }

  // Responses.

  @Test
  void readsListsStringsAndResponsesInAFuture() throws IOException {
    serve(answer(200, "[\"a\"]"), answer(200, "\"a\""), GOOD, answer(404, ""));
    Service service = service();

    assertThat(service.list().execute().body()).containsExactly("a");
    assertThat(service.text().execute().body()).isEqualTo("a");
    assertThat(service.response().join().body()).isEqualTo(new Models(List.of("m")));
    assertThat(catchThrowable(() -> service.response().join()))
        .hasCauseInstanceOf(NotFoundException.class);
  }

  @Test
  void failsIfAModelClassCannotBeLoaded() throws IOException {
    serve(answer(200, "{}"), answer(200, "{}"));
    Service service = service();

    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(InvalidResponseException.class)
          .isThrownBy(() -> service.unloadable().execute());
    }
  }

  @Test
  void usersCacheStoresNoErrors(@TempDir Path dir) throws IOException {
    String maxAge = "Cache-Control: max-age=1000";
    serve(
        answer(404, "{}", maxAge),
        answer(301, "{}", maxAge),
        answer(200, "{\"data\":[]}", "ETag: \"1\""),
        Step.raw(head(304, "ETag: \"1\"", "")));
    try (Cache cache = new Cache(dir.toFile(), 1 << 20)) {
      Service service =
          service(
              builder().maxRetries(0).httpClient(new OkHttpClient.Builder().cache(cache).build()));

      for (int status : new int[] {404, 301}) {
        assertThatExceptionOfType(ApiException.class)
            .isThrownBy(() -> service.models().execute())
            .satisfies(error -> assertThat(error.info().status()).isEqualTo(status));
      }
      assertThat(service.models().execute().body().data()).isEmpty();
      assertThat(service.models().execute().body().data()).isEmpty();
      assertThat(server.exchanges().get(3).headers).containsEntry("if-none-match", "\"1\"");
    }
  }

  @Test
  void hidesAKeyThatTheServerRepeats() throws IOException {
    serve(
        Step.raw("HTTP/1.1 200 k3y\r\nX-k3y: k3y\r\nContent-Length: 2\r\n\r\n{}"),
        answer(400, "{\"error\":{\"message\":\"a\\nk3y\",\"code\":\"k3y\"}}"),
        answer(302, "", "Location: https://k3y.example/k3y"));
    Service service = service();

    Response<Models> response = service.models().execute();
    assertThat(response.toString() + ResponseInfo.of(response).headers()).doesNotContain("k3y");
    for (int i = 0; i < 2; i++) {
      ApiException error = (ApiException) catchThrowable(() -> service.models().execute());
      assertThat(TestClients.trace(error) + error.info().headers() + error.info().body())
          .doesNotContain("k3y");
      assertThat(error.detail() + error.code()).doesNotContain("k3y");
    }
  }

  @Test
  void hidesAKeyThatTheServerEscapes() throws IOException {
    serve(answer(400, "{\"error\":{\"message\":\"k\\/3\\u002by\",\"code\":\"k\\/3\\u002by\"}}"));

    ApiException error =
        (ApiException) catchThrowable(() -> service(builder().apiKey("k/3+y")).models().execute());

    assertThat(TestClients.trace(error) + error.detail() + error.code()).doesNotContain("k/3+y");
  }

  // Callbacks.

  @Test
  void callsOnFailureIfCancelledBeforeEnqueue() throws InterruptedException {
    LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    Call<Models> call = service().models();
    call.cancel();

    call.enqueue(
        new Callback<>() {
          @Override
          public void onResponse(Call<Models> call, Response<Models> response) {
            throw new AssertionError();
          }

          @Override
          public void onFailure(Call<Models> call, Throwable error) {
            failures.add(error);
          }
        });

    assertThat(failures.poll(10, TimeUnit.SECONDS)).isInstanceOf(CancelledException.class);
    assertThat(server.connections()).isZero();
  }

  @Test
  void logsAnExceptionThatACallbackThrows() throws Exception {
    serve(GOOD);
    LinkedBlockingQueue<LogRecord> logged = new LinkedBlockingQueue<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(record);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(CallRegistry.class.getName());
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    try {
      service()
          .models()
          .enqueue(
              new Callback<>() {
                @Override
                public void onResponse(Call<Models> call, Response<Models> response) {
                  throw new AssertionError("in a callback");
                }

                @Override
                public void onFailure(Call<Models> call, Throwable error) {}
              });

      assertThat(logged.poll(10, TimeUnit.SECONDS).getThrown()).hasMessage("in a callback");
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
  }

  // Streams.

  @Test
  void streamTimeoutAppliesOnlyAfterTheHeaders() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    Step late =
        exchange -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          answer(200, "").serve(exchange);
        };
    serve(late, Step.raw(head(200, "Content-Length: 4", "") + "ab").then(HANG));
    Service service = service(builder().streamTimeout(Duration.ofMillis(1)));
    CompletableFuture<Throwable> first =
        CompletableFuture.supplyAsync(() -> catchThrowable(() -> service.stream().execute()));
    while (server.exchanges().isEmpty()) {
      Thread.onSpinWait();
    }

    ResponseBody silent = service.stream().execute().body();
    assertThat(catchThrowable(silent::bytes)).isInstanceOf(IOException.class);
    goOn.countDown(); // by now the first call has waited longer than the stream timeout

    assertThat(first.get(10, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void limitsTheSizeOfAParsedBodyMarkedAsStreaming() throws IOException {
    serve(answer(200, "{\"data\":[\"" + "x".repeat(200) + "\"]}"));
    Service service = service(builder().maxResponseBytes(100));

    assertThatExceptionOfType(InvalidResponseException.class)
        .isThrownBy(() -> service.streamedModels().execute())
        .withMessageContaining("larger than 100 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "closed", "cancelled", "broken", "empty", "model", "error"})
  void forgetsACallWhenItsStreamEnds(String end) throws IOException {
    Step stream = answer(200, "abc");
    serve(
        switch (end) {
          case "broken" -> Step.raw(head(200, "Content-Length: 9", "") + "abc").then(CLOSE);
          case "empty" -> Step.raw(head(204, ""));
          case "model" -> GOOD;
          case "error" -> answer(404, "");
          default -> stream;
        });
    Service service = service();

    switch (end) {
      case "model" -> service.streamedModels().execute();
      case "empty" -> service.stream().execute();
      case "error" -> catchThrowable(() -> service.stream().execute());
      default -> {
        Call<ResponseBody> call = service.stream();
        ResponseBody body = call.execute().body();
        switch (end) {
          case "closed" -> body.close();
          case "cancelled" -> call.cancel();
          default -> catchThrowable(() -> body.source().readByteArray());
        }
      }
    }

    assertThatNoCallIsInProgress();
  }

  @Test
  void closesAStreamWhoseCallIsCancelledWhileItsHeadersArrive() throws Exception {
    serve(
        exchange -> {
          exchange.send(head(200, "Content-Length: 4", "") + "ab");
          exchange.awaitClientGone();
        });
    AtomicReference<Call<?>> running = new AtomicReference<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void attemptSucceeded(Attempt attempt) {
            running.get().cancel();
          }
        };
    Call<ResponseBody> call = service(builder().listener(listener)).stream();
    running.set(call);

    assertThatExceptionOfType(CancelledException.class).isThrownBy(call::execute);

    assertThat(server.exchanges().get(0).sawClientGo()).isTrue();
    assertThatNoCallIsInProgress();
  }

  // Interfaces.

  private interface RawCall {
    @GET("v1/models")
    @SuppressWarnings("rawtypes")
    Call models();
  }

  private interface CallOfResponse {
    @GET("v1/models")
    Call<Response<Models>> models();
  }

  private interface Generic<T> {
    @GET("v1/models")
    Call<T> models();
  }

  private interface OfGeneric extends Generic<Models> {}

  @ParameterizedTest
  @ValueSource(
      classes = {RawCall.class, CallOfResponse.class, Generic.class, OfGeneric.class, String.class})
  void refusesUnsupportedInterfacesWhenTheyAreCreated(Class<?> service) {
    service();

    assertThatIllegalArgumentException().isThrownBy(() -> client.create(service));
  }

  /** Public, because Retrofit calls default methods of public interfaces only. */
  public interface WithHelpers {
    @GET("v1/models")
    Call<Models> models();

    default Models good() throws IOException {
      return models().execute().body();
    }

    static String name() {
      return "n";
    }

    private String hidden() {
      return "h";
    }
  }

  @Test
  void acceptsStaticPrivateAndDefaultMethods() throws IOException {
    serve(GOOD);
    service();

    assertThat(client.create(WithHelpers.class).good().data()).containsExactly("m");
  }

  @Test
  void retriesAnErrorStatusThatAnInterceptorReturns() {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain ->
                    new okhttp3.Response.Builder()
                        .request(chain.request())
                        .protocol(okhttp3.Protocol.HTTP_1_1)
                        .code(503)
                        .message("")
                        .body(ResponseBody.create("k3y", null))
                        .build())
            .build();

    assertThatExceptionOfType(TokenFactoryException.class)
        .isThrownBy(() -> service(builder().httpClient(http)).models().execute())
        .satisfies(error -> assertThat(error.info().attempts()).isEqualTo(3));
  }
}
