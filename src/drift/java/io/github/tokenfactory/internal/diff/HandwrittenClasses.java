package io.github.tokenfactory.internal.diff;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Knows which schemas have a handwritten class in the client, if that is on the class path or
 * module path: regenerating does not change these classes.
 */
final class HandwrittenClasses {
  /** JSON pointers into the client's document, each to the name of a class. */
  private static final String RESOURCE = "META-INF/tokenfactory/handwritten-classes.json";

  private static final JsonObject CLASSES = read();

  private HandwrittenClasses() {}

  private static JsonObject read() {
    try (InputStream in = HandwrittenClasses.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      return in == null
          ? new JsonObject()
          : JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
              .getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@return the advice, completed if a handwritten class stands for what {@code pointer} is in}
   */
  static String complete(String advice, String pointer) {
    for (String schema : CLASSES.keySet()) {
      if (pointer.equals(schema) || pointer.startsWith(schema + "/")) {
        String type = CLASSES.get(schema).getAsString();
        return advice + "; then edit the handwritten " + type + ", its helpers above all";
      }
    }
    return advice;
  }
}
