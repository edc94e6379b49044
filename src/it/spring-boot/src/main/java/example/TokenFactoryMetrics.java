package example;

import io.github.tokenfactory.CallListener;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.micrometer.core.instrument.MeterRegistry;

/** Records the timer {@code tokenfactory.attempts} for each request, by status and outcome. */
final class TokenFactoryMetrics implements CallListener {
  private final MeterRegistry registry;

  TokenFactoryMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void attemptSucceeded(Attempt attempt) {
    record(attempt, "Success");
  }

  @Override
  public void attemptFailed(Attempt attempt, TokenFactoryException error) {
    record(attempt, error.getClass().getSimpleName());
  }

  private void record(Attempt attempt, String outcome) {
    String status = Integer.toString(attempt.status());
    registry
        .timer("tokenfactory.attempts", "status", status, "outcome", outcome)
        .record(attempt.duration());
  }
}
