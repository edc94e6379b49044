package io.github.tokenfactory.json;

import com.google.gson.JsonElement;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.codec.RawJson;
import java.io.IOException;

/**
 * Reads a container as raw JSON first. If a string in it does not have the documented format, the
 * model keeps the whole container as raw JSON.
 *
 * @param <C> the container
 */
final class BufferedAdapter<C> extends TypeAdapter<C> implements ScoredAdapter {
  private final TypeAdapter<C> container;

  BufferedAdapter(TypeAdapter<C> container) {
    this.container = container;
  }

  @Override
  public C read(JsonReader in) throws IOException {
    JsonElement json = RawJson.ADAPTER.read(in);
    try {
      return container.fromJsonTree(json);
    } catch (FormatMismatchException e) {
      throw new FormatMismatchException(json);
    }
  }

  @Override
  public void write(JsonWriter out, C value) throws IOException {
    container.write(out, value);
  }

  @Override
  public int score(JsonElement json) {
    return ScoredAdapter.score(container, json);
  }
}
