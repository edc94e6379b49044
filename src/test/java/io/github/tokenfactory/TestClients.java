package io.github.tokenfactory;

import io.github.tokenfactory.internal.http.Scheduler;

/** Gives tests of other packages a client with a clock of their own. */
public final class TestClients {
  private TestClients() {}

  /** {@return {@code builder}, with {@code scheduler} in place of the system's clock} */
  public static TokenFactoryClientBuilder withScheduler(
      TokenFactoryClientBuilder builder, Scheduler scheduler) {
    return builder.scheduler(scheduler);
  }
}
