package io.github.tokenfactory;

import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.internal.http.RequestPipeline;
import io.github.tokenfactory.internal.http.Scheduler;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** Builds {@link TokenFactoryClient}; not for use by several threads at once. */
public final class TokenFactoryClientBuilder {
  private static final Duration A_DAY = Duration.ofDays(1);

  private @Nullable Supplier<String> apiKey;
  HttpUrl baseUrl = HttpUrl.get(TokenFactoryClient.DEFAULT_BASE_URL);
  private boolean allowCleartext;
  final RequestOptions.Builder defaults =
      RequestOptions.builder()
          .timeout(Duration.ofSeconds(120))
          .maxRetries(2)
          .maxResponseBytes(256 << 20);
  @Nullable Duration connectTimeout;
  @Nullable OkHttpClient httpClient;
  CallListener listener = new CallListener() {};
  @Nullable Validator validator;
  final Headers.Builder headers = new Headers.Builder().set("User-Agent", defaultUserAgent());
  @Nullable Scheduler scheduler;
  Duration streamTimeout = Duration.ofSeconds(30);

  TokenFactoryClientBuilder() {}

  private static String defaultUserAgent() {
    String version = TokenFactoryClient.class.getPackage().getImplementationVersion();
    return "tokenfactory-java" + (version == null ? "" : "/" + version);
  }

  /**
   * Sets the API key; required. It goes, stripped, into the header {@code Authorization} only.
   *
   * @throws IllegalArgumentException if it is empty or holds a character that a header cannot carry
   */
  public TokenFactoryClientBuilder apiKey(String apiKey) {
    String key = RequestPipeline.requireApiKey(apiKey);
    return apiKey(() -> key);
  }

  /**
   * Sets where the API key comes from, for keys that change: several threads ask it, for each
   * request. If it fails, the call fails with {@link InvalidRequestException}.
   */
  public TokenFactoryClientBuilder apiKey(Supplier<String> apiKey) {
    this.apiKey = Objects.requireNonNull(apiKey, "apiKey");
    return this;
  }

  /**
   * Sets where the API is; {@link TokenFactoryClient#DEFAULT_BASE_URL} unless set. A path in it,
   * such as a gateway's prefix, is kept.
   *
   * @throws IllegalArgumentException if it is no http or https URL
   */
  public TokenFactoryClientBuilder baseUrl(String baseUrl) {
    HttpUrl url = HttpUrl.parse(baseUrl.strip());
    if (url == null || url.query() != null || url.fragment() != null) {
      throw new IllegalArgumentException(
          "The base URL must be an http or https URL without query and fragment, such as "
              + TokenFactoryClient.DEFAULT_BASE_URL);
    }
    this.baseUrl =
        url.encodedPath().endsWith("/") ? url : url.newBuilder().addPathSegment("").build();
    return this;
  }

  /** Sets the project of all calls: the query parameter {@code ai_project_id}; null for none. */
  public TokenFactoryClientBuilder aiProjectId(@Nullable String aiProjectId) {
    defaults.aiProjectId(aiProjectId);
    return this;
  }

  /**
   * Sets whether the API key may go over unencrypted {@code http} to another machine, where nobody
   * can listen in on the way; false unless set. To this machine it may in any case.
   */
  public TokenFactoryClientBuilder allowCleartext(boolean allowCleartext) {
    this.allowCleartext = allowCleartext;
    return this;
  }

  /** Limits the whole call: attempts, waits and reading; 120 s unless set. */
  public TokenFactoryClientBuilder timeout(Duration timeout) {
    defaults.timeout(Objects.requireNonNull(timeout, "timeout"));
    return this;
  }

  /** Limits the time to connect to one address; 10 s unless set here or in {@link #httpClient}. */
  public TokenFactoryClientBuilder connectTimeout(Duration connectTimeout) {
    this.connectTimeout = requireAtMostADay(connectTimeout);
    return this;
  }

