package io.github.tokenfactory.bulk;

import io.github.tokenfactory.RateLimits;
import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.internal.http.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * How much the bulk runs of a client may send, by what the server says of its limits; safe for use
 * by several threads.
 *
 * <p>Until there is an answer, no more is sent than the documented limits allow. After that the
 * server's word counts: what remains, less what is under way and may not be counted yet. When
 * nothing remains, one request goes out at the time of reset, and its answer says how many may
 * follow: whatever the server's window is, fixed, sliding or a bucket that fills. A server that
 * states no limits has none, until it refuses: then fewer requests at once are sent.
 */
final class RateLimitPacer {
  /** What is allowed of one thing, requests or tokens. */
  private static final class Allowance {
    private long limit;
    private long remaining;
    private long underWay;
    private long resetAt;
    private boolean stated;

    Allowance(long documented) {
      limit = documented;
      remaining = documented;
    }

    /** {@return how long to wait, {@code FOREVER} if for an answer} */
    long wait(long cost, long now) {
      if (Math.min(cost, limit) <= remaining || !stated && underWay == 0) {
        return 0;
      }
      return !stated || underWay > 0 && resetAt - now <= 0 ? FOREVER : Math.max(0, resetAt - now);
    }

    void take(long cost) {
      remaining = Math.max(0, remaining - cost);
      underWay += cost;
    }

    void settle(
        long cost,
        @Nullable Long statedLimit,
        @Nullable Long statedRemaining,
        @Nullable Duration reset,
        long now) {
      underWay -= cost;
      if (statedRemaining != null) {
        stated = true;
        limit = Math.max(1, statedLimit == null ? Math.max(limit, statedRemaining) : statedLimit);
        remaining = Math.max(0, statedRemaining - underWay);
        resetAt = now + RetryPolicy.bounded(reset == null ? MINUTE : reset).toNanos();
      }
    }
  }

  /** Until something changes. */
  static final long FOREVER = Long.MAX_VALUE;

  private static final long DOCUMENTED_REQUESTS = 60;
  private static final long DOCUMENTED_TOKENS = 400_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int MAX_DOUBLINGS = 5;

  private final Allowance requests = new Allowance(DOCUMENTED_REQUESTS);
  private final Allowance tokens = new Allowance(DOCUMENTED_TOKENS);
  private final List<Runnable> runs = new CopyOnWriteArrayList<>();
  private boolean answered;
  private boolean paused;
  private long pausedUntil;
  private int refusals;
  private double atOnce = Integer.MAX_VALUE;

  /**
   * Takes what a request with so many tokens needs, to be {@linkplain #settle settled}, if that is
   * allowed now.
   *
   * @return 0, or how long to wait before asking again, in nanoseconds; {@link #FOREVER} until
   *     something changes
   */
  synchronized long tryTake(long cost, long now) {
    long wait = wait(cost, now);
    if (wait == 0) {
      requests.take(1);
      tokens.take(cost);
    }
    return wait;
  }

  private long wait(long cost, long now) {
    if (paused && pausedUntil - now > 0) {
      return pausedUntil - now;
    }
    paused = false;
    if (requests.underWay >= (long) atOnce) {
      return FOREVER;
    }
    boolean unlimited = answered && !requests.stated && !tokens.stated;
    return unlimited ? 0 : Math.max(wait(requests, 1, now), wait(tokens, cost, now));
  }

  private long wait(Allowance allowance, long cost, long now) {
    return answered && !allowance.stated ? 0 : allowance.wait(cost, now);
  }

  /**
   * {@return how many tokens a request had better not exceed, to use what {@code before} it leaves
   * of a window: 0 if that is next to nothing}
   */
  synchronized long fitting(long before) {
    if (!tokens.stated) {
      return Long.MAX_VALUE;
    }
    long left = tokens.remaining - before;
    return left < tokens.limit / 50 ? 0 : left - left / 10;
  }

  /** Tells {@code run} whenever something has changed, until what this returns is called. */
  Runnable register(Runnable run) {
    runs.add(run);
    return () -> runs.remove(run);
  }

  /** Gives back what a request used, and adapts to its response. */
  void settle(long cost, ResponseInfo response, long now) {
    update(cost, response, now);
    runs.forEach(Runnable::run);
  }

  private synchronized void update(long cost, ResponseInfo response, long now) {
    RateLimits limits = response.rateLimits();
    int status = response.status();
    requests.settle(
        1, limits.limitRequests(), limits.remainingRequests(), limits.resetRequests(), now);
    tokens.settle(cost, limits.limitTokens(), limits.remainingTokens(), limits.resetTokens(), now);
    answered |= status != 0;
    if (status == 429) {
      refuse(limits, response.retryAfter(), now);
    } else if (status >= 200 && status < 300) {
      refusals = 0;
      atOnce += 1 / Math.max(1, atOnce); // one more for each round of all
    }
  }

  private void refuse(RateLimits limits, @Nullable Duration retryAfter, long now) {
    boolean isFirst = !paused;
    Duration pause = retryAfter;
    if (pause == null && limits.remainingRequests() == null && limits.remainingTokens() == null) {
      pause = FIRST_PAUSE.multipliedBy(1L << Math.min(refusals, MAX_DOUBLINGS));
    }
    if (pause != null) {
      long until = now + RetryPolicy.bounded(pause).toNanos();
      pausedUntil = paused && pausedUntil - until > 0 ? pausedUntil : until;
      paused = true;
    }
    if (isFirst) { // those that were sent with it say nothing new
      refusals++;
      if (!requests.stated && !tokens.stated) {
        atOnce = Math.max(1, Math.min(atOnce, requests.underWay + 1) / 2);
      }
    }
  }
}
