package io.github.tokenfactory;

import io.github.tokenfactory.api.TokenFactoryApi;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A client of the Nebius Token Factory API, or of a server compatible with it.
 *
 * <p>Make one and share it: it is immutable, safe for use by several threads, and keeps its
 * connections open until it is closed.
 *
 * <pre>{@code
 * try (TokenFactoryClient client = TokenFactoryClient.fromEnv()) {
 *   EmbeddingResult result =
 *       client.embeddings().create("Qwen/Qwen3-Embedding-8B", EmbeddingInput.texts("a cat", "a dog"));
 *   float[] cat = result.vector(0);
 * }
 * }</pre>
 */
public final class TokenFactoryClient implements AutoCloseable {
  /** Where the published document says that the API is. */
  public static final String DEFAULT_BASE_URL = "https://api.tokenfactory.nebius.com/";

  private static final String USER_AGENT = userAgent();
  private static final String ACCEPT_ENCODING = "Accept-Encoding";

  private final HttpUrl baseUrl;
  private final OkHttpClient http;
  private final boolean ownsHttp;
  private final ExecutorService workers;
  private final Calls calls;
  private final EmbeddingsService embeddings;

  private TokenFactoryClient(Builder builder) {
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
    Waiter waiter =
        builder.waiter == null
            ? Waiter.system(TokenFactoryClient::thread, workers)
            : builder.waiter;
    BooleanSupplier direct =
        ownsHttp ? DefaultHttpClient.servesItsCaller(http, baseUrl) : () -> false;
    this.calls =
        new Calls(waiter, workers, builder.timeout, builder.maxRetries, direct, builder.listener);
    TokenFactoryApi api =
        Transport.retrofit(http, baseUrl, builder.requireApiKey(), headers(builder))
            .create(TokenFactoryApi.class);
    this.embeddings = new EmbeddingsService(api, calls, builder);
  }

