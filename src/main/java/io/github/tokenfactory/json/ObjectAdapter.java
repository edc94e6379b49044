package io.github.tokenfactory.json;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonSyntaxException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one generated model class without reflection. Generated code has one subclass
 * for each model, which lists the model's properties.
 *
 * <p>A property that is not set is not written. Members that are not properties, and properties
 * that are explicitly {@code null}, are kept in the model's {@code unknown()} and written back
 * unchanged, whatever the settings of the {@link Gson} in use. Immutable once constructed, so safe
 * for use by several threads.
 *
 * <p>Subclasses override methods and do not pass method references for their properties: creating
 * those would add about 15 ms to the first call of a process (38 ms become 54 ms of CPU time).
 *
 * @param <T> the model
 * @param <B> its builder
 */
public abstract class ObjectAdapter<T, B> implements TypeAdapterFactory {
  /** Sets a member of a builder that is not a property. */
  protected interface MemberSetter<B, V> {
    /** Sets the member {@code name} to {@code value}. */
    void set(B builder, String name, V value);
  }

  private record Property(String name, boolean required, Type type) {}

  private record BoundProperty(Property property, TypeAdapter<Object> adapter) {}

  private record Additional<B, V>(Type type, MemberSetter<B, V> setter) {
    BoundAdditional<B, V> bind(AdapterSource source) {
      return new BoundAdditional<>(setter, JsonTypes.adapter(source, type));
    }
  }

  private record BoundAdditional<B, V>(MemberSetter<B, V> setter, TypeAdapter<V> adapter) {
    boolean read(JsonElement json, String name, B builder) {
      if (json.isJsonNull() || ScoredAdapter.score(adapter, json) == ScoredAdapter.NO_MATCH) {
        return false;
      }
      setter.set(builder, name, adapter.fromJsonTree(json));
      return true;
    }

    @SuppressWarnings("unchecked") // the setter takes values of this type only
    void write(JsonWriter out, Map<String, ?> members) throws IOException {
      for (Map.Entry<String, ?> member : members.entrySet()) {
        out.name(member.getKey());
        adapter.write(out, (V) member.getValue());
      }
    }
  }

  private final String modelName;
  private final Map<String, Property> properties = new LinkedHashMap<>();
  private final Map<String, JsonElement> constants = new HashMap<>();
  private @Nullable Additional<B, ?> additional;

  /** Creates an adapter without properties; the subclass adds them in its constructor. */
  protected ObjectAdapter(Class<T> model) {
    this.modelName = model.getSimpleName();
  }

  /**
   * {@return the values of the properties in the order in which they were added, the additional
   * members if they have a type, and the unknown members}
   */
  protected abstract @Nullable Object[] values(T model);

  /** {@return a builder with nothing set} */
  protected abstract B newBuilder();

  /** Sets a property to a value of its type. */
  protected abstract void set(B builder, String name, Object value);

  /** Sets an unknown member. */
  protected abstract void setUnknown(B builder, String name, JsonElement value);

  /** {@return the model that {@code builder} builds} */
  protected abstract T build(B builder);

  /** Adds a property under its name in JSON. */
  protected final void property(String name, boolean required, Class<?> type) {
    properties.put(name, new Property(name, required, type));
  }

  /** Adds a property that is a list, a set or a map. */
  protected final void property(String name, boolean required, TypeToken<?> type) {
    properties.put(name, new Property(name, required, type.getType()));
  }

  /** Makes an object with another value of a property no match for a variant of a union. */
  protected final void constant(String name, JsonElement value) {
    constants.put(name, value);
  }

  /**
   * Gives the members that are not properties a type. A member that does not match it is an unknown
   * member.
   */
  protected final <V> void additional(TypeToken<V> type, MemberSetter<B, V> setter) {
    additional = new Additional<>(type.getType(), setter);
  }

  /**
   * {@return {@code value}, or a copy if it is a list, a map, an array or raw JSON, which the
   * caller could change}
   */
  public static <V extends @Nullable Object> V frozen(V value) {
    return ModelValues.frozen(value);
  }

  /**
   * {@return a function that finds the adapter of any type; models do not need a {@link Gson}} Safe
   * for use by several threads.
   */
  public static Function<Type, TypeAdapter<?>> registry() {
    AdapterRegistry registry = new AdapterRegistry();
    return type -> JsonTypes.adapter(registry, type);
  }

  /** {@return whether a class is a generated model, whatever its package} */
  public static boolean isGenerated(Class<?> type) {
    JsonAdapter annotation = type.getAnnotation(JsonAdapter.class);
    return annotation != null
        && Stream.of(ObjectAdapter.class, UnionAdapter.class, EnumAdapter.class)
            .anyMatch(each -> each.isAssignableFrom(annotation.value()));
  }

  /** {@return the names of the required properties} */
  public final Set<String> required() {
    return properties.values().stream()
        .filter(Property::required)
        .map(Property::name)
        .collect(Collectors.toSet());
  }

  /** {@return a builder with all values of {@code model}} */
  @SuppressWarnings("unchecked") // the setter and the values have the same type
  public final B toBuilder(T model) {
    @Nullable Object[] values = values(model);
    B builder = newBuilder();
    int i = 0;
    for (String name : properties.keySet()) {
      Object value = values[i++];
      if (value != null) {
        set(builder, name, value);
      }
    }
    if (additional != null) {
      MemberSetter<B, Object> setter = (MemberSetter<B, Object>) additional.setter;
      additionalMembers(values).forEach((name, value) -> setter.set(builder, name, value));
    }
    unknownMembers(values).forEach((name, value) -> setUnknown(builder, name, value));
    return builder;
  }

