package io.github.tokenfactory.testing;

/**
 * A model that creates the vectors of an {@link EmbeddingsServer}; must be safe for use by several
 * threads.
 *
 * <p>If a method throws {@link IllegalArgumentException}, the request is refused with 422 and the
 * message of the exception.
 */
public interface EmbeddingModel {
  /**
   * {@return a model that compares texts by their words; the same on every machine}
   *
   * <p>Equal texts have equal vectors, and the more words two texts share, the nearer their vectors
   * are. Case, punctuation and white space do not matter, and order matters little. Words are cut
   * into tokens of up to four letters, so "embedding" and "embeddings" are near, too. The meaning
   * of words is not known. A shorter vector points in the same direction as the start of a longer
   * one.
   *
   * @param dimensions the number of elements if the request does not set it
   */
  static EmbeddingModel ofWords(int dimensions) {
    return new WordsModel(dimensions);
  }

  /** {@return the number of elements if the request does not set it} */
  int dimensions();

  /** {@return the token ids of {@code text}; their number is the usage} */
  int[] tokenize(String text);

  /**
   * {@return the vector of an input}
   *
   * @param tokens what {@link #tokenize} returned, or the token ids of a request
   * @param dimensions how many elements the vector must have, at least 1
   */
  float[] embed(int[] tokens, int dimensions);
}
