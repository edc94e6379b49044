package io.github.tokenfactory;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the values of response headers; whatever makes no sense counts as missing. */
final class HeaderValues {
  private static final Pattern NUMBER =
      Pattern.compile("[0-9]{1,15}(\\.[0-9]{0,15})?|\\.[0-9]{1,15}");

  /** The three forms of RFC 9110. OkHttp's own parser accepts the 42nd of November. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern(
              "[EEE, dd MMM yyyy HH:mm:ss 'GMT']"
                  + "[EEEE, dd-MMM-yy HH:mm:ss 'GMT']"
                  + "[EEE MMM ppd HH:mm:ss yyyy]",
              Locale.US)
          .withZone(ZoneOffset.UTC);

  private HeaderValues() {}

  /** {@return the number, or null if {@code text} is none, or a negative one} */
  static @Nullable BigDecimal number(@Nullable String text) {
    return text != null && NUMBER.matcher(text).matches() ? new BigDecimal(text) : null;
  }

  /** {@return the duration that {@code text} gives in seconds, or null} */
  static @Nullable Duration seconds(@Nullable String text) {
    return duration(number(text));
  }

  /** {@return the wait that the server asks for, in the more exact of the two headers, or null} */
  static @Nullable Duration retryAfter(
      @Nullable String millis, @Nullable String after, Instant now) {
    BigDecimal exact = number(millis);
    if (exact != null) {
      return duration(exact.movePointLeft(3));
    }
    Duration seconds = seconds(after);
    return seconds != null || after == null ? seconds : until(after, now);
  }

  private static @Nullable Duration duration(@Nullable BigDecimal seconds) {
    return seconds == null
        ? null
        : Duration.ofSeconds(
            seconds.longValue(), seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
  }

  private static @Nullable Duration until(String httpDate, Instant now) {
    try {
      Duration wait = Duration.between(now, HTTP_DATE.parse(httpDate, Instant::from));
      return wait.isNegative() ? null : wait;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
