package io.github.tokenfactory.json;

import com.google.gson.Gson;
import com.google.gson.TypeAdapter;
import com.google.gson.reflect.TypeToken;
import java.lang.reflect.Type;

/** Finds the adapters of models and of other types that this package does not read itself. */
interface AdapterSource {
  /** {@return the adapter of {@code type}} */
  TypeAdapter<?> adapter(Type type);

  /** {@return a source that asks {@code gson}} */
  static AdapterSource of(Gson gson) {
    return type -> gson.getAdapter(TypeToken.get(type));
  }
}
