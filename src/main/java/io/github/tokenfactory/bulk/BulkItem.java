package io.github.tokenfactory.bulk;

import io.github.tokenfactory.errors.TokenFactoryException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A text of a bulk run with its vector or its error; {@code toString()} shows neither text nor
 * vector.
 *
 * @param position the position of the text in the input, from 0
 * @param text the text
 * @param vector the vector, not copied, or null if there is an error
 * @param error the reason why there is no vector, or null if there is one
 */
public record BulkItem(
    long position, String text, float @Nullable [] vector, @Nullable TokenFactoryException error) {
  /** {@return whether there is a vector} */
  public boolean isEmbedded() {
    return vector != null;
  }

  /**
   * {@return the vector, not copied}
   *
   * @throws TokenFactoryException the {@linkplain #error error} if there is no vector
   */
  @Override
  public float[] vector() {
    if (error != null) {
      throw error;
    }
    return Objects.requireNonNull(vector);
  }

  @Override
  public String toString() {
    String outcome = vector == null ? "error=" + error : "dimensions=" + vector.length;
    return "BulkItem{position=" + position + ", " + outcome + "}";
  }
}
