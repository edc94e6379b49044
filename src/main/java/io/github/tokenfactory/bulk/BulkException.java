package io.github.tokenfactory.bulk;

import io.github.tokenfactory.errors.TokenFactoryException;

/**
 * A bulk run ended before its input did; the cause says why.
 *
 * <p>What was done by then has been handed over, and is in the checkpoint if there is one: run the
 * same again to go on from there.
 */
public final class BulkException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  private final transient BulkProgress progress;

  BulkException(String message, TokenFactoryException cause, BulkProgress progress) {
    super(message, cause, cause.info());
    this.progress = progress;
  }

  /** {@return how far the run was} */
  public BulkProgress progress() {
    return progress;
  }
}
