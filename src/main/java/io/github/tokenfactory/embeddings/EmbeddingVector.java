package io.github.tokenfactory.embeddings;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonSyntaxException;
import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import io.github.tokenfactory.internal.codec.VectorJsonReader;
import io.github.tokenfactory.model.Embedding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One vector of a response, whichever of the two wire forms the server chose.
 *
 * <p>Stands in for the union {@code Embedding.embedding} of the published document: an array of
 * numbers, or base64 of little-endian 32-bit floats. Every element is finite; a response that holds
 * another number is refused with a message that says where. Immutable and equal by value; {@code
 * toString()} shows no elements.
 */
@JsonAdapter(value = EmbeddingVector.Adapter.class, nullSafe = false)
public final class EmbeddingVector {
  private enum Form {
    NUMBERS,
    BASE64,
    JSON
  }

  private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private final Form form;
  private final float[] elements;
  private final @Nullable JsonElement json;

  private EmbeddingVector(Form form, float[] elements, @Nullable JsonElement json) {
    this.form = form;
    this.elements = elements;
    this.json = json;
  }

  /** {@return whether there is neither an infinity nor a not-a-number in {@code elements}} */
  static boolean areFinite(float[] elements) {
    for (float element : elements) {
      if ((Float.floatToRawIntBits(element) & INFINITE) == INFINITE) {
        return false;
      }
    }
    return true;
  }

  /** {@return a vector of these elements, all finite, which JSON has as numbers} */
  public static EmbeddingVector of(float... elements) {
    return new EmbeddingVector(Form.NUMBERS, finite(elements.clone()), null);
  }

  /** {@return a vector of these elements, all finite, which JSON has as base64} */
  public static EmbeddingVector ofBase64(float... elements) {
    return new EmbeddingVector(Form.BASE64, finite(elements.clone()), null);
  }

  private static float[] finite(float[] elements) {
    for (int i = 0; i < elements.length; i++) {
      if (!Float.isFinite(elements[i])) {
        throw new IllegalArgumentException(
            "The element at " + i + " is not finite: JSON has no such number.");
      }
    }
    return elements;
  }

  /** {@return the elements, in a new array} */
  public float[] toArray() {
    return elements().clone();
  }

  /** {@return how many elements the vector has} */
  public int dimensions() {
    return elements().length;
  }

  /** {@return the raw JSON if it is of a form that this version does not know, else null} */
  public @Nullable JsonElement asJson() {
    return json == null ? null : json.deepCopy();
  }

  /** {@return the elements, not copied} */
  float[] elements() {
    if (json != null) {
      throw new IllegalStateException(
          "The vector is neither numbers nor base64: update this library, or read its asJson().");
    }
    return elements;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmbeddingVector that
        && form == that.form
        && Arrays.equals(elements, that.elements)
        && Objects.equals(json, that.json);
  }

  @Override
  public int hashCode() {
    return Objects.hash(form, Arrays.hashCode(elements), json);
  }

  @Override
  public String toString() {
    return "EmbeddingVector{"
        + form
        + (json == null ? ", dimensions=" + elements.length : "")
        + "}";
  }

  /** Reads and writes this union; Gson finds it through the annotation. */
  public static final class Adapter extends TypeAdapter<EmbeddingVector> {
    private static final int FIRST_CAPACITY = 1024;

    /** For Gson. */
    public Adapter() {}

    @Override
    public @Nullable EmbeddingVector read(JsonReader in) throws IOException {
      JsonToken form = in.peek();
      float[] elements = in instanceof VectorJsonReader vectors ? vectors.nextVector() : null;
      switch (form) {
        case NULL -> {
          in.nextNull();
          return null;
        }
        case STRING -> {
          return new EmbeddingVector(
              Form.BASE64, elements == null ? readBase64(in) : elements, null);
        }
        case BEGIN_ARRAY -> {
          if (elements != null) {
            return new EmbeddingVector(Form.NUMBERS, elements, null);
          }
          String path = in.getPath();
          in.beginArray();
          EmbeddingVector vector =
              in.peek() == JsonToken.BEGIN_ARRAY || in.peek() == JsonToken.BEGIN_OBJECT
                  ? new EmbeddingVector(Form.JSON, new float[0], readRest(in))
                  : new EmbeddingVector(Form.NUMBERS, readNumbers(in, path), null);
          in.endArray();
          return vector;
        }
        default -> {
          return new EmbeddingVector(Form.JSON, new float[0], RawJson.ADAPTER.read(in));
        }
      }
    }

    private static float[] readNumbers(JsonReader in, String path) throws IOException {
      float[] elements = new float[FIRST_CAPACITY];
      int size = 0;
      while (in.hasNext()) {
        if (size == elements.length) {
          elements = Arrays.copyOf(elements, 2 * size);
        }
        if (in.peek() != JsonToken.NUMBER) {
          throw new JsonSyntaxException(VectorJsonReader.NOT_A_NUMBER + " at path " + path + "[" + size + "]");
        }
        // Not nextDouble(): rounding twice is not rounding right.
        elements[size] = Float.parseFloat(in.nextString());
        if (!Float.isFinite(elements[size])) {
          throw new JsonSyntaxException(VectorJsonReader.NOT_FINITE + " at path " + path + "[" + size + "]");
        }
        size++;
      }
      return Arrays.copyOf(elements, size);
    }

    private static float[] readBase64(JsonReader in) throws IOException {
      String path = in.getPath();
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(in.nextString());
      } catch (IllegalArgumentException e) {
        throw new JsonSyntaxException("The vector is not base64 at path " + path);
      }
      if (bytes.length % Float.BYTES != 0) {
        throw new JsonSyntaxException(
            "The vector's base64 holds "
                + bytes.length
                + " bytes, not whole 32-bit floats, at path "
                + path);
      }
      float[] elements = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(elements);
      if (!areFinite(elements)) {
        throw new JsonSyntaxException(VectorJsonReader.NOT_FINITE + " at path " + path);
      }
      return elements;
    }

    private static JsonArray readRest(JsonReader in) throws IOException {
      JsonArray array = new JsonArray();
      while (in.hasNext()) {
        array.add(RawJson.ADAPTER.read(in));
      }
      return array;
    }

    @Override
    public void write(JsonWriter out, @Nullable EmbeddingVector vector) throws IOException {
      if (vector == null) {
        out.nullValue();
        return;
      }
      switch (vector.form) {
        case NUMBERS -> {
          out.beginArray();
          for (float element : vector.elements) {
            out.value(element);
          }
          out.endArray();
        }
        case BASE64 -> {
          ByteBuffer bytes =
              ByteBuffer.allocate(vector.elements.length * Float.BYTES)
                  .order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(vector.elements);
          out.value(Base64.getEncoder().encodeToString(bytes.array()));
        }
        case JSON -> RawJson.ADAPTER.write(out, vector.json);
      }
    }
  }
}
