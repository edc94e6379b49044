package io.github.tokenfactory;

import org.jspecify.annotations.Nullable;

/**
 * The request cannot be sent, and was not: it breaks a constraint of the published document, or
 * there is no usable API key for it.
 *
 * <p>The message names each offending property as the document spells it.
 */
public final class InvalidRequestException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  InvalidRequestException(String message) {
    this(message, null);
  }

  InvalidRequestException(String message, @Nullable Throwable cause) {
    super(message, cause, Answer.NONE);
  }
}
