package io.github.tokenfactory.internal.http;

import java.io.IOException;

/** Says what is wrong with the body of a success; becomes an {@code InvalidResponseException}. */
public final class UnreadableResponseException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean endsEarly;

  /** Takes a message that shows paths and sizes, and nothing else of the response. */
  public UnreadableResponseException(String message) {
    this(message, false);
  }

  public UnreadableResponseException(String message, boolean endsEarly) {
    super(message);
    this.endsEarly = endsEarly;
  }

  /** {@return whether the text ends before the JSON does} */
  public boolean endsEarly() {
    return endsEarly;
  }
}
