package io.github.tokenfactory.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request that an {@link EmbeddingsServer} received.
 *
 * <p>It does not use the client's models, so that it shows their mistakes. Immutable; {@code
 * toString()} shows no contents.
 */
public final class ReceivedRequest {
  private final String method;
  private final URI uri;
  private final Map<String, List<String>> headers;
  private final String body;
  private final @Nullable JsonElement json;

  ReceivedRequest(String method, URI uri, Map<String, List<String>> headers, byte[] body) {
    this.method = method;
    this.uri = uri;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    this.headers.putAll(headers);
    this.body = new String(body, StandardCharsets.UTF_8);
    // Decoding replaces bytes that are not UTF-8, and JSON must be UTF-8.
    this.json =
        Arrays.equals(this.body.getBytes(StandardCharsets.UTF_8), body) ? json(this.body) : null;
  }

  /** {@return the value of {@code text}, or null if it is not strict JSON} */
  static @Nullable JsonElement json(String text) {
    try (JsonReader in = new JsonReader(new StringReader(text))) {
      in.setStrictness(Strictness.STRICT);
      JsonElement json = JsonParser.parseReader(in);
      return in.peek() == JsonToken.END_DOCUMENT ? json : null;
    } catch (IOException | JsonParseException e) {
      return null;
    }
  }

  /** {@return the method, such as {@code POST}} */
  public String method() {
    return method;
  }

  /** {@return the path, without the query} */
  public String path() {
    return uri.getPath();
  }

  /**
   * {@return a query parameter, or null if there is none}
   *
   * @param name its name, such as {@code ai_project_id}
   */
  public @Nullable String query(String name) {
    for (String parameter : Objects.requireNonNullElse(uri.getRawQuery(), "").split("&")) {
      String[] parts = parameter.split("=", 2);
      if (URLDecoder.decode(parts[0], StandardCharsets.UTF_8).equals(name)) {
        return parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  /**
   * {@return the first header of a name, or null if there is none}
   *
   * @param name its name, in any case
   */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : values.get(0);
  }

  /** {@return the body as text} */
  public String body() {
    return body;
  }

  /** {@return a copy of the body as JSON, or null if it is not JSON} */
  public @Nullable JsonElement json() {
    return json == null ? null : json.deepCopy();
  }

  /** {@return the model id, or null if there is none} */
  public @Nullable String model() {
    return text("model");
  }

  /** {@return the texts to embed; empty if the input is token ids} */
  public List<String> texts() {
    return inputs().stream().filter(ReceivedRequest::isText).map(JsonElement::getAsString).toList();
  }

  /** {@return the arrays of token ids to embed; empty if the input is texts} */
  public List<int[]> tokens() {
    return inputs().stream().filter(JsonElement::isJsonArray).map(ReceivedRequest::ids).toList();
  }

  /** {@return the number of inputs: texts or arrays of token ids} */
  public int size() {
    return inputs().size();
  }

  /** {@return the inputs, each a text or an array of token ids; empty if there are none} */
  List<JsonElement> inputs() {
    JsonElement input = property("input");
    if (input instanceof JsonArray array && !array.isEmpty()) {
      return array.get(0) instanceof JsonPrimitive first && first.isNumber()
          ? List.of(array)
          : array.asList();
    }
    return input != null && isText(input) ? List.of(input) : List.of();
  }

  /** {@return a property of the body, or null if it is missing or null} */
  @Nullable JsonElement property(String name) {
    JsonElement property = json instanceof JsonObject object ? object.get(name) : null;
    return property == null || property.isJsonNull() ? null : property;
  }

  @Nullable String text(String name) {
    JsonElement property = property(name);
    return property != null && isText(property) ? property.getAsString() : null;
  }

  static boolean isText(JsonElement json) {
    return json instanceof JsonPrimitive primitive && primitive.isString();
  }

  static int[] ids(JsonElement tokens) {
    return tokens.getAsJsonArray().asList().stream()
        .mapToInt(token -> token.getAsBigDecimal().intValueExact())
        .toArray();
  }

  @Override
  public String toString() {
    return "ReceivedRequest{" + method + " " + uri.getPath() + ", " + size() + " inputs}";
  }
}
