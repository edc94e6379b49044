package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * The request was not sent: it breaks a constraint of the published document, whose properties the
 * message names, or there is no usable API key for it.
 */
public final class InvalidRequestException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  public InvalidRequestException(String message) {
    this(message, null);
  }

  public InvalidRequestException(String message, @Nullable Throwable cause) {
    super(message, cause, ResponseInfo.none(0));
  }
}
