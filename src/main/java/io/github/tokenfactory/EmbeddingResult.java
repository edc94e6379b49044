package io.github.tokenfactory;

import io.github.tokenfactory.model.Embedding;
import io.github.tokenfactory.model.EmbeddingResponse;
import io.github.tokenfactory.model.Usage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of one call: exactly one for each input, in the order of the inputs, all of the same
 * length.
 *
 * <p>An answer for which that does not hold becomes an {@link InvalidResponseException} instead.
 * The arrays are handed out uncopied: who changes one changes it for all who hold this result.
 */
public final class EmbeddingResult {
  private final EmbeddingResponse response;
  private final List<float[]> vectors;
  private final Answer answer;

  private EmbeddingResult(EmbeddingResponse response, List<float[]> vectors, Answer answer) {
    this.response = response;
    this.vectors = vectors;
    this.answer = answer;
  }

  /**
   * {@return the result that {@code response} holds}
   *
   * @param expected how many vectors there must be, or -1 if that is not known
   * @param dimensions how long each must be, or null if that is not known
   * @param answer how it came
   */
  static EmbeddingResult of(
      EmbeddingResponse response, int expected, @Nullable Long dimensions, Answer answer)
      throws UnreadableAnswerException {
    List<Embedding> data = response.getData();
    if (data == null) {
      throw invalid("it has no \"data\"");
    }
    if (expected >= 0 && data.size() != expected) {
      throw invalid("asked for " + expected + " vectors, got " + data.size() + " in \"data\"");
    }
    @Nullable float[][] ordered = new float[data.size()][];
    boolean isByPosition = isByPosition(data);
    for (int position = 0; position < ordered.length; position++) {
      Embedding embedding = data.get(position);
      EmbeddingVector vector = embedding == null ? null : embedding.getEmbedding();
      if (vector == null || vector.asJson() != null) {
        throw invalid(
            position,
            ".embedding is " + (vector == null ? "missing" : "neither numbers nor base64"));
      }
      int index = isByPosition ? position : index(embedding.getIndex(), ordered.length, position);
      if (ordered[index] != null) {
        throw invalid(position, ".index repeats " + index);
      }
      ordered[index] = vector.elements();
    }
    for (int i = 0; i < ordered.length; i++) {
      long wanted = dimensions == null ? ordered[0].length : dimensions;
      if (ordered[i].length != wanted || wanted == 0) {
        throw invalid(
            "the vector of input "
                + i
                + " has "
                + ordered[i].length
                + " dimensions, not "
                + (wanted == 0 && ordered[i].length == 0 ? "one or more" : wanted));
      }
    }
    return new EmbeddingResult(
        response, Collections.unmodifiableList(Arrays.asList(ordered)), answer);
  }

  private static boolean isByPosition(List<Embedding> data) {
    for (Embedding embedding : data) {
      if (embedding != null && embedding.getIndex() != null) {
        return false;
      }
    }
    return true;
  }

  private static int index(@Nullable Long index, int size, int position)
      throws UnreadableAnswerException {
    if (index == null || index < 0 || index >= size) {
      throw invalid(
          position,
          ".index is " + (index == null ? "missing" : index + ", beyond " + size + " vectors"));
    }
    return index.intValue();
  }

  private static UnreadableAnswerException invalid(int position, String what) {
    return invalid("data[" + position + "]" + what);
  }

  private static UnreadableAnswerException invalid(String what) {
    return new UnreadableAnswerException(what);
  }

  /** {@return how many vectors there are: as many as there were inputs} */
  public int size() {
    return vectors.size();
  }

  /** {@return the vector of the input at {@code index}, counted from 0} */
  public float[] vector(int index) {
    return vectors.get(index);
  }

  /** {@return the vectors in the order of the inputs} */
  public List<float[]> vectors() {
    return vectors;
  }

  /** {@return how many elements each vector has; 0 if there is none} */
  public int dimensions() {
    return vectors.isEmpty() ? 0 : vectors.get(0).length;
  }

  /** {@return the model that the server says it used, or null if it does not say} */
  public @Nullable String model() {
    return response.getModel();
  }

  /** {@return the tokens used, or null if the server does not say} */
  public @Nullable Usage usage() {
    return response.getUsage();
  }

  /** {@return what the server calls this request, for its support, or null if it does not say} */
  public @Nullable String requestId() {
    return answer.requestId();
  }

  /** {@return the headers of the answer, by name in any case} */
  public Map<String, List<String>> headers() {
    return answer.headers();
  }

  /** {@return the rate limits that the answer states} */
  public RateLimits rateLimits() {
    return answer.rateLimits();
  }

  /** {@return how many requests it took: 1 unless there were retries} */
  public int attempts() {
    return answer.attempts();
  }

  /** {@return the answer as the document types it, unknown members included} */
  public EmbeddingResponse response() {
    return response;
  }

  @Override
  public String toString() {
    return "EmbeddingResult{size="
        + size()
        + ", dimensions="
        + dimensions()
        + ", usage="
        + usage()
        + "}";
  }
}
