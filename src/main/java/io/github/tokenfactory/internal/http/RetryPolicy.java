package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.ResponseInfo;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides which responses and requests are worth another attempt, and when. */
public final class RetryPolicy {
  private static final long FIRST_WAIT_NANOS = 500_000_000;
  private static final long LONGEST_WAIT_NANOS = 8_000_000_000L;
  private static final Duration A_YEAR = Duration.ofDays(365);

  private RetryPolicy() {}

  /** {@return whether another attempt may succeed after an error status} The server decides. */
  public static boolean isRetryable(ResponseInfo response) {
    String word = response.header("x-should-retry");
    return switch (word == null ? "" : word.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> isRetryable(response.status());
    };
  }

  /** {@return whether another attempt may succeed after this status} */
  public static boolean isRetryable(int status) {
    return status == 408 || status == 409 || status == 429 || status >= 500;
  }

  /** {@return whether the server says with this error that it did not process the request} */
  static boolean isUnprocessed(ResponseInfo response) {
    return response.status() == 429 || response.status() == 503 && response.retryAfter() != null;
  }

  /** {@return {@code wait}, or a year if it is longer, so that nanoseconds can count it} */
  public static Duration bounded(Duration wait) {
    return wait.compareTo(A_YEAR) < 0 ? wait : A_YEAR;
  }

  /**
   * {@return how long to wait after attempt {@code number}: as long as the server asks, else an
   * exponential backoff with full jitter}
   */
  public static Duration wait(@Nullable Duration asked, int number, double random) {
    if (asked != null) {
      return asked;
    }
    long most = Math.min(FIRST_WAIT_NANOS << Math.min(number - 1, 16), LONGEST_WAIT_NANOS);
    return Duration.ofNanos((long) (most * random));
  }
}
