package io.github.tokenfactory;

import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.internal.http.CallRegistry;
import io.github.tokenfactory.internal.http.CallSettings;
import io.github.tokenfactory.internal.http.ClientCall;
import io.github.tokenfactory.internal.http.DefaultHttpClient;
import io.github.tokenfactory.internal.http.InternalAccess;
import io.github.tokenfactory.internal.http.RequestPipeline;
import io.github.tokenfactory.internal.http.RequestValidator;
import io.github.tokenfactory.internal.http.RetryingCall;
import io.github.tokenfactory.internal.http.Scheduler;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.Streaming;

/**
 * A client of the Nebius Token Factory API, or of a compatible server.
 *
 * <p>Create one and share it: it is immutable, safe for use by several threads, and keeps its
 * connections open until it is closed. Helpers such as {@code EmbeddingsService} build on it;
 * {@link #call} calls any other bound operation, and {@link #create} any Retrofit interface. All go
 * the same way: with the client's key, project, headers, retries, deadline, limits and typed
 * errors.
 *
 * <pre>{@code
 * try (TokenFactoryClient client = TokenFactoryClient.fromEnv()) {
 *   EmbeddingResult result =
 *       EmbeddingsService.of(client)
 *           .create("Qwen/Qwen3-Embedding-8B", EmbeddingInput.texts("a cat", "a dog"));
 *   float[] cat = result.vector(0);
 * }
 * }</pre>
 */
public final class TokenFactoryClient implements AutoCloseable {
  /** Where the published document says that the API is. */
  public static final String DEFAULT_BASE_URL = "https://api.tokenfactory.nebius.com/";

  private static final String ACCEPT_ENCODING = "Accept-Encoding";

  static {
    InternalAccess.grant(TokenFactoryClient.class, client -> client.calls);
  }

  private final HttpUrl baseUrl;
  private final OkHttpClient http;
  private final boolean ownsHttp;
  private final ExecutorService workers;
  private final CallRegistry calls;
  private final Retrofit retrofit;
  private final TokenFactoryApi api;

