package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;
import org.jspecify.annotations.Nullable;

/** The request could not be sent, or the response did not arrive whole; the cause says why. */
public final class TransportException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  public TransportException(String message, @Nullable Throwable cause, ResponseInfo response) {
    super(message, cause, response);
  }
}
