package io.github.tokenfactory.bulk;

import io.github.tokenfactory.errors.TokenFactoryException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One text of a bulk run: its vector, or why it has none.
 *
 * <p>The array is handed out uncopied. {@code toString()} shows neither text nor vector.
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

  /** {@return the text's place in the input, counted from 0} */
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
   * @throws TokenFactoryException why there is none
   */
  public float[] vector() {
    if (error != null) {
      throw error;
    }
    return Objects.requireNonNull(vector);
  }

  /** {@return why there is no vector, or null if there is one} */
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
