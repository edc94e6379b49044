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
public record CallSettings(
    Map<String, String> headers,
    @Nullable String aiProjectId,
    Duration timeout,
    int maxRetries,
    long maxResponseBytes,
    boolean safeToRepeat,
    boolean streaming) {
  /** The methods that HTTP allows any client to repeat. */
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

  /** {@return these defaults with the settings of one call in their place} */
  CallSettings with(RequestOptions options, String method, boolean streaming) {
    return new CallSettings(
        options.headers(),
        options.aiProjectId() == null ? aiProjectId : options.aiProjectId(),
        Objects.requireNonNullElse(options.timeout(), timeout),
        Objects.requireNonNullElse(options.maxRetries(), maxRetries),
        streaming
            ? Long.MAX_VALUE
            : Math.min(
                maxResponseBytes,
                Objects.requireNonNullElse(options.maxResponseBytes(), maxResponseBytes)),
        options.safeToRepeat() || IDEMPOTENT.contains(method),
        streaming);
  }
}
