package io.github.tokenfactory.internal.http;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/** A clock, timers and a random source; tests replace them. */
public interface Scheduler extends AutoCloseable {
  /** {@return the time of a monotonic clock; only differences have a meaning} */
  long nanoTime();

  /** {@return the time of day} */
  Instant now();

  /** {@return a random number from 0 to 1} */
  double random();

  /** Runs {@code task} at the deadline of a call; running the result calls it off. */
  Runnable atDeadline(Duration delay, Runnable task);

  /** Runs {@code task} after the wait before another attempt; running the result calls it off. */
  Runnable afterWait(Duration delay, Runnable task);

  /** Runs no more tasks. */
  @Override
  void close();

  /** {@return the system's clock, with one timer thread that ends when it is idle} */
  static Scheduler system(ThreadFactory threads, Executor workers) {
    return new SystemScheduler(threads, workers);
  }
}
