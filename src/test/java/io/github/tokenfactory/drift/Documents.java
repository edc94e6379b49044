package io.github.tokenfactory.drift;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads the documents of tests: the pinned one, and two that use every keyword. */
public final class Documents {
  private Documents() {}

  public static JsonObject json(String name) {
    return JsonParser.parseString(text(name)).getAsJsonObject();
  }

  public static String text(String name) {
    try {
      return Files.readString(
          name.equals("openapi.json")
              ? Path.of(name)
              : Path.of("src/test/resources/io/github/tokenfactory/drift", name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
