package io.github.tokenfactory;

import java.io.IOException;

/**
 * What is wrong with an answer that came with success; becomes an {@link InvalidResponseException}.
 */
final class UnreadableAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Whether the text ends before the JSON does. */
  final boolean endsEarly;

  /** Takes a message without anything of the answer but paths and sizes. */
  UnreadableAnswerException(String message) {
    this(message, false);
  }

  UnreadableAnswerException(String message, boolean endsEarly) {
    super(message);
    this.endsEarly = endsEarly;
  }
}
