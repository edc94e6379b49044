package io.github.tokenfactory;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;

/** Time, chance and timers, so that tests can bring their own. */
interface Waiter extends AutoCloseable {
  /** {@return a time that only differences of make sense} */
  long nanoTime();

  /** {@return the time of day, which servers state dates in} */
  Instant now();

  /** {@return a number from 0 to 1, evenly spread} */
  double random();

  /** Runs {@code task} when a call's time is over, unless what it returns is run before. */
  Runnable atDeadline(Duration delay, Runnable task);

  /**
   * Runs {@code task} when the wait before another attempt is over, unless what it returns is run
   * before.
   */
  Runnable afterWait(Duration delay, Runnable task);

  /** Runs nothing more. */
  @Override
  void close();

  /** {@return the system's time, with one thread for all timers that ends when there are none} */
  static Waiter system(ThreadFactory threads, Executor workers) {
    Timers timers = new Timers(threads, workers);
    return new Waiter() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public double random() {
        return ThreadLocalRandom.current().nextDouble();
      }

      @Override
      public Runnable atDeadline(Duration delay, Runnable task) {
        return timers.start(delay, task);
      }

      @Override
      public Runnable afterWait(Duration delay, Runnable task) {
        return timers.start(delay, task);
      }

      @Override
      public void close() {
        timers.close();
      }
    };
  }
}
