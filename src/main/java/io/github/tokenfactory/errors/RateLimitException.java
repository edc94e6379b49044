package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;

/** The rate limit is exceeded (429); {@link #info()} has what the server says about it. */
public final class RateLimitException extends ApiException {
  private static final long serialVersionUID = 1L;

  RateLimitException(String message, ResponseInfo response, ErrorBody error) {
    super(message, response, error);
  }
}
