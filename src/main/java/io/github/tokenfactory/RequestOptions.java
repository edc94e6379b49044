package io.github.tokenfactory;

import java.time.Duration;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** Settings for one call, before those of the client; immutable. */
public final class RequestOptions {
  private static final RequestOptions NONE = builder().build();

  private final @Nullable String aiProjectId;
  private final @Nullable Duration timeout;
  private final Headers headers;

  private RequestOptions(Builder builder) {
    this.aiProjectId = builder.aiProjectId;
    this.timeout = builder.timeout;
    this.headers = builder.headers.build();
  }

  /** {@return options that leave everything to the client} */
  public static RequestOptions none() {
    return NONE;
  }

  /** {@return a builder with nothing set} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the project of this call, or null for the client's} */
  public @Nullable String aiProjectId() {
    return aiProjectId;
  }

  /** {@return how long this call may take in all, or null for the client's timeout} */
  public @Nullable Duration timeout() {
    return timeout;
  }

  Headers headers() {
    return headers;
  }

  /** {@return {@code timeout} if it is a time that a call can take} */
  static Duration requireTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "A timeout must be longer than nothing, not " + timeout + ".");
    }
    return RetryPolicy.bounded(timeout);
  }

  /** Builds {@link RequestOptions}; not for use by several threads at once. */
  public static final class Builder {
    private @Nullable String aiProjectId;
    private @Nullable Duration timeout;
    private final Headers.Builder headers = new Headers.Builder();

    private Builder() {}

    /**
     * Sets the project of this call: the query parameter {@code ai_project_id}.
     *
     * @param aiProjectId the project's id, or null for the client's
     * @return this builder
     */
    public Builder aiProjectId(@Nullable String aiProjectId) {
      this.aiProjectId = aiProjectId;
      return this;
    }

    /**
     * Sets how long this call may take in all: attempts, waits between them, and reading the
     * answer.
     *
     * @param timeout longer than nothing, or null for the client's
     * @return this builder
     */
    public Builder timeout(@Nullable Duration timeout) {
      this.timeout = timeout == null ? null : requireTimeout(timeout);
      return this;
    }

    /**
     * Sets a header of this call's requests, in place of the client's of that name.
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

    /** {@return immutable options with what is set now} */
    public RequestOptions build() {
      return new RequestOptions(this);
    }
  }
}
