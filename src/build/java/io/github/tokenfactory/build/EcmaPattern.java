package io.github.tokenfactory.build;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Translates a regular expression of JSON Schema, which is one of ECMA-262, to one that means the
 * same in Java.
 */
final class EcmaPattern {
  private static final String SPACES =
      "\\s\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
  private static final String WORD = "[A-Za-z0-9_]";
  private static final String WORD_END = "(?<=" + WORD + ")(?!" + WORD + ")";
  private static final String WORD_START = "(?<!" + WORD + ")(?=" + WORD + ")";

  /** What means something else in Java, outside of a character class. */
  private static final Map<String, String> OUTSIDE =
      Map.of(
          ".",
          "[^\\n\\r\\u2028\\u2029]",
          "$",
          "\\z",
          "\\s",
          "[" + SPACES + "]",
          "\\S",
          "[^" + SPACES + "]",
          "\\b",
          "(?:" + WORD_END + "|" + WORD_START + ")",
          "\\B",
          "(?!" + WORD_END + "|" + WORD_START + ")",
          "\\v",
          "\\x0b",
          "\\0",
          "\\x00");

  /** The same within a character class. */
  private static final Map<String, String> INSIDE =
      Map.of("[", "\\[", "&", "\\&", "\\s", SPACES, "\\b", "\\x08", "\\v", "\\x0b", "\\0", "\\x00");

  /** One step: an escape, the start of a group, a quantifier, or a character. */
  private static final Pattern STEP =
      Pattern.compile(
          "\\\\(?:u\\{\\p{XDigit}+}|u\\p{XDigit}{4}|x\\p{XDigit}{2}|c[A-Za-z]|[pP]\\{[^}]*}|.)"
              + "|\\((?:\\?(?:<[=!]|<\\w+>|.))?|[*+?][*+?]?|\\{[^}]*}[*+?]?|.",
          Pattern.DOTALL);

  /** Steps that ECMA-262 has, and that Java reads alike. */
  private static final Pattern SHARED_ESCAPE =
      Pattern.compile(
          "\\\\(?:[dDwWfnrt]|u\\p{XDigit}{4}|x\\p{XDigit}{2}|c[A-Za-z]|[^A-Za-z0-9]"
              + "|[pP]\\{(?:[LMNPSZC][a-z]?|[Ss]cript=\\w+)})",
          Pattern.DOTALL);

  private static final Pattern SHARED_GROUP = Pattern.compile("\\((?:\\?(?::|=|!|<[=!]|<\\w+>))?");
  private static final Pattern SHARED_QUANTIFIER =
      Pattern.compile("(?:[*+?]|\\{\\d+(?:,\\d*)?})\\??");

  private EcmaPattern() {}

  /**
   * {@return a pattern for the whole text in Java, or null if there is none that means the same}
   */
  static @Nullable String toJava(String pattern) {
    StringBuilder java = new StringBuilder();
    boolean isInClass = false;
    var steps = STEP.matcher(pattern);
    while (steps.find()) {
      String step = steps.group();
      String translated = (isInClass ? INSIDE : OUTSIDE).get(step);
      if (translated == null && step.startsWith("\\u{")) {
        translated = "\\x" + step.substring(2);
      }
      if (translated != null) {
        java.append(translated);
      } else if (isInClass ? isSharedInClass(step) : isShared(step)) {
        java.append(step);
      } else {
        return null;
      }
      if (isInClass ? step.equals("]") : step.equals("[")) {
        isInClass = !isInClass;
        if (isInClass && pattern.substring(steps.end()).matches("(?s)\\^?].*")) {
          return null; // an empty class, which Java has not
        }
      }
    }
    // JSON Schema looks for the pattern anywhere; Jakarta Validation matches the whole text.
    String whole = "[\\s\\S]*(?:" + java + ")[\\s\\S]*";
    try {
      Pattern.compile(whole);
      return whole;
    } catch (PatternSyntaxException e) {
      return null;
    }
  }

  private static boolean isShared(String step) {
    return switch (step.charAt(0)) {
      case '\\' -> SHARED_ESCAPE.matcher(step).matches();
      case '(' -> SHARED_GROUP.matcher(step).matches();
      case '*', '+', '?', '{' -> SHARED_QUANTIFIER.matcher(step).matches();
      default -> true;
    };
  }

  private static boolean isSharedInClass(String step) {
    // Outside of a class these would be more than one character.
    return step.charAt(0) != '\\' || SHARED_ESCAPE.matcher(step).matches();
  }
}
