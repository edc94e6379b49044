package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;

/** The API key is not valid (401), or lacks the permission (403). */
public final class AuthenticationException extends ApiException {
  private static final long serialVersionUID = 1L;

  AuthenticationException(String message, ResponseInfo response, ErrorBody error) {
    super(message, response, error);
  }
}
