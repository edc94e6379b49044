package io.github.tokenfactory.embeddings;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
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
  private final float[] elements;
  private final boolean isBase64;
  private final @Nullable JsonElement json; // a form that this version does not know

  private EmbeddingVector(float[] elements, boolean isBase64, @Nullable JsonElement json) {
    this.elements = elements;
    this.isBase64 = isBase64;
    this.json = json;
  }

  /** {@return a vector of finite elements that is written as an array of numbers} */
  public static EmbeddingVector of(float... elements) {
    return new EmbeddingVector(requireFinite(elements.clone()), false, null);
  }

  /** {@return a vector of finite elements that is written as base64} */
  public static EmbeddingVector ofBase64(float... elements) {
    return new EmbeddingVector(requireFinite(elements.clone()), true, null);
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
        && isBase64 == that.isBase64
        && Arrays.equals(elements, that.elements)
        && Objects.equals(json, that.json);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(elements), isBase64, json);
  }

  @Override
  public String toString() {
    return "EmbeddingVector{" + (json == null ? "dimensions=" + elements.length : "json") + "}";
  }

  /** Reads and writes the union; Gson finds it through the annotation. */
  public static final class Adapter extends TypeAdapter<EmbeddingVector> {
    /** Creates an adapter; called by Gson. */
    public Adapter() {}

    @Override
    public @Nullable EmbeddingVector read(JsonReader in) throws IOException {
      boolean isText = in.peek() == JsonToken.STRING;
      float[] elements = in instanceof VectorJsonReader reader ? reader.nextVector() : null;
      if (elements != null) {
        return new EmbeddingVector(elements, isText, null);
      }
      String path = in.getPath();
      JsonElement json = RawJson.ADAPTER.read(in);
      if (json.isJsonNull()) {
        return null;
      } else if (isText) {
        return new EmbeddingVector(decode(json.getAsString(), path), true, null);
      } else if (json instanceof JsonArray array
          && (array.isEmpty() || !array.get(0).isJsonArray() && !array.get(0).isJsonObject())) {
        return new EmbeddingVector(parse(array, path), false, null);
      }
      return new EmbeddingVector(new float[0], false, json);
    }

    private static float[] parse(JsonArray numbers, String path) {
      float[] elements = new float[numbers.size()];
      for (int i = 0; i < elements.length; i++) {
        if (!(numbers.get(i) instanceof JsonPrimitive number && number.isNumber())) {
          throw error(VectorJsonReader.NOT_A_NUMBER, path + "[" + i + "]");
        }
        // Not as a double: rounding to double first and then to float can give another float.
        elements[i] = Float.parseFloat(number.getAsString());
        if (!Float.isFinite(elements[i])) {
          throw error(VectorJsonReader.NOT_FINITE, path + "[" + i + "]");
        }
      }
      return elements;
    }

    private static float[] decode(String base64, String path) {
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(base64);
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

    @Override
    public void write(JsonWriter out, @Nullable EmbeddingVector vector) throws IOException {
      if (vector == null) {
        out.nullValue();
      } else if (vector.json != null) {
        RawJson.ADAPTER.write(out, vector.json);
      } else if (vector.isBase64) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.elements.length * Float.BYTES);
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector.elements);
        out.value(Base64.getEncoder().encodeToString(bytes.array()));
      } else {
        out.beginArray();
        for (float element : vector.elements) {
          out.value(element);
        }
        out.endArray();
      }
    }
  }
}
