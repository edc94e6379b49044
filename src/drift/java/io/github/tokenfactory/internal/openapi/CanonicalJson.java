package io.github.tokenfactory.internal.openapi;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads strict JSON, and writes it in the two forms that this package needs: canonical text and
 * comparable meaning.
 */
public final class CanonicalJson {
  /** Deep enough for any real document, and far from the end of the smallest stack. */
  static final int MAX_DEPTH = 400;

  private static final Pattern POSITION = Pattern.compile("line (\\d+) column (\\d+)");
  private static final int LONGEST_PLAIN_NUMBER = 30;

  private CanonicalJson() {}

  /**
   * Reads one JSON text as RFC 8259 has it; refuses duplicate names, and keeps numbers as they are
   * written.
   */
  static JsonElement read(Reader text) {
    JsonReader in = new JsonReader(text);
    in.setStrictness(Strictness.STRICT);
    in.setNestingLimit(MAX_DEPTH);
    try {
      JsonElement value = value(in);
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("text after the end" + position(in.toString()));
      }
      return value;
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      String said = String.valueOf(e.getMessage());
      String what =
          said.startsWith("Nesting limit")
              ? "nested deeper than " + MAX_DEPTH + " levels"
              : said.startsWith("Duplicate name") || said.startsWith("text after")
                  ? said
                  : "not valid JSON";
      throw new CannotCheckException(
          Reason.UNREADABLE,
          what + (what.equals(said) ? "" : position(said)) + "; ask for the document again",
          e);
    }
  }

  private static JsonElement value(JsonReader in) throws IOException {
    switch (in.peek()) {
      case BEGIN_OBJECT:
        JsonObject object = new JsonObject();
        in.beginObject();
        while (in.hasNext()) {
          String name = in.nextName();
          int before = object.size();
          object.add(name, value(in));
          if (object.size() == before) {
            throw new MalformedJsonException(
                "Duplicate name " + quote(name) + position(in.toString()));
          }
        }
        in.endObject();
        return object;
      case BEGIN_ARRAY:
        JsonArray array = new JsonArray();
        in.beginArray();
        while (in.hasNext()) {
          array.add(value(in));
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

  private static String position(String said) {
    Matcher position = POSITION.matcher(said);
    return position.find() ? " at line " + position.group(1) + ", column " + position.group(2) : "";
  }

  /**
   * Writes two-space indented JSON with the key order as it is, non-ASCII as it is, and a trailing
   * newline.
   */
  public static String canonical(JsonElement value) {
    StringBuilder out = new StringBuilder();
    write(value, "\n", out);
    return out.append('\n').toString();
  }

  private static void write(JsonElement value, String newline, StringBuilder out) {
    String deeper = newline + "  ";
    if (value instanceof JsonObject object && !object.isEmpty()) {
      String before = "{";
      for (Map.Entry<String, JsonElement> member : object.entrySet()) {
        out.append(before).append(deeper).append(quote(member.getKey())).append(": ");
        write(member.getValue(), deeper, out);
        before = ",";
      }
      out.append(newline).append('}');
    } else if (value instanceof JsonArray array && !array.isEmpty()) {
      String before = "[";
      for (JsonElement element : array) {
        out.append(before).append(deeper);
        write(element, deeper, out);
        before = ",";
      }
      out.append(newline).append(']');
    } else {
      out.append(scalar(value));
    }
  }

  /**
   * Returns one line that two values share exactly if JSON Schema calls them equal: 1 is 1.0, and
   * key order is nothing.
   */
  public static String meaning(JsonElement value) {
    if (value instanceof JsonObject object) {
      Map<String, String> members = new TreeMap<>();
      object
          .entrySet()
          .forEach(member -> members.put(quote(member.getKey()), meaning(member.getValue())));
      StringJoiner out = new StringJoiner(", ", "{", "}");
      members.forEach((name, member) -> out.add(name + ": " + member));
      return out.toString();
    }
    if (value instanceof JsonArray array) {
      StringJoiner out = new StringJoiner(", ", "[", "]");
      array.forEach(element -> out.add(meaning(element)));
      return out.toString();
    }
    return value instanceof JsonPrimitive scalar && scalar.isNumber()
        ? plainNumber(scalar.getAsString())
        : scalar(value);
  }

  /** Writes anything that has no members. */
  private static String scalar(JsonElement value) {
    if (value instanceof JsonPrimitive scalar) {
      return scalar.isString() ? quote(scalar.getAsString()) : scalar.getAsString();
    }
    return value.toString();
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

  /** Returns a JSON string literal; only what has to be escaped is. */
  public static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16).append('"');
    int done = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        out.append(text, done, i).append(escape(c));
        done = i + 1;
      }
    }
    return out.append(text, done, text.length()).append('"').toString();
  }

  private static String escape(char c) {
    return switch (c) {
      case '"', '\\' -> "\\" + c;
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      default -> String.format("\\u%04x", (int) c);
    };
  }

  /** Returns the text of a JSON string, or {@code null} for anything else. */
  public static @Nullable String string(@Nullable JsonElement value) {
    return value instanceof JsonPrimitive scalar && scalar.isString() ? scalar.getAsString() : null;
  }

  /** Says that this is an array or an object with nothing in it. */
  static boolean isEmpty(JsonElement value) {
    return value instanceof JsonArray array && array.isEmpty()
        || value instanceof JsonObject object && object.isEmpty();
  }

  public static boolean isTrue(@Nullable JsonElement value) {
    return value instanceof JsonPrimitive scalar && scalar.isBoolean() && scalar.getAsBoolean();
  }
}
