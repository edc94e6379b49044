package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.ResponseInfo;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which responses and requests are worth another attempt, and when. */
public final class RetryPolicy {
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(8);
  private static final Duration A_YEAR = Duration.ofDays(365);
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

  private RetryPolicy() {}

  /** {@return whether HTTP allows any client to repeat a request with this method} */
  static boolean isIdempotent(String method) {
    return IDEMPOTENT.contains(method);
  }

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
    Duration most = FIRST_WAIT.multipliedBy(1L << Math.min(number - 1, 16));
    Duration capped = most.compareTo(LONGEST_WAIT) < 0 ? most : LONGEST_WAIT;
    return Duration.ofNanos((long) (capped.toNanos() * random));
  }
}
