package io.github.tokenfactory;

import io.github.tokenfactory.internal.http.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that only waits move: they are over at once, or when the test says so; deadlines pass
 * when it says so.
 */
public final class FakeScheduler extends Scheduler {
  public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final boolean holding;
  private final AtomicLong nanos =
      new AtomicLong(Long.MAX_VALUE - 1_000_000); // overflows, as System.nanoTime() may
  private final List<Duration> waits = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Runnable> deadlines = new LinkedBlockingQueue<>();
  private final BlockingQueue<Runnable> held = new LinkedBlockingQueue<>();
  private final ExecutorService workers =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "tokenfactory-fake");
            thread.setDaemon(true);
            return thread;
          });
  public volatile double random = 1;

  private FakeScheduler(boolean holding) {
    super(Thread::new, Runnable::run);
    this.holding = holding;
  }

  /** Ends each wait at once. */
  public static FakeScheduler impatient() {
    return new FakeScheduler(false);
  }

  /** Ends no wait by itself. */
  public static FakeScheduler holding() {
    return new FakeScheduler(true);
  }

  /** {@return the waits before retries, so far} */
  public List<Duration> waits() {
    return waits;
  }

  /** Blocks until a call waits before a retry; returns the task that ends the wait. */
  public Runnable takeHeld() throws InterruptedException {
    Runnable task = held.poll(10, TimeUnit.SECONDS);
    if (task == null) {
      throw new AssertionError("no call waits");
    }
    return task;
  }

  /** Passes the deadline of the call that started first. */
  public void passDeadline() throws InterruptedException {
    Runnable task = deadlines.poll(10, TimeUnit.SECONDS);
    if (task == null) {
      throw new AssertionError("no call has a deadline");
    }
    task.run();
  }

  /** {@return the number of deadlines, after waiting for threads that are about to cancel one} */
  public synchronized int deadlines() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!deadlines.isEmpty() && System.nanoTime() < end) {
      TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
    }
    return deadlines.size();
  }

  private synchronized void cancel(Runnable deadline) {
    deadlines.remove(deadline);
    notifyAll();
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public Instant now() {
    return NOW;
  }

  @Override
  public double random() {
    return random;
  }

  @Override
  public Runnable atDeadline(Duration delay, Runnable task) {
    deadlines.add(task);
    return () -> cancel(task);
  }

  @Override
  public Runnable afterWait(Duration delay, Runnable task) {
    waits.add(delay);
    if (holding) {
      held.add(task);
      return () -> held.remove(task);
    }
    nanos.addAndGet(delay.toNanos());
    workers.execute(task);
    return () -> {};
  }

  @Override
  public void close() {
    workers.shutdown();
  }
}
