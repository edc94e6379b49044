package io.github.tokenfactory.bulk;

import io.github.tokenfactory.RateLimits;
import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.internal.http.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all bulk runs of a client within the server's rate limits; safe for use by several threads.
 *
 * <p>Before the first response, the documented limits apply. After it, the response headers do: a
 * request may use what remains, less what requests in flight may not have used yet. When nothing
 * remains, one request is sent at the reset, and its response says how many may follow; this suits
 * fixed windows, sliding windows and token buckets alike. If the server sends no limit headers,
 * there is no throttling until its first 429, which lowers the number of concurrent requests.
 */
final class RateLimitPacer {
  /** The quota of requests or of tokens. */
  private final class Quota {
    private long limit;
    private long remaining;
    private long inFlight;
    private long resetTime;
    private boolean isStated; // by a response

    Quota(long documentedLimit) {
      limit = documentedLimit;
      remaining = documentedLimit;
    }

    /** {@return how long to wait, {@code FOREVER} until a response} */
    long wait(long amount, long now) {
      boolean isUnlimited = !isStated && (hasResponse || inFlight == 0);
      if (isUnlimited || Math.min(amount, limit) <= remaining) {
        return 0;
      }
      return !isStated || inFlight > 0 && resetTime - now <= 0
          ? FOREVER
          : Math.max(0, resetTime - now);
    }

    void reserve(long amount) {
      remaining = Math.max(0, remaining - amount);
      inFlight += amount;
    }

    void release(
        long amount,
        @Nullable Long statedLimit,
        @Nullable Long statedRemaining,
        @Nullable Duration reset,
        long now) {
      inFlight -= amount;
      if (statedRemaining != null) {
        isStated = true;
        limit = Math.max(1, statedLimit == null ? Math.max(limit, statedRemaining) : statedLimit);
        remaining = Math.max(0, statedRemaining - inFlight);
        resetTime = now + RetryPolicy.bounded(reset == null ? MINUTE : reset).toNanos();
      }
    }
  }

  /** A wait that ends only when a listener is notified. */
  static final long FOREVER = Long.MAX_VALUE;

  private static final long DOCUMENTED_REQUESTS = 60;
  private static final long DOCUMENTED_TOKENS = 400_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int MAX_DOUBLINGS = 5;

  private final Quota requests = new Quota(DOCUMENTED_REQUESTS);
  private final Quota tokens = new Quota(DOCUMENTED_TOKENS);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private boolean hasResponse;
  private boolean isPaused;
  private long pauseEnd;
  private int refusalsInARow;
  private double maxInFlight = Integer.MAX_VALUE;

  /**
   * Reserves what a request with so many tokens needs, if that is allowed now; {@link #release}
   * must follow. Returns 0, or how many nanoseconds to wait before the next try; {@link #FOREVER}
   * for a notification.
   */
  synchronized long reserve(long expectedTokens, long now) {
    isPaused &= pauseEnd - now > 0;
    if (isPaused) {
      return pauseEnd - now;
    } else if (requests.inFlight >= (long) maxInFlight) {
      return FOREVER;
    }
    long wait = Math.max(requests.wait(1, now), tokens.wait(expectedTokens, now));
    if (wait == 0) {
      requests.reserve(1);
      tokens.reserve(expectedTokens);
    }
    return wait;
  }

  /**
   * {@return how many tokens a request may have to be sent before the next reset, after requests
   * with {@code queuedTokens}; 0 if next to nothing remains}
   */
  synchronized long tokenBudget(long queuedTokens) {
    if (!tokens.isStated) {
      return Long.MAX_VALUE;
    }
    long left = tokens.remaining - queuedTokens;
    return left < tokens.limit / 50 ? 0 : left - left / 10; // token estimates may be too low
  }

  /** Notifies {@code listener} of each change; running the result unregisters it. */
  Runnable register(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Ends a reservation, applies the limits that the response states, and notifies listeners. */
  void release(long expectedTokens, ResponseInfo response, long now) {
    update(expectedTokens, response, now);
    listeners.forEach(Runnable::run);
  }

  private synchronized void update(long expectedTokens, ResponseInfo response, long now) {
    RateLimits limits = response.rateLimits();
    int status = response.status();
    requests.release(
        1, limits.limitRequests(), limits.remainingRequests(), limits.resetRequests(), now);
    tokens.release(
        expectedTokens, limits.limitTokens(), limits.remainingTokens(), limits.resetTokens(), now);
    hasResponse |= status != 0;
    if (status == 429) {
      slowDown(limits, response.retryAfter(), now);
    } else if (status >= 200 && status < 300) {
      refusalsInARow = 0;
      maxInFlight += 1 / Math.max(1, maxInFlight); // grows by 1 with every maxInFlight successes
    }
  }

  private void slowDown(RateLimits limits, @Nullable Duration retryAfter, long now) {
    boolean wasPaused = isPaused;
    Duration pause = retryAfter;
    if (pause == null && limits.remainingRequests() == null && limits.remainingTokens() == null) {
      pause = FIRST_PAUSE.multipliedBy(1L << Math.min(refusalsInARow, MAX_DOUBLINGS));
    }
    if (pause != null) {
      long end = now + RetryPolicy.bounded(pause).toNanos();
      pauseEnd = isPaused && pauseEnd - end > 0 ? pauseEnd : end;
      isPaused = true;
    }
    if (!wasPaused) { // requests that were in flight during the first 429 tell nothing new
      refusalsInARow++;
      if (!requests.isStated && !tokens.isStated) {
        maxInFlight = Math.max(1, Math.min(maxInFlight, requests.inFlight + 1) / 2);
      }
    }
  }
}
