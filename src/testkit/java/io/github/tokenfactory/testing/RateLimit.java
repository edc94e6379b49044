package io.github.tokenfactory.testing;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Counts requests and tokens in windows of one length, the next of which begins when it is used.
 */
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
          "A rate limit must allow something in a time: %d requests, %d tokens, %s."
              .formatted(requests, tokens, window));
    }
    this.requests = requests;
    this.tokens = tokens;
    this.window = window.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Counts a request if it is allowed now; returns whether it is. */
  synchronized boolean take(long cost) {
    if (left() == 0) {
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

  /** {@return the time until all is allowed again} */
  synchronized Duration reset() {
    return Duration.ofNanos(left());
  }

  private long left() {
    return usedRequests == 0 ? 0 : Math.max(0, window - (nanoTime.getAsLong() - start));
  }

  /** {@return the headers of an answer} */
  synchronized Map<String, String> headers() {
    boolean isOver = left() == 0;
    String reset = seconds(reset());
    Map<String, String> headers = new TreeMap<>();
    headers.put("x-ratelimit-limit-requests", String.valueOf(requests));
    headers.put("x-ratelimit-limit-tokens", String.valueOf(tokens));
    headers.put(
        "x-ratelimit-remaining-requests",
        String.valueOf(isOver ? requests : requests - usedRequests));
    headers.put(
        "x-ratelimit-remaining-tokens", String.valueOf(isOver ? tokens : tokens - usedTokens));
    headers.put("x-ratelimit-reset-requests", reset);
    headers.put("x-ratelimit-reset-tokens", reset);
    return headers;
  }

  /** {@return seconds with three decimals, rounded up: nobody is to come back too early} */
  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3f", duration.plusNanos(999_999).toMillis() / 1000.0);
  }
}
