package io.github.tokenfactory.json;

import com.google.gson.JsonElement;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes a list or a set as a JSON array.
 *
 * @param <E> the elements
 * @param <C> the mutable collection that elements are read into
 */
final class CollectionAdapter<E, C extends Collection<E>> extends TypeAdapter<Collection<E>>
    implements ScoredAdapter {
  private final TypeAdapter<E> element;
  private final Supplier<C> empty;
  private final Function<C, ? extends Collection<E>> unmodifiable;

  CollectionAdapter(
      TypeAdapter<E> element,
      Supplier<C> empty,
      Function<C, ? extends Collection<E>> unmodifiable) {
    this.element = element;
    this.empty = empty;
    this.unmodifiable = unmodifiable;
  }

  @Override
  public @Nullable Collection<E> read(JsonReader in) throws IOException {
    if (in.peek() == JsonToken.NULL) {
      in.nextNull();
      return null;
    }
    C elements = empty.get();
    JsonTypes.expect(in, JsonToken.BEGIN_ARRAY, "a list");
    in.beginArray();
    while (in.hasNext()) {
      elements.add(element.read(in));
    }
    in.endArray();
    return unmodifiable.apply(elements);
  }

  @Override
  public void write(JsonWriter out, @Nullable Collection<E> value) throws IOException {
    if (value == null) {
      out.nullValue();
      return;
    }
    out.beginArray();
    for (E each : value) {
      element.write(out, each);
    }
    out.endArray();
  }

  @Override
  public int score(JsonElement json) {
    return json.isJsonArray()
        ? ScoredAdapter.scoreElements(element, json.getAsJsonArray())
        : NO_MATCH;
  }
}
