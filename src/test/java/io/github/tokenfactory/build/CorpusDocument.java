package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.GsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Reads an OpenAPI document for tests of generated code. It shares nothing with the build's own
 * reading, so that a fault there is not repeated here.
 */
final class CorpusDocument {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private static final JsonPrimitive FALSE = new JsonPrimitive(false);

  /** One operation, with the parameters of its path item. */
  record Operation(String method, String path, JsonObject json, List<JsonObject> parameters) {
    @Override
    public String toString() {
      return method.toUpperCase(Locale.ROOT) + " " + path;
    }
  }

  private final JsonObject root;
  private final Map<JsonElement, URI> registered = new HashMap<>();
  private final Validator validator =
      new ValidatorFactory()
          .withJsonNodeFactory(new GsonNode.Factory())
          .withDisabledSchemaValidation(true)
          .createValidator();

  private CorpusDocument(JsonElement root) {
    this.root = root.getAsJsonObject();
  }

  static CorpusDocument read(Path file) throws IOException {
    Object yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    return new CorpusDocument(new GsonBuilder().serializeNulls().create().toJsonTree(yaml));
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

  /** Fails if the JSON is not valid for a schema of this document, as a library sees it. */
  void assertValid(JsonElement schema, JsonElement json) {
    URI uri =
        registered.computeIfAbsent(
            schema,
            unknown -> {
              JsonObject whole = plain(root).getAsJsonObject();
              JsonArray one = new JsonArray();
              one.add(plain(schema));
              whole.add("allOf", one);
              URI next = URI.create("urn:corpus:" + registered.size());
              validator.registerSchema(next, whole.toString());
              return next;
            });
    Validator.Result result = validator.validate(uri, json.toString());
    assertThat(result.isValid())
        .as(
            "sample %s: %s",
            json,
            result.getErrors().stream()
                .map(e -> e.getInstanceLocation() + " " + e.getError())
                .toList())
        .isTrue();
  }

  /**
   * {@return a schema as JSON Schema has it} OpenAPI 3.0 has words of its own for two things. What
   * frameworks print is not always strictly true: variants may both fit, and children of a closed
   * object have properties.
   */
  private JsonElement plain(JsonElement schema) {
    if (schema instanceof JsonArray array) {
      JsonArray plain = new JsonArray();
      array.forEach(element -> plain.add(plain(element)));
      return plain;
    }
    if (!(schema instanceof JsonObject object)) {
      return schema;
    }
    JsonObject plain = new JsonObject();
    object
        .asMap()
        .forEach(
            (keyword, value) -> {
              boolean isClosed = keyword.endsWith("Properties") && FALSE.equals(value);
              if (!isClosed) {
                plain.add(keyword.equals("oneOf") ? "anyOf" : keyword, plain(value));
              }
            });
    if (plain.has("properties") && plain.get("required") instanceof JsonArray required) {
      required.asList().removeIf(name -> hasDirection(plain, name.getAsString()));
    }
    for (String bound : List.of("exclusiveMinimum", "exclusiveMaximum")) {
      if (plain.get(bound) instanceof JsonPrimitive flag && flag.isBoolean()) {
        plain.add(bound, plain.remove("m" + bound.substring("exclusiveM".length())));
      }
    }
    if (!isTrue(plain.remove("nullable"))) {
      return plain;
    }
    JsonObject none = new JsonObject();
    none.addProperty("type", "null");
    JsonArray either = new JsonArray();
    either.add(none);
    either.add(plain);
    JsonObject nullable = new JsonObject();
    nullable.add("anyOf", either);
    return nullable;
  }

  /** {@return the examples of a media type} */
  static List<JsonElement> examples(JsonObject media) {
    List<JsonElement> examples = new ArrayList<>();
    if (media.has("example")) {
      examples.add(media.get("example"));
    }
    members(media.get("examples"))
        .values()
        .forEach(example -> examples.add(example.getAsJsonObject().get("value")));
    return examples;
  }

  /** {@return whether a property is only sent, or only received} */
  private static boolean hasDirection(JsonObject schema, String name) {
    return members(schema.get("properties")).get(name) instanceof JsonObject property
        && (isTrue(property.get("readOnly")) || isTrue(property.get("writeOnly")));
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
