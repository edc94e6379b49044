package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.errors.InvalidRequestException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The interceptors around a user's own. They make a request safe to send: with the current key, to
 * the configured server only; and its response safe to read.
 *
 * <p>A connection that the server has closed while it was idle is no attempt: OkHttp sends the
 * request again at once, perhaps to another address of the host, if it is safe to repeat or the
 * server says that it did nothing. All other failures of a connection are hidden from it, and so
 * are error statuses: it would repeat some of them, and fail on others, such as a 503 with a large
 * {@code Retry-After}.
 *
 * @param apiKey is asked before each attempt
 * @param headers the client's headers
 * @param streamTimeout how long a streamed response may be silent, or null to leave that to the
 *     {@code OkHttpClient}
 */
public record RequestPipeline(
    HttpUrl baseUrl, Supplier<String> apiKey, Headers headers, @Nullable Duration streamTimeout) {
  /** Stands for every error status within OkHttp: it neither acts on this one nor caches it. */
  static final int MASK = 500;

  private static final int MAX_REDIRECTS = 5;
  private static final String AI_PROJECT_ID = "ai_project_id";

  /** {@return a call factory that sends through {@code http}, whose interceptors run within} */
  public Call.Factory around(OkHttpClient http) {
    OkHttpClient.Builder builder =
        http.newBuilder().followRedirects(false).followSslRedirects(false);
    builder.interceptors().add(0, this::outermost);
    Set<Connection> used =
        Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));
    builder.networkInterceptors().add(0, chain -> onWire(chain, used));
    OkHttpClient client = builder.addInterceptor(this::innermost).build();
    return request ->
        client.newCall(request.newBuilder().tag(Exchange.class, new Exchange()).build());
  }

  /** {@return {@code key}, stripped; fails, without showing it, if no header can carry it} */
  public static String requireApiKey(String key) {
    String stripped = key.strip();
    if (!stripped.matches("[!-~]+")) {
      throw new IllegalArgumentException(
          "The API key is "
              + (stripped.isEmpty() ? "empty" : "not printable ASCII without spaces")
              + ": copy it again from where it was issued.");
    }
    return stripped;
  }

  /** {@return whether {@code url} is on this machine} */
  public static boolean isLoopback(HttpUrl url) {
    return url.host().matches("(.*\\.)?localhost|::1|127\\.\\d+\\.\\d+\\.\\d+");
  }

  /** Sets what a user's interceptors may see and change, and catches what they throw. */
  private Response outermost(Interceptor.Chain chain) throws IOException {
    try {
      Exchange exchange = Exchange.of(chain.request());
      Response response = chain.proceed(complete(chain.request(), exchange.settings()));
      return exchange.info().status() == 0 // an interceptor answered by itself
          ? exchange.receive(response, response.request())
          : response;
    } catch (RuntimeException | LinkageError e) {
      throw new Failure.LocalException(e);
    }
  }

  /** Adds headers and the project: options of the call first, then the operation's, then ours. */
  private Request complete(Request request, CallSettings settings) {
    Request.Builder builder = request.newBuilder();
    for (int i = 0; i < headers.size(); i++) {
      if (request.header(headers.name(i)) == null) {
        builder.header(headers.name(i), headers.value(i));
      }
    }
    settings.headers().forEach(builder::header);
    String project = settings.aiProjectId();
    if (project != null
        && isOwnOrigin(request.url())
        && request.url().queryParameter(AI_PROJECT_ID) == null) {
      builder.url(request.url().newBuilder().addQueryParameter(AI_PROJECT_ID, project).build());
    }
    return builder.build();
  }

  /** Adds the key, which no other interceptor sees, and follows harmless redirects. */
  private Response innermost(Interceptor.Chain chain) throws IOException {
    Request asked = chain.request();
    Exchange exchange = Exchange.of(asked);
    Request request = asked;
    if (isOwnOrigin(request.url())) {
      String key = currentKey();
      exchange.hide(key);
      request = request.newBuilder().header("Authorization", "Bearer " + key).build();
    }
    Response response = proceed(chain, request, exchange);
    HttpUrl target = target(response);
    for (int hop = 0; target != null && hop < MAX_REDIRECTS; hop++) {
      response.close();
      request = request.newBuilder().url(target).build();
      response = proceed(chain, request, exchange);
      target = target(response);
    }
    if (exchange.settings().streaming() && streamTimeout != null && response.isSuccessful()) {
      Timeout silence = Objects.requireNonNull(response.body()).source().timeout();
      silence.timeout(streamTimeout.toMillis(), TimeUnit.MILLISECONDS);
    }
    return exchange.receive(response, asked);
  }

  private static Response proceed(Interceptor.Chain chain, Request request, Exchange exchange)
      throws IOException {
    try {
      return exchange.unmask(chain.proceed(request));
    } catch (SentException e) {
      throw e.failure;
    }
  }

  /** Hides failures and error statuses from OkHttp, so that it does not retry by itself. */
  private static Response onWire(Interceptor.Chain chain, Set<Connection> used) throws IOException {
    Exchange exchange = Exchange.of(chain.request());
    // A connection that has carried a request before may have been closed since.
    boolean mayBeStale = !used.add(chain.connection()) && exchange.settings().safeToRepeat();
    exchange.startSending();
    Response response;
    try {
      response = chain.proceed(chain.request());
    } catch (IOException e) {
      throw mayBeStale || Failure.isUnprocessed(e) ? e : new SentException(e);
    }
    exchange.receiveHead(response.code(), response.headers());
    int status = response.code();
    // A server that gives up waiting says so on an idle connection, before the request.
    boolean isGivenUp =
        mayBeStale
            && status == HttpURLConnection.HTTP_CLIENT_TIMEOUT
            && "close".equalsIgnoreCase(response.header("Connection"));
    return response.isSuccessful() || status == HttpURLConnection.HTTP_NOT_MODIFIED || isGivenUp
        ? response
        : response.newBuilder().code(MASK).build();
  }

  /** {@return where to repeat the request, or null} Another server would receive the key. */
  private @Nullable HttpUrl target(Response response) {
    boolean isToRepeat = response.code() == 307 || response.code() == 308;
    String location = response.header("Location");
    HttpUrl target = location == null ? null : response.request().url().resolve(location);
    return isToRepeat && target != null && isOwnOrigin(target) ? target : null;
  }

  private boolean isOwnOrigin(HttpUrl url) {
    return url.scheme().equals(baseUrl.scheme())
        && url.host().equals(baseUrl.host())
        && url.port() == baseUrl.port();
  }

  private String currentKey() {
    String key;
    try {
      key = Objects.requireNonNull(apiKey.get(), "the API key");
    } catch (RuntimeException e) {
      throw new InvalidRequestException(
          "There is no API key, nothing was sent: its supplier failed with %s."
              .formatted(e.getClass().getName()),
          e);
    }
    try {
      return requireApiKey(key);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException("Nothing was sent: " + e.getMessage());
    }
  }

  /** A failure after which OkHttp tries nothing else by itself. */
  private static final class SentException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private final IOException failure;

    SentException(IOException failure) {
      this.failure = failure;
    }
  }
}
