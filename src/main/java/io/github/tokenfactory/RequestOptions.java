package io.github.tokenfactory;

import org.jspecify.annotations.Nullable;

/** Settings for one call, before those of the client; immutable. */
public final class RequestOptions {
  private static final RequestOptions NONE = builder().build();

  private final @Nullable String aiProjectId;

  private RequestOptions(Builder builder) {
    this.aiProjectId = builder.aiProjectId;
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

  /** Builds {@link RequestOptions}; not for use by several threads at once. */
  public static final class Builder {
    private @Nullable String aiProjectId;

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

    /** {@return immutable options with what is set now} */
    public RequestOptions build() {
      return new RequestOptions(this);
    }
  }
}
