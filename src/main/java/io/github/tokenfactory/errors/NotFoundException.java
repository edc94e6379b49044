package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;

/** The path or the model does not exist (404): check the base URL and the model name. */
public final class NotFoundException extends ApiException {
  private static final long serialVersionUID = 1L;

  NotFoundException(String message, ResponseInfo response, ErrorBody error) {
    super(message, response, error);
  }
}
