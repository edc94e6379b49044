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
  private static final String USER_AGENT = userAgent();
  private static final Duration A_DAY = Duration.ofDays(1);

  @Nullable Supplier<String> apiKey;
  HttpUrl baseUrl = HttpUrl.get(TokenFactoryClient.DEFAULT_BASE_URL);
  private boolean allowCleartext;
  Duration timeout = Duration.ofSeconds(120);
  @Nullable Duration connectTimeout;
  int maxRetries = 2;
  @Nullable OkHttpClient httpClient;
  CallListener listener = new CallListener() {};
  @Nullable Validator validator;
  final Headers.Builder headers = new Headers.Builder().set("User-Agent", USER_AGENT);
  @Nullable Scheduler scheduler;
  @Nullable String aiProjectId;
  long maxResponseBytes = 256 << 20;
  Duration streamTimeout = Duration.ofSeconds(30);

  TokenFactoryClientBuilder() {}

  private static String userAgent() {
    String version = TokenFactoryClient.class.getPackage().getImplementationVersion();
    return "tokenfactory-java" + (version == null ? "" : "/" + version);
  }

  /**
   * Sets the API key; required. White space around it is dropped.
   *
   * @param apiKey the key, which goes into the header {@code Authorization} and nowhere else
   * @return this builder
   * @throws IllegalArgumentException if it is empty or holds a character that a header cannot carry
   */
  public TokenFactoryClientBuilder apiKey(String apiKey) {
    String key = RequestPipeline.requireApiKey(apiKey);
    this.apiKey = () -> key;
    return this;
  }

  /**
   * Sets where the API key comes from, for keys that change: it is asked for each request.
   *
   * @param apiKey is called by several threads at once; a call for which it fails, fails with
   *     {@link InvalidRequestException}
   * @return this builder
   */
  public TokenFactoryClientBuilder apiKey(Supplier<String> apiKey) {
    this.apiKey = Objects.requireNonNull(apiKey, "apiKey");
    return this;
  }

  /**
   * Sets where the API is; {@link TokenFactoryClient#DEFAULT_BASE_URL} unless set.
   *
   * @param baseUrl an http or https URL; a path in it, such as a gateway's prefix, is kept
   * @return this builder
   * @throws IllegalArgumentException if it is no such URL
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

  /**
   * Sets the project that all calls are for: the query parameter {@code ai_project_id}.
   *
   * @param aiProjectId the project's id, or null for none
   * @return this builder
   */
  public TokenFactoryClientBuilder aiProjectId(@Nullable String aiProjectId) {
    this.aiProjectId = aiProjectId;
    return this;
  }

  /**
   * Sets whether the API key may go over unencrypted {@code http} to another machine; false unless
   * set. To this machine it may in any case.
   *
   * @param allowCleartext true only if nobody can listen in on the way
   * @return this builder
   */
  public TokenFactoryClientBuilder allowCleartext(boolean allowCleartext) {
    this.allowCleartext = allowCleartext;
    return this;
  }

  /**
   * Sets how long a call may take in all: attempts, waits between them, and reading the answer; 120
   * s unless set.
   *
   * @param timeout longer than nothing
   * @return this builder
   */
  public TokenFactoryClientBuilder timeout(Duration timeout) {
    this.timeout = RequestOptions.requireTimeout(timeout);
    return this;
  }

  /**
   * Sets how long it may take to connect to one address of the server; 10 s unless set here or by
   * an own client.
   *
   * @param connectTimeout longer than nothing
   * @return this builder
   */
  public TokenFactoryClientBuilder connectTimeout(Duration connectTimeout) {
    Duration required = RequestOptions.requireTimeout(connectTimeout);
    this.connectTimeout =
        required.compareTo(A_DAY) < 0 ? required : A_DAY; // OkHttp counts in an int
    return this;
  }

  /**
   * Sets how often a request is sent again after a failure that may be temporary; 2 unless set.
   *
   * <p>These failures are: no connection, a broken connection, a truncated response, and the
   * statuses 408, 409, 429 and 5xx, unless the server says otherwise with {@code x-should-retry}. A
   * POST or PATCH is sent again only if the server cannot have processed it, or if {@link
   * RequestOptions.Builder#safeToRepeat} allows it, as the embeddings helper does. The wait is what
   * the server asks for, else a random part of 0.5 s, then of 1 s, up to 8 s.
   *
   * @param maxRetries how often, not counting the first attempt; 0 for never
   * @return this builder
   */
  public TokenFactoryClientBuilder maxRetries(int maxRetries) {
    this.maxRetries = RequestOptions.requireRetries(maxRetries);
    return this;
  }

  /**
   * Sets the HTTP client to send with: its interceptors, proxy, TLS, timeouts, compression,
   * sockets, connection pool, dispatcher and event listener are used as they are. Redirects and
   * repetitions are this client's own; the caller closes it.
   *
   * <p>Without it, the client has one that is tuned for large bodies: {@code TCP_NODELAY}, no
   * timeouts for single reads and writes beside that of the call, and answers asked for
   * uncompressed, which {@code header("Accept-Encoding", "gzip")} changes for a slow network.
   *
   * @param httpClient the client to send with
   * @return this builder
   */
  public TokenFactoryClientBuilder httpClient(OkHttpClient httpClient) {
    this.httpClient = Objects.requireNonNull(httpClient, "httpClient");
    return this;
  }

  /**
   * Sets a header of all requests, in place of an earlier one of that name.
   *
   * @param name the header's name
   * @param value its value
   * @return this builder
   * @throws IllegalArgumentException if HTTP cannot carry it, or the client sets it itself
   */
  public TokenFactoryClientBuilder header(String name, String value) {
    RequestOptions.requireHeader(name, value);
    headers.set(name, value);
    return this;
  }

  /**
   * Sets how the client names itself to the server: the header {@code User-Agent}.
   *
   * @param userAgent such as {@code my-app/1.2}
   * @return this builder
   */
  public TokenFactoryClientBuilder userAgent(String userAgent) {
    return header("User-Agent", userAgent);
  }

  /**
   * Sets who is told of attempts.
   *
   * @param listener safe for use by several threads
   * @return this builder
   */
  public TokenFactoryClientBuilder listener(CallListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Sets a validator that checks requests in place of this client's own checks, which know the
   * document's bounds but no patterns, and of a handwritten interface only the usual constraints of
   * its parameters. Messages are the validator's.
   *
   * @param validator safe for use by several threads
   * @return this builder
   */
  public TokenFactoryClientBuilder validator(Validator validator) {
    this.validator = Objects.requireNonNull(validator, "validator");
    return this;
  }

  /**
   * Sets how large a response may be, uncompressed; 256 MB unless set. Helpers may set a tighter
   * limit for a call. Streamed responses have none.
   *
   * @param maxResponseBytes the limit beyond which a call fails with {@link
   *     io.github.tokenfactory.errors.InvalidResponseException}
   * @return this builder
   */
  public TokenFactoryClientBuilder maxResponseBytes(long maxResponseBytes) {
    this.maxResponseBytes = RequestOptions.requireResponseBytes(maxResponseBytes);
    return this;
  }

  /**
   * Sets how long a read of a streamed response may wait for data; 30 s unless set. With an {@link
   * OkHttpClient} of the user's own, its read timeout applies instead.
   *
   * @param streamTimeout longer than nothing
   * @return this builder
   */
  public TokenFactoryClientBuilder streamTimeout(Duration streamTimeout) {
    Duration required = RequestOptions.requireTimeout(streamTimeout);
    this.streamTimeout = required.compareTo(A_DAY) < 0 ? required : A_DAY;
    return this;
  }

  /** Sets the clock, for tests. */
  TokenFactoryClientBuilder scheduler(Scheduler scheduler) {
    this.scheduler = scheduler;
    return this;
  }

  Supplier<String> requireApiKey() {
    return Objects.requireNonNull(
        apiKey, "Set the API key: TokenFactoryClient.builder().apiKey(...)");
  }

  /**
   * {@return an immutable client with what is set now}
   *
   * @throws NullPointerException if there is no API key
   * @throws IllegalArgumentException if the key would go to another machine unencrypted
   */
  public TokenFactoryClient build() {
    requireApiKey();
    if (!baseUrl.isHttps() && !allowCleartext && !RequestPipeline.isLoopback(baseUrl)) {
      throw new IllegalArgumentException(
          "The API key would go over unencrypted http to "
              + baseUrl.host()
              + ": use https, or allowCleartext(true) if nobody can listen in.");
    }
    return new TokenFactoryClient(this);
  }
}
