package io.github.tokenfactory.bulk;

import io.github.tokenfactory.errors.TokenFactoryException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A text of a bulk run with its vector or its error.
 *
 * <p>The vector's array is not copied. {@code toString()} shows neither text nor vector.
 */
public final class BulkItem {
  private final long position;
  private final String text;
  private final float @Nullable [] vector;
  private final @Nullable TokenFactoryException error;

  BulkItem(
      long position,
      String text,
      float @Nullable [] vector,
      @Nullable TokenFactoryException error) {
    this.position = position;
    this.text = text;
    this.vector = vector;
    this.error = error;
  }

  /** {@return the position of the text in the input, from 0} */
  public long position() {
    return position;
  }

  /** {@return the text} */
  public String text() {
    return text;
  }

  /** {@return whether there is a vector} */
  public boolean isEmbedded() {
    return vector != null;
  }

  /**
   * {@return the vector}
   *
   * @throws TokenFactoryException the {@linkplain #error error} if there is no vector
   */
  public float[] vector() {
    if (error != null) {
      throw error;
    }
    return Objects.requireNonNull(vector);
  }

  /** {@return the reason why there is no vector, or null if there is one} */
  public @Nullable TokenFactoryException error() {
    return error;
  }

  @Override
  public String toString() {
    return "BulkItem{position="
        + position
        + (vector == null ? ", error=" + error : ", dimensions=" + vector.length)
        + "}";
  }
}
