package io.github.tokenfactory.json;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the adapters that models name in their annotations, as {@link Gson} does. A {@link Gson} is
 * created only for other types, because its start would delay the first call. Safe for use by
 * several threads.
 */
final class AdapterRegistry implements AdapterSource {
  private final Map<Type, TypeAdapter<?>> adapters = new HashMap<>();
  private @Nullable Gson gson;

  @Override
  public synchronized TypeAdapter<?> adapter(Type type) {
    JsonAdapter annotation =
        type instanceof Class<?> model ? model.getAnnotation(JsonAdapter.class) : null;
    if (annotation == null) {
      return others().getAdapter(TypeToken.get(type));
    }
    TypeAdapter<?> adapter = adapters.get(type);
    if (adapter == null) {
      Unfinished<?> unfinished = new Unfinished<>();
      adapters.put(type, unfinished); // found if the model contains itself
      try {
        adapter = make(annotation, type);
        unfinished.finish(adapter);
        adapters.put(type, adapter);
      } finally {
        if (adapters.remove(type, unfinished)) {
          adapters.clear(); // others may refer to the one that failed
        }
      }
    }
    return adapter;
  }

  private Gson others() {
    if (gson == null) {
      gson = new Gson();
    }
    return gson;
  }

  private TypeAdapter<?> make(JsonAdapter annotation, Type type) {
    try {
      Object named = annotation.value().getDeclaredConstructor().newInstance();
      if (named instanceof ObjectAdapter<?, ?> object) {
        return object.bind(this);
      } else if (named instanceof UnionAdapter<?> union) {
        return union.bind(this);
      } else if (named instanceof EnumAdapter<?, ?> enumeration) {
        return enumeration.bind(this);
      } else if (named instanceof TypeAdapter<?> adapter && !annotation.nullSafe()) {
        return adapter;
      }
    } catch (ReflectiveOperationException e) {
      // Not a model: Gson creates the adapter or says why it cannot.
    }
    return others().getAdapter(TypeToken.get(type));
  }

  /** Stands for the adapter of a model while the adapters of its properties are created. */
  private static final class Unfinished<T> extends TypeAdapter<T> implements ScoredAdapter {
    private @Nullable TypeAdapter<T> adapter;

    @SuppressWarnings("unchecked") // both are for the same model
    void finish(TypeAdapter<?> finished) {
      adapter = (TypeAdapter<T>) finished;
    }

    private TypeAdapter<T> adapter() {
      return Objects.requireNonNull(adapter);
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      return adapter().read(in);
    }

    @Override
    public void write(JsonWriter out, @Nullable T value) throws IOException {
      adapter().write(out, value);
    }

    @Override
    public int score(JsonElement json) {
      return ScoredAdapter.score(adapter(), json);
    }
  }
}
