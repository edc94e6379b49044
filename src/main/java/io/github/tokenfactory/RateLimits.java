package io.github.tokenfactory;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits that the {@code x-ratelimit-} headers of a response state.
 *
 * <p>A value is null if its header is missing or makes no sense. Limits count per minute.
 * Immutable.
 */
public final class RateLimits {
  private static final Pattern NUMBER =
      Pattern.compile("[0-9]{1,15}(\\.[0-9]{0,15})?|\\.[0-9]{1,15}");

  private final Function<String, @Nullable String> headers; // by name after the prefix

  RateLimits(Function<String, @Nullable String> headers) {
    this.headers = headers;
  }

  /** {@return the limit of requests, or null} */
  public @Nullable Long limitRequests() {
    return whole("limit-requests");
  }

  /** {@return the limit of tokens, or null} */
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

  /** {@return the time until the limit of requests is reset, or null} */
  public @Nullable Duration resetRequests() {
    return seconds(headers.apply("reset-requests"));
  }

  /** {@return the time until the limit of tokens is reset, or null} */
  public @Nullable Duration resetTokens() {
    return seconds(headers.apply("reset-tokens"));
  }

  /** {@return the factor by which usage has scaled the limit of requests, or null} */
  public @Nullable Double dynamicScaleRequests() {
    return scale("dynamic-scale-requests");
  }

  /** {@return the factor by which usage has scaled the limit of tokens, or null} */
  public @Nullable Double dynamicScaleTokens() {
    return scale("dynamic-scale-tokens");
  }

  /** {@return the time until the limits are scaled next, or null} */
  public @Nullable Duration dynamicPeriodRemaining() {
    return seconds(headers.apply("dynamic-period-remaining"));
  }

  /** {@return whether this request was over the limit, or null} */
  public @Nullable Boolean overLimit() {
    String value = headers.apply("over-limit");
    return switch (value == null ? "" : value.toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> true;
      case "no", "false" -> false;
      default -> null;
    };
  }

  private @Nullable Double scale(String name) {
    BigDecimal number = number(headers.apply(name));
    return number == null ? null : number.doubleValue();
  }

  private @Nullable Long whole(String name) {
    BigDecimal number = number(headers.apply(name));
    return number == null || number.stripTrailingZeros().scale() > 0 ? null : number.longValue();
  }

  /** {@return the number, or null if {@code text} is none, or a negative one} */
  static @Nullable BigDecimal number(@Nullable String text) {
    return text != null && NUMBER.matcher(text).matches() ? new BigDecimal(text) : null;
  }

  /** {@return the duration that {@code text} gives in seconds, or null} */
  static @Nullable Duration seconds(@Nullable String text) {
    BigDecimal number = number(text);
    return number == null ? null : duration(number);
  }

  static Duration duration(BigDecimal seconds) {
    return Duration.ofSeconds(
        seconds.longValue(), seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
  }

  @Override
  public String toString() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("limitRequests", limitRequests());
    values.put("remainingRequests", remainingRequests());
    values.put("resetRequests", resetRequests());
    values.put("limitTokens", limitTokens());
    values.put("remainingTokens", remainingTokens());
    values.put("resetTokens", resetTokens());
    values.put("dynamicScaleRequests", dynamicScaleRequests());
    values.put("dynamicScaleTokens", dynamicScaleTokens());
    values.put("dynamicPeriodRemaining", dynamicPeriodRemaining());
    values.put("overLimit", overLimit());
    values.values().removeIf(Objects::isNull);
    return "RateLimits" + values;
  }
}
