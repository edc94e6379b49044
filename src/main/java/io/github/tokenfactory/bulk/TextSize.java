package io.github.tokenfactory.bulk;

import java.nio.charset.StandardCharsets;

/** Measures texts: UTF-8 bytes and a token estimate. */
final class TextSize {
  private static final int MAX_BYTES_PER_CHAR = 3;
  private static final int SAMPLES = 64;

  private TextSize() {}

  /** {@return the length of {@code text} in UTF-8} */
  static long length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length; // much faster than a loop over characters
  }

  /** {@return an upper bound of {@link #length}, without looking at the characters} */
  static long maxLength(String text) {
    return (long) MAX_BYTES_PER_CHAR * text.length();
  }

  /**
   * {@return a token estimate from a sample of the characters}
   *
   * <p>Most tokenizers use one token for four ASCII characters, and one for each character of a
   * script without spaces.
   */
  static double estimatedTokens(String text) {
    int length = text.length();
    int step = Math.max(1, length / SAMPLES);
    double sum = 0;
    int samples = 0;
    for (int i = 0; i < length; i += step, samples++) {
      char c = text.charAt(i);
      sum += c < 0x80 ? 0.25 : c < 0x800 || Character.isSurrogate(c) ? 0.625 : 1;
    }
    return 1 + sum * length / Math.max(1, samples);
  }
}
