package io.github.tokenfactory;

/**
 * The server answered with success, but not with one good vector for each input.
 *
 * <p>The message says what is wrong with the answer, and where.
 */
public final class InvalidResponseException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  InvalidResponseException(String message, Answer answer) {
    super(message, null, answer);
  }
}
