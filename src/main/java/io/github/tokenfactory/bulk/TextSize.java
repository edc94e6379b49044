package io.github.tokenfactory.bulk;

import java.nio.charset.StandardCharsets;

/** How large a text is. */
final class TextSize {
  private static final int MAX_BYTES_PER_CHAR = 3;
  private static final int SAMPLES = 64;

  private TextSize() {}

  /** {@return how many bytes {@code text} takes} */
  static long length(String text) {
    return text.getBytes(StandardCharsets.UTF_8)
        .length; // far faster than to look at each character
  }

  /** {@return how many bytes {@code text} takes at most; of no cost} */
  static long maxLength(String text) {
    return (long) MAX_BYTES_PER_CHAR * text.length();
  }

  /**
   * {@return about how many tokens {@code text} has, by some of its characters: for most tokenizers
   * one for four ASCII characters, and one for each of a script without spaces}
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
