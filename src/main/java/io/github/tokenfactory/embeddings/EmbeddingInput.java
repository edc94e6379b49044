package io.github.tokenfactory.embeddings;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
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
  private enum Variant {
    TEXT,
    TOKENS,
    TEXTS,
    TOKEN_ARRAYS,
    JSON
  }

  private final Variant variant;
  private final Object value;

  private EmbeddingInput(Variant variant, Object value) {
    this.variant = variant;
    this.value = value;
  }

  /** {@return an input of one text, for one vector} */
  public static EmbeddingInput text(String text) {
    return new EmbeddingInput(Variant.TEXT, Objects.requireNonNull(text, "text"));
  }

  /** {@return an input of several texts, for one vector each} */
  public static EmbeddingInput texts(String... texts) {
    return texts(Arrays.asList(texts));
  }

  /** {@return an input of several texts, for one vector each} */
  public static EmbeddingInput texts(List<String> texts) {
    return new EmbeddingInput(Variant.TEXTS, List.copyOf(texts));
  }

  /** {@return an input of one text as token ids of the model's tokenizer, for one vector} */
  public static EmbeddingInput tokens(int... tokens) {
    return new EmbeddingInput(Variant.TOKENS, tokens.clone());
  }

  /** {@return an input of several texts as token ids, for one vector each} */
  public static EmbeddingInput tokenArrays(int[]... tokenArrays) {
    int[][] copy = new int[tokenArrays.length][];
    Arrays.setAll(copy, i -> tokenArrays[i].clone());
    return new EmbeddingInput(Variant.TOKEN_ARRAYS, copy);
  }

  /** {@return an input of any JSON form, such as one that this version does not know} */
  public static EmbeddingInput json(JsonElement json) {
    return of(json.deepCopy());
  }

  /** {@return how many vectors this input returns, or -1 if this version does not know its form} */
  public int size() {
    return switch (variant) {
      case TEXT, TOKENS -> 1;
      case TEXTS -> ((List<?>) value).size();
      case TOKEN_ARRAYS -> ((int[][]) value).length;
      case JSON -> -1;
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmbeddingInput that
        && variant == that.variant
        && Objects.deepEquals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new Object[] {variant, value});
  }

  @Override
  public String toString() {
    return "EmbeddingInput{" + variant + (variant == Variant.JSON ? "" : ", size=" + size()) + "}";
  }

  private static EmbeddingInput of(JsonElement json) {
    if (isText(json)) {
      return text(json.getAsString());
    }
    if (json.isJsonArray()) {
      List<JsonElement> elements = json.getAsJsonArray().asList();
      if (elements.stream().allMatch(EmbeddingInput::isText)) {
        return texts(elements.stream().map(JsonElement::getAsString).toList());
      } else if (elements.stream().allMatch(EmbeddingInput::isToken)) {
        return new EmbeddingInput(Variant.TOKENS, ints(json.getAsJsonArray()));
      } else if (elements.stream().allMatch(EmbeddingInput::isTokenArray)) {
        return new EmbeddingInput(
            Variant.TOKEN_ARRAYS,
            elements.stream().map(e -> ints(e.getAsJsonArray())).toArray(int[][]::new));
      }
    }
    return new EmbeddingInput(Variant.JSON, json);
  }

  private static boolean isText(JsonElement json) {
    return json instanceof JsonPrimitive primitive && primitive.isString();
  }

  private static boolean isToken(JsonElement json) {
    if (!(json instanceof JsonPrimitive primitive && primitive.isNumber())) {
      return false;
    }
    try {
      primitive.getAsBigDecimal().intValueExact();
      return true;
    } catch (ArithmeticException | NumberFormatException e) {
      return false;
    }
  }

  private static boolean isTokenArray(JsonElement json) {
    return json instanceof JsonArray array
        && array.asList().stream().allMatch(EmbeddingInput::isToken);
  }

  private static int[] ints(JsonArray array) {
    return array.asList().stream()
        .mapToInt(token -> token.getAsBigDecimal().intValueExact())
        .toArray();
  }

  /** Reads and writes the union; Gson finds it through the annotation. */
  public static final class Adapter extends TypeAdapter<EmbeddingInput> {
    /** Creates an adapter; called by Gson. */
    public Adapter() {}

    @Override
    public @Nullable EmbeddingInput read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      return of(RawJson.ADAPTER.read(in));
    }

    @Override
    public void write(JsonWriter out, @Nullable EmbeddingInput input) throws IOException {
      if (input == null) {
        out.nullValue();
        return;
      }
      switch (input.variant) {
        case TEXT -> out.value((String) input.value);
        case TOKENS -> write(out, (int[]) input.value);
        case TEXTS -> {
          out.beginArray();
          for (Object text : (List<?>) input.value) {
            out.value((String) text);
          }
          out.endArray();
        }
        case TOKEN_ARRAYS -> {
          out.beginArray();
          for (int[] tokens : (int[][]) input.value) {
            write(out, tokens);
          }
          out.endArray();
        }
        case JSON -> RawJson.ADAPTER.write(out, (JsonElement) input.value);
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
