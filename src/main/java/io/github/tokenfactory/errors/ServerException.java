package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;

/** The server failed (5xx); it names no fault of the request. */
public final class ServerException extends ApiException {
  private static final long serialVersionUID = 1L;

  ServerException(String message, ResponseInfo response, ErrorBody error) {
    super(message, response, error);
  }
}
