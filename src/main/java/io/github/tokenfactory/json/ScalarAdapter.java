package io.github.tokenfactory.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one scalar type.
 *
 * @param <V> the Java type
 */
final class ScalarAdapter<V> extends TypeAdapter<V> implements ScoredAdapter {
  private interface Read<V> {
    V from(JsonReader in) throws IOException;
  }

  private interface Write<V> {
    void to(JsonWriter out, V value) throws IOException;
  }

  private static final int MAX_DIGITS = 1_000;

  private final Read<V> read;
  private final Write<V> write;
  private final Predicate<JsonPrimitive> matches;
  private final int score;
  private final boolean isFormatted;

  private ScalarAdapter(
      Read<V> read,
      Write<V> write,
      Predicate<JsonPrimitive> matches,
      int score,
      boolean isFormatted) {
    this.read = read;
    this.write = write;
    this.matches = matches;
    this.score = score;
    this.isFormatted = isFormatted;
  }

  /**
   * {@return a new adapter, or null if {@code type} is not a scalar} Adapters are created on demand
   * because each costs time at start-up.
   */
  static @Nullable ScalarAdapter<?> of(Class<?> type) {
    if (type == String.class) {
      return plain(JsonReader::nextString, JsonWriter::value, JsonPrimitive::isString, 1);
    } else if (type == Boolean.class) {
      return plain(JsonReader::nextBoolean, JsonWriter::value, JsonPrimitive::isBoolean, 1);
    } else if (type == Long.class) {
      return plain(ScalarAdapter::nextLong, JsonWriter::value, ScalarAdapter::isWhole, 2);
    } else if (type == Integer.class) {
      return plain(JsonReader::nextInt, JsonWriter::value, ScalarAdapter::isWhole, 2);
    } else if (type == Double.class) {
      return plain(JsonReader::nextDouble, JsonWriter::value, JsonPrimitive::isNumber, 1);
    } else if (type == Float.class) {
      return number(Float::parseFloat);
    } else if (type == BigDecimal.class) {
      return number(BigDecimal::new);
    } else if (type == BigInteger.class) {
      return number(ScalarAdapter::bigInteger);
    } else if (type == JsonPrimitive.class) {
      return plain(
          in -> RawJson.ADAPTER.read(in).getAsJsonPrimitive(),
          RawJson.ADAPTER::write,
          any -> true,
          0);
    } else if (type == OffsetDateTime.class) {
      return formatted(OffsetDateTime::parse, DateTimeFormatter.ISO_OFFSET_DATE_TIME::format);
    } else if (type == LocalDate.class) {
      return formatted(LocalDate::parse, LocalDate::toString);
    } else if (type == UUID.class) {
      return formatted(ScalarAdapter::uuid, UUID::toString);
    } else if (type == URI.class) {
      return formatted(URI::create, URI::toString);
    } else if (type == byte[].class) {
      return formatted(ScalarAdapter::base64, Base64.getEncoder()::encodeToString);
    }
    return null;
  }

  private static <V> ScalarAdapter<V> plain(
      Read<V> read, Write<V> write, Predicate<JsonPrimitive> matches, int score) {
    return new ScalarAdapter<>(read, write, matches, score, false);
  }

  private static <V extends Number> ScalarAdapter<V> number(Function<String, V> parse) {
    return plain(in -> parse.apply(in.nextString()), JsonWriter::value, JsonPrimitive::isNumber, 1);
  }

  private static <V> ScalarAdapter<V> formatted(
      Function<String, V> parse, Function<V, String> format) {
    return new ScalarAdapter<>(
        in -> parse(parse, in.nextString()),
        (out, value) -> out.value(format.apply(value)),
        json -> json.isString() && parses(parse, json.getAsString()),
        2,
        true);
  }

  /** {@return whether reading a string can fail with {@link FormatMismatchException}} */
  boolean isFormatted() {
    return isFormatted;
  }

  @Override
  public @Nullable V read(JsonReader in) throws IOException {
    if (in.peek() == JsonToken.NULL) {
      in.nextNull();
      return null;
    }
    return read.from(in);
  }

  @Override
  public void write(JsonWriter out, @Nullable V value) throws IOException {
    if (value == null) {
      out.nullValue();
    } else {
      write.to(out, value);
    }
  }

  @Override
  public int score(JsonElement json) {
    return json.isJsonPrimitive() && matches.test(json.getAsJsonPrimitive()) ? score : NO_MATCH;
  }

  private static <V> V parse(Function<String, V> parse, String text) {
    try {
      return parse.apply(text);
    } catch (DateTimeParseException | IllegalArgumentException e) {
      throw new FormatMismatchException(new JsonPrimitive(text));
    }
  }

  private static <V> boolean parses(Function<String, V> parse, String text) {
    try {
      parse(parse, text);
      return true;
    } catch (FormatMismatchException e) {
      return false;
    }
  }

  /** Unlike {@link JsonReader#nextLong}, it makes no other number of one that is too large. */
  private static long nextLong(JsonReader in) throws IOException {
    String text = in.nextString();
    try {
      return new BigDecimal(text).longValueExact();
    } catch (ArithmeticException e) {
      throw new NumberFormatException("not a long");
    }
  }

  private static BigInteger bigInteger(String text) {
    BigDecimal number = new BigDecimal(text);
    if (number.scale() < -MAX_DIGITS) {
      throw new NumberFormatException("too long"); // 1e999999999 would fill the memory
    }
    try {
      return number.toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new NumberFormatException("not an integer");
    }
  }

  private static boolean isWhole(JsonPrimitive json) {
    if (!json.isNumber()) {
      return false;
    }
    try {
      json.getAsBigDecimal().longValueExact();
      return true;
    } catch (ArithmeticException | NumberFormatException e) {
      return false;
    }
  }

  /** Refuses "1-1-1-1-1", which the JDK accepts and writes back in another form. */
  private static UUID uuid(String text) {
    UUID uuid = UUID.fromString(text);
    if (!uuid.toString().equalsIgnoreCase(text)) {
      throw new IllegalArgumentException();
    }
    return uuid;
  }

  /** Refuses text without padding, which the JDK accepts and writes back with padding. */
  private static byte[] base64(String text) {
    if (text.length() % 4 != 0) {
      throw new IllegalArgumentException();
    }
    return Base64.getDecoder().decode(text);
  }
}
