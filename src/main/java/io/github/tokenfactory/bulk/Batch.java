package io.github.tokenfactory.bulk;

import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The texts of one request of a bulk run. Only the run's thread changes it. */
final class Batch {
  /** A text that was read; {@code sequence} does not count the texts that the checkpoint holds. */
  record Text(long sequence, long position, String text, int bytes) {
    Text(long sequence, long position, String text) {
      // Encoding is much faster than a loop over the characters.
      this(sequence, position, text, text.getBytes(StandardCharsets.UTF_8).length);
    }

    /**
     * {@return one token for four ASCII characters, and one for each of a script without spaces}
     */
    double tokenEstimate() {
      return 1 + 0.25 * text.length() + 0.375 * (bytes - text.length());
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
