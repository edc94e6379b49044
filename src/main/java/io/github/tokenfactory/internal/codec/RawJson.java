package io.github.tokenfactory.internal.codec;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads and writes JSON trees; writes nulls whatever the settings of the writer. */
public final class RawJson extends TypeAdapter<JsonElement> {
  /** The only instance; safe for use by several threads. */
  public static final RawJson ADAPTER = new RawJson();

  /** Loaded with the first raw value, because creating a Gson takes long. */
  private static final class Tree {
    static final TypeAdapter<JsonElement> ADAPTER = new Gson().getAdapter(JsonElement.class);
  }

  private RawJson() {}

  @Override
  public JsonElement read(JsonReader in) throws IOException {
    return Tree.ADAPTER.read(in);
  }

  @Override
  public void write(JsonWriter out, @Nullable JsonElement json) throws IOException {
    boolean serializeNulls = out.getSerializeNulls();
    out.setSerializeNulls(true); // otherwise the writer drops a name whose value is null
    try {
      Tree.ADAPTER.write(out, json);
    } finally {
      out.setSerializeNulls(serializeNulls);
    }
  }
}
