package io.github.tokenfactory.json;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonSyntaxException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one generated model class without reflection; for generated code, which
 * subclasses it once a model.
 *
 * <p>A subclass lists the properties of its model. A property that is not set is not written. A
 * member that is no property, and a property that is explicitly {@code null}, is kept in the
 * model's {@code unknown()} and written back unchanged, whatever the settings of the {@link Gson}
 * in use. Immutable once constructed, so safe for use by several threads.
 *
 * @param <T> the model
 * @param <B> its builder
 */
public abstract class ObjectAdapter<T, B> implements TypeAdapterFactory {
  /** Puts a member that is no property into a builder. */
  protected interface MemberSetter<B, V> {
    /** Keeps {@code value} under {@code name}. */
    void put(B builder, String name, V value);
  }

  private record Additional<T, B, V>(
      Type type, Function<T, Map<String, V>> get, MemberSetter<B, V> set) {
    void copy(T model, B builder) {
      get.apply(model).forEach((name, value) -> set.put(builder, name, value));
    }

    BoundAdditional<T, B, V> bind(JsonTypes.Models models) {
      @SuppressWarnings("unchecked") // additional(...) ties the type to V
      TypeAdapter<V> adapter = (TypeAdapter<V>) JsonTypes.adapter(models, type);
      return new BoundAdditional<>(this, adapter);
    }
  }

  private record BoundAdditional<T, B, V>(Additional<T, B, V> additional, TypeAdapter<V> adapter) {
    boolean read(JsonElement json, String name, B builder) {
      if (json.isJsonNull() || JsonTypes.fit(adapter, json) == JsonTypes.Shape.NO_FIT) {
        return false;
      }
      additional.set.put(builder, name, adapter.fromJsonTree(json));
      return true;
    }

    void write(JsonWriter out, T model) throws IOException {
      for (Map.Entry<String, V> member : additional.get.apply(model).entrySet()) {
        out.name(member.getKey());
        adapter.write(out, member.getValue());
      }
    }
  }

  private record Property(String name, Type type, boolean required, int number) {
    @SuppressWarnings("unchecked") // the subclass casts what the type says
    BoundProperty bind(JsonTypes.Models models) {
      return new BoundProperty(this, (TypeAdapter<Object>) JsonTypes.adapter(models, type));
    }
  }

  private record BoundProperty(Property property, TypeAdapter<Object> adapter) {}

  private final String modelName;
  private final Map<String, Property> properties = new LinkedHashMap<>();
  private @Nullable Additional<T, B, ?> additional;

  /** Is for a model whose properties the subclass adds. */
  protected ObjectAdapter(Class<T> model) {
    this.modelName = model.getSimpleName();
  }

  /** {@return a builder with nothing set} */
  protected abstract B newBuilder();

  /** {@return the model that {@code builder} builds} */
  protected abstract T build(B builder);

  /** {@return the value of the property with this number, counted from 1 as they were added} */
  protected abstract @Nullable Object get(T model, int number);

  /** Sets the property with this number to a value of its type. */
  protected abstract void set(B builder, int number, @Nullable Object value);

  /** {@return the members that no property holds} */
  protected abstract Map<String, JsonElement> getUnknown(T model);

  /** Keeps a member that no property holds. */
  protected abstract void setUnknown(B builder, String name, JsonElement value);

  /** Adds a property under its name in the document; called by the subclass's constructor alone. */
  protected final void property(String name, boolean required, Class<?> type) {
    property(name, required, TypeToken.get(type));
  }

  /** Adds a property that is a list, a set or a map. */
  protected final void property(String name, boolean required, TypeToken<?> type) {
    properties.put(name, new Property(name, type.getType(), required, properties.size() + 1));
  }

  /**
   * Types the members that are no property; those that do not fit stay unknown. Called as {@link
   * #property} is.
   */
  protected final <V> void additional(
      TypeToken<V> type, Function<T, Map<String, V>> get, MemberSetter<B, V> set) {
    additional = new Additional<>(type.getType(), get, set);
  }

  /**
   * {@return {@code value}, copied if it is a list, a map, an array or raw JSON that its maker
   * could still change}
   */
  public static <V extends @Nullable Object> V frozen(V value) {
    return JsonTypes.frozen(value);
  }

  /**
   * {@return a function that finds the adapter of a model or another type, without a {@link Gson} for
   * models} It is safe for use by several threads.
   */
  public static Function<Type, TypeAdapter<?>> registry() {
    return new AdapterRegistry()::adapter;
  }

  /** {@return the names of the properties that the document requires} */
  public final Set<String> required() {
    return properties.values().stream()
        .filter(Property::required)
        .map(Property::name)
        .collect(Collectors.toSet());
  }

