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
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one generated open enumeration as its bare value; for generated code, which
 * subclasses it once an enumeration.
 *
 * <p>A value that the document does not list is kept. Immutable, so safe for use by several
 * threads.
 *
 * @param <T> the enumeration
 * @param <V> its JSON value: text, number or boolean
 */
public abstract class EnumAdapter<T, V> implements TypeAdapterFactory {
  private final Class<V> valueType;
  private final List<T> listed;

  /** Is for values of a type, some of which the document lists. */
  protected EnumAdapter(Class<V> valueType, List<T> listed) {
    this.valueType = valueType;
    this.listed = listed;
  }

  /** {@return the constant with this value} */
  protected abstract T of(V value);

  /** {@return the constant's value} */
  protected abstract V value(T constant);

  @Override
  @SuppressWarnings("unchecked") // Gson calls this for the annotated enumeration alone
  public final <R> TypeAdapter<R> create(Gson gson, TypeToken<R> type) {
    return (TypeAdapter<R>) bind(JsonTypes.Models.of(gson));
  }

  @SuppressWarnings("unchecked") // the type is V's
  final TypeAdapter<T> bind(JsonTypes.Models models) {
    return new Bound((TypeAdapter<V>) JsonTypes.adapter(models, valueType));
  }

  private final class Bound extends TypeAdapter<T> implements JsonTypes.Shape {
    private final TypeAdapter<V> values;

    Bound(TypeAdapter<V> values) {
      this.values = values;
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      V read = values.read(in);
      return read == null ? null : of(read);
    }

    @Override
    public void write(JsonWriter out, @Nullable T constant) throws IOException {
      values.write(out, constant == null ? null : value(constant));
    }

    @Override
    public int fit(JsonElement json) {
      if (JsonTypes.fit(values, json) == NO_FIT) {
        return NO_FIT;
      }
      if (listed.contains(of(values.fromJsonTree(json)))) {
        return 3;
      }
      return listed.size() == 1
          ? NO_FIT
          : 0; // a constant tells variants apart, so another value means another variant
    }
  }
}
