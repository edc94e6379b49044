package io.github.tokenfactory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The server failed (5xx): nothing is wrong with the request as far as it says. */
public final class ServerException extends ApiException {
  private static final long serialVersionUID = 1L;

  ServerException(String message, Answer answer, ErrorBody error, @Nullable Duration retryAfter) {
    super(message, answer, error, retryAfter);
  }
}
