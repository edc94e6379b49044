package io.github.tokenfactory.testing;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** A rate limit with fixed windows; each begins with the first request in it. */
final class RateLimit {
  private final long requests;
  private final long tokens;
  private final long window;
  private final LongSupplier nanoTime;
  private long start;
  private long usedRequests;
  private long usedTokens;

  RateLimit(long requests, long tokens, Duration window, LongSupplier nanoTime) {
    if (requests < 1 || tokens < 1 || window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException(
          "requests, tokens and window must be more than 0, not %d, %d and %s."
              .formatted(requests, tokens, window));
    }
    this.requests = requests;
    this.tokens = tokens;
    this.window = window.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Counts a request if the limit allows it; returns whether it does. */
  synchronized boolean take(long cost) {
    if (timeLeft() == 0) {
      start = nanoTime.getAsLong();
      usedRequests = 0;
      usedTokens = 0;
    }
    if (usedRequests >= requests || usedTokens + cost > tokens) {
      return false;
    }
    usedRequests++;
    usedTokens += cost;
    return true;
  }

  /** {@return the time until the limit resets} */
  synchronized Duration reset() {
    return Duration.ofNanos(timeLeft());
  }

  private long timeLeft() {
    return usedRequests == 0 ? 0 : Math.max(0, window - (nanoTime.getAsLong() - start));
  }

  /** {@return the rate limit headers of a response} */
  synchronized Map<String, String> headers() {
    boolean isReset = timeLeft() == 0;
    String reset = seconds(reset());
    Map<String, String> headers = new TreeMap<>();
    headers.put("x-ratelimit-limit-requests", String.valueOf(requests));
    headers.put("x-ratelimit-limit-tokens", String.valueOf(tokens));
    headers.put(
        "x-ratelimit-remaining-requests",
        String.valueOf(isReset ? requests : requests - usedRequests));
    headers.put(
        "x-ratelimit-remaining-tokens", String.valueOf(isReset ? tokens : tokens - usedTokens));
    headers.put("x-ratelimit-reset-requests", reset);
    headers.put("x-ratelimit-reset-tokens", reset);
    return headers;
  }

  /** {@return the seconds with three decimals, rounded up so that no client retries too early} */
  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3f", duration.plusNanos(999_999).toMillis() / 1000.0);
  }
}
