package io.github.tokenfactory.internal.diff;

/** Cuts a long value down to the part where it differs from another. */
final class Excerpt {
  private static final int LONGEST = 160;
  private static final int BEFORE = 40;

  private Excerpt() {}

  static String of(String text, String other) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int start = 0;
    while (start < Math.min(text.length(), other.length())
        && text.charAt(start) == other.charAt(start)) {
      start++;
    }
    start = Math.max(0, start - BEFORE);
    int end = Math.min(text.length(), start + LONGEST);
    return (start > 0 ? "..." : "")
        + text.substring(start, end)
        + (end < text.length() ? "..." : "");
  }
}
