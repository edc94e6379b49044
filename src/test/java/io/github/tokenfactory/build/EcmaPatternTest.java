package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Java matches what ECMA-262 would. In the texts, {@code %XXXX} stands for a character. */
class EcmaPatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "^a$ a a%000A",
        "^a$ a b",
        "a bab b",
        "^.$ %0085 %000A",
        "^.$ x %2028",
        "^\\s$ %00A0 x",
        "^\\s$ %FEFF %200B",
        "^\\S$ x %3000",
        "^[\\s]$ %00A0 x",
        "^[\\S]$ x %00A0",
        "^[^\\S]$ %00A0 x",
        "^[\\s\\S]$ %2028 ab",
        "^[-\\w]$ - +",
        "^[\\w-]$ - +",
        "^[{].}$ {%0085} {%000A}",
        "^[$.(*+?^]+$ (. a",
        "^\\cA$ %0001 A",
        "^\\-$ - a",
        "^\\d$ 7 %0667",
        "^\\w$ a %00E9",
        "\\bcat\\b %00E9cat%00E9 scat",
        "^\\B.$ - a",
        "^\\v$ %000B %000A",
        "^[\\b]$ %0008 b",
        "^[[]$ [ a",
        "^[[]]$ [] [",
        "^[a&&b]$ & c",
        "^\\u{1F600}$ %D83D%DE00 %D83D",
        "^.$ %D83D%DE00 ab",
        "^\\x41\\u0042$ AB ab",
        "^\\p{Lu}$ %00C9 a",
        "^\\p{Script=Greek}$ %03B1 a",
        "^(?<year>[0-9]{4})-(?:x|y)?$ 2026- 26",
        "(?<!a)b xb ab",
        "^\\/\\.\\-$ /.- /x-",
        "^[^/]+$ ab a/b",
      })
  void means(String pattern, String match, String other) {
    String java = EcmaPattern.toJava(pattern);

    assertThat(java).isNotNull();
    assertThat(text(match).matches(java)).as("%s matches %s", java, match).isTrue();
    assertThat(text(other).matches(java)).as("%s matches %s", java, other).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\Aa",
        "a\\Z",
        "a\\z",
        "\\Qa\\E",
        "\\h",
        "\\R",
        "\\a",
        "\\e",
        "\\G",
        "\\X",
        "\\N{DIGIT ONE}",
        "a*+",
        "a++",
        "a?+",
        "a{2}+",
        "(?>a)",
        "(?i)a",
        "(?i:a)",
        "(?#c)a",
        "[]",
        "[^]",
        "\\ca",
        "\\01",
        ")a(",
        "a{2}{3}",
        "^*a",
        "a|+",
        "\\b?",
        "[\\w-z]",
        "[!-\\s]",
        "[\\s--]",
        "\\p{L}\\-",
        "\\k<a>",
        "a{,2}",
        "(a)\\1",
        "\\p{IsGreek}",
        "\\p{Alpha}",
        "(",
        "[a",
        "\\",
        "(?<a-b>x)"
      })
  void leavesOutWhatJavaReadsOtherwise(String pattern) {
    assertThat(EcmaPattern.toJava(pattern)).isNull();
  }

  @Test
  void leavesOutWhatIsTooLong() {
    assertThat(EcmaPattern.toJava("\\s".repeat(1_000))).isNull();
    assertThat(EcmaPattern.toJava("(".repeat(9_000) + "a" + ")".repeat(9_000))).isNull();
    assertThat(EcmaPattern.toJava("[a]".repeat(6_000))).isNotNull();
  }

  private static String text(String encoded) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < encoded.length(); i++) {
      boolean isEscape = encoded.charAt(i) == '%';
      text.append(
          isEscape
              ? (char) Integer.parseInt(encoded.substring(i + 1, i + 5), 16)
              : encoded.charAt(i));
      i += isEscape ? 4 : 0;
    }
    return text.toString();
  }
}
