package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * The call took longer than its timeout, which includes retries and waits, and was ended. The cause
 * is the failure of the previous attempt, if there was one.
 */
public final class DeadlineExceededException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  public DeadlineExceededException(
      String message, @Nullable Throwable cause, ResponseInfo response) {
    super(message, cause, response);
  }
}