  /** {@return whether all values of both models are equal, unknown members included} */
  public final boolean equal(T a, T b) {
    return Arrays.deepEquals(values(a), values(b));
  }

  /** {@return a hash code that is consistent with {@link #equal}} */
  public final int hash(T model) {
    return Arrays.deepHashCode(values(model));
  }

  /**
   * {@return a description for logs} It shows numbers, enumerations and nested models. Strings,
   * lists and unions may be confidential, so it only says that they are set.
   */
  public final String describe(T model) {
    @Nullable Object[] values = values(model);
    StringJoiner members = new StringJoiner(", ", modelName + "{", "}");
    int i = 0;
    for (String name : properties.keySet()) {
      Object value = values[i++];
      if (value != null) {
        members.add(name + "=" + ModelValues.describe(value));
      }
    }
    if (additional != null) {
      additionalMembers(values).keySet().forEach(name -> members.add(name + "=..."));
    }
    unknownMembers(values)
        .forEach((name, value) -> members.add(name + (value.isJsonNull() ? "=null" : "=...")));
    return members.toString();
  }

  @SuppressWarnings("unchecked") // see values(T)
  private Map<String, ?> additionalMembers(@Nullable Object[] values) {
    return (Map<String, ?>) Objects.requireNonNull(values[properties.size()]);
  }

  @SuppressWarnings("unchecked") // see values(T)
  private static Map<String, JsonElement> unknownMembers(@Nullable Object[] values) {
    return (Map<String, JsonElement>) Objects.requireNonNull(values[values.length - 1]);
  }

  @Override
  @SuppressWarnings("unchecked") // Gson calls this only for the annotated model
  public final <R> TypeAdapter<R> create(Gson gson, TypeToken<R> type) {
    return (TypeAdapter<R>) bind(AdapterSource.of(gson));
  }

  final TypeAdapter<T> bind(AdapterSource source) {
    return new Bound(source);
  }

  /** The Gson adapter; the adapters of nested models come from one source. */
  private final class Bound extends TypeAdapter<T> implements ScoredAdapter {
    private final Map<String, BoundProperty> bound = new LinkedHashMap<>();
    private final @Nullable BoundAdditional<B, ?> boundAdditional;

    Bound(AdapterSource source) {
      for (Property property : properties.values()) {
        bound.put(
            property.name, new BoundProperty(property, JsonTypes.adapter(source, property.type)));
      }
      boundAdditional = additional == null ? null : additional.bind(source);
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      B builder = newBuilder();
      JsonTypes.expect(in, JsonToken.BEGIN_OBJECT, modelName);
      in.beginObject();
      while (in.hasNext()) {
        String name = in.nextName();
        BoundProperty property = bound.get(name);
        if (property == null || in.peek() == JsonToken.NULL) {
          JsonElement json = RawJson.ADAPTER.read(in);
          if (property != null
              || boundAdditional == null
              || !boundAdditional.read(json, name, builder)) {
            setUnknown(builder, name, json);
          }
        } else {
          readProperty(property, in, builder);
        }
      }
      in.endObject();
      return build(builder);
    }

    private void readProperty(BoundProperty bound, JsonReader in, B builder) throws IOException {
      Property property = bound.property;
      JsonToken token = in.peek();
      // A failure inside a container leaves the reader at the element, so its path is taken first.
      String start = property.type instanceof Class<?> ? null : in.getPath();
      try {
        set(builder, property.name, bound.adapter.read(in));
      } catch (FormatMismatchException e) {
        setUnknown(builder, property.name, e.value());
      } catch (IllegalStateException | IllegalArgumentException e) {
        // The message and the cause may quote the value, which may be confidential.
        throw new JsonSyntaxException(
            modelName
                + "."
                + property.name
                + ": this "
                + token
                + " cannot be read as "
                + property.type.getTypeName()
                + " at path "
                + (start == null ? in.getPath() : start));
      }
    }

    @Override
    public void write(JsonWriter out, @Nullable T model) throws IOException {
      if (model == null) {
        out.nullValue();
        return;
      }
      out.beginObject();
      @Nullable Object[] values = values(model);
      Map<String, JsonElement> unknown = unknownMembers(values);
      int i = 0;
      for (BoundProperty property : bound.values()) {
        String name = property.property.name;
        Object value = values[i++];
        if (value != null) {
          out.name(name);
          property.adapter.write(out, value);
        } else if (unknown.containsKey(name)) {
          writeUnknown(out, name, unknown.get(name));
        }
      }
      if (boundAdditional != null) {
        boundAdditional.write(out, additionalMembers(values));
      }
      for (Map.Entry<String, JsonElement> member : unknown.entrySet()) {
        if (!bound.containsKey(member.getKey())) {
          writeUnknown(out, member.getKey(), member.getValue());
        }
      }
      out.endObject();
    }

    private void writeUnknown(JsonWriter out, String name, JsonElement value) throws IOException {
      out.name(name);
      RawJson.ADAPTER.write(out, value);
    }

    @Override
    public int score(JsonElement json) {
      if (!json.isJsonObject()) {
        return NO_MATCH;
      }
      Map<String, JsonElement> members = json.getAsJsonObject().asMap();
      int score = -members.size(); // a member that is not a property lowers the score
      for (BoundProperty property : bound.values()) {
        JsonElement value = members.get(property.property.name);
        if (value == null) {
          if (property.property.required) {
            return NO_MATCH;
          }
        } else if (!value.isJsonNull()) {
          int part = ScoredAdapter.scorePart(property.adapter, value);
          String name = property.property.name;
          if (part == NO_MATCH || !value.equals(constants.getOrDefault(name, value))) {
            return NO_MATCH;
          }
          score += 2 + part;
        }
      }
      return score;
    }
  }
}
