package io.github.tokenfactory.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes a map as a JSON object.
 *
 * @param <V> the values
 */
final class MapAdapter<V> extends TypeAdapter<Map<String, V>> implements ScoredAdapter {
  private final TypeAdapter<V> value;

  MapAdapter(TypeAdapter<V> value) {
    this.value = value;
  }

  @Override
  public @Nullable Map<String, V> read(JsonReader in) throws IOException {
    if (in.peek() == JsonToken.NULL) {
      in.nextNull();
      return null;
    }
    Map<String, V> members = new LinkedHashMap<>();
    JsonTypes.expect(in, JsonToken.BEGIN_OBJECT, "a map");
    in.beginObject();
    while (in.hasNext()) {
      members.put(in.nextName(), value.read(in));
    }
    in.endObject();
    return Collections.unmodifiableMap(members);
  }

  @Override
  public void write(JsonWriter out, @Nullable Map<String, V> members) throws IOException {
    if (members == null) {
      out.nullValue();
      return;
    }
    out.beginObject();
    for (Map.Entry<String, V> member : members.entrySet()) {
      out.name(member.getKey());
      if (member.getValue() == null) {
        // A writer that does not serialize nulls would drop the member.
        RawJson.ADAPTER.write(out, JsonNull.INSTANCE);
      } else {
        value.write(out, member.getValue());
      }
    }
    out.endObject();
  }

  @Override
  public int score(JsonElement json) {
    return json.isJsonObject()
        ? ScoredAdapter.scoreElements(value, json.getAsJsonObject().asMap().values())
        : NO_MATCH;
  }
}
