package io.github.tokenfactory;

import org.jspecify.annotations.Nullable;

/**
 * What every error of this library is, apart from misuse of its methods.
 *
 * <p>The message says what happened and what to do. It never holds the API key, nor the caller's texts or vectors.
 */
public class TokenFactoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TokenFactoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