  TokenFactoryClient(TokenFactoryClientBuilder builder) {
    this.baseUrl = builder.baseUrl;
    this.workers =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            TokenFactoryClient::thread);
    this.ownsHttp = builder.httpClient == null;
    this.http = http(builder, workers);
    Scheduler scheduler =
        builder.scheduler == null
            ? Scheduler.system(TokenFactoryClient::thread, workers)
            : builder.scheduler;
    CallSettings defaults =
        new CallSettings(
            Map.of(),
            builder.aiProjectId,
            builder.timeout,
            builder.maxRetries,
            builder.maxResponseBytes,
            false,
            false);
    RequestValidator validator = new RequestValidator(builder.validator);
    this.calls = new CallRegistry(scheduler, workers, defaults, builder.listener, validator);
    RequestPipeline pipeline =
        new RequestPipeline(
            baseUrl,
            builder.requireApiKey(),
            headers(builder),
            ownsHttp ? builder.streamTimeout : null);
    this.retrofit =
        new Retrofit.Builder()
            .baseUrl(baseUrl)
            .callFactory(pipeline.around(http))
            .addCallAdapterFactory(new TokenFactoryCallAdapterFactory(this::wrap))
            .addConverterFactory(TokenFactoryConverterFactory.forAllTypes())
            .build();
    this.api = retrofit.create(TokenFactoryApi.class);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "tokenfactory");
    thread.setDaemon(true);
    return thread;
  }

  private <T> Call<T> wrap(Call<T> call, Type bodyType, Annotation[] annotations) {
    boolean hasBody = bodyType != Void.class && !bodyType.getTypeName().equals("kotlin.Unit");
    boolean streaming =
        bodyType == ResponseBody.class
            && Arrays.stream(annotations).anyMatch(Streaming.class::isInstance);
    return new ClientCall<>(calls, call, hasBody, streaming);
  }

  /** Vectors hardly shrink, and decompressing them takes longer than everything else. */
  private static Headers headers(TokenFactoryClientBuilder builder) {
    Headers headers = builder.headers.build();
    return builder.httpClient != null || headers.get(ACCEPT_ENCODING) != null
        ? headers
        : headers.newBuilder().set(ACCEPT_ENCODING, "identity").build();
  }

  private static OkHttpClient http(TokenFactoryClientBuilder builder, ExecutorService workers) {
    OkHttpClient.Builder http =
        builder.httpClient == null
            ? DefaultHttpClient.builder(builder.baseUrl.isHttps(), workers)
            : builder.httpClient.newBuilder();
    return (builder.connectTimeout == null ? http : http.connectTimeout(builder.connectTimeout))
        .build();
  }

  /**
   * {@return a client with the API key from {@code NEBIUS_API_KEY} and, if it is set, the base URL
   * from {@code NEBIUS_BASE_URL}}
   *
   * @throws IllegalStateException if there is no API key in the environment
   */
  public static TokenFactoryClient fromEnv() {
    String apiKey = System.getenv("NEBIUS_API_KEY");
    if (apiKey == null || apiKey.isBlank()) {
      throw new IllegalStateException(
          "The environment variable NEBIUS_API_KEY is not set: put your API key there, or use"
              + " TokenFactoryClient.builder().apiKey(...).");
    }
    TokenFactoryClientBuilder builder = builder().apiKey(apiKey);
    String baseUrl = System.getenv("NEBIUS_BASE_URL");
    return (baseUrl == null || baseUrl.isBlank() ? builder : builder.baseUrl(baseUrl)).build();
  }

  /** {@return a builder with the defaults} */
  public static TokenFactoryClientBuilder builder() {
    return new TokenFactoryClientBuilder();
  }

  /**
   * Calls an operation of the document with the client's key, retries, deadline and errors.
   *
   * <pre>{@code
   * Models models = client.call(api -> api.listModels());
   * }</pre>
   *
   * @param operation calls one method of the service that it is given
   * @return the body of the response; null if the operation has none
   * @throws TokenFactoryException whose type says what to do about it
   */
  public <T> T call(Function<TokenFactoryApi, Call<T>> operation) {
    return call(operation, RequestOptions.none());
  }

  /**
   * Calls an operation of the document with settings of its own; see {@link #call(Function)}.
   *
   * @param operation calls one method of the service that it is given
   * @param options settings that take precedence over the client's
   * @return the body of the response; null if the operation has none
   */
  public <T> T call(Function<TokenFactoryApi, Call<T>> operation, RequestOptions options) {
    return call(operation, options, (body, response) -> body);
  }

  /**
   * Calls an operation of the document and makes a result of the response.
   *
   * @param operation calls one method of the service that it is given
   * @param options settings that take precedence over the client's
   * @param reader makes the result; its failure is the failure of the call
   * @return the result
   */
  public <T, R> R call(
      Function<TokenFactoryApi, Call<T>> operation,
      RequestOptions options,
      ResponseReader<T, R> reader) {
    return prepare(operation, options, reader).await();
  }

  /**
   * Calls an operation of the document without blocking; cancelling the future cancels the call.
   *
   * @param operation calls one method of the service that it is given
   * @param options settings that take precedence over the client's
   * @return the body of the response to come
   */
  public <T> CompletableFuture<T> callAsync(
      Function<TokenFactoryApi, Call<T>> operation, RequestOptions options) {
    return callAsync(operation, options, (body, response) -> body);
  }

  /**
   * Calls an operation of the document without blocking, and makes a result of the response.
   *
   * @param operation calls one method of the service that it is given
   * @param options settings that take precedence over the client's
   * @param reader makes the result; its failure is the failure of the call
   * @return the result to come
   */
  public <T, R> CompletableFuture<R> callAsync(
      Function<TokenFactoryApi, Call<T>> operation,
      RequestOptions options,
      ResponseReader<T, R> reader) {
    try {
      return prepare(operation, options, reader).start();
    } catch (TokenFactoryException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T, R> RetryingCall<T, R> prepare(
      Function<TokenFactoryApi, Call<T>> operation,
      RequestOptions options,
      ResponseReader<T, R> reader) {
    if (!(operation.apply(api) instanceof ClientCall<T> call)) {
      throw new IllegalArgumentException(
          "The operation must return the call that a method of the service returns.");
    }
    return call.prepare(options, (response, info) -> reader.read(response.body(), info));
  }

  /**
   * {@return an implementation of a Retrofit interface, whose calls go through this client}
   *
   * <p>This is for operations that this library does not bind, and for interfaces that were
   * generated elsewhere. Methods return {@code Call<T>}, {@code CompletableFuture<T>} or are {@code
   * suspend} functions of Kotlin; a parameter {@code @Tag RequestOptions} carries the settings of
   * one call. An unsuccessful response is a {@link TokenFactoryException}. With {@code @Streaming},
   * the call ends with the headers of the response: after that the deadline and the size limit do
   * not apply to its body, which the caller has to close.
   *
   * @param service the interface; models of other libraries are read and written with Gson
   * @throws IllegalArgumentException if a method has another return type
   */
  public <S> S create(Class<S> service) {
    for (Method method : service.getMethods()) {
      if (Modifier.isAbstract(method.getModifiers()) && !isSupported(method)) {
        throw new IllegalArgumentException(
            method
                + " returns neither Call<T> nor CompletableFuture<T> and is no suspend function:"
                + " its calls would not go through the client.");
      }
    }
    return retrofit.create(service);
  }

  private static boolean isSupported(Method method) {
    Class<?>[] parameters = method.getParameterTypes();
    return method.getGenericReturnType() instanceof ParameterizedType type
            && (type.getRawType() == CompletableFuture.class
                || type.getRawType() == Call.class && !isResponse(type))
        || parameters.length > 0
            && parameters[parameters.length - 1].getName().equals("kotlin.coroutines.Continuation");
  }

  private static boolean isResponse(ParameterizedType call) {
    return call.getActualTypeArguments()[0] instanceof ParameterizedType body
        && body.getRawType() == Response.class;
  }

  /**
   * Cancels all calls in progress and all streamed responses, and frees connections and threads.
   *
   * <p>Cancelled calls fail with a {@link CancelledException}, and so do later ones. An {@link
   * OkHttpClient} of the user's own stays open.
   */
  @Override
  public void close() {
    calls.close();
    workers.shutdown();
    if (ownsHttp) {
      http.connectionPool().evictAll();
    }
  }

  @Override
  public String toString() {
    return "TokenFactoryClient{baseUrl=" + baseUrl.redact() + "}";
  }
}
