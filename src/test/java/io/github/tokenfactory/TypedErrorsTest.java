package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.CLOSE;
import static io.github.tokenfactory.FaultServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.tokenfactory.FaultServer.Step;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.errors.RateLimitException;
import io.github.tokenfactory.errors.ServerException;
import io.github.tokenfactory.errors.TokenFactoryException;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.Okio;
import okio.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import retrofit2.Call;
import retrofit2.CallAdapter;
import retrofit2.Callback;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.GET;

/** Typed errors in a user's own Retrofit. */
class TypedErrorsTest {
  private interface Service {
    @GET("v1/models")
    Call<ResponseBody> models();

    @GET("v1/models")
    CompletableFuture<ResponseBody> modelsAsync();
  }

  private static final String KEY = "k3y-0f-the-caller";
  private static final Step BAD =
      answer(
          422,
          "{\"detail\":[{\"loc\":[\"body\",\"n\"],\"msg\":\"no "
              + KEY
              + "\",\"type\":\"int\"}],\"pad\":\""
              + "x".repeat(3_000)
              + "\"}",
          "X-Request-Id: r-1");

  private FaultServer server;

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Service service(boolean typed, Step... script) throws IOException {
    server = new FaultServer(script);
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain ->
                    chain.proceed(
                        chain
                            .request()
                            .newBuilder()
                            .header("Authorization", "Bearer " + KEY)
                            .build()))
            .build();
    Retrofit.Builder retrofit = new Retrofit.Builder().baseUrl(server.url()).client(http);
    if (typed) {
      retrofit.addCallAdapterFactory(TokenFactoryCallAdapterFactory.create());
    }
    return retrofit.build().create(Service.class);
  }

  @Test
  void throwsTheTypedErrorOfAnUnsuccessfulResponse() throws IOException {
    Service service = service(true, BAD);

    BadRequestException error =
        catchThrowableOfType(BadRequestException.class, () -> service.models().execute());

    assertThat(error.info().status()).isEqualTo(422);
    assertThat(error.info().requestId()).isEqualTo("r-1");
    assertThat(error.info().body()).hasSize(2_000);
    assertThat(error.validationIssues().get(0).location()).isEqualTo("body.n");
    assertThat(error.validationIssues().get(0).message()).isEqualTo("no [API key]");
    assertThat(error.info().body()).contains("[API key]");
    assertThat(TestClients.trace(error)).doesNotContain(KEY);
  }

  @Test
  void failsCallbacksAndFuturesWithTypedErrors() throws Exception {
    Service service = service(true, answer(429, "", "Retry-After: 7"), answer(429, ""));
    LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    service
        .models()
        .enqueue(
            new Callback<>() {
              @Override
              public void onResponse(Call<ResponseBody> call, Response<ResponseBody> response) {
                failures.add(new AssertionError("a response"));
              }

              @Override
              public void onFailure(Call<ResponseBody> call, Throwable error) {
                failures.add(error);
              }
            });

    assertThat(failures.poll(10, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            RateLimitException.class,
            error -> assertThat(error.info().retryAfter()).isEqualTo(Duration.ofSeconds(7)));
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> service.modelsAsync().join())
        .withCauseInstanceOf(RateLimitException.class);
  }

  @Test
  void changesNeitherRequestsNorSuccessfulResponses() throws IOException {
    Service service = service(true, answer(200, "a"), CLOSE, CLOSE);
    Call<ResponseBody> call = service.models();

    assertThat(call.execute().body().string()).isEqualTo("a");
    assertThat(call.isExecuted()).isTrue();
    assertThat(server.exchanges().get(0).headers).doesNotContainKey("x-ratelimit");
    assertThat(server.exchanges().get(0).line).isEqualTo("GET /v1/models HTTP/1.1");
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> call.clone().execute());
  }

  @Test
  void createsTheErrorOfAResponseWithoutTheFactory() throws IOException {
    Service service = service(false, BAD, answer(200, "a"));

    Response<ResponseBody> bad = service.models().execute();
    ApiException error = TokenFactoryException.of(bad);

    assertThat(error).isInstanceOf(BadRequestException.class);
    assertThat(error.validationIssues()).hasSize(1);
    assertThat(bad.errorBody().string()).contains(KEY); // it can still be read
    Response<ResponseBody> good = service.models().execute();
    assertThatIllegalArgumentException().isThrownBy(() -> TokenFactoryException.of(good));
    assertThat(ResponseInfo.of(good).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource
  void readsErrorBodiesOfAnyForm(ResponseBody body, String detail) throws IOException {
    server = new FaultServer();
    ApiException error = TokenFactoryException.of(Response.error(500, body));

    assertThat(error).isInstanceOf(ServerException.class);
    assertThat(error.detail()).isEqualTo(detail);
    assertThat(error.info().body().length()).isLessThanOrEqualTo(2_000);
  }

  static List<Arguments> readsErrorBodiesOfAnyForm() throws IOException {
    ResponseBody read = ResponseBody.create("read", null);
    read.string();
    ResponseBody closed =
        ResponseBody.create(Okio.buffer((Source) new Buffer().writeUtf8("closed")), null, 6);
    closed.close();
    String huge = "x".repeat(1 << 20);
    return List.of(
        Arguments.of(ResponseBody.create("", null), null),
        Arguments.of(read, null),
        Arguments.of(closed, null),
        Arguments.of(ResponseBody.create(huge, null), huge),
        Arguments.of(ResponseBody.create("<html><title> Bad </title>", null), "Bad"),
        Arguments.of(ResponseBody.create(new byte[] {(byte) 0xff, 'a'}, null), "\uFFFDa"),
        Arguments.of(ResponseBody.create("{\"a\":".repeat(100_000), null), null));
  }

  @Test
  void hidesAKeyThatANetworkInterceptorAdds() throws IOException {
    server = new FaultServer(BAD);
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addNetworkInterceptor(
                chain ->
                    chain.proceed(
                        chain
                            .request()
                            .newBuilder()
                            .header("Authorization", "Token " + KEY)
                            .build()))
            .build();
    Service service =
        new Retrofit.Builder()
            .baseUrl(server.url())
            .client(http)
            .addCallAdapterFactory(new OtherFactory())
            .addCallAdapterFactory(TokenFactoryCallAdapterFactory.create())
            .addCallAdapterFactory(new OtherFactory())
            .build()
            .create(Service.class);

    ApiException error = catchThrowableOfType(ApiException.class, () -> service.models().execute());

    assertThat(error.info().body()).contains("[API key]");
    assertThat(TestClients.trace(error) + error.info().body()).doesNotContain(KEY);
  }

  /** A user's call adapter factory that supports none of these types. */
  private static final class OtherFactory extends CallAdapter.Factory {
    @Override
    public CallAdapter<?, ?> get(Type returnType, Annotation[] annotations, Retrofit retrofit) {
      return null;
    }
  }
}
