package io.github.tokenfactory;

/** The call was ended by its own side: the thread was interrupted, or the client closed. */
public final class CancelledException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  CancelledException(String message, Answer answer) {
    super(message, null, answer);
  }
}
