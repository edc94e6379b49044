package io.github.tokenfactory.json;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSyntaxException;
import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How each Java type that the generator uses looks in JSON.
 *
 * <p>Scalars and containers are read and written here, so that the wire form does not depend on the
 * adapters, policies or reflection filter of a user's {@link Gson}; everything else, the generated
 * models above all, comes from that Gson, or from {@link AdapterRegistry} if there is none.
 */
final class JsonTypes {
  /** Says how well a JSON value fits, so that a union can choose its variant. */
  interface Shape {
    int NO_FIT = Integer.MIN_VALUE;

    /** Takes anything, so comes last. */
    int ANYTHING = Integer.MIN_VALUE + 1;

    /** Said to be this one. */
    int CERTAIN = Integer.MAX_VALUE;

    /** {@return {@link #NO_FIT}, or the higher the better} */
    int fit(JsonElement json);
  }

  /**
   * A text is not of the format that the document says: JSON Schema takes formats for hints, so it
   * is kept as it is.
   */
  static final class OtherFormatException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient JsonElement value;

    OtherFormatException(JsonElement value) {
      super("not of the documented format"); // without the text
      this.value = value;
    }

    JsonElement value() {
      return value;
    }
  }

  /** Where the adapters come from of all that is not read and written here. */
  interface Models {
    /** {@return the adapter of a model, or of another type} */
    TypeAdapter<?> adapter(Type type);

    /** {@return what {@code gson} knows} */
    static Models of(Gson gson) {
      return type -> gson.getAdapter(TypeToken.get(type));
    }
  }

  private interface Read<V> {
    V from(JsonReader in) throws IOException;
  }

  private interface Write<V> {
    void to(JsonWriter out, V value) throws IOException;
  }

  private static final class Scalar<V> extends TypeAdapter<V> implements Shape {
    private final Read<V> read;
    private final Write<V> write;
    private final Predicate<JsonPrimitive> fits;
    private final int fit;

    Scalar(Read<V> read, Write<V> write, Predicate<JsonPrimitive> fits, int fit) {
      this.read = read;
      this.write = write;
      this.fits = fits;
      this.fit = fit;
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
    public int fit(JsonElement json) {
      return json.isJsonPrimitive() && fits.test(json.getAsJsonPrimitive()) ? fit : NO_FIT;
    }
  }

  /** Texts of a format; any other text is kept raw. */
  private static final Set<Type> FORMATTED =
      Set.of(OffsetDateTime.class, LocalDate.class, UUID.class, URI.class, byte[].class);

  private JsonTypes() {}

  private static <V> Scalar<V> text(Function<String, V> parse, Function<V, String> format) {
    return new Scalar<>(
        in -> parse(parse, in.nextString()),
        (out, value) -> out.value(format.apply(value)),
        json -> json.isString() && parses(parse, json.getAsString()),
        2);
  }

  /** Strict, where the JDK would take "1-1-1-1-1" and write something else back. */
  private static UUID uuid(String text) {
    UUID uuid = UUID.fromString(text);
    if (!uuid.toString().equalsIgnoreCase(text)) {
      throw new IllegalArgumentException();
    }
    return uuid;
  }

  /** Strict, where the JDK would take a text without its padding and write it back with it. */
  private static byte[] base64(String text) {
    if (text.length() % 4 != 0) {
      throw new IllegalArgumentException();
    }
    return Base64.getDecoder().decode(text);
  }

  private static <V> V parse(Function<String, V> parse, String text) {
    try {
      return parse.apply(text);
    } catch (DateTimeParseException | IllegalArgumentException e) {
      throw new OtherFormatException(new JsonPrimitive(text));
    }
  }

  private static <V> boolean parses(Function<String, V> parse, String text) {
    try {
      parse(parse, text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
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

  /** {@return the adapter for a type that generated code names} */
  static TypeAdapter<?> adapter(Models models, Type type) {
    if (type == JsonElement.class) {
      return RawJson.ADAPTER;
    }
    // Not by the type itself: in a TypeToken, byte[] is no Class.
    TypeAdapter<?> scalar = scalar(TypeToken.get(type).getRawType());
    if (scalar != null) {
      return scalar;
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      TypeAdapter<?> element = adapter(models, arguments[arguments.length - 1]);
      boolean isWhole =
          element instanceof Whole<?> || FORMATTED.contains(arguments[arguments.length - 1]);
      if (generic.getRawType() == List.class) {
        return whole(
            isWhole, new Elements<>(element, ArrayList::new, Collections::unmodifiableList));
      } else if (generic.getRawType() == Set.class) {
        return whole(
            isWhole, new Elements<>(element, LinkedHashSet::new, Collections::unmodifiableSet));
      } else if (generic.getRawType() == Map.class) {
        return whole(isWhole, new Members<>(element));
      }
    }
    return models.adapter(type);
  }

  /**
   * {@return a new adapter, or null; only those that are used, since it takes long to start one}
   */
  private static @Nullable TypeAdapter<?> scalar(Class<?> type) {
    if (type == String.class) {
      return new Scalar<>(JsonReader::nextString, JsonWriter::value, JsonPrimitive::isString, 1);
    } else if (type == Boolean.class) {
      return new Scalar<>(JsonReader::nextBoolean, JsonWriter::value, JsonPrimitive::isBoolean, 1);
    } else if (type == Long.class) {
      return new Scalar<>(JsonReader::nextLong, JsonWriter::value, JsonTypes::isWhole, 2);
    } else if (type == Integer.class) {
      return new Scalar<>(JsonReader::nextInt, JsonWriter::value, JsonTypes::isWhole, 2);
    } else if (type == Double.class) {
      return new Scalar<>(JsonReader::nextDouble, JsonWriter::value, JsonPrimitive::isNumber, 1);
    } else if (type == Float.class) {
      return number(Float::parseFloat);
    } else if (type == BigDecimal.class) {
      return number(BigDecimal::new);
    } else if (type == OffsetDateTime.class) {
      return text(OffsetDateTime::parse, DateTimeFormatter.ISO_OFFSET_DATE_TIME::format);
    } else if (type == LocalDate.class) {
      return text(LocalDate::parse, LocalDate::toString);
    } else if (type == UUID.class) {
      return text(JsonTypes::uuid, UUID::toString);
    } else if (type == URI.class) {
      return text(URI::create, URI::toString);
    } else if (type == byte[].class) {
      return text(JsonTypes::base64, Base64.getEncoder()::encodeToString);
    }
    return null;
  }

  private static <V extends Number> Scalar<V> number(Function<String, V> parse) {
    return new Scalar<>(
        in -> parse.apply(in.nextString()), JsonWriter::value, JsonPrimitive::isNumber, 1);
  }

  private static TypeAdapter<?> whole(boolean isWhole, TypeAdapter<?> container) {
    return isWhole ? new Whole<>(container) : container;
  }

  /**
   * Reads a container as raw JSON first, to have all of it if a text in it is not of the documented
   * format.
   */
  private static final class Whole<C> extends TypeAdapter<C> implements Shape {
    private final TypeAdapter<C> container;

    Whole(TypeAdapter<C> container) {
      this.container = container;
    }

    @Override
    public C read(JsonReader in) throws IOException {
      JsonElement json = RawJson.ADAPTER.read(in);
      try {
        return container.fromJsonTree(json);
      } catch (OtherFormatException e) {
        throw new OtherFormatException(json);
      }
    }

    @Override
    public void write(JsonWriter out, C value) throws IOException {
      container.write(out, value);
    }

    @Override
    public int fit(JsonElement json) {
      return JsonTypes.fit(container, json);
    }
  }

  private static final class Elements<E, C extends Collection<E>> extends TypeAdapter<Collection<E>>
      implements Shape {
    private final TypeAdapter<E> element;
    private final Supplier<C> empty;
    private final Function<C, ? extends Collection<E>> finish;

    Elements(
        TypeAdapter<E> element, Supplier<C> empty, Function<C, ? extends Collection<E>> finish) {
      this.element = element;
      this.empty = empty;
      this.finish = finish;
    }

    @Override
    public @Nullable Collection<E> read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      C elements = empty.get();
      expect(in, JsonToken.BEGIN_ARRAY, "a list");
      in.beginArray();
      while (in.hasNext()) {
        elements.add(element.read(in));
      }
      in.endArray();
      return finish.apply(elements);
    }

    @Override
    public void write(JsonWriter out, @Nullable Collection<E> value) throws IOException {
      if (value == null) {
        out.nullValue();
        return;
      }
      out.beginArray();
      for (E each : value) {
        element.write(out, each);
      }
      out.endArray();
    }

    @Override
    public int fit(JsonElement json) {
      return json.isJsonArray() ? worst(element, json.getAsJsonArray()) : NO_FIT;
    }
  }

  private static final class Members<V> extends TypeAdapter<Map<String, V>> implements Shape {
    private final TypeAdapter<V> value;

    Members(TypeAdapter<V> value) {
      this.value = value;
    }

    @Override
    public @Nullable Map<String, V> read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      Map<String, V> members = new LinkedHashMap<>();
      expect(in, JsonToken.BEGIN_OBJECT, "a map");
      in.beginObject();
      while (in.hasNext()) {
        members.put(in.nextName(), value.read(in));
      }
      in.endObject();
      return Collections.unmodifiableMap(members);
    }

    @Override
    public void write(JsonWriter out, @Nullable Map<String, V> members) throws IOException {
      if (members == null) {
        out.nullValue();
        return;
      }
      out.beginObject();
      for (Map.Entry<String, V> member : members.entrySet()) {
        out.name(member.getKey());
        if (member.getValue() == null) {
          RawJson.ADAPTER.write(
              out, JsonNull.INSTANCE); // a member like any other, whatever the writer's settings
        } else {
          value.write(out, member.getValue());
        }
      }
      out.endObject();
    }

    @Override
    public int fit(JsonElement json) {
      return json.isJsonObject() ? worst(value, json.getAsJsonObject().asMap().values()) : NO_FIT;
    }
  }

  private static int worst(TypeAdapter<?> element, Iterable<JsonElement> values) {
    int worst = 1;
    for (JsonElement value : values) {
      worst = Math.min(worst, value.isJsonNull() ? 0 : partFit(element, value));
    }
    return worst;
  }

  /**
   * {@return {@link #fit} for a part of a value} The two extremes are for whole values: sums of
   * them would overflow.
   */
  static int partFit(TypeAdapter<?> adapter, JsonElement json) {
    int fit = fit(adapter, json);
    return fit == Shape.ANYTHING ? -1 : fit == Shape.CERTAIN ? 3 : fit;
  }

  /** {@return how well {@code json} fits what {@code adapter} reads} */
  static int fit(TypeAdapter<?> adapter, JsonElement json) {
    if (adapter instanceof Shape shape) {
      return shape.fit(json);
    } else if (adapter == RawJson.ADAPTER) {
      return Shape.ANYTHING;
    }
    try {
      Object unused = adapter.fromJsonTree(json);
      return 0;
    } catch (JsonParseException | IllegalStateException | IllegalArgumentException e) {
      return Shape.NO_FIT;
    }
  }

  /** Fails, saying where, unless the next token is {@code token}. */
  static void expect(JsonReader in, JsonToken token, String what) throws IOException {
    if (in.peek() != token) {
      throw new JsonSyntaxException(
          what + ": expected " + token + " but was " + in.peek() + " at path " + in.getPath());
    }
  }

  /** {@return the value if it can be shown in a log, or a mark in its place} */
  static String describe(Object value) {
    if (value instanceof Number
        || value instanceof Boolean
        || value.getClass().isAnnotationPresent(JsonAdapter.class)) {
      return value.toString();
    }
    return value instanceof Collection<?> elements ? "[" + elements.size() + "]" : "...";
  }

  @SuppressWarnings("unchecked") // a copy is of the same interface as what it copies
  static <V extends @Nullable Object> V frozen(V value) {
    if (value instanceof String || value instanceof Number) {
      return value; // looked for first, as asking for an interface takes long if it is not there
    } else if (value instanceof Map<?, ?> map) {
      if (map.isEmpty()) {
        return (V) Map.of();
      }
      Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((name, member) -> copy.put(name, frozen(member)));
      return (V) Collections.unmodifiableMap(copy);
    } else if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      for (Object element : list) {
        copy.add(frozen(element));
      }
      return (V) Collections.unmodifiableList(copy);
    } else if (value instanceof Set<?> set) {
      Set<@Nullable Object> copy = new LinkedHashSet<>();
      set.forEach(element -> copy.add(frozen(element)));
      return (V) Collections.unmodifiableSet(copy);
    } else if (value instanceof JsonElement json) {
      return (V) json.deepCopy();
    } else if (value instanceof byte[] bytes) {
      return (V) bytes.clone();
    }
    return value;
  }
}
