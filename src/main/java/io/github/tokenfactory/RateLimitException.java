package io.github.tokenfactory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Too much was asked for in too short a time (429); see {@link #retryAfter()} and {@link
 * #rateLimits()}.
 */
public final class RateLimitException extends ApiException {
  private static final long serialVersionUID = 1L;

  RateLimitException(
      String message, Answer answer, ErrorBody error, @Nullable Duration retryAfter) {
    super(message, answer, error, retryAfter);
  }
}
