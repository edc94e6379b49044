package io.github.tokenfactory;

import java.nio.charset.StandardCharsets;

/** How large a text is. */
final class Utf8 {
  private static final double CHARACTERS_PER_TOKEN = 4;

  private Utf8() {}

  /** {@return how many bytes {@code text} takes} */
  static long length(String text) {
    return text.getBytes(StandardCharsets.UTF_8)
        .length; // far faster than to look at each character
  }

  /**
   * {@return about how many tokens {@code text} has: for most tokenizers one for four ASCII
   * characters, and one for each other character}
   */
  static double estimatedTokens(String text, long bytes) {
    double beyond = (bytes - text.length()) / 2.0;
    return 1 + (text.length() - beyond) / CHARACTERS_PER_TOKEN + beyond;
  }
}
