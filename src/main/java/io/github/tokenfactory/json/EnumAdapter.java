package io.github.tokenfactory.json;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one generated enumeration as its value. Generated code has one subclass for each
 * enumeration.
 *
 * <p>Values that the document does not list are kept. Immutable, so safe for use by several
 * threads.
 *
 * @param <T> the enumeration
 * @param <V> its JSON value: a string or a number
 */
public abstract class EnumAdapter<T, V> implements TypeAdapterFactory {
  private final Class<V> type;
  private final List<T> listed;
  private final Function<V, T> of;
  private final Function<T, V> value;

  /** Creates an adapter; the document lists some of the values. */
  protected EnumAdapter(Class<V> type, List<T> listed, Function<V, T> of, Function<T, V> value) {
    this.type = type;
    this.listed = listed;
    this.of = of;
    this.value = value;
  }

  @Override
  @SuppressWarnings("unchecked") // Gson calls this only for the annotated enumeration
  public final <R> TypeAdapter<R> create(Gson gson, TypeToken<R> type) {
    return (TypeAdapter<R>) bind(AdapterSource.of(gson));
  }

  final TypeAdapter<T> bind(AdapterSource source) {
    return new Bound(JsonTypes.adapter(source, type));
  }

  private final class Bound extends TypeAdapter<T> implements ScoredAdapter {
    private final TypeAdapter<V> values;

    Bound(TypeAdapter<V> values) {
      this.values = values;
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      V read = values.read(in);
      return read == null ? null : of.apply(read);
    }

    @Override
    public void write(JsonWriter out, @Nullable T constant) throws IOException {
      values.write(out, constant == null ? null : value.apply(constant));
    }

    @Override
    public int score(JsonElement json) {
      if (ScoredAdapter.score(values, json) == NO_MATCH) {
        return NO_MATCH;
      }
      if (listed.contains(of.apply(values.fromJsonTree(json)))) {
        return 3;
      }
      // A single value is a constant that tells variants apart: another value is another variant.
      return listed.size() == 1 ? NO_MATCH : 0;
    }
  }
}
