package io.github.tokenfactory;

/** The request could not be sent, or no whole answer came back; the cause says why. */
public final class TransportException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  TransportException(String message, Throwable cause) {
    super(message, cause);
  }
}
