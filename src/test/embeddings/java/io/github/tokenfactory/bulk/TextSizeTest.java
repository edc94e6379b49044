package io.github.tokenfactory.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Byte counts and token estimates. */
class TextSizeTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "Grüße", "日本語", "a😀b", "half \uD83D"})
  void boundsTheUtf8Length(String text) {
    assertThat(TextSize.length(text))
        .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(TextSize.maxLength(text));
  }

  @Test
  void estimatesTokensByScript() {
    assertThat(TextSize.estimatedTokens("")).isEqualTo(1);
    assertThat(TextSize.estimatedTokens("four")).isEqualTo(2);
    assertThat(TextSize.estimatedTokens("日本語")).isEqualTo(4);
    assertThat(TextSize.estimatedTokens("x".repeat(40_000))).isEqualTo(10_001);
    assertThat(TextSize.estimatedTokens("日".repeat(40_000))).isEqualTo(40_001);
  }

  @Test
  void estimatesMixedTextsFromASample() {
    String half = "日本語のテキスト".repeat(500) + "and as much that is ASCII ".repeat(154);

    assertThat(TextSize.estimatedTokens(half)).isCloseTo(4_000 + 4_004 / 4.0, within(200.0));
  }
}
