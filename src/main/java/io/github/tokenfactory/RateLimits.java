package io.github.tokenfactory;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code x-ratelimit-} headers of an answer say; each is null if the header is missing or
 * makes no sense.
 *
 * <p>Limits and what remains of them are counted per minute. Immutable.
 */
public final class RateLimits {
  private static final Pattern NUMBER =
      Pattern.compile("[0-9]{1,15}(\\.[0-9]{0,15})?|\\.[0-9]{1,15}");

  private final Answer answer;

  RateLimits(Answer answer) {
    this.answer = answer;
  }

  /** {@return how many requests are allowed, or null} */
  public @Nullable Long limitRequests() {
    return whole("limit-requests");
  }

  /** {@return how many tokens are allowed, or null} */
  public @Nullable Long limitTokens() {
    return whole("limit-tokens");
  }

  /** {@return how many requests are left, or null} */
  public @Nullable Long remainingRequests() {
    return whole("remaining-requests");
  }

  /** {@return how many tokens are left, or null} */
  public @Nullable Long remainingTokens() {
    return whole("remaining-tokens");
  }

  /** {@return the time until requests are allowed in full again, or null} */
  public @Nullable Duration resetRequests() {
    return seconds(header("reset-requests"));
  }

  /** {@return the time until tokens are allowed in full again, or null} */
  public @Nullable Duration resetTokens() {
    return seconds(header("reset-tokens"));
  }

  /** {@return by how much use has scaled the limit of requests, or null} */
  public @Nullable Double dynamicScaleRequests() {
    BigDecimal scale = number(header("dynamic-scale-requests"));
    return scale == null ? null : scale.doubleValue();
  }

  /** {@return by how much use has scaled the limit of tokens, or null} */
  public @Nullable Double dynamicScaleTokens() {
    BigDecimal scale = number(header("dynamic-scale-tokens"));
    return scale == null ? null : scale.doubleValue();
  }

  /** {@return the time until the limits are scaled again, or null} */
  public @Nullable Duration dynamicPeriodRemaining() {
    return seconds(header("dynamic-period-remaining"));
  }

  /** {@return whether this request was over the limit, or null} */
  public @Nullable Boolean overLimit() {
    String value = header("over-limit");
    return switch (value == null ? "" : value.toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> true;
      case "no", "false" -> false;
      default -> null;
    };
  }

  /** {@return the number that {@code text} is, or null if it is none, or negative} */
  static @Nullable BigDecimal number(@Nullable String text) {
    return text != null && NUMBER.matcher(text).matches() ? new BigDecimal(text) : null;
  }

  /** {@return the time that {@code text} is in seconds, or null if it is none} */
  static @Nullable Duration seconds(@Nullable String text) {
    BigDecimal seconds = number(text);
    return seconds == null
        ? null
        : Duration.ofSeconds(
            seconds.longValue(), seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
  }

  private @Nullable Long whole(String name) {
    BigDecimal number = number(header(name));
    return number == null || number.stripTrailingZeros().scale() > 0 ? null : number.longValue();
  }

  private @Nullable String header(String name) {
    return answer.header("x-ratelimit-" + name);
  }

  @Override
  public String toString() {
    StringJoiner known = new StringJoiner(", ", "RateLimits{", "}");
    add(known, "limitRequests", limitRequests());
    add(known, "remainingRequests", remainingRequests());
    add(known, "resetRequests", resetRequests());
    add(known, "limitTokens", limitTokens());
    add(known, "remainingTokens", remainingTokens());
    add(known, "resetTokens", resetTokens());
    add(known, "dynamicScaleRequests", dynamicScaleRequests());
    add(known, "dynamicScaleTokens", dynamicScaleTokens());
    add(known, "dynamicPeriodRemaining", dynamicPeriodRemaining());
    add(known, "overLimit", overLimit());
    return known.toString();
  }

  private static void add(StringJoiner known, String name, @Nullable Object value) {
    if (value != null) {
      known.add(name + "=" + value);
    }
  }
}
