package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ProtocolException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt failed.
 *
 * @param retryable whether another attempt may succeed
 * @param unprocessed whether the server cannot have processed the request
 * @param retryAfter how long the server asks to wait before another attempt, or null
 * @param error creates the exception, with a sentence to end its message
 */
record Failure(
    boolean retryable,
    boolean unprocessed,
    @Nullable Duration retryAfter,
    Function<String, TokenFactoryException> error) {

  /** Code around the request failed, such as an interceptor; another attempt would not help. */
  static final class LocalException extends IOException {
    private static final long serialVersionUID = 1L;

    LocalException(Throwable cause) {
      super(cause);
    }
  }

  /** {@return the failure that {@code thrown} stands for} */
  static Failure of(Exchange exchange, Throwable thrown) {
    if (thrown instanceof UnreadableResponseException unreadable) {
      return ofResponse(exchange, unreadable.getMessage(), unreadable.endsEarly());
    }
    if (thrown instanceof InvalidResponseException invalid) {
      return ofResponse(exchange, invalid.getMessage(), false);
    }
    if (thrown instanceof LocalException) {
      return ofLocal(exchange, Objects.requireNonNull(thrown.getCause()));
    }
    int status = exchange.info().status();
    if (status != 0 && status / 100 != 2) {
      return ofStatus(exchange, exchange.head()); // the error's body broke off
    }
    if (thrown instanceof IOException broken) {
      return ofTransport(exchange, broken);
    }
    return ofResponse(exchange, "reading it failed with " + thrown.getClass().getName(), false);
  }

  /** {@return the failure of a call that the user's own {@code OkHttpClient} cancelled} */
  static Failure ofCancellation(Exchange exchange) {
    String message = "The OkHttpClient cancelled the call.";
    return new Failure(
        false, false, null, note -> new CancelledException(message, exchange.info()));
  }

  private static Failure ofLocal(Exchange exchange, Throwable cause) {
    if (cause instanceof TokenFactoryException known) {
      return new Failure(false, false, null, note -> known);
    }
    String message =
        cause instanceof LinkageError
            ? "Two libraries do not fit together: is there just one OkHttp, of 4.0.1 or later?"
            : "An interceptor of the OkHttpClient, or a listener of it, failed with %s."
                .formatted(cause.getClass().getName());
    Throwable shown = harmless(cause, exchange);
    return new Failure(
        false, false, null, note -> new TransportException(message, shown, exchange.info()));
  }

  /** {@return the failure of a response with an error status} */
  static Failure ofStatus(Exchange exchange, String body) {
    ResponseInfo info = exchange.info(body);
    String whole = exchange.redact(body);
    return new Failure(
        RetryPolicy.isRetryable(info),
        RetryPolicy.isUnprocessed(info),
        info.retryAfter(),
        note -> ApiException.of(info, whole, note));
  }

  /** {@return the failure of a success with an unusable body} */
  private static Failure ofResponse(
      Exchange exchange, @Nullable String message, boolean endsEarly) {
    String head = exchange.head();
    ResponseInfo info = exchange.info(head);
    String start = head.replace("\uFEFF", "").stripLeading();
    String reason =
        start.startsWith("<")
            ? "it is HTML or XML, not JSON: check the base URL, and what answers there"
            : exchange.redact(String.valueOf(message));
    // A body without a length ends with its connection, so it may have been cut off.
    boolean retryable = endsEarly && !exchange.isFramed();
    return new Failure(
        retryable, false, null, note -> InvalidResponseException.of(info, reason, note));
  }

  private static Failure ofTransport(Exchange exchange, IOException thrown) {
    IOException broken =
        thrown instanceof Exchange.BrokenBodyException body
                && body.getCause() instanceof IOException cause
            ? cause
            : thrown;
    ResponseInfo info = exchange.info(exchange.head());
    Throwable cause = harmless(broken, exchange);
    String message =
        (info.status() == 0 ? "No answer from the server: " : "The server's answer broke off: ")
            + cause.getClass().getSimpleName()
            + (cause.getMessage() == null ? "" : ": " + cause.getMessage())
            + ". Check the network and the base URL."
            + (info.attempts() > 1 ? " This was attempt " + info.attempts() + "." : "");
    // A certificate that is rejected now will be rejected again.
    boolean isPassing =
        !(thrown instanceof SSLPeerUnverifiedException
            || thrown.getCause() instanceof CertificateException);
    return new Failure(
        isPassing,
        isUnprocessed(broken),
        null,
        note -> new TransportException(message + note, cause, info));
  }

  /**
   * {@return whether the server says that it did nothing: it refused the HTTP/2 stream, left it out
   * of its GOAWAY, or closed the connection before} The types are internal to OkHttp, so their
   * names and messages have to tell.
   */
  static boolean isUnprocessed(IOException broken) {
    String type = broken.getClass().getName();
    return type.endsWith(".ConnectionShutdownException")
        || type.endsWith(".StreamResetException")
            && String.valueOf(broken.getMessage()).endsWith("REFUSED_STREAM");
  }

  /** {@return {@code thrown}, or a copy without what it may contain of the server's words} */
  private static Throwable harmless(Throwable thrown, Exchange exchange) {
    if (!mayQuote(thrown, exchange)) {
      return thrown;
    }
    String redacted = exchange.redact(String.valueOf(thrown.getMessage()));
    String message = redacted.split("[\"':=]| on http", 2)[0].strip();
    IOException copy =
        thrown instanceof ProtocolException
            ? new ProtocolException(message)
            : new IOException(message);
    copy.setStackTrace(thrown.getStackTrace());
    return copy;
  }

  /** {@return whether the message may quote the server, as OkHttp's do, or shows the API key} */
  private static boolean mayQuote(@Nullable Throwable thrown, Exchange exchange) {
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
        || !exchange.redact(message).equals(message)
        || mayQuote(thrown.getCause(), exchange)
        || Arrays.stream(thrown.getSuppressed())
            .anyMatch(suppressed -> mayQuote(suppressed, exchange));
  }

  /** {@return a time for a message, such as {@code 2.5 s}} */
  static String seconds(Duration time) {
    BigDecimal nanos = BigDecimal.valueOf(time.getNano(), 9);
    BigDecimal seconds = BigDecimal.valueOf(time.getSeconds()).add(nanos);
    return seconds.stripTrailingZeros().toPlainString() + " s";
  }
}
