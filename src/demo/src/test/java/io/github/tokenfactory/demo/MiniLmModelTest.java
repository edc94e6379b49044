package io.github.tokenfactory.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.testing.EmbeddingsServer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model of the demo, by itself and as a model of the test kit's server. */
class MiniLmModelTest {
  private static final String SENTENCE = "a cat sits on the mat";

  private static MiniLmModel model;

  @BeforeAll
  static void load() throws IOException {
    model = MiniLmModel.load();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static float[] embed(String text) {
    return model.embed(model.tokenize(text), 384);
  }

  @Test
  void tokenizesWithTheVocabularyOfBert() {
    assertThat(model.tokenize(SENTENCE))
        .containsExactly(101, 1037, 4937, 7719, 2006, 1996, 13523, 102);
    assertThat(model.embed(new int[] {1037}, 384))
        .isEqualTo(model.embed(new int[] {101, 1037, 102}, 384));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 383, 384})
  void cutsVectorsToTheRequestedDimensionsAndRescalesThem(int dimensions) {
    float[] cut = model.embed(model.tokenize("one"), dimensions);

    assertThat(cut).hasSize(dimensions);
    assertThat(dot(cut, cut)).isCloseTo(1, within(1e-6));
    assertThat(cosine(cut, Arrays.copyOf(embed("one"), dimensions))).isCloseTo(1, within(1e-6));
  }

  @Test
  void findsSentencesOfTheSameMeaningSimilar() {
    float[] cat = embed("a cat sits on the mat");
    float[] kitten = embed("a kitten rests on the rug");
    float[] markets = embed("stock markets fell");
    float[] shares = embed("share prices dropped");

    assertThat(cosine(cat, kitten)).isGreaterThan(0.5).isGreaterThan(cosine(cat, markets) + 0.4);
    assertThat(cosine(markets, shares))
        .isGreaterThan(0.5)
        .isGreaterThan(cosine(markets, kitten) + 0.4);
  }

  /**
   * The expected values are from the documentation of sentence-transformers, whose model has
   * unrounded weights.
   */
  @Test
  void scoresLikeThePublishedModel() {
    float[] weather = embed("The weather is lovely today.");
    float[] sunny = embed("It's so sunny outside!");
    float[] stadium = embed("He drove to the stadium.");

    assertThat(cosine(weather, sunny)).isCloseTo(0.6660, within(0.03));
    assertThat(cosine(weather, stadium)).isCloseTo(0.1046, within(0.03));
    assertThat(cosine(sunny, stadium)).isCloseTo(0.1411, within(0.03));
  }

  @Test
  void acceptsTheLongestInputAndTheLastTokenIdAndNothingBeyond() {
    int[] longest = new int[510];
    Arrays.fill(longest, 30_521);

    assertThat(model.embed(longest, 384)).hasSize(384);
    for (int[] tokens : List.of(new int[511], new int[] {30_522}, new int[] {-1})) {
      assertThatIllegalArgumentException().isThrownBy(() -> model.embed(tokens, 384));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> model.embed(longest, 385));
  }

  @Test
  void embedsAllFourFormsOfInput() {
    int[] ids = model.tokenize(SENTENCE);
    try (EmbeddingsServer server = EmbeddingsServer.start().model(MiniLmModel.ID, model);
        TokenFactoryClient client = server.clientBuilder().build()) {
      for (EmbeddingInput input :
          List.of(
              EmbeddingInput.text(SENTENCE),
              EmbeddingInput.texts(SENTENCE),
              EmbeddingInput.tokens(ids),
              EmbeddingInput.tokenArrays(ids))) {
        EmbeddingResult result = EmbeddingsService.of(client).create(MiniLmModel.ID, input);
        assertThat(result.vectors()).containsExactly(embed(SENTENCE));
        assertThat(result.usage().getTotalTokens()).isEqualTo(8);
      }
      String tooLong = String.join(" ", Collections.nCopies(511, "cat"));
      BadRequestException refused =
          catchThrowableOfType(
              BadRequestException.class,
              () ->
                  EmbeddingsService.of(client)
                      .create(MiniLmModel.ID, EmbeddingInput.texts("one", tooLong)));
      assertThat(refused.detail())
          .isEqualTo("body.input.1: Input should have at most 512 tokens, not 513");
    }
  }

  private static double cosine(float[] a, float[] b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  private static double dot(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }
}
