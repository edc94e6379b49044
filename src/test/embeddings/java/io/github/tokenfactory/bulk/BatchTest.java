package io.github.tokenfactory.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tokenfactory.bulk.Batch.Text;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Byte counts and token estimates. */
class BatchTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "Grüße", "日本語", "a😀b", "half \uD83D"})
  void countsTheBytesOfTheUtf8Form(String text) {
    assertThat(new Text(0, 0, text).bytes())
        .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void estimatesTokensByScript() {
    assertThat(estimate("")).isEqualTo(1);
    assertThat(estimate("four")).isEqualTo(2);
    assertThat(estimate("日本語")).isEqualTo(4);
    assertThat(estimate("x".repeat(40_000))).isEqualTo(10_001);
    assertThat(estimate("日".repeat(40_000))).isEqualTo(40_001);
  }

  @Test
  void estimatesMixedTexts() {
    String half = "日本語のテキスト".repeat(500) + "and as much that is ASCII ".repeat(154);

    assertThat(estimate(half)).isCloseTo(4_000 + 4_004 / 4.0, within(200.0));
  }

  private static double estimate(String text) {
    return new Text(0, 0, text).tokenEstimate();
  }
}
