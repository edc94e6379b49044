package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "Grüße", "日本語", "a😀b", "half \uD83D"})
  void isNoLongerThanItsBound(String text) {
    assertThat(Utf8.length(text))
        .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(Utf8.maxLength(text));
  }

  @Test
  void estimatesTokensByTheScript() {
    assertThat(Utf8.estimatedTokens("")).isEqualTo(1);
    assertThat(Utf8.estimatedTokens("four")).isEqualTo(2);
    assertThat(Utf8.estimatedTokens("日本語")).isEqualTo(4);
    assertThat(Utf8.estimatedTokens("x".repeat(40_000))).isEqualTo(10_001);
    assertThat(Utf8.estimatedTokens("日".repeat(40_000))).isEqualTo(40_001);
  }

  @Test
  void estimatesAMixtureBySomeOfIt() {
    String half = "日本語のテキスト".repeat(500) + "and as much that is ASCII ".repeat(154);

    assertThat(Utf8.estimatedTokens(half)).isCloseTo(4_000 + 4_004 / 4.0, within(200.0));
  }
}
