package io.github.tokenfactory.testing;

/**
 * What an {@link EmbeddingsServer} makes vectors with; used by several threads at once.
 *
 * <p>An {@link IllegalArgumentException} of either method refuses the request with 422, its message
 * in the answer.
 */
public interface EmbeddingModel {
  /**
   * {@return a model of the words alone, the same on every machine}
   *
   * <p>Equal texts have equal vectors, and the more words two texts share, the nearer they are:
   * case, punctuation and white space are nothing, order is little. Words are cut into tokens of up
   * to four letters, so "embedding" and "embeddings" are near, too; what words mean is not known. A
   * vector has as many elements as are asked for, and those of a shorter one point the same way as
   * the first of a longer one.
   *
   * @param dimensions how many elements a vector has if the request does not say
   */
  static EmbeddingModel ofWords(int dimensions) {
    return new WordsModel(dimensions);
  }

  /** {@return how many elements a vector has if the request does not say} */
  int dimensions();

  /** {@return the ids of the tokens of {@code text}, as many as it uses} */
  int[] tokenize(String text);

  /**
   * {@return the vector of an input}
   *
   * @param tokens what {@link #tokenize} returned, or the token ids of a request
   * @param dimensions how many elements it must have, one at least
   */
  float[] embed(int[] tokens, int dimensions);
}
