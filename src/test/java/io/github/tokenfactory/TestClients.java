package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tokenfactory.internal.http.Scheduler;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Helps tests with clients: sets their clock, finds threads that do not end, prints errors. */
public final class TestClients {
  private TestClients() {}

  /** {@return {@code builder} with {@code scheduler} instead of the real clock} */
  public static TokenFactoryClientBuilder withScheduler(
      TokenFactoryClientBuilder builder, Scheduler scheduler) {
    return builder.scheduler(scheduler);
  }

  /** Fails if a thread of a client does not end. */
  public static void assertThatNoThreadIsLeft() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("tokenfactory")) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as("thread " + thread + " lives on").isFalse();
      }
    }
  }

  /** {@return the stack trace of {@code error} with all causes and messages} */
  public static String trace(Throwable error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }
}
