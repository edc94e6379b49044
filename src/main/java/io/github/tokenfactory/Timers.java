package io.github.tokenfactory;

import java.time.Duration;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Timers that most often are stopped before they go off, as those of calls are: starting and
 * stopping one wakes no thread, as a {@code ScheduledExecutorService} does, at the price of a quick
 * call. Safe for use by several threads.
 */
final class Timers implements AutoCloseable {
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private record Timer(long time, long number, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      return time == other.time
          ? Long.compare(number, other.number)
          : Long.compare(time - other.time, 0); // since times may overflow
    }
  }

  private final ThreadFactory threads;
  private final Executor workers;
  private final NavigableSet<Timer> timers = new TreeSet<>();
  private long lastNumber;
  private boolean running;
  private long wakesAt;
  private boolean closed;

  /** Waits on a thread of its own, as long as there is a use for it, and works on the others. */
  Timers(ThreadFactory threads, Executor workers) {
    this.threads = threads;
    this.workers = workers;
  }

  /** Runs {@code task} after {@code delay}, unless what it returns is run before. */
  synchronized Runnable start(Duration delay, Runnable task) {
    Timer timer = new Timer(System.nanoTime() + delay.toNanos(), ++lastNumber, task);
    if (closed) {
      return () -> {}; // as is each call then
    }
    timers.add(timer);
    if (!running) {
      wakesAt = timer.time;
      threads.newThread(this::run).start();
      running = true;
    } else if (timer.time - wakesAt < 0) {
      wakesAt = timer.time;
      notifyAll();
    }
    return () -> stop(timer);
  }

  private synchronized void stop(Timer timer) {
    timers.remove(timer); // its thread finds out when it wakes up
  }

  private synchronized void run() {
    long idleSince = System.nanoTime();
    while (!closed) {
      long now = System.nanoTime();
      while (!timers.isEmpty() && timers.first().time - now <= 0) {
        work(timers.pollFirst().task);
      }
      if (!timers.isEmpty()) {
        idleSince = now;
      } else if (now - idleSince >= IDLE_NANOS) {
        break;
      }
      wakesAt = idleSince + IDLE_NANOS;
      if (!timers.isEmpty() && timers.first().time - wakesAt < 0) {
        wakesAt = timers.first().time;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, wakesAt - now));
      } catch (InterruptedException e) {
        // Nobody has this thread; if somebody finds it, the timers still count.
      }
    }
    running = false;
  }

  /** Not on the timers' own thread: a task calls whatever the caller hung on to a call. */
  private void work(Runnable task) {
    try {
      workers.execute(task);
    } catch (RejectedExecutionException e) {
      closed = true;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    timers.clear();
    notifyAll();
  }
}
