package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;

/** The server rejects the request as it is (400, 413 or 422): repeating it will not help. */
public final class BadRequestException extends ApiException {
  private static final long serialVersionUID = 1L;

  BadRequestException(String message, ResponseInfo response, ErrorBody error) {
    super(message, response, error);
  }
}
