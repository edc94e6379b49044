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
 * Reads and writes one generated union ({@code anyOf} or {@code oneOf}). Generated code has one
 * subclass for each union, which lists the union's variants.
 *
 * <p>A value is read as the variant that matches it best: by its JSON type, by the types of its
 * elements, and for objects by their required and known properties. If several match equally well,
 * the first listed is taken. A value that matches no variant is kept as raw JSON and written back
 * unchanged. Immutable once constructed, so safe for use by several threads.
 *
 * @param <T> the union
 */
public abstract class UnionAdapter<T> implements TypeAdapterFactory {
  private record Variant<T, V>(Type type, Function<T, @Nullable V> as, Function<V, T> of) {
    BoundVariant<T, V> bind(AdapterSource source) {
      return new BoundVariant<>(this, JsonTypes.adapter(source, type));
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
  private final Map<String, Set<Type>> mapping = new HashMap<>();
  private @Nullable String discriminator;

  /** Creates an adapter without variants; the subclass adds them in its constructor. */
  protected UnionAdapter(
      Function<T, @Nullable JsonElement> asJson, Function<JsonElement, T> ofJson) {
    this.asJson = asJson;
    this.ofJson = ofJson;
  }

  /** Adds a variant. */
  protected final <V> void variant(
      TypeToken<V> type, Function<T, @Nullable V> as, Function<V, T> of) {
    variants.add(new Variant<>(type.getType(), as, of));
  }

  /**
   * Maps a value of the discriminator property to a variant. If a value maps to several variants,
   * the best match among them is taken. An object with a value that maps to no variant stays raw
   * JSON.
   */
  protected final void discriminator(String property, String value, Class<?> type) {
    discriminator = property;
    mapping.computeIfAbsent(value, key -> new HashSet<>()).add(type);
  }

  @Override
  @SuppressWarnings("unchecked") // Gson calls this only for the annotated union
  public final <R> TypeAdapter<R> create(Gson gson, TypeToken<R> type) {
    return (TypeAdapter<R>) bind(AdapterSource.of(gson));
  }

  final TypeAdapter<T> bind(AdapterSource source) {
    return new Bound(source);
  }

  private final class Bound extends TypeAdapter<T> implements ScoredAdapter {
    private final List<BoundVariant<T, ?>> bound = new ArrayList<>();

    Bound(AdapterSource source) {
      variants.forEach(variant -> bound.add(variant.bind(source)));
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      JsonElement json = RawJson.ADAPTER.read(in);
      BoundVariant<T, ?> best = null;
      int bestScore = NO_MATCH;
      for (BoundVariant<T, ?> variant : bound) {
        int score = score(variant, json);
        if (score > bestScore) {
          best = variant;
          bestScore = score;
        }
      }
      return best == null ? ofJson.apply(json) : best.read(json);
    }

    private int score(BoundVariant<T, ?> variant, JsonElement json) {
      if (discriminator != null
          && json instanceof JsonObject object
          && object.get(discriminator) instanceof JsonPrimitive value) {
        Type type = variant.variant.type;
        Set<Type> mapped = mapping.getOrDefault(value.getAsString(), Set.of());
        if (mapped.contains(type) && mapped.size() == 1) {
          return CERTAIN;
        }
        // A variant that has no value of its own can still match a value that maps to no variant.
        if (!mapped.contains(type) && (!mapped.isEmpty() || hasValue(type))) {
          return NO_MATCH;
        }
      }
      return ScoredAdapter.score(variant.adapter, json);
    }

    private boolean hasValue(Type variant) {
      return mapping.values().stream().anyMatch(types -> types.contains(variant));
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
    public int score(JsonElement json) {
      int best = NO_MATCH;
      for (BoundVariant<T, ?> variant : bound) {
        best = Math.max(best, score(variant, json));
      }
      return best;
    }
  }
}
