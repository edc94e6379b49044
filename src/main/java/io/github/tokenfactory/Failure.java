package io.github.tokenfactory;

import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ProtocolException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt failed.
 *
 * @param retryable whether another may do better
 * @param asked how long the server asks to wait before it, or null
 * @param error makes the exception, with a sentence to end its message
 */
record Failure(
    boolean retryable, @Nullable Duration asked, Function<String, TokenFactoryException> error) {

  /** What is around the request failed: nothing that another attempt would change. */
  static final class LocalException extends IOException {
    private static final long serialVersionUID = 1L;

    LocalException(Throwable cause) {
      super(cause);
    }
  }

  /** {@return the exception to throw} */
  TokenFactoryException toException(String note) {
    return error.apply(note);
  }

  /** {@return the failure that {@code thrown} is} */
  static Failure of(Attempt attempt, Throwable thrown, Instant now) {
    if (thrown instanceof UnreadableAnswerException unreadable) {
      return ofAnswer(attempt, unreadable);
    }
    if (thrown instanceof LocalException) {
      return ofLocal(attempt, thrown.getCause());
    }
    if (attempt.status() != 0 && (attempt.status() < 200 || attempt.status() >= 300)) {
      return ofStatus(attempt, attempt.head(), now); // its body broke off
    }
    if (thrown instanceof IOException broken) {
      return ofTransport(attempt, broken);
    }
    return ofAnswer(
        attempt,
        new UnreadableAnswerException("reading it failed with " + thrown.getClass().getName()));
  }

  /** {@return the failure that it is when the user's own {@code OkHttpClient} cancels the call} */
  static Failure ofCancellation(Attempt attempt) {
    return new Failure(
        false,
        null,
        note -> new CancelledException("The OkHttpClient cancelled the call.", attempt.answer("")));
  }

  private static Failure ofLocal(Attempt attempt, Throwable cause) {
    if (cause instanceof TokenFactoryException known) {
      return new Failure(false, null, note -> known);
    }
    String message =
        cause instanceof LinkageError
            ? "Two libraries do not fit together: is there just one OkHttp, of 4.0.1 or later?"
            : "An interceptor of the OkHttpClient, or a listener of it, failed with "
                + cause.getClass().getName()
                + ".";
    return new Failure(
        false,
        null,
        note -> new TransportException(message, harmless(cause, attempt), attempt.answer("")));
  }

  /** {@return the failure that an error status is} */
  static Failure ofStatus(Attempt attempt, String body, Instant now) {
    Answer answer = attempt.answer(body);
    ErrorBody said = ErrorBody.parse(attempt.redact(body));
    Duration asked = RetryPolicy.asked(answer, now);
    String summary = said.summary();
    String message =
        "The server answered "
            + answer.status()
            + advice(answer)
            + (summary.isEmpty() ? "" : ": " + summary)
            + "."
            + (answer.body().isEmpty() ? "" : " body() has its reason.")
            + tries(answer);
    return new Failure(
        RetryPolicy.isRetryable(answer),
        asked,
        note -> exception(message + note, answer, said, asked));
  }

  private static ApiException exception(
      String message, Answer answer, ErrorBody said, @Nullable Duration asked) {
    return switch (answer.status()) {
      case 400, 413, 422 -> new BadRequestException(message, answer, said, asked);
      case 401, 403 -> new AuthenticationException(message, answer, said, asked);
      case 404 -> new NotFoundException(message, answer, said, asked);
      case 429 -> new RateLimitException(message, answer, said, asked);
      default ->
          answer.status() >= 500
              ? new ServerException(message, answer, said, asked)
              : new ApiException(message, answer, said, asked);
    };
  }

  private static String advice(Answer answer) {
    return switch (answer.status()) {
      case 401 -> " (check the API key)";
      case 403 -> " (the API key may not do this: check the project and its permissions)";
      case 404 -> " (check the base URL and the model's name)";
      case 413 -> " (too large: send fewer or shorter inputs at once)";
      case 429 -> " (rate limit: send less, or later)";
      case 301, 302, 303, 307, 308 -> redirect(answer);
      default -> answer.status() >= 500 ? " (the server's own fault: try again later)" : "";
    };
  }

  private static String redirect(Answer answer) {
    String location = answer.header("location");
    HttpUrl target = location == null ? null : HttpUrl.parse(location);
    String origin =
        target == null
            ? ""
            : " to " + target.scheme() + "://" + target.host() + ":" + target.port();
    return " (a redirect"
        + origin
        + ", not followed: the API key goes to no other server, and a POST must stay one; check the"
        + " base URL)";
  }

  private static String tries(Answer answer) {
    return answer.attempts() > 1 ? " This was attempt " + answer.attempts() + "." : "";
  }

  /** {@return the failure that an unusable answer with success is} */
  static Failure ofAnswer(Attempt attempt, UnreadableAnswerException unreadable) {
    String head = attempt.head();
    Answer answer = attempt.answer(head);
    ErrorBody said = ErrorBody.parse(answer.body());
    String start = head.replace("\uFEFF", "").stripLeading();
    String what =
        start.startsWith("<")
            ? "it is HTML or XML, not JSON: check the base URL, and what answers there"
            : attempt.redact(String.valueOf(unreadable.getMessage()));
    String message =
        "The server answered "
            + answer.status()
            + ", but its answer cannot be used: "
            + what
            + (said.summary().isEmpty() ? "" : " (it names an error: " + said.summary() + ")")
            + "."
            + (answer.body().isEmpty() ? "" : " body() has its start.")
            + tries(answer);
    // A body that ends with its connection may have been cut off; one that says its length arrived
    // whole.
    boolean retryable = unreadable.endsEarly && !attempt.isFramed();
    return new Failure(
        retryable, null, note -> new InvalidResponseException(message + note, answer));
  }

  private static Failure ofTransport(Attempt attempt, IOException thrown) {
    IOException broken =
        thrown instanceof Attempt.BrokenBodyException body
                && body.getCause() instanceof IOException cause
            ? cause
            : thrown;
    Answer answer = attempt.answer(attempt.head());
    Throwable cause = harmless(broken, attempt);
    String message =
        (answer.status() == 0 ? "No answer from the server: " : "The server's answer broke off: ")
            + cause.getClass().getSimpleName()
            + (cause.getMessage() == null ? "" : ": " + cause.getMessage())
            + ". Check the network and the base URL."
            + tries(answer);
    return new Failure(
        isPassing(thrown), null, note -> new TransportException(message + note, cause, answer));
  }

  /** A certificate that is refused now will be refused again. */
  private static boolean isPassing(IOException thrown) {
    return !(thrown instanceof SSLPeerUnverifiedException
        || thrown.getCause() instanceof CertificateException);
  }

  /**
   * {@return {@code thrown} if nothing that the server sent can be in it, else another that says as
   * much}
   */
  private static Throwable harmless(Throwable thrown, Attempt attempt) {
    if (!mayQuote(thrown, attempt)) {
      return thrown;
    }
    String message =
        attempt.redact(String.valueOf(thrown.getMessage())).split("[\"':=]| on http", 2)[0].strip();
    IOException copy =
        thrown instanceof ProtocolException
            ? new ProtocolException(message)
            : new IOException(message);
    copy.setStackTrace(thrown.getStackTrace());
    return copy;
  }

  /**
   * {@return whether it is one of those whose messages quote the server, or has the API key in its
   * message}
   */
  private static boolean mayQuote(@Nullable Throwable thrown, Attempt attempt) {
    if (thrown == null) {
      return false;
    }
    Class<?> type = thrown.getClass();
    String message = String.valueOf(thrown.getMessage());
    return type == IOException.class
        || type == EOFException.class
        || type == ProtocolException.class
        || type.getName().startsWith("okhttp3.")
        || type.getName().startsWith("okio.")
        || !attempt.redact(message).equals(message)
        || mayQuote(thrown.getCause(), attempt)
        || Arrays.stream(thrown.getSuppressed())
            .anyMatch(suppressed -> mayQuote(suppressed, attempt));
  }

  /** {@return a time for a message, such as {@code 2.5 s}} */
  static String seconds(Duration time) {
    BigDecimal seconds =
        BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano(), 9));
    return seconds.stripTrailingZeros().toPlainString() + " s";
  }
}
