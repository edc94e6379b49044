package io.github.tokenfactory.internal.openapi;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads strict JSON, and writes it in two forms: as indented text that keeps what was written, and
 * as one line that is the same for equal values.
 */
public final class CanonicalJson {
  /** Deeper than any real document, and safe for a small stack. */
  static final int MAX_DEPTH = 400;

  /** More than any real document of {@link DocumentParser#MAX_BYTES} has, and 300 MB of memory. */
  private static final int MAX_VALUES = 1_500_000;

  /** The length of the longest indented text. */
  private static final int MAX_INDENTED = 3 * DocumentParser.MAX_BYTES;

  private static final Gson INDENTED =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();
  private static final Pattern POSITION = Pattern.compile("line (\\d+) column (\\d+)");
  private static final int LONGEST_PLAIN_NUMBER = 30;

  private CanonicalJson() {}

  /**
   * Reads one JSON text as RFC 8259 defines it. Refuses duplicate names; keeps numbers as they are
   * written.
   */
  static JsonElement read(Reader text) {
    JsonReader in = new JsonReader(text);
    in.setStrictness(Strictness.STRICT);
    in.setNestingLimit(MAX_DEPTH);
    try {
      JsonElement value = value(in, new AtomicInteger());
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("text after the end" + position(in.toString()));
      }
      return value;
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      String message = String.valueOf(e.getMessage());
      String what;
      if (message.startsWith("Nesting limit")) {
        what = "nested deeper than " + MAX_DEPTH + " levels" + position(message);
      } else if (message.startsWith("Duplicate name") || message.startsWith("text after")) {
        what = message;
      } else {
        what = "not valid JSON" + position(message);
      }
      throw new CannotCheckException(Reason.UNREADABLE, what + "; ask for the document again", e);
    }
  }

  /** Fails if there are more values than a document may have. */
  static void requireFew(int values) {
    if (values > MAX_VALUES) {
      throw new CannotCheckException(
          Reason.UNREADABLE, "more than " + MAX_VALUES + " values; is that an OpenAPI document?");
    }
  }

  private static JsonElement value(JsonReader in, AtomicInteger values) throws IOException {
    requireFew(values.incrementAndGet());
    switch (in.peek()) {
      case BEGIN_OBJECT:
        JsonObject object = new JsonObject();
        in.beginObject();
        while (in.hasNext()) {
          String name = in.nextName();
          if (object.has(name)) {
            throw new MalformedJsonException(
                "Duplicate name " + quote(name) + position(in.toString()));
          }
          object.add(name, value(in, values));
        }
        in.endObject();
        return object;
      case BEGIN_ARRAY:
        JsonArray array = new JsonArray();
        in.beginArray();
        while (in.hasNext()) {
          array.add(value(in, values));
        }
        in.endArray();
        return array;
      case STRING:
        return new JsonPrimitive(in.nextString());
      case NUMBER:
        return new JsonPrimitive(ToNumberPolicy.LAZILY_PARSED_NUMBER.readNumber(in));
      case BOOLEAN:
        return new JsonPrimitive(in.nextBoolean());
      default:
        in.nextNull();
        return JsonNull.INSTANCE;
    }
  }

  private static String position(String message) {
    Matcher position = POSITION.matcher(message);
    return position.find() ? " at line " + position.group(1) + ", column " + position.group(2) : "";
  }

  /** {@return JSON indented by two spaces; key order and numbers stay as they are} */
  public static String canonical(JsonElement value) {
    if (indentation(value, 0) > MAX_INDENTED) {
      throw new CannotCheckException(
          Reason.UNREADABLE,
          "indented, the document would have more than " + MAX_INDENTED + " characters");
    }
    return INDENTED.toJson(value) + "\n";
  }

  private static long indentation(JsonElement value, int depth) {
    long spaces = 2L * depth;
    if (value instanceof JsonObject object) {
      for (JsonElement member : object.asMap().values()) {
        spaces += indentation(member, depth + 1);
      }
    } else if (value instanceof JsonArray array) {
      for (JsonElement element : array) {
        spaces += indentation(element, depth + 1);
      }
    }
    return spaces;
  }

  /**
   * {@return one line that is the same for two values exactly if JSON Schema calls them equal: 1 is
   * 1.0, and key order does not matter}
   */
  public static String comparable(JsonElement value) {
    if (value instanceof JsonObject object) {
      Map<String, String> members = new TreeMap<>();
      object.asMap().forEach((name, member) -> members.put(quote(name), comparable(member)));
      StringJoiner out = new StringJoiner(", ", "{", "}");
      members.forEach((name, member) -> out.add(name + ": " + member));
      return out.toString();
    }
    if (value instanceof JsonArray array) {
      StringJoiner out = new StringJoiner(", ", "[", "]");
      array.forEach(element -> out.add(comparable(element)));
      return out.toString();
    }
    return value instanceof JsonPrimitive scalar && scalar.isNumber()
        ? plainNumber(scalar.getAsString())
        : value.toString();
  }

  private static String plainNumber(String literal) {
    try {
      BigDecimal number = new BigDecimal(literal).stripTrailingZeros();
      // A huge exponent must not become a huge string.
      return Math.abs((long) number.scale()) <= LONGEST_PLAIN_NUMBER
          ? number.toPlainString()
          : number.toString();
    } catch (NumberFormatException | ArithmeticException e) {
      return literal;
    }
  }

  /** {@return a text as a JSON string} */
  public static String quote(String text) {
    return new JsonPrimitive(text).toString();
  }

  /** {@return the text of a JSON string, or null for anything else} */
  public static @Nullable String string(@Nullable JsonElement value) {
    return value instanceof JsonPrimitive scalar && scalar.isString() ? scalar.getAsString() : null;
  }

  /** {@return the type that JSON Schema has for a value} */
  public static String type(JsonElement value) {
    if (!(value instanceof JsonPrimitive scalar)) {
      return value.isJsonNull() ? "null" : value.isJsonArray() ? "array" : "object";
    }
    if (scalar.isNumber()) {
      return plainNumber(scalar.getAsString()).matches("-?\\d+") ? "integer" : "number";
    }
    return scalar.isBoolean() ? "boolean" : "string";
  }

  /** {@return whether this is an array or an object with nothing in it} */
  static boolean isEmpty(JsonElement value) {
    return value instanceof JsonArray array && array.isEmpty()
        || value instanceof JsonObject object && object.isEmpty();
  }

  public static boolean isTrue(@Nullable JsonElement value) {
    return value instanceof JsonPrimitive scalar && scalar.isBoolean() && scalar.getAsBoolean();
  }
}
