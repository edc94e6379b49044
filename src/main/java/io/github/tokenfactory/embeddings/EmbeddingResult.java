package io.github.tokenfactory.embeddings;

import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.model.Embedding;
import io.github.tokenfactory.model.EmbeddingResponse;
import io.github.tokenfactory.model.Usage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of one call: exactly one for each input, in the order of the inputs, all of the same
 * length.
 *
 * <p>A response for which that does not hold is an {@link InvalidResponseException} instead. The
 * arrays are not copied: a change is visible to everybody who has this result.
 */
public final class EmbeddingResult {
  private final EmbeddingResponse response;
  private final List<float[]> vectors;
  private final ResponseInfo info;

  private EmbeddingResult(EmbeddingResponse response, List<float[]> vectors, ResponseInfo info) {
    this.response = response;
    this.vectors = vectors;
    this.info = info;
  }

  /**
   * {@return the result that {@code response} holds}
   *
   * @param expected how many vectors there must be, or -1 if that is not known
   * @param dimensions how long each must be, or null if that is not known
   * @param info the response that it came with
   */
  static EmbeddingResult of(
      EmbeddingResponse response, int expected, @Nullable Long dimensions, ResponseInfo info) {
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
        response, Collections.unmodifiableList(Arrays.asList(ordered)), info);
  }

  private static boolean isByPosition(List<Embedding> data) {
    for (Embedding embedding : data) {
      if (embedding != null && embedding.getIndex() != null) {
        return false;
      }
    }
    return true;
  }

  private static int index(@Nullable Long index, int size, int position) {
    if (index == null || index < 0 || index >= size) {
      throw invalid(
          position,
          ".index is " + (index == null ? "missing" : index + ", beyond " + size + " vectors"));
    }
    return index.intValue();
  }

  private static InvalidResponseException invalid(int position, String what) {
    return invalid("data[" + position + "]" + what);
  }

  private static InvalidResponseException invalid(String what) {
    return new InvalidResponseException(what);
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

  /** {@return the model that the server names, or null if it does not} */
  public @Nullable String model() {
    return response.getModel();
  }

  /** {@return the tokens used, or null if the server does not say} */
  public @Nullable Usage usage() {
    return response.getUsage();
  }

  /** {@return the status, headers, rate limits, request id and attempts of the response} */
  public ResponseInfo info() {
    return info;
  }

  /** {@return the body of the response, unknown members included} */
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
