package io.github.tokenfactory;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which answers are worth another attempt, and when. */
final class RetryPolicy {
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(8);
  private static final Duration A_YEAR = Duration.ofDays(365);

  /**
   * The three forms that RFC 9110 has; OkHttp's own parser takes the 42nd of November for a date.
   */
  private static final List<DateTimeFormatter> HTTP_DATES =
      Stream.of(
              "EEE, dd MMM yyyy HH:mm:ss 'GMT'",
              "EEEE, dd-MMM-yy HH:mm:ss 'GMT'",
              "EEE MMM ppd HH:mm:ss yyyy")
          .map(form -> DateTimeFormatter.ofPattern(form, Locale.US).withZone(ZoneOffset.UTC))
          .toList();

  private RetryPolicy() {}

  /**
   * {@return whether an answer with this error status may be better next time} The server has the
   * last word.
   */
  static boolean isRetryable(Answer answer) {
    String word = answer.header("x-should-retry");
    return switch (word == null ? "" : word.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          answer.status() == 408
              || answer.status() == 409
              || answer.status() == 429
              || answer.status() >= 500;
    };
  }

  /** {@return how long the server asks to wait, or null if it does not, or makes no sense} */
  static @Nullable Duration asked(Answer answer, Instant now) {
    BigDecimal millis = RateLimits.number(answer.header("retry-after-ms"));
    if (millis != null) {
      return Duration.ofMillis(millis.longValue())
          .plusNanos(millis.remainder(BigDecimal.ONE).movePointRight(6).longValue());
    }
    String after = answer.header("retry-after");
    Duration seconds = RateLimits.seconds(after);
    return seconds != null || after == null ? seconds : until(after, now);
  }

  /** {@return {@code wait}, or a year, so that it can be counted in nanoseconds} */
  static Duration bounded(Duration wait) {
    return wait.compareTo(A_YEAR) < 0 ? wait : A_YEAR;
  }

  private static @Nullable Duration until(String httpDate, Instant now) {
    for (DateTimeFormatter format : HTTP_DATES) {
      try {
        Instant date = Instant.from(format.parse(httpDate));
        return date.isBefore(now) ? null : Duration.between(now, date);
      } catch (DateTimeException e) {
        // perhaps the next
      }
    }
    return null;
  }

  /**
   * {@return how long to wait after attempt {@code number}: what is asked for, else exponentially
   * with full jitter}
   */
  static Duration wait(@Nullable Duration asked, int number, double random) {
    if (asked != null) {
      return asked;
    }
    Duration most = FIRST_WAIT.multipliedBy(1L << Math.min(number - 1, 16));
    Duration capped = most.compareTo(LONGEST_WAIT) < 0 ? most : LONGEST_WAIT;
    return Duration.ofNanos((long) (capped.toNanos() * random));
  }
}
