package io.github.tokenfactory;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

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
    ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, threads);
    timers.setKeepAliveTime(10, TimeUnit.SECONDS);
    timers.allowCoreThreadTimeOut(true);
    timers.setRemoveOnCancelPolicy(true);
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
        return schedule(delay, task);
      }

      @Override
      public Runnable afterWait(Duration delay, Runnable task) {
        return schedule(delay, task);
      }

      private Runnable schedule(Duration delay, Runnable task) {
        try {
          // Not on the timers' own thread: a task calls listeners and whatever the caller hung on
          // to the future.
          ScheduledFuture<?> timer =
              timers.schedule(() -> workers.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
          return () -> timer.cancel(false);
        } catch (RejectedExecutionException e) {
          return () -> {}; // closed, as is each call then
        }
      }

      @Override
      public void close() {
        timers.shutdownNow();
      }
    };
  }
}
