package io.github.tokenfactory.bulk;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far a bulk run is.
 *
 * @param done how many texts have their vector, those of an earlier run included
 * @param failed how many have been given up
 * @param total how many there are, or -1 if that is not known
 * @param resumed how many of those done an earlier run did
 * @param requests how many requests were sent
 * @param tokens how many tokens the server counted
 * @param elapsed since this run began
 */
public record BulkProgress(
    long done,
    long failed,
    long total,
    long resumed,
    long requests,
    long tokens,
    Duration elapsed) {
  /** {@return how many texts this run has settled each second, on average} */
  public double textsPerSecond() {
    return elapsed.isZero() ? 0 : (done - resumed + failed) / (elapsed.toNanos() / 1e9);
  }

  /** {@return how long the rest will take at this rate, or null if that is not known} */
  public @Nullable Duration remaining() {
    double rate = textsPerSecond();
    return total < 0 || rate == 0
        ? null
        : Duration.ofNanos((long) (Math.max(0, total - done - failed) / rate * 1e9));
  }
}
