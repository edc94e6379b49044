package io.github.tokenfactory.bulk;

import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The texts of one request of a bulk run. Only the run's thread changes it. */
final class Batch {
  /** A text that was read; {@code sequence} does not count the texts that the checkpoint holds. */
  record Text(long sequence, long position, String text, long bytes, double tokenEstimate) {
    private static final int SAMPLES = 64;

    Text(long sequence, long position, String text) {
      // Encoding is much faster than a loop over the characters.
      this(
          sequence,
          position,
          text,
          text.getBytes(StandardCharsets.UTF_8).length,
          estimateTokens(text));
    }

    /**
     * {@return a token estimate from a sample of the characters}
     *
     * <p>Most tokenizers use one token for four ASCII characters, and one for each character of a
     * script without spaces.
     */
    static double estimateTokens(String text) {
      int length = text.length();
      int step = Math.max(1, length / SAMPLES);
      double sum = 0;
      int samples = 0;
      for (int i = 0; i < length; i += step, samples++) {
        char c = text.charAt(i);
        sum += c < 0x80 ? 0.25 : c < 0x800 || Character.isSurrogate(c) ? 0.625 : 1;
      }
      return 1 + sum * length / Math.max(1, samples);
    }
  }

  final List<Text> texts;
  final double tokenEstimate;
  final boolean isolatesFailure;
  int failures;
  long successesAtFirstFailure;

  /** The token estimate, corrected when the batch is queued and constant until it completes. */
  long expectedTokens;

  /** Takes whether the texts were split off a batch that failed repeatedly. */
  Batch(List<Text> texts, boolean isolatesFailure) {
    this.texts = texts;
    this.isolatesFailure = isolatesFailure;
    this.tokenEstimate = texts.stream().mapToDouble(Text::tokenEstimate).sum();
  }

  EmbeddingRequest request(EmbeddingRequest template) {
    List<String> input = texts.stream().map(Text::text).toList();
    return template.toBuilder().input(EmbeddingInput.texts(input)).build();
  }
}
