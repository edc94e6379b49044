package io.github.tokenfactory;

import org.jspecify.annotations.Nullable;

/**
 * The call took longer than its timeout, retries and waits included, and was ended.
 *
 * <p>The cause is the failure of the attempt before, if there was one.
 */
public final class DeadlineExceededException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  DeadlineExceededException(String message, @Nullable Throwable cause, Answer answer) {
    super(message, cause, answer);
  }
}
