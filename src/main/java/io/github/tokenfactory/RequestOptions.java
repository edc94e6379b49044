package io.github.tokenfactory;

import io.github.tokenfactory.internal.http.RetryPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Settings for one call, which take precedence over the client's; immutable.
 *
 * <p>In an interface of your own, a parameter {@code @Tag RequestOptions} passes them to {@link
 * TokenFactoryClient#create}.
 */
public final class RequestOptions {
  private static final RequestOptions NONE = builder().build();
  private static final Set<String> OWN_HEADERS =
      Set.of("authorization", "content-length", "content-type", "transfer-encoding");

  private final Builder settings; // a copy, which nobody changes

  private RequestOptions(Builder settings) {
    this.settings = settings;
  }

  /** {@return options that leave everything to the client} */
  public static RequestOptions none() {
    return NONE;
  }

  /** {@return a builder with nothing set} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder with the settings of these options} */
  public Builder toBuilder() {
    return new Builder(settings);
  }

  /** {@return the project of this call, or null for the client's} */
  public @Nullable String aiProjectId() {
    return settings.aiProjectId;
  }

  /** {@return the limit for the whole call, or null for the client's timeout} */
  public @Nullable Duration timeout() {
    return settings.timeout;
  }

  /** {@return how often the request may be sent again, or null for the client's setting} */
  public @Nullable Integer maxRetries() {
    return settings.maxRetries;
  }

  /** {@return the size limit for the response, or null for the client's} */
  public @Nullable Long maxResponseBytes() {
    return settings.maxResponseBytes;
  }

  /** {@return whether the caller allows a POST or PATCH to be sent again in all cases} */
  public boolean safeToRepeat() {
    return settings.safeToRepeat;
  }

  /** {@return the headers of this call, by name in any case} */
  public Map<String, String> headers() {
    return Collections.unmodifiableMap(settings.headers);
  }

  /** {@return {@code timeout}, or a year if it is longer, so that nanoseconds can count it} */
  static Duration requireTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "A timeout must be longer than nothing, not " + timeout + ".");
    }
    return RetryPolicy.bounded(timeout);
  }

  /** Fails, without showing {@code value}, unless it is a header that a user can set. */
  static void requireHeader(String name, String value) {
    if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "The client sets the header " + name + " itself; Authorization is made of the API key.");
    }
    try {
      Headers.of(name, value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "A header's name or value holds a character that HTTP cannot carry.");
    }
  }

  /** Builds {@link RequestOptions}; not for use by several threads at once. */
  public static final class Builder {
    private @Nullable String aiProjectId;
    private @Nullable Duration timeout;
    private @Nullable Integer maxRetries;
    private @Nullable Long maxResponseBytes;
    private boolean safeToRepeat;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private Builder() {}

    private Builder(Builder other) {
      aiProjectId = other.aiProjectId;
      timeout = other.timeout;
      maxRetries = other.maxRetries;
      maxResponseBytes = other.maxResponseBytes;
      safeToRepeat = other.safeToRepeat;
      headers.putAll(other.headers);
    }

    /** Sets the project: the query parameter {@code ai_project_id}; null for the client's. */
    public Builder aiProjectId(@Nullable String aiProjectId) {
      this.aiProjectId = aiProjectId;
      return this;
    }

    /** Limits the whole call: attempts, waits and reading; null for the client's timeout. */
    public Builder timeout(@Nullable Duration timeout) {
      this.timeout = timeout == null ? null : requireTimeout(timeout);
      return this;
    }

    /** Sets how often to repeat the request; see {@link TokenFactoryClientBuilder#maxRetries}. */
    public Builder maxRetries(int maxRetries) {
      if (maxRetries < 0) {
        throw new IllegalArgumentException("maxRetries must be 0 or more, not " + maxRetries + ".");
      }
      this.maxRetries = maxRetries;
      return this;
    }

    /** Limits the size of the response, uncompressed; a lower limit of the client applies, too. */
    public Builder maxResponseBytes(long maxResponseBytes) {
      if (maxResponseBytes <= 0) {
        throw new IllegalArgumentException(
            "maxResponseBytes must be more than 0, not " + maxResponseBytes + ".");
      }
      this.maxResponseBytes = maxResponseBytes;
      return this;
    }

    /**
     * Allows a POST or PATCH to be sent again even if the server may have processed it already.
     *
     * <p>Without it, these methods are repeated only if the server cannot have processed the
     * request: nothing was sent, the server refused the stream, or it answered 429, or 503 with
     * {@code Retry-After}. The other methods are always safe to repeat.
     */
    public Builder safeToRepeat(boolean safeToRepeat) {
      this.safeToRepeat = safeToRepeat;
      return this;
    }

    /**
     * Sets a header of this call's requests, in place of the client's of that name.
     *
     * @throws IllegalArgumentException if HTTP cannot carry it, or the client sets it itself
     */
    public Builder header(String name, String value) {
      requireHeader(name, value);
      headers.put(name, value);
      return this;
    }

    /** {@return immutable options with the current settings} */
    public RequestOptions build() {
      return new RequestOptions(new Builder(this));
    }
  }
}
