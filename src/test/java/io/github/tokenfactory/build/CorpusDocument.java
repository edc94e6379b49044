package io.github.tokenfactory.build;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads an OpenAPI document for tests of generated code. It shares nothing with the build's own
 * reading, so that a fault there is not repeated here.
 */
final class CorpusDocument {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  /** One operation, with the parameters of its path item. */
  record Operation(String method, String path, JsonObject json, List<JsonObject> parameters) {
    @Override
    public String toString() {
      return method.toUpperCase(Locale.ROOT) + " " + path;
    }
  }

  private final JsonObject root;

  private CorpusDocument(JsonObject root) {
    this.root = root;
  }

  static CorpusDocument read(Path file) throws IOException {
    boolean isYaml = !file.toString().endsWith(".json");
    ObjectMapper mapper = isYaml ? new ObjectMapper(new YAMLFactory()) : new ObjectMapper();
    String json = new ObjectMapper().writeValueAsString(mapper.readTree(file.toFile()));
    return new CorpusDocument(JsonParser.parseString(json).getAsJsonObject());
  }

  boolean isVersion30() {
    return root.get("openapi").getAsString().startsWith("3.0");
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    members(root.get("paths"))
        .forEach(
            (path, value) -> {
              JsonObject item = resolve(value);
              members(item)
                  .forEach(
                      (method, operation) -> {
                        if (METHODS.contains(method)) {
                          JsonObject json = operation.getAsJsonObject();
                          operations.add(new Operation(method, path, json, parameters(item, json)));
                        }
                      });
            });
    return operations;
  }

  private List<JsonObject> parameters(JsonObject item, JsonObject operation) {
    Map<String, JsonObject> found = new LinkedHashMap<>();
    for (JsonObject holder : List.of(item, operation)) {
      for (JsonElement each : elements(holder.get("parameters"))) {
        JsonObject parameter = resolve(each);
        found.put(text(parameter, "in") + " " + text(parameter, "name"), parameter);
      }
    }
    return List.copyOf(found.values());
  }

  /** {@return the object that references lead to} */
  JsonObject resolve(JsonElement json) {
    JsonObject object = json.getAsJsonObject();
    while (object.has("$ref")) {
      object = target(object.get("$ref").getAsString());
    }
    return object;
  }

  /** {@return what a reference within the document points to} */
  JsonObject target(String ref) {
    JsonElement target = root;
    for (String token : ref.substring(2).split("/")) {
      String name = token.replace("~1", "/").replace("~0", "~").replace("%20", " ");
      target =
          target instanceof JsonArray array
              ? array.get(Integer.parseInt(name))
              : target.getAsJsonObject().get(name);
    }
    return target.getAsJsonObject();
  }

  Map<String, JsonElement> schemas() {
    return root.has("components")
        ? members(root.getAsJsonObject("components").get("schemas"))
        : Map.of();
  }

  static Map<String, JsonElement> members(JsonElement object) {
    return object instanceof JsonObject json ? json.asMap() : Map.of();
  }

  static List<JsonElement> elements(JsonElement array) {
    return array instanceof JsonArray json ? json.asList() : List.of();
  }

  static String text(JsonObject object, String member) {
    return object.get(member) instanceof JsonPrimitive text && text.isString()
        ? text.getAsString()
        : null;
  }

  static boolean isTrue(JsonElement json) {
    return json instanceof JsonPrimitive bool && bool.isBoolean() && bool.getAsBoolean();
  }
}
