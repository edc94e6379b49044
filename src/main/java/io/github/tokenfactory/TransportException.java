package io.github.tokenfactory;

import org.jspecify.annotations.Nullable;

/** The request could not be sent, or no whole answer came back; the cause says why. */
public final class TransportException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  TransportException(String message, @Nullable Throwable cause, Answer answer) {
    super(message, cause, answer);
  }
}
