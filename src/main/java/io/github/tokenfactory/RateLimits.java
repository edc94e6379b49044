package io.github.tokenfactory;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits that the {@code x-ratelimit-} headers of a response state.
 *
 * <p>A value is null if its header is missing or makes no sense. Limits count per minute.
 * Immutable.
 */
public final class RateLimits {
  private final Function<String, @Nullable String> headers;

  /** Takes the value of a header by its name after the prefix. */
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
    return HeaderValues.seconds(headers.apply("reset-requests"));
  }

  /** {@return the time until the limit of tokens is reset, or null} */
  public @Nullable Duration resetTokens() {
    return HeaderValues.seconds(headers.apply("reset-tokens"));
  }

  /** {@return the factor by which usage has scaled the limit of requests, or null} */
  public @Nullable Double dynamicScaleRequests() {
    BigDecimal scale = HeaderValues.number(headers.apply("dynamic-scale-requests"));
    return scale == null ? null : scale.doubleValue();
  }

  /** {@return the factor by which usage has scaled the limit of tokens, or null} */
  public @Nullable Double dynamicScaleTokens() {
    BigDecimal scale = HeaderValues.number(headers.apply("dynamic-scale-tokens"));
    return scale == null ? null : scale.doubleValue();
  }

  /** {@return the time until the limits are scaled next, or null} */
  public @Nullable Duration dynamicPeriodRemaining() {
    return HeaderValues.seconds(headers.apply("dynamic-period-remaining"));
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

  private @Nullable Long whole(String name) {
    BigDecimal number = HeaderValues.number(headers.apply(name));
    return number == null || number.stripTrailingZeros().scale() > 0 ? null : number.longValue();
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
