package io.github.tokenfactory;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every error of this library is, apart from misuse of its methods; immutable.
 *
 * <p>The message says what happened and what to do. It never holds the API key, nor the caller's
 * texts or vectors, nor any free text of the server's, which may repeat them; nor does any cause.
 * {@link #body()} holds what the server said, for the caller to judge: the API key is blotted out
 * of it, texts are not.
 */
public class TokenFactoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Answer answer;

  TokenFactoryException(String message, @Nullable Throwable cause, Answer answer) {
    super(message, cause);
    this.answer = answer;
  }

  /** {@return the HTTP status of the answer that this is about, or 0 if there was none} */
  public final int status() {
    return answer.status();
  }

  /** {@return the headers of that answer, by name in any case; empty if there was none} */
  public final Map<String, List<String>> headers() {
    return answer.headers();
  }

  /** {@return what the server calls this request, for its support, or null if it does not say} */
  public final @Nullable String requestId() {
    return answer.requestId();
  }

  /** {@return the rate limits that the answer states} */
  public final RateLimits rateLimits() {
    return answer.rateLimits();
  }

  /**
   * {@return the start of that answer's body, at most 2,000 characters; empty if there was none}
   */
  public final String body() {
    return answer.body();
  }

  /** {@return how many requests this call sent, or began to send; 0 if nothing was sent} */
  public final int attempts() {
    return answer.attempts();
  }
}
