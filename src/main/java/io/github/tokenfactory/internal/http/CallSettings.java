package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.RequestOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one call, made of its options and the client's defaults.
 *
 * @param headers headers in place of the client's
 * @param safeToRepeat whether the request may be repeated if the server may have processed it
 * @param streaming whether the call ends with the headers of the response
 */
record CallSettings(
    Map<String, String> headers,
    @Nullable String aiProjectId,
    Duration timeout,
    int maxRetries,
    long maxResponseBytes,
    boolean safeToRepeat,
    boolean streaming) {
  /** The methods that HTTP allows any client to repeat. */
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

  /** {@return the settings of a call; {@code defaults} has a value for what a call needs} */
  static CallSettings of(
      RequestOptions options, RequestOptions defaults, String method, boolean streaming) {
    long limit = Objects.requireNonNull(defaults.maxResponseBytes());
    return new CallSettings(
        options.headers(),
        options.aiProjectId() == null ? defaults.aiProjectId() : options.aiProjectId(),
        first(options.timeout(), defaults.timeout()),
        first(options.maxRetries(), defaults.maxRetries()),
        streaming ? Long.MAX_VALUE : Math.min(limit, first(options.maxResponseBytes(), limit)),
        options.safeToRepeat() || IDEMPOTENT.contains(method),
        streaming);
  }

  private static <V> V first(@Nullable V own, @Nullable V instead) {
    return Objects.requireNonNull(own == null ? instead : own);
  }
}