  private static String userAgent() {
    String version = TokenFactoryClient.class.getPackage().getImplementationVersion();
    return "tokenfactory-java" + (version == null ? "" : "/" + version);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "tokenfactory");
    thread.setDaemon(true);
    return thread;
  }

  /** Vectors hardly shrink, and inflating them takes longer than all else. */
  private static Headers headers(Builder builder) {
    Headers headers = builder.headers.build();
    return builder.httpClient != null || headers.get(ACCEPT_ENCODING) != null
        ? headers
        : headers.newBuilder().set(ACCEPT_ENCODING, "identity").build();
  }

  private static OkHttpClient http(Builder builder, ExecutorService workers) {
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
    Builder builder = builder().apiKey(apiKey);
    String baseUrl = System.getenv("NEBIUS_BASE_URL");
    return (baseUrl == null || baseUrl.isBlank() ? builder : builder.baseUrl(baseUrl)).build();
  }

  /** {@return a builder with the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the embeddings operation} */
  public EmbeddingsService embeddings() {
    return embeddings;
  }

  /**
   * Ends all calls under way, which fail with a {@link CancelledException} as later ones do, and
   * frees connections and threads; an {@link OkHttpClient} of the user's own stays open.
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

  /** Builds {@link TokenFactoryClient}; not for use by several threads at once. */
  public static final class Builder {
    private @Nullable Supplier<String> apiKey;
    private HttpUrl baseUrl = HttpUrl.get(DEFAULT_BASE_URL);
    private boolean allowCleartext;
    private Duration timeout = Duration.ofSeconds(120);
    private @Nullable Duration connectTimeout;
    private int maxRetries = 2;
    private @Nullable OkHttpClient httpClient;
    private CallListener listener = new CallListener() {};
    private final Headers.Builder headers = new Headers.Builder().set("User-Agent", USER_AGENT);
    private @Nullable Waiter waiter;
    @Nullable String aiProjectId;
    boolean base64 = true;
    @Nullable Long maxResponseBytes;

    private Builder() {}

    /**
     * Sets the API key; required. White space around it is dropped.
     *
     * @param apiKey the key, which goes into the header {@code Authorization} and nowhere else
     * @return this builder
     * @throws IllegalArgumentException if it is empty or holds a character that a header cannot
     *     carry
     */
    public Builder apiKey(String apiKey) {
      String key = Transport.requireApiKey(apiKey);
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
    public Builder apiKey(Supplier<String> apiKey) {
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
    public Builder baseUrl(String baseUrl) {
      HttpUrl url = HttpUrl.parse(baseUrl.strip());
      if (url == null || url.query() != null || url.fragment() != null) {
        throw new IllegalArgumentException(
            "The base URL must be an http or https URL without query and fragment, such as "
                + DEFAULT_BASE_URL);
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
    public Builder aiProjectId(@Nullable String aiProjectId) {
      this.aiProjectId = aiProjectId;
      return this;
    }

    /**
     * Sets whether vectors are asked for as base64, which is smaller and faster; true unless set.
     * Both forms are read whatever is asked for, and a request's own {@code encoding_format} goes
     * first.
     *
     * @param base64 false for a server that fails on base64
     * @return this builder
     */
    public Builder base64(boolean base64) {
      this.base64 = base64;
      return this;
    }

    /**
     * Sets whether the API key may go over unencrypted {@code http} to another machine; false
     * unless set. To this machine it may in any case.
     *
     * @param allowCleartext true only if nobody can listen in on the way
     * @return this builder
     */
    public Builder allowCleartext(boolean allowCleartext) {
      this.allowCleartext = allowCleartext;
      return this;
    }

    /**
     * Sets how long a call may take in all: attempts, waits between them, and reading the answer;
     * 120 s unless set.
     *
     * @param timeout longer than nothing
     * @return this builder
     */
    public Builder timeout(Duration timeout) {
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
    public Builder connectTimeout(Duration connectTimeout) {
      Duration longest = Duration.ofDays(1);
      Duration required = RequestOptions.requireTimeout(connectTimeout);
      this.connectTimeout = required.compareTo(longest) < 0 ? required : longest;
      return this;
    }

    /**
     * Sets how often a request is sent again that failed for a reason that may pass; 2 unless set.
     *
     * <p>These are: no connection, a broken one, an answer cut off, and the statuses 408, 409, 429
     * and 5xx, unless the server says otherwise with {@code x-should-retry}. The wait is what the
     * server asks for, else it grows from 0 to 0.5 s, by chance, to 0 to 8 s.
     *
     * @param maxRetries how often, not counting the first time; 0 for never
     * @return this builder
     */
    public Builder maxRetries(int maxRetries) {
      if (maxRetries < 0) {
        throw new IllegalArgumentException("maxRetries must be 0 or more, not " + maxRetries + ".");
      }
      this.maxRetries = maxRetries;
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
    public Builder httpClient(OkHttpClient httpClient) {
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
    public Builder header(String name, String value) {
      Transport.requireHeader(name, value);
      headers.set(name, value);
      return this;
    }

    /**
     * Sets how the client names itself to the server: the header {@code User-Agent}.
     *
     * @param userAgent such as {@code my-app/1.2}
     * @return this builder
     */
    public Builder userAgent(String userAgent) {
      return header("User-Agent", userAgent);
    }

    /**
     * Sets who is told of attempts.
     *
     * @param listener safe for use by several threads
     * @return this builder
     */
    public Builder listener(CallListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets how large an answer may be, uncompressed; unless set, a megabyte and half a megabyte for
     * each input, at most 256 megabytes.
     *
     * @param maxResponseBytes beyond which a call fails with {@link InvalidResponseException}
     * @return this builder
     */
    public Builder maxResponseBytes(long maxResponseBytes) {
      if (maxResponseBytes <= 0) {
        throw new IllegalArgumentException(
            "maxResponseBytes must be more than 0, not " + maxResponseBytes + ".");
      }
      this.maxResponseBytes = maxResponseBytes;
      return this;
    }

    /** Sets the time, for tests. */
    Builder waiter(Waiter waiter) {
      this.waiter = waiter;
      return this;
    }

    private Supplier<String> requireApiKey() {
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
      if (!baseUrl.isHttps() && !allowCleartext && !Transport.isLoopback(baseUrl)) {
        throw new IllegalArgumentException(
            "The API key would go over unencrypted http to "
                + baseUrl.host()
                + ": use https, or allowCleartext(true) if nobody can listen in.");
      }
      return new TokenFactoryClient(this);
    }
  }
}