  /**
   * Sets how often a request is sent again after a failure that may be temporary; 2 unless set, 0
   * for never.
   *
   * <p>These failures are: no connection, a broken connection, a truncated response, and the
   * statuses 408, 409, 429 and 5xx, unless the server says otherwise with {@code x-should-retry}. A
   * POST or PATCH is sent again only if the server cannot have processed it, or if {@link
   * RequestOptions.Builder#safeToRepeat} allows it, as the embeddings helper does. The wait is what
   * the server asks for, else a random part of 0.5 s, then of 1 s, up to 8 s.
   */
  public TokenFactoryClientBuilder maxRetries(int maxRetries) {
    defaults.maxRetries(maxRetries);
    return this;
  }

  /**
   * Sets the HTTP client to send with: its interceptors, proxy, TLS, timeouts, compression,
   * sockets, connection pool, dispatcher and event listener are used as they are. Redirects and
   * repetitions are this client's own; the caller closes it.
   *
   * <p>Without it, the client has one that is tuned for large bodies: {@code TCP_NODELAY}, no
   * timeouts for single reads and writes beside that of the call, and uncompressed responses, which
   * {@code header("Accept-Encoding", "gzip")} changes for a slow network.
   */
  public TokenFactoryClientBuilder httpClient(OkHttpClient httpClient) {
    this.httpClient = Objects.requireNonNull(httpClient, "httpClient");
    return this;
  }

  /**
   * Sets a header of all requests, in place of an earlier one of that name.
   *
   * @throws IllegalArgumentException if HTTP cannot carry it, or the client sets it itself
   */
  public TokenFactoryClientBuilder header(String name, String value) {
    RequestOptions.requireHeader(name, value);
    headers.set(name, value);
    return this;
  }

  /** Sets the header {@code User-Agent}, such as {@code my-app/1.2}. */
  public TokenFactoryClientBuilder userAgent(String userAgent) {
    return header("User-Agent", userAgent);
  }

  /** Sets who is told of attempts, by several threads at a time. */
  public TokenFactoryClientBuilder listener(CallListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Sets a validator that checks requests in place of the client's own checks; safe for use by
   * several threads. The client's checks know the document's bounds but no patterns, and of a
   * handwritten interface the usual constraints of its parameters.
   */
  public TokenFactoryClientBuilder validator(Validator validator) {
    this.validator = Objects.requireNonNull(validator, "validator");
    return this;
  }

  /**
   * Sets how large a response may be, uncompressed; 256 MB unless set. Helpers may set a tighter
   * limit for a call; streamed responses have none. Beyond it, a call fails with {@link
   * io.github.tokenfactory.errors.InvalidResponseException}.
   */
  public TokenFactoryClientBuilder maxResponseBytes(long maxResponseBytes) {
    defaults.maxResponseBytes(maxResponseBytes);
    return this;
  }

  /**
   * Sets how long a read of a streamed response may wait for data; 30 s unless set. With an {@link
   * OkHttpClient} of the user's own, its read timeout applies instead.
   */
  public TokenFactoryClientBuilder streamTimeout(Duration streamTimeout) {
    this.streamTimeout = requireAtMostADay(streamTimeout);
    return this;
  }

  /** {@return {@code timeout}, or a day if it is longer: OkHttp counts milliseconds in an int} */
  private static Duration requireAtMostADay(Duration timeout) {
    Duration required = RequestOptions.requireTimeout(timeout);
    return required.compareTo(A_DAY) < 0 ? required : A_DAY;
  }

  /** Sets the clock, for tests. */
  TokenFactoryClientBuilder scheduler(Scheduler scheduler) {
    this.scheduler = scheduler;
    return this;
  }

  /**
   * {@return an immutable client with what is set now}
   *
   * @throws NullPointerException if there is no API key
   * @throws IllegalArgumentException if the key would go to another machine unencrypted
   */
  public TokenFactoryClient build() {
    Objects.requireNonNull(apiKey, "Set the API key: TokenFactoryClient.builder().apiKey(...)");
    if (!baseUrl.isHttps() && !allowCleartext && !RequestPipeline.isLoopback(baseUrl)) {
      throw new IllegalArgumentException(
          "The API key would go over unencrypted http to "
              + baseUrl.host()
              + ": use https, or allowCleartext(true) if nobody can listen in.");
    }
    return new TokenFactoryClient(this, apiKey);
  }
}
