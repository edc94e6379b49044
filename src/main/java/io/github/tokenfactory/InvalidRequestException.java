package io.github.tokenfactory;

/**
 * The request breaks a constraint of the published document; nothing was sent.
 *
 * <p>The message names each offending property as the document spells it.
 */
public final class InvalidRequestException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  InvalidRequestException(String message) {
    super(message, null);
  }
}
