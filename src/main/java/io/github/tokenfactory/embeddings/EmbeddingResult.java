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
 * The vectors of one call: exactly one for each input, in the order of the inputs, all with the
 * same number of dimensions.
 *
 * <p>The call fails with {@link InvalidResponseException} if the response does not allow that. The
 * arrays are not copied: a change is visible to every user of this result.
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

  /** Takes how many vectors there must be, or -1, and how many elements each must have, or null. */
  static EmbeddingResult of(
      EmbeddingResponse response, int expectedSize, @Nullable Long dimensions, ResponseInfo info) {
    List<Embedding> data = response.getData();
    if (data == null) {
      throw new InvalidResponseException("it has no \"data\"");
    }
    if (expectedSize >= 0 && data.size() != expectedSize) {
      throw new InvalidResponseException(
          "asked for " + expectedSize + " vectors, got " + data.size() + " in \"data\"");
    }
    @Nullable float[][] ordered = new float[data.size()][];
    boolean hasIndex =
        data.stream().anyMatch(embedding -> embedding != null && embedding.getIndex() != null);
    for (int position = 0; position < ordered.length; position++) {
      Embedding embedding = data.get(position);
      String at = "data[" + position + "]";
      EmbeddingVector vector = embedding == null ? null : embedding.getEmbedding();
      if (vector == null) {
        throw new InvalidResponseException(at + ".embedding is missing");
      } else if (vector.asJson() != null) {
        throw new InvalidResponseException(at + ".embedding is neither numbers nor base64");
      }
      Long index = hasIndex ? embedding.getIndex() : Long.valueOf(position);
      if (index == null) {
        throw new InvalidResponseException(at + ".index is missing");
      } else if (index < 0 || index >= ordered.length) {
        throw new InvalidResponseException(
            at + ".index is " + index + ", beyond " + ordered.length + " vectors");
      } else if (ordered[index.intValue()] != null) {
        throw new InvalidResponseException(at + ".index repeats " + index);
      }
      ordered[index.intValue()] = vector.elements();
    }
    for (int i = 0; i < ordered.length; i++) {
      int length = ordered[i].length;
      long expected = dimensions == null ? ordered[0].length : dimensions;
      if (length != expected || expected == 0) {
        String rule = length == 0 && expected == 0 ? "one or more" : String.valueOf(expected);
        throw new InvalidResponseException(
            "the vector of input " + i + " has " + length + " dimensions, not " + rule);
      }
    }
    return new EmbeddingResult(
        response, Collections.unmodifiableList(Arrays.asList(ordered)), info);
  }

  /** {@return the number of vectors, which is the number of inputs} */
  public int size() {
    return vectors.size();
  }

  /** {@return the vector of the input at {@code index}, from 0; not copied} */
  public float[] vector(int index) {
    return vectors.get(index);
  }

  /** {@return the vectors in the order of the inputs; unmodifiable, its arrays not copied} */
  public List<float[]> vectors() {
    return vectors;
  }

  /** {@return the number of elements of each vector, or 0 if there is no vector} */
  public int dimensions() {
    return vectors.isEmpty() ? 0 : vectors.get(0).length;
  }

  /** {@return the model that the response names, or null if it names none} */
  public @Nullable String model() {
    return response.getModel();
  }

  /** {@return the tokens used, or null if the response does not say} */
  public @Nullable Usage usage() {
    return response.getUsage();
  }

  /** {@return the status, headers, rate limits and request id of the response, and the attempts} */
  public ResponseInfo info() {
    return info;
  }

  /** {@return the body of the response, including properties that this version does not know} */
  public EmbeddingResponse response() {
    return response;
  }

  @Override
  public String toString() {
    return "EmbeddingResult{size=%s, dimensions=%s, usage=%s}"
        .formatted(size(), dimensions(), usage());
  }
}
