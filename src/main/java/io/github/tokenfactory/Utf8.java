package io.github.tokenfactory;

/** How large a text is, without encoding it. */
final class Utf8 {
  private static final double CHARACTERS_PER_TOKEN = 4;

  private Utf8() {}

  /** {@return how many bytes {@code text} takes} */
  static long length(String text) {
    long length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x800 && !Character.isSurrogate(c)) {
        length += 2;
      } else if (c >= 0x80) {
        length++; // both halves of a pair together take four
      }
    }
    return length;
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
