package io.github.tokenfactory.bulk;

import io.github.tokenfactory.errors.TokenFactoryException;

/**
 * A bulk run ended before all texts were embedded; the cause says why. The texts embedded by then
 * have been delivered. With a checkpoint, repeat the same run to continue after them.
 */
public final class BulkException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  private final transient BulkProgress progress;

  BulkException(String message, TokenFactoryException cause, BulkProgress progress) {
    super(message, cause, cause.info());
    this.progress = progress;
  }

  /** {@return the progress of the run when it ended} */
  public BulkProgress progress() {
    return progress;
  }
}