  /** {@return a builder that holds all that {@code model} holds} */
  public final B toBuilder(T model) {
    B builder = newBuilder();
    for (Property property : properties.values()) {
      Object value = get(model, property.number);
      if (value != null) {
        set(builder, property.number, value);
      }
    }
    if (additional != null) {
      additional.copy(model, builder);
    }
    for (Map.Entry<String, JsonElement> member : getUnknown(model).entrySet()) {
      setUnknown(builder, member.getKey(), member.getValue());
    }
    return builder;
  }

  /** {@return whether both models hold equal values, unknown members included} */
  public final boolean equal(T a, T b) {
    return Arrays.deepEquals(values(a), values(b));
  }

  /** {@return a hash code that agrees with {@link #equal}} */
  public final int hash(T model) {
    return Arrays.deepHashCode(values(model));
  }

  private Object[] values(T model) {
    Object[] values = new Object[properties.size() + 2];
    int i = 0;
    for (Property property : properties.values()) {
      values[i++] = get(model, property.number);
    }
    values[i++] = additional == null ? null : additional.get.apply(model);
    values[i] = getUnknown(model);
    return values;
  }

  /**
   * {@return what is set, fit for a log} Numbers, enumerations and nested models are shown; of
   * texts, lists and unions only that they are there, since they may be the caller's own.
   */
  public final String describe(T model) {
    StringJoiner members = new StringJoiner(", ", modelName + "{", "}");
    for (Property property : properties.values()) {
      Object value = get(model, property.number);
      if (value != null) {
        members.add(property.name + "=" + JsonTypes.describe(value));
      }
    }
    if (additional != null) {
      additional.get.apply(model).keySet().forEach(name -> members.add(name + "=..."));
    }
    getUnknown(model)
        .forEach((name, value) -> members.add(name + (value.isJsonNull() ? "=null" : "=...")));
    return members.toString();
  }

  @Override
  @SuppressWarnings("unchecked") // Gson calls this for the annotated model alone
  public final <R> TypeAdapter<R> create(Gson gson, TypeToken<R> type) {
    return (TypeAdapter<R>) bind(JsonTypes.Models.of(gson));
  }

  final TypeAdapter<T> bind(JsonTypes.Models models) {
    return new Bound(models);
  }

  /** The adapter whose nested models have adapters of one source. */
  private final class Bound extends TypeAdapter<T> implements JsonTypes.Shape {
    private final Map<String, BoundProperty> bound = new LinkedHashMap<>();
    private final @Nullable BoundAdditional<T, B, ?> boundAdditional;

    Bound(JsonTypes.Models models) {
      for (Property property : properties.values()) {
        bound.put(property.name, property.bind(models));
      }
      boundAdditional = additional == null ? null : additional.bind(models);
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

    private void readProperty(BoundProperty property, JsonReader in, B builder) throws IOException {
      JsonToken token = in.peek();
      // Where an element of a container fails, the path has moved on.
      String start = property.property.type instanceof Class<?> ? null : in.getPath();
      try {
        set(builder, property.property.number, property.adapter.read(in));
      } catch (JsonTypes.OtherFormatException e) {
        setUnknown(builder, property.property.name, e.value());
      } catch (IllegalStateException | IllegalArgumentException e) {
        // Neither the message nor the cause may show the value: it can be a text or a vector.
        throw new JsonSyntaxException(
            modelName
                + "."
                + property.property.name
                + ": this "
                + token
                + " cannot be read as "
                + property.property.type.getTypeName()
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
      Map<String, JsonElement> unknown = getUnknown(model);
      for (BoundProperty property : bound.values()) {
        Object value = get(model, property.property.number);
        if (value != null) {
          out.name(property.property.name);
          property.adapter.write(out, value);
        } else if (unknown.containsKey(property.property.name)) {
          writeUnknown(out, property.property.name, unknown.get(property.property.name));
        }
      }
      if (boundAdditional != null) {
        boundAdditional.write(out, model);
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
    public int fit(JsonElement json) {
      if (!json.isJsonObject()) {
        return NO_FIT;
      }
      Map<String, JsonElement> members = json.getAsJsonObject().asMap();
      int fit = -members.size(); // a member that is no property speaks against this model
      for (BoundProperty property : bound.values()) {
        JsonElement value = members.get(property.property.name);
        if (value == null) {
          if (property.property.required) {
            return NO_FIT;
          }
        } else if (!value.isJsonNull()) {
          int valueFit = JsonTypes.partFit(property.adapter, value);
          if (valueFit == NO_FIT) {
            return NO_FIT;
          }
          fit += 2 + valueFit;
        }
      }
      return fit;
    }
  }
}
