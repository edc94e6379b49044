package io.github.tokenfactory.bulk;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a bulk run.
 *
 * @param done texts embedded and delivered, those of earlier runs included
 * @param failed texts delivered with an error
 * @param total all texts, or -1 if their number is not known
 * @param resumed texts that the checkpoint held when this run started
 * @param requests requests sent
 * @param tokens tokens that the server counted
 * @param elapsed time since this run started
 */
public record BulkProgress(
    long done,
    long failed,
    long total,
    long resumed,
    long requests,
    long tokens,
    Duration elapsed) {
  /** {@return how many texts per second this run has embedded or given up, on average} */
  public double textsPerSecond() {
    return elapsed.isZero() ? 0 : (done - resumed + failed) / (elapsed.toNanos() / 1e9);
  }

  /** {@return the estimated time left at this rate, or null if it is not known} */
  public @Nullable Duration remaining() {
    double rate = textsPerSecond();
    return total < 0 || rate == 0
        ? null
        : Duration.ofNanos((long) (Math.max(0, total - done - failed) / rate * 1e9));
  }
}
