package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;

/** The caller ended the call: the thread was interrupted, or the call or the client was closed. */
public final class CancelledException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  public CancelledException(String message, ResponseInfo response) {
    super(message, null, response);
  }
}
