package io.github.tokenfactory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** There is no such path or model (404): check the base URL and the model's name. */
public final class NotFoundException extends ApiException {
  private static final long serialVersionUID = 1L;

  NotFoundException(String message, Answer answer, ErrorBody error, @Nullable Duration retryAfter) {
    super(message, answer, error, retryAfter);
  }
}
