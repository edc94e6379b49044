package io.github.tokenfactory.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private final BlockingQueue<String> gone = new LinkedBlockingQueue<>();
  private final BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
  private final Scheduler scheduler =
      new Scheduler(
          work -> {
            Thread thread = new Thread(work);
            threads.add(thread);
            return thread;
          },
          Runnable::run);

  @AfterEach
  void close() throws InterruptedException {
    scheduler.close();
    for (Thread thread : threads) {
      thread.join(10_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  private Runnable start(Duration delay, String name) {
    return scheduler.afterWait(delay, () -> gone.add(name));
  }

  private List<String> next(int count) throws InterruptedException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(gone.poll(10, TimeUnit.SECONDS));
    }
    return names;
  }

  @Test
  void runsTasksInTheOrderOfTheirTimes() throws InterruptedException {
    start(Duration.ofDays(365), "never");
    start(Duration.ofMillis(60), "second");
    start(Duration.ofMillis(20), "first");
    start(Duration.ofMillis(60), "third");

    assertThat(next(3)).containsExactly("first", "second", "third");
    assertThat(threads).hasSize(1);
  }

  @Test
  void doesNotRunAStoppedTask() throws InterruptedException {
    Runnable stop = start(Duration.ofMillis(50), "stopped");
    stop.run();
    stop.run();
    start(Duration.ofMillis(100), "last");

    assertThat(next(1)).containsExactly("last");
    assertThat(gone).isEmpty();
  }

  @Test
  void runsNothingAfterItIsClosed() throws InterruptedException {
    start(Duration.ofMillis(50), "open");
    scheduler.close();
    start(Duration.ZERO, "closed").run();

    assertThat(gone.poll(100, TimeUnit.MILLISECONDS)).isNull();
  }
}
