package io.github.tokenfactory;

import com.google.gson.Gson;
import io.github.tokenfactory.api.TokenFactoryApi;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

/**
 * A client of the Nebius Token Factory API, or of a server compatible with it.
 *
 * <p>Make one and share it: it is immutable, safe for use by several threads, and keeps its connections open until it is
 * closed.
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

  private final HttpUrl baseUrl;
  private final OkHttpClient http;
  private final EmbeddingsService embeddings;
  private final AtomicBoolean closed = new AtomicBoolean();

  private TokenFactoryClient(Builder builder) {
    this.baseUrl = builder.baseUrl;
    String authorization = "Bearer " + builder.requireApiKey();
    this.http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  if (closed.get()) {
                    throw new IOException("the client is closed");
                  }
                  return chain.proceed(chain.request().newBuilder().header("Authorization", authorization).build());
                })
            .build();
    TokenFactoryApi api =
        new Retrofit.Builder()
            .baseUrl(baseUrl)
            .client(http)
            .addConverterFactory(GsonConverterFactory.create(new Gson()))
            .build()
            .create(TokenFactoryApi.class);
    this.embeddings = new EmbeddingsService(api, builder.aiProjectId, builder.base64);
  }

  /**
   * {@return a client with the API key from {@code NEBIUS_API_KEY} and, if it is set, the base URL from {@code
   * NEBIUS_BASE_URL}}
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

  /** Closes idle connections and lets the client's threads end; a call made later fails. */
  @Override
  public void close() {
    closed.set(true);
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }

  @Override
  public String toString() {
    return "TokenFactoryClient{baseUrl=" + baseUrl.redact() + "}";
  }

  /** Builds {@link TokenFactoryClient}; not for use by several threads at once. */
  public static final class Builder {
    private @Nullable String apiKey;
    private HttpUrl baseUrl = HttpUrl.get(DEFAULT_BASE_URL);
    private @Nullable String aiProjectId;
    private boolean base64 = true;

    private Builder() {}

    /**
     * Sets the API key; required. White space around it is dropped.
     *
     * @param apiKey the key, which goes into the header {@code Authorization} and nowhere else
     * @return this builder
     * @throws IllegalArgumentException if it is empty or holds a character that a header cannot carry
     */
    public Builder apiKey(String apiKey) {
      String key = apiKey.strip();
      if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
        throw new IllegalArgumentException(
            "The API key is " + (key.isEmpty() ? "empty" : "not printable ASCII without spaces")
                + ": copy it again from where it was issued.");
      }
      this.apiKey = key;
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
            "The base URL must be an http or https URL without query and fragment, such as " + DEFAULT_BASE_URL);
      }
      this.baseUrl = url.encodedPath().endsWith("/") ? url : url.newBuilder().addPathSegment("").build();
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
     * Sets whether vectors are asked for as base64, which is smaller and faster; true unless set. Both forms are read
     * whatever is asked for, and a request's own {@code encoding_format} goes first.
     *
     * @param base64 false for a server that fails on base64
     * @return this builder
     */
    public Builder base64(boolean base64) {
      this.base64 = base64;
      return this;
    }

    private String requireApiKey() {
      return Objects.requireNonNull(apiKey, "Set the API key: TokenFactoryClient.builder().apiKey(...)");
    }

    /**
     * {@return an immutable client with what is set now}
     *
     * @throws NullPointerException if there is no API key
     */
    public TokenFactoryClient build() {
      return new TokenFactoryClient(this);
    }
  }
}
