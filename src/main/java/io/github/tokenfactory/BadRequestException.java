package io.github.tokenfactory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The server refuses the request as it is (400, 413 or 422): sending it again will not help. */
public final class BadRequestException extends ApiException {
  private static final long serialVersionUID = 1L;

  BadRequestException(
      String message, Answer answer, ErrorBody error, @Nullable Duration retryAfter) {
    super(message, answer, error, retryAfter);
  }
}
