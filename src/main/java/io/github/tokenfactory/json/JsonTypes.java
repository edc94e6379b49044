package io.github.tokenfactory.json;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonSyntaxException;
import com.google.gson.TypeAdapter;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.github.tokenfactory.internal.codec.RawJson;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the adapter of each Java type that the generator uses.
 *
 * <p>Scalars and containers have adapters in this package, so that the adapters, policies and
 * reflection filters of a user's {@link Gson} do not change their JSON. All other types, mainly
 * models, come from an {@link AdapterSource}.
 */
final class JsonTypes {
  private JsonTypes() {}

  /**
   * {@return the adapter of {@code type}, with nested models from {@code source}}
   *
   * @param <V> the Java type that {@code type} stands for
   */
  @SuppressWarnings("unchecked") // the adapter of V's type reads a V
  static <V> TypeAdapter<V> adapter(AdapterSource source, Type type) {
    return (TypeAdapter<V>) find(source, type);
  }

  private static TypeAdapter<?> find(AdapterSource source, Type type) {
    if (type == JsonElement.class) {
      return RawJson.ADAPTER;
    }
    // The raw type, because a TypeToken holds byte[] as a GenericArrayType.
    TypeAdapter<?> scalar = ScalarAdapter.of(TypeToken.get(type).getRawType());
    if (scalar != null) {
      return scalar;
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      TypeAdapter<?> element = find(source, arguments[arguments.length - 1]);
      TypeAdapter<?> container = container(generic.getRawType(), element);
      if (container != null) {
        return needsBuffer(element) ? new BufferedAdapter<>(container) : container;
      }
    }
    return source.adapter(type);
  }

  private static @Nullable TypeAdapter<?> container(Type type, TypeAdapter<?> element) {
    if (type == List.class) {
      return new CollectionAdapter<>(element, ArrayList::new, Collections::unmodifiableList);
    } else if (type == Set.class) {
      return new CollectionAdapter<>(element, LinkedHashSet::new, Collections::unmodifiableSet);
    }
    return type == Map.class ? new MapAdapter<>(element) : null;
  }

  private static boolean needsBuffer(TypeAdapter<?> element) {
    return element instanceof BufferedAdapter<?>
        || element instanceof ScalarAdapter<?> scalar && scalar.isFormatted();
  }

  /** Throws an exception that names the place unless the next token is {@code token}. */
  static void expect(JsonReader in, JsonToken token, String what) throws IOException {
    if (in.peek() != token) {
      throw new JsonSyntaxException(
          what + ": expected " + token + " but was " + in.peek() + " at path " + in.getPath());
    }
  }
}
