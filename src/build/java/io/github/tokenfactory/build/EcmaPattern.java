package io.github.tokenfactory.build;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Translates a regular expression of JSON Schema, which is one of ECMA-262, to one that means the
 * same in Java. Where Unicode mode matters, it is taken to be on, as JSON Schema recommends.
 */
final class EcmaPattern {
  private static final String SPACES =
      "\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff\\s";
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
      Map.of(
          "[",
          "\\[",
          "&",
          "\\&",
          "\\s",
          SPACES,
          "\\S",
          "[^" + SPACES + "]",
          "\\b",
          "\\x08",
          "\\v",
          "\\x0b",
          "\\0",
          "\\x00");

  private static final String ESCAPE =
      "\\\\(?:u\\{\\p{XDigit}+}|u\\p{XDigit}{4}|x\\p{XDigit}{2}|c[A-Za-z]|[pP]\\{[^}]*}|\\d+|.)";

  /** One step outside of a class: an escape, the start of a group or class, a quantifier, ... */
  private static final Pattern STEP_OUTSIDE =
      Pattern.compile(
          ESCAPE + "|\\((?:\\?(?:<[=!]|<\\w+>|.))?|\\[\\^?[-\\]]?|[*+?][*+?]?|\\{[^}]*}[*+?]?|.",
          Pattern.DOTALL);

  /** One step in a class; a hyphen beside an escape for several characters makes no range. */
  private static final Pattern STEP_INSIDE =
      Pattern.compile(
          "\\\\[dDsSwWpP](?:\\{[^}]*})?-(?!])|-\\\\[dDsSwWpP]|" + ESCAPE + "|.", Pattern.DOTALL);

  /** Steps that ECMA-262 has, and that Java reads alike. */
  private static final Pattern SHARED_ESCAPE =
      Pattern.compile(
          "\\\\(?:[dDwWfnrt]|u\\p{XDigit}{4}|x\\p{XDigit}{2}|c[A-Z]|[^A-Za-z0-9]"
              + "|[pP]\\{(?:[LMNPSZC][a-z]?|[Ss]cript=\\w+)})",
          Pattern.DOTALL);

  private static final Pattern SHARED_GROUP = Pattern.compile("\\((?:\\?(?::|=|!|<[=!]|<\\w+>))?");
  private static final Pattern SHARED_QUANTIFIER =
      Pattern.compile("(?:[*+?]|\\{\\d+(?:,\\d*)?})\\??");

  /** Steps that no quantifier may follow; Java allows some. */
  private static final Pattern NEVER_REPEATED = Pattern.compile("\\(.*|[|^$]|\\\\[bB]");

  /** Steps that need Unicode mode, and steps that it does not allow. */
  private static final Pattern UNICODE =
      Pattern.compile("\\\\(?:[pP].*|u\\{.*|u[dD][89a-fA-F]..)|[\\x{10000}-\\x{10ffff}]");

  private static final Pattern NOT_UNICODE =
      Pattern.compile("[]}]|\\\\[^A-Za-z0-9^$\\\\.*+?()\\[\\]{}|/]");

  /** A constant of Java has room for these characters, however many bytes each takes. */
  private static final int MAX_LENGTH = 20_000;

  private EcmaPattern() {}

  /**
   * {@return a pattern for the whole text in Java, or null if there is none that means the same}
   */
  static @Nullable String toJava(String pattern) {
    StringBuilder java = new StringBuilder();
    boolean isInClass = false;
    boolean canRepeat = false;
    boolean isUnicode = false;
    boolean isNotUnicode = false;
    Matcher steps = STEP_OUTSIDE.matcher(pattern);
    while (steps.usePattern(isInClass ? STEP_INSIDE : STEP_OUTSIDE).find()) {
      String step = steps.group();
      String translated = (isInClass ? INSIDE : OUTSIDE).get(step);
      if (translated == null && step.startsWith("\\u{")) {
        translated = "\\x" + step.substring(2);
      }
      if (translated == null && (isInClass ? isSharedInside(step) : isShared(step))) {
        translated = step;
      }
      isUnicode |= UNICODE.matcher(step).matches();
      isNotUnicode |= !(isInClass && "]}\\-".contains(step)) && NOT_UNICODE.matcher(step).matches();
      boolean isQuantifier = !isInClass && SHARED_QUANTIFIER.matcher(step).matches();
      if (translated == null
          || isUnicode && isNotUnicode
          || isQuantifier && !canRepeat
          || java.length() > MAX_LENGTH) {
        return null;
      }
      java.append(translated);
      canRepeat = isInClass || !isQuantifier && !NEVER_REPEATED.matcher(step).matches();
      isInClass = isInClass ? !step.equals("]") : step.startsWith("[");
    }
    try {
      Pattern.compile(java.toString());
    } catch (PatternSyntaxException | StackOverflowError e) {
      return null;
    }
    // JSON Schema looks for the pattern anywhere; Jakarta Validation matches the whole text.
    return "[\\s\\S]*(?:" + java + ")[\\s\\S]*";
  }

  private static boolean isShared(String step) {
    return switch (step.charAt(0)) {
      case '\\' -> SHARED_ESCAPE.matcher(step).matches();
      case '(' -> SHARED_GROUP.matcher(step).matches();
      case '*', '+', '?', '{' -> SHARED_QUANTIFIER.matcher(step).matches();
      default -> !step.matches("\\[\\^?]"); // Java has no empty class
    };
  }

  private static boolean isSharedInside(String step) {
    return step.indexOf('\\') < 0 || SHARED_ESCAPE.matcher(step).matches();
  }
}
