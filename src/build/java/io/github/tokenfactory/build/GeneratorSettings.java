package io.github.tokenfactory.build;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The generator's settings, {@code generated-sources-config.yaml}. */
final class GeneratorSettings {
  /** What the generator's parser of YAML takes. */
  private static final int MAX_LENGTH = 3 << 20;

  private final String text;
  private final JsonObject settings;

  private GeneratorSettings(String text) {
    this.text = text;
    settings = YamlReader.read(text).getAsJsonObject();
    if (settings.has("nameMappings")) {
      throw new IllegalArgumentException(
          "nameMappings are computed: name a property in JavaNames instead.");
    }
  }

  static GeneratorSettings load(Path file) throws IOException {
    return new GeneratorSettings(Files.readString(file));
  }

  /** {@return the package of the generated interface} */
  String apiPackage() {
    return settings.get("apiPackage").getAsString();
  }

  /** {@return the package of the generated models} */
  String modelPackage() {
    return settings.get("modelPackage").getAsString();
  }

  /** {@return the schemas that have a handwritten class, by their Java names, with its name} */
  Map<String, JsonElement> handwrittenClasses() {
    return settings.getAsJsonObject("schemaMappings").asMap();
  }

  /** {@return the classes that generated code imports by these settings, with their full names} */
  Map<String, JsonElement> importedClasses() {
    return settings.getAsJsonObject("importMappings").asMap();
  }

  /** {@return the settings, without mappings to handwritten classes} */
  GeneratorSettings withoutHandwrittenClasses() {
    String rest = text;
    for (JsonElement type : handwrittenClasses().values()) {
      rest = rest.replaceAll("(?m)^  \\w+: (\\w+[.])*" + type.getAsString() + "\n", "");
    }
    return new GeneratorSettings(rest.replace("schemaMappings:\n", "schemaMappings: {}\n"));
  }

  /** {@return the settings with a Java name for each property} */
  String withNames(Map<String, String> properties) {
    StringBuilder names = new StringBuilder(text).append("\nnameMappings:\n");
    properties.forEach(
        (property, name) ->
            // Explicit keys may be of any length, and quoted ones of any form.
            names.append("  ? " + CanonicalJson.quote(property) + "\n  : \"" + name + "\"\n"));
    if (names.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "The names of all properties are too long together: %d characters"
              .formatted(names.length()));
    }
    return names.toString();
  }
}
