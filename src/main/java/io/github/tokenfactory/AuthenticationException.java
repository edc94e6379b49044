package io.github.tokenfactory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The API key is not valid (401), or may not do this (403). */
public final class AuthenticationException extends ApiException {
  private static final long serialVersionUID = 1L;

  AuthenticationException(
      String message, Answer answer, ErrorBody error, @Nullable Duration retryAfter) {
    super(message, answer, error, retryAfter);
  }
}
