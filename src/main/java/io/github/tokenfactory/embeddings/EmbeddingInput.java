package io.github.tokenfactory.embeddings;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import io.github.tokenfactory.internal.codec.RequestJsonWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The input of an embeddings request: a text, several texts, the token ids of a text, or the token
 * ids of several texts.
 *
 * <p>This is the union {@code EmbeddingRequest.input} of the published document. {@code text("a")}
 * and {@code texts("a")} are different requests, {@code "a"} and {@code ["a"]}, but both return one
 * vector. Immutable and equal by value; {@code toString()} shows no contents.
 */
@JsonAdapter(value = EmbeddingInput.Adapter.class, nullSafe = false)
public final class EmbeddingInput {
  private final Object value; // String, List of String, int[], int[][], or JsonElement

  private EmbeddingInput(Object value) {
    this.value = value;
  }

  /** {@return an input of one text, for one vector} */
  public static EmbeddingInput text(String text) {
    return new EmbeddingInput(Objects.requireNonNull(text, "text"));
  }

  /** {@return an input of several texts, for one vector each} */
  public static EmbeddingInput texts(String... texts) {
    return texts(Arrays.asList(texts));
  }

  /** {@return an input of several texts, for one vector each} */
  public static EmbeddingInput texts(List<String> texts) {
    return new EmbeddingInput(List.copyOf(texts));
  }

  /** {@return an input of one text as token ids of the model's tokenizer, for one vector} */
  public static EmbeddingInput tokens(int... tokens) {
    return new EmbeddingInput(tokens.clone());
  }

  /** {@return an input of several texts as token ids, for one vector each} */
  public static EmbeddingInput tokenArrays(int[]... tokenArrays) {
    int[][] copy = new int[tokenArrays.length][];
    Arrays.setAll(copy, i -> tokenArrays[i].clone());
    return new EmbeddingInput(copy);
  }

  /** {@return an input of any JSON form, such as one that this version does not know} */
  public static EmbeddingInput json(JsonElement json) {
    return of(json.deepCopy());
  }

  /** {@return how many vectors this input returns, or -1 if this version does not know its form} */
  public int size() {
    if (value instanceof List<?> texts) {
      return texts.size();
    } else if (value instanceof int[][] tokenArrays) {
      return tokenArrays.length;
    }
    return value instanceof JsonElement ? -1 : 1;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmbeddingInput that && Objects.deepEquals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new Object[] {value});
  }

  @Override
  public String toString() {
    return "EmbeddingInput{size=" + size() + "}";
  }

  private static EmbeddingInput of(JsonElement json) {
    if (isText(json)) {
      return text(json.getAsString());
    }
    if (json.isJsonArray()) {
      List<JsonElement> elements = json.getAsJsonArray().asList();
      if (elements.stream().allMatch(EmbeddingInput::isText)) {
        return texts(elements.stream().map(JsonElement::getAsString).toList());
      }
      int[] tokens = tokens(json);
      if (tokens != null) {
        return new EmbeddingInput(tokens);
      }
      int[][] tokenArrays = elements.stream().map(EmbeddingInput::tokens).toArray(int[][]::new);
      if (!Arrays.asList(tokenArrays).contains(null)) {
        return new EmbeddingInput(tokenArrays);
      }
    }
    return new EmbeddingInput(json);
  }

  private static boolean isText(JsonElement json) {
    return json instanceof JsonPrimitive primitive && primitive.isString();
  }

  /** {@return the token ids in {@code json}, or null if it is no array of ints} */
  private static int @Nullable [] tokens(JsonElement json) {
    if (!(json instanceof JsonArray array)) {
      return null;
    }
    int[] tokens = new int[array.size()];
    for (int i = 0; i < tokens.length; i++) {
      if (!(array.get(i) instanceof JsonPrimitive token && token.isNumber())) {
        return null;
      }
      try {
        tokens[i] = token.getAsBigDecimal().intValueExact();
      } catch (ArithmeticException | NumberFormatException e) {
        return null;
      }
    }
    return tokens;
  }

  /** Reads and writes the union; Gson finds it through the annotation. */
  public static final class Adapter extends TypeAdapter<EmbeddingInput> {
    /** Creates an adapter; called by Gson. */
    public Adapter() {}

    @Override
    public @Nullable EmbeddingInput read(JsonReader in) throws IOException {
      JsonElement json = RawJson.ADAPTER.read(in);
      return json.isJsonNull() ? null : of(json);
    }

    @Override
    public void write(JsonWriter out, @Nullable EmbeddingInput input) throws IOException {
      if (input == null) {
        out.nullValue();
      } else if (input.value instanceof String text) {
        out.value(text);
      } else if (input.value instanceof int[] tokens) {
        write(out, tokens);
      } else if (input.value instanceof JsonElement json) {
        RawJson.ADAPTER.write(out, json);
      } else {
        out.beginArray();
        if (input.value instanceof int[][] tokenArrays) {
          for (int[] tokens : tokenArrays) {
            write(out, tokens);
          }
        } else {
          for (Object text : (List<?>) input.value) {
            out.value((String) text);
          }
        }
        out.endArray();
      }
    }

    private static void write(JsonWriter out, int[] tokens) throws IOException {
      if (out instanceof RequestJsonWriter request) {
        request.value(tokens);
        return;
      }
      out.beginArray();
      for (int token : tokens) {
        out.value(token);
      }
      out.endArray();
    }
  }
}
