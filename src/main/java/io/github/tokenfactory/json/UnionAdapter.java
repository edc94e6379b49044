package io.github.tokenfactory.json;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one generated union ({@code anyOf} or {@code oneOf}); for generated code, which
 * subclasses it once a union.
 *
 * <p>A value is read as the variant that fits it best: by its JSON type, by the types of its
 * elements, for objects by required and known properties; among equals the variant listed first. A
 * value that fits none is kept as raw JSON and written back unchanged. Immutable once constructed,
 * so safe for use by several threads.
 *
 * @param <T> the union
 */
public abstract class UnionAdapter<T> implements TypeAdapterFactory {
  private record Variant<T, V>(Type type, Function<T, @Nullable V> as, Function<V, T> of) {
    BoundVariant<T, V> bind(JsonTypes.Models models) {
      @SuppressWarnings("unchecked") // variant(...) ties the type to V
      TypeAdapter<V> adapter = (TypeAdapter<V>) JsonTypes.adapter(models, type);
      return new BoundVariant<>(this, adapter);
    }
  }

  private record BoundVariant<T, V>(Variant<T, V> variant, TypeAdapter<V> adapter) {
    T read(JsonElement json) {
      return variant.of.apply(adapter.fromJsonTree(json));
    }

    boolean write(JsonWriter out, T union) throws IOException {
      V value = variant.as.apply(union);
      if (value == null) {
        return false;
      }
      adapter.write(out, value);
      return true;
    }
  }

  private final Function<T, @Nullable JsonElement> asJson;
  private final Function<JsonElement, T> ofJson;
  private final List<Variant<T, ?>> variants = new ArrayList<>();
  private final Map<String, Set<Type>> discriminated = new HashMap<>();
  private @Nullable String discriminator;

  /** Says where a value lives that fits no variant. */
  protected UnionAdapter(
      Function<T, @Nullable JsonElement> asJson, Function<JsonElement, T> ofJson) {
    this.asJson = asJson;
    this.ofJson = ofJson;
  }

  /** Adds a variant; called by the subclass's constructor alone. */
  protected final <V> void variant(
      TypeToken<V> type, Function<T, @Nullable V> as, Function<V, T> of) {
    variants.add(new Variant<>(type.getType(), as, of));
  }

  /**
   * Says that an object whose {@code property} is {@code value} is the variant {@code type},
   * whatever else it holds, or the one that fits best of those that this is said of; an object with
   * a value that nothing is said of stays raw JSON. Called by the subclass's constructor alone.
   */
  protected final void discriminator(String property, String value, Class<?> type) {
    discriminator = property;
    discriminated.computeIfAbsent(value, key -> new HashSet<>()).add(type);
  }

  @Override
  @SuppressWarnings("unchecked") // Gson calls this for the annotated union alone
  public final <R> TypeAdapter<R> create(Gson gson, TypeToken<R> type) {
    return (TypeAdapter<R>) bind(JsonTypes.Models.of(gson));
  }

  final TypeAdapter<T> bind(JsonTypes.Models models) {
    return new Bound(models);
  }

  private final class Bound extends TypeAdapter<T> implements JsonTypes.Shape {
    private final List<BoundVariant<T, ?>> bound = new ArrayList<>();

    Bound(JsonTypes.Models models) {
      variants.forEach(variant -> bound.add(variant.bind(models)));
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      JsonElement json = RawJson.ADAPTER.read(in);
      BoundVariant<T, ?> best = null;
      int bestFit = NO_FIT;
      for (BoundVariant<T, ?> variant : bound) {
        int fit = fit(variant, json);
        if (fit > bestFit) {
          best = variant;
          bestFit = fit;
        }
      }
      return best == null ? ofJson.apply(json) : best.read(json);
    }

    private int fit(BoundVariant<T, ?> variant, JsonElement json) {
      if (discriminator != null
          && json instanceof JsonObject object
          && object.get(discriminator) instanceof JsonPrimitive value) {
        Type type = variant.variant.type;
        Set<Type> said = discriminated.getOrDefault(value.getAsString(), Set.of());
        if (said.contains(type) && said.size() == 1) {
          return CERTAIN;
        }
        if (!said.contains(type)
            && (!said.isEmpty()
                || discriminated.values().stream().anyMatch(types -> types.contains(type)))) {
          return NO_FIT;
        }
      }
      return JsonTypes.fit(variant.adapter, json);
    }

    @Override
    public void write(JsonWriter out, @Nullable T union) throws IOException {
      if (union == null) {
        out.nullValue();
        return;
      }
      for (BoundVariant<T, ?> variant : bound) {
        if (variant.write(out, union)) {
          return;
        }
      }
      RawJson.ADAPTER.write(out, asJson.apply(union));
    }

    @Override
    public int fit(JsonElement json) {
      int best = NO_FIT;
      for (BoundVariant<T, ?> variant : bound) {
        best = Math.max(best, fit(variant, json));
      }
      return best;
    }
  }
}
