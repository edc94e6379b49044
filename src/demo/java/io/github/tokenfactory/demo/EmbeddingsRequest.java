package io.github.tokenfactory.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.github.tokenfactory.demo.EmbeddingsServer.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A body of {@code POST /v1/embeddings} that the published contract allows.
 *
 * <p>It is read from Gson's tree and not with the client's own models, so that a mistake in those
 * cannot hide here.
 *
 * @param inputs one {@linkplain MiniLmModel#frame framed} token array for each vector to answer
 * @param base64 whether vectors go out as base64 of little-endian floats rather than as numbers
 * @param dimensions how many leading components go out
 */
record EmbeddingsRequest(
    String model, List<int[]> inputs, boolean base64, int dimensions, String serviceTier) {

  static final int MAX_INPUTS = 2048;

  /**
   * All tiers of the contract but {@code over-limit}, which "cannot be set by user in the request".
   */
  private static final Set<String> TIERS = Set.of("auto", "default", "flex", "no-limit");

  /**
   * Reads and checks a body, texts becoming tokens; the first mistake in it is refused with 422.
   */
  static EmbeddingsRequest parse(byte[] body, MiniLmModel tokenizer) throws Refusal {
    if (!(json(body) instanceof JsonObject object)) {
      throw invalid("model_attributes_type", "Input should be a JSON object");
    }
    String model = string(object, "model");
    List<int[]> inputs = inputs(required(object, "input"), tokenizer);
    optionalString(object, "user", "");
    String format = optionalString(object, "encoding_format", "float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw invalid("value_error", "Input should be 'float' or 'base64'", "encoding_format");
    }
    String tier = object.has("service_tier") ? string(object, "service_tier") : "auto";
    if (!TIERS.contains(tier)) {
      throw invalid(
          "enum", "Input should be 'auto', 'default', 'flex' or 'no-limit'", "service_tier");
    }
    return new EmbeddingsRequest(model, inputs, format.equals("base64"), dimensions(object), tier);
  }

  private static JsonElement json(byte[] body) throws Refusal {
    // This decoder refuses bytes that are not UTF-8; new String(...) would replace them.
    try (JsonReader reader =
        new JsonReader(
            new InputStreamReader(
                new ByteArrayInputStream(body), StandardCharsets.UTF_8.newDecoder()))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement json = JsonParser.parseReader(reader);
      if (reader.peek() == JsonToken.END_DOCUMENT) {
        return json;
      }
    } catch (IOException | JsonParseException e) {
      // Gson's message may quote the body, so the answer leaves it out.
    }
    throw invalid("json_invalid", "JSON decode error");
  }

  private static JsonElement required(JsonObject object, String name) throws Refusal {
    JsonElement value = object.get(name);
    if (value == null) {
      throw invalid("missing", "Field required", name);
    }
    return value;
  }

  private static String optionalString(JsonObject object, String name, String byDefault)
      throws Refusal {
    return isAbsent(object, name) ? byDefault : string(object, name);
  }

  private static String string(JsonObject object, String name) throws Refusal {
    JsonElement value = required(object, name);
    if (!isString(value)) {
      throw invalid("string_type", "Input should be a valid string", name);
    }
    return value.getAsString();
  }

  private static int dimensions(JsonObject object) throws Refusal {
    if (isAbsent(object, "dimensions")) {
      return MiniLmModel.DIMENSIONS;
    }
    JsonElement value = object.get("dimensions");
    if (!isWhole(value, MiniLmModel.DIMENSIONS) || value.getAsInt() == 0) {
      throw invalid("value_error", "Input should be 1 to " + MiniLmModel.DIMENSIONS, "dimensions");
    }
    return value.getAsInt();
  }

  /** Reads the union: a text, a token array, or a list of the one or the other. */
  private static List<int[]> inputs(JsonElement value, MiniLmModel tokenizer) throws Refusal {
    if (isString(value)) {
      return List.of(tokens(value, tokenizer, "input"));
    }
    if (!(value instanceof JsonArray list)) {
      throw invalid(
          "union", "Input should be a string, a token array, or a list of those", "input");
    }
    if (list.isEmpty()) {
      throw invalid("too_short", "List should have at least 1 item", "input");
    }
    JsonElement first = list.get(0);
    if (!isString(first) && !first.isJsonArray()) {
      return List.of(tokens(list, tokenizer, "input"));
    }
    if (list.size() > MAX_INPUTS) {
      throw invalid("too_long", "List should have at most " + MAX_INPUTS + " items", "input");
    }
    List<int[]> inputs = new ArrayList<>();
    for (JsonElement item : list) {
      if (isString(first) ? !isString(item) : !item.isJsonArray()) {
        throw invalid(
            "union", "Items should be all strings or all token arrays", "input", inputs.size());
      }
      inputs.add(tokens(item, tokenizer, "input", inputs.size()));
    }
    return inputs;
  }

  /** Returns the framed tokens of a text, or of an array of token ids. */
  private static int[] tokens(JsonElement input, MiniLmModel tokenizer, Object... location)
      throws Refusal {
    int[] tokens;
    if (input instanceof JsonArray ids) {
      for (JsonElement id : ids) {
        if (!isWhole(id, MiniLmModel.VOCABULARY - 1)) {
          throw invalid(
              "value_error", "Tokens should be 0 to " + (MiniLmModel.VOCABULARY - 1), location);
        }
      }
      if (ids.isEmpty()) {
        throw invalid("too_short", "List should have at least 1 item", location);
      }
      tokens = ids.asList().stream().mapToInt(JsonElement::getAsInt).toArray();
    } else {
      tokens = tokenizer.tokenize(input.getAsString());
    }
    int[] framed = MiniLmModel.frame(tokens);
    if (framed.length > MiniLmModel.MAX_TOKENS) {
      String message = "Input should have at most %d tokens, not %d";
      throw invalid("too_long", message.formatted(MiniLmModel.MAX_TOKENS, framed.length), location);
    }
    return framed;
  }

  private static boolean isAbsent(JsonObject object, String name) {
    return !object.has(name) || object.get(name).isJsonNull();
  }

  private static boolean isString(JsonElement value) {
    return value instanceof JsonPrimitive primitive && primitive.isString();
  }

  /**
   * Tells whether this is an integer from 0 to {@code max}; 3.0 and "3" are none, for no client
   * should send them.
   */
  private static boolean isWhole(JsonElement value, int max) {
    return value instanceof JsonPrimitive primitive
        && primitive.isNumber()
        && primitive.getAsString().matches("\\d{1,9}") // nine digits fit an int
        && primitive.getAsInt() <= max;
  }

  /**
   * Says what is wrong where, as FastAPI does: {@code [{"loc": ["body", ...], "msg": ..., "type":
   * ...}]}.
   */
  private static Refusal invalid(String type, String message, Object... location) {
    JsonArray path = new JsonArray();
    path.add("body");
    for (Object step : location) {
      path.add(
          step instanceof Integer index
              ? new JsonPrimitive(index)
              : new JsonPrimitive((String) step));
    }
    JsonObject error = new JsonObject();
    error.add("loc", path);
    error.addProperty("msg", message);
    error.addProperty("type", type);
    JsonArray detail = new JsonArray();
    detail.add(error);
    return new Refusal(422, detail);
  }
}
