package io.github.tokenfactory.json;

import com.google.gson.JsonElement;
import com.google.gson.annotations.JsonAdapter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Copies and describes the values of properties. */
final class ModelValues {
  private ModelValues() {}

  /** {@return {@code value}, copied if it is a container, an array or raw JSON} */
  @SuppressWarnings("unchecked") // a copy has the same interface as the original
  static <V extends @Nullable Object> V frozen(V value) {
    if (value instanceof String || value instanceof Number) {
      return value; // first, because a failed test for an interface is slow
    } else if (value instanceof Map<?, ?> map) {
      if (map.isEmpty()) {
        return (V) Map.of();
      }
      Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((name, member) -> copy.put(name, frozen(member)));
      return (V) Collections.unmodifiableMap(copy);
    } else if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(frozen(element)));
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

  /** {@return what a log may show of {@code value}; strings and elements are left out} */
  static String describe(Object value) {
    if (value instanceof Number
        || value instanceof Boolean
        || value.getClass().isAnnotationPresent(JsonAdapter.class)) {
      return value.toString();
    }
    return value instanceof Collection<?> elements ? "[" + elements.size() + "]" : "...";
  }
}
