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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A vector of a response, in either of the two wire forms.
 *
 * <p>This is the union {@code Embedding.embedding} of the published document: an array of numbers,
 * or base64 of little-endian 32-bit floats. Every element is finite; reading fails on any other
 * number, with its path in the message. Immutable and equal by value; {@code toString()} shows no
 * elements.
 */
@JsonAdapter(value = EmbeddingVector.Adapter.class, nullSafe = false)
public final class EmbeddingVector {
  private enum Form {
    NUMBERS,
    BASE64,
    JSON
  }

  private final Form form;
  private final float[] elements;
  private final @Nullable JsonElement json;

  private EmbeddingVector(Form form, float[] elements, @Nullable JsonElement json) {
    this.form = form;
    this.elements = elements;
    this.json = json;
  }

  /**
   * {@return a vector that is written as an array of numbers}
   *
   * @throws IllegalArgumentException if an element is not finite
   */
  public static EmbeddingVector of(float... elements) {
    return new EmbeddingVector(Form.NUMBERS, requireFinite(elements.clone()), null);
  }

  /**
   * {@return a vector that is written as base64}
   *
   * @throws IllegalArgumentException if an element is not finite
   */
  public static EmbeddingVector ofBase64(float... elements) {
    return new EmbeddingVector(Form.BASE64, requireFinite(elements.clone()), null);
  }

  private static float[] requireFinite(float[] elements) {
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

  /** {@return a copy of the JSON if this version does not know its form, else null} */
  public @Nullable JsonElement asJson() {
    return json == null ? null : json.deepCopy();
  }

  /** {@return the elements, not copied} */
  float[] elements() {
    if (json != null) {
      throw new IllegalStateException(
          "The vector is neither numbers nor base64: update this library, or use asJson().");
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

  /** Reads and writes the union; Gson finds it through the annotation. */
  public static final class Adapter extends TypeAdapter<EmbeddingVector> {
    private static final int INITIAL_CAPACITY = 1024;

    /** Creates an adapter; called by Gson. */
    public Adapter() {}

    @Override
    public @Nullable EmbeddingVector read(JsonReader in) throws IOException {
      JsonToken token = in.peek();
      if (token == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      float[] elements = in instanceof VectorJsonReader reader ? reader.nextVector() : null;
      if (token == JsonToken.STRING) {
        return new EmbeddingVector(Form.BASE64, elements == null ? readBase64(in) : elements, null);
      } else if (elements != null) {
        return new EmbeddingVector(Form.NUMBERS, elements, null);
      } else if (token != JsonToken.BEGIN_ARRAY) {
        return new EmbeddingVector(Form.JSON, new float[0], RawJson.ADAPTER.read(in));
      }
      String path = in.getPath();
      in.beginArray();
      boolean isNested = in.peek() == JsonToken.BEGIN_ARRAY || in.peek() == JsonToken.BEGIN_OBJECT;
      EmbeddingVector vector =
          isNested
              ? new EmbeddingVector(Form.JSON, new float[0], readRest(in))
              : new EmbeddingVector(Form.NUMBERS, readNumbers(in, path), null);
      in.endArray();
      return vector;
    }

    private static float[] readNumbers(JsonReader in, String path) throws IOException {
      float[] elements = new float[INITIAL_CAPACITY];
      int size = 0;
      while (in.hasNext()) {
        if (size == elements.length) {
          elements = Arrays.copyOf(elements, 2 * size);
        }
        if (in.peek() != JsonToken.NUMBER) {
          throw error(VectorJsonReader.NOT_A_NUMBER, path + "[" + size + "]");
        }
        // Not nextDouble(): rounding to double first and then to float can give another float.
        elements[size] = Float.parseFloat(in.nextString());
        if (!Float.isFinite(elements[size])) {
          throw error(VectorJsonReader.NOT_FINITE, path + "[" + size + "]");
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
        throw error("The vector is not base64", path);
      }
      if (bytes.length % Float.BYTES != 0) {
        throw error(
            "The vector's base64 holds " + bytes.length + " bytes, not whole 32-bit floats,", path);
      }
      float[] elements = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(elements);
      for (float element : elements) {
        if (!Float.isFinite(element)) {
          throw error(VectorJsonReader.NOT_FINITE, path);
        }
      }
      return elements;
    }

    private static JsonSyntaxException error(String message, String path) {
      return new JsonSyntaxException(message + " at path " + path);
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
