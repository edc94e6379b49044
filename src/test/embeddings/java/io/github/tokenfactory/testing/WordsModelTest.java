package io.github.tokenfactory.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of {@link EmbeddingModel#ofWords}. */
class WordsModelTest {
  private static final EmbeddingModel MODEL = EmbeddingModel.ofWords(256);

  private static float[] embed(String text) {
    return MODEL.embed(MODEL.tokenize(text), 256);
  }

  private static double cosine(String a, String b) {
    return dot(embed(a), embed(b));
  }

  private static double dot(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  /** Users may store vectors, or expect a certain order of search results. */
  @Test
  void returnsTheSameVectorsOnEveryMachine() {
    assertThat(MODEL.embed(MODEL.tokenize("A cat, 2 dogs"), 4))
        .containsExactly(0.84253615f, 0.087005086f, 0.49253914f, -0.19992046f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "!?", "a", "caf\u00e9", "\u732b", "\uD83D\uDC08", "a a a a"})
  void returnsVectorsOfLengthOne(String text) {
    for (int dimensions : new int[] {1, 3, 256}) {
      float[] vector = MODEL.embed(MODEL.tokenize(text), dimensions);
      assertThat(vector).hasSize(dimensions);
      assertThat(dot(vector, vector)).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void pointsTheSameWayInFewerDimensions() {
    float[] whole = embed("a cat sits on the mat");
    float[] cut = MODEL.embed(MODEL.tokenize("a cat sits on the mat"), 64);
    float[] start = Arrays.copyOf(whole, 64);

    assertThat(dot(cut, start) / Math.sqrt(dot(start, start))).isCloseTo(1, within(1e-6));
  }

  @Test
  void placesTextsThatShareWordsNearEachOther() {
    String text = "The cat sat on the mat.";

    assertThat(cosine(text, "the CAT sat -- on the mat")).isCloseTo(1, within(1e-6));
    assertThat(cosine(text, "Where is the cat?")).isGreaterThan(0.4);
    assertThat(cosine(text, "On the mat sat the cat")).isBetween(0.8, 0.99);
    assertThat(cosine(text, "Interest rates rose again")).isBetween(-0.2, 0.2);
    assertThat(cosine("embedding", "embeddings")).isBetween(0.5, 0.99);
    assertThat(cosine("", "!")).isBetween(-0.2, 0.2);
  }

  @Test
  void cutsWordsIntoTokensOfUpToFourLetters() {
    assertThat(MODEL.tokenize("a cat")).hasSize(2);
    assertThat(MODEL.tokenize("Embeddings, 2026!")).hasSize(4);
    assertThat(MODEL.tokenize("")).hasSize(1);
    assertThat(MODEL.tokenize("a cat sits")).startsWith(MODEL.tokenize("A cat!"));
    assertThatIllegalArgumentException().isThrownBy(() -> EmbeddingModel.ofWords(0));
  }
}
