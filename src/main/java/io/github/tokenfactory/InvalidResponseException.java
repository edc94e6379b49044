package io.github.tokenfactory;

import org.jspecify.annotations.Nullable;

/**
 * The server answered with success, but not with one vector for each input.
 *
 * <p>The message says what is wrong with the answer, and where.
 */
public final class InvalidResponseException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  InvalidResponseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
