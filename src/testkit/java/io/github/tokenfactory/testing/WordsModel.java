package io.github.tokenfactory.testing;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A model whose vectors are sums of pseudo-random directions, one for each token and one for each
 * pair of neighbours. Their ids are the seeds.
 */
final class WordsModel implements EmbeddingModel {
  private static final Pattern TOKEN =
      Pattern.compile("\\p{L}[\\p{L}\\p{M}]{0,3}|\\p{N}[\\p{N}\\p{M}]{0,3}");

  private final int dimensions;

  WordsModel(int dimensions) {
    if (dimensions < 1) {
      throw new IllegalArgumentException("dimensions must be 1 or more, not " + dimensions + ".");
    }
    this.dimensions = dimensions;
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public int[] tokenize(String text) {
    int[] tokens =
        TOKEN
            .matcher(text.toLowerCase(Locale.ROOT))
            .results()
            .mapToInt(token -> id(token.group()))
            .toArray();
    return tokens.length > 0 ? tokens : new int[] {id(text)};
  }

  /** {@return the hash code, which Java specifies, as an id} */
  private static int id(String text) {
    return text.hashCode() & Integer.MAX_VALUE;
  }

  @Override
  public float[] embed(int[] tokens, int dimensions) {
    // Integers, so that the order of the additions does not change the sum.
    long[] sum = new long[dimensions];
    for (int i = 0; i < tokens.length; i++) {
      add(sum, tokens[i], 2);
      if (i > 0) {
        add(sum, ((long) tokens[i - 1] << 32) | (tokens[i] + 1L), 1); // makes order matter a bit
      }
    }
    double squares = 0;
    for (long x : sum) {
      squares += (double) x * x;
    }
    double length = Math.sqrt(squares);
    float[] unit = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      unit[i] = (float) (sum[i] / length);
    }
    return unit;
  }

  private static void add(long[] sum, long seed, int weight) {
    long state = mix(seed);
    for (int i = 0; i < sum.length; i++) {
      state += 0x9E3779B97F4A7C15L;
      sum[i] += weight * (mix(state) >> 32);
    }
  }

  /** SplitMix64, written out because not every JDK must generate the same numbers. */
  private static long mix(long state) {
    long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
