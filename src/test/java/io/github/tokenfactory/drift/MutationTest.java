package io.github.tokenfactory.drift;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.tokenfactory.drift.Mutations.Mutation;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Applies each significant change at each place where it is possible, and expects the drift check
 * to report it. By default it tries one change in thirteen; {@code -Dstride=1} tries all.
 */
class MutationTest {
  /**
   * Changes without effect, because another part of the document says the same: a union with null
   * gains null, or one of two members of allOf loses the type "object".
   */
  private static final List<String> MEANINGLESS =
      List.of(
          "body encoding added", // of JSON
          "parameter 0 explode", // of a scalar
          "parameter 1 explode",
          "service_tier: allOf member added", // it is an enumeration of texts
          "properties/tiers: allOf member added",
          "properties/status: allOf member added",
          "/anyOf/0: type gains null",
          "properties/const/anyOf/0: default null",
          "schemas/Cat/allOf/1: type removed",
          "schemas/Dog: type removed",
          "parameters/1/schema: type gains null",
          "schemas/Item/properties/name: type gains null",
          "extra/additionalProperties: type gains null");

  private static final Map<String, String> LIMITED =
      Map.of(
          "integer|number",
          "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
          "string",
          "minLength maxLength pattern contentEncoding contentMediaType contentSchema",
          "array",
          "items prefixItems contains minContains maxContains unevaluatedItems minItems maxItems"
              + " uniqueItems",
          "object",
          "properties patternProperties additionalProperties unevaluatedProperties propertyNames"
              + " required minProperties maxProperties dependentRequired dependentSchemas");

  private static final int STRIDE = Integer.getInteger("stride", 13);

  private interface Walk {
    void visit(JsonObject document, BiConsumer<String, JsonObject> visitor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openapi.json", "everything-3.1.json", "everything-3.0.json"})
  void reportsEverySignificantChange(String name) {
    JsonObject document = Documents.json(name);
    Mutations.set(
        document.getAsJsonObject("components").getAsJsonObject("schemas"),
        "Elsewhere",
        Mutations.json("{'type': 'null'}"));
    List<String> missed = new ArrayList<>();
    int schemas = run(document, Mutations::schemas, Mutations.ofSchemas(), missed);
    int operations = run(document, Mutations::operations, Mutations.ofOperations(), missed);
    assertThat(missed).isEmpty();
    assertThat(schemas).isGreaterThan(1000 / STRIDE);
    assertThat(operations).isGreaterThan(20 / STRIDE);
  }

  /** {@return whether a keyword that came or changed limits values of the types that are stated} */
  private static boolean hasEffect(JsonObject before, JsonObject after, JsonObject document) {
    if (before.has("default") && before.get("default").isJsonNull() && !after.has("default")) {
      return false;
    }
    if (before.has("type") && !after.has("type")) {
      return !before.get("type").toString().equals("\"" + types(after, document) + "\"");
    }
    for (String keyword : after.keySet()) {
      if (after.get(keyword).equals(before.get(keyword))) {
        continue;
      }
      boolean isAlone = keyword.endsWith("Contains") && !after.has("contains");
      if (isAlone || keyword.equals("default") && after.get(keyword).isJsonNull()) {
        return false;
      }
      String types = types(before, document);
      String limited =
          LIMITED.entrySet().stream()
              .filter(each -> List.of(each.getValue().split(" ")).contains(keyword))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse("");
      if (!types.isEmpty() && !limited.isEmpty() && !types.matches(".*(" + limited + ").*")) {
        return false;
      }
    }
    return true;
  }

  /** {@return the types that a schema allows, if it says so, in any order} */
  private static String types(JsonObject schema, JsonObject document) {
    if (schema.has("type")) {
      return schema.get("type").toString();
    }
    JsonArray values = new JsonArray();
    if (schema.has("enum")) {
      values.addAll(schema.getAsJsonArray("enum"));
    } else if (schema.has("const")) {
      values.add(schema.get("const"));
    }
    if (!values.isEmpty()) {
      return values.asList().stream().map(CanonicalJson::type).distinct().collect(joining(" "));
    }
    if (schema.has("$ref")) {
      String name = schema.get("$ref").getAsString().replaceFirst(".*/", "");
      JsonObject target =
          document.getAsJsonObject("components").getAsJsonObject("schemas").getAsJsonObject(name);
      return target == null ? "" : types(target, document);
    }
    for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
      if (schema.has(keyword)) {
        List<String> types =
            schema.getAsJsonArray(keyword).asList().stream()
                .map(part -> types(part.getAsJsonObject(), document))
                .filter(part -> !part.equals("\"null\""))
                .distinct()
                .toList();
        return types.size() == 1 || keyword.equals("allOf") ? String.join("", types) : "";
      }
    }
    return "";
  }

  private static int run(
      JsonObject document, Walk walk, Map<String, Mutation> mutations, List<String> missed) {
    OpenApiDocument pinned = OpenApiDocument.parse(document.toString());
    Map<String, JsonObject> places = new LinkedHashMap<>();
    walk.visit(document, places::put);
    int applicable = 0;
    int count = 0;
    for (String place : places.keySet()) {
      for (Map.Entry<String, Mutation> mutation : mutations.entrySet()) {
        String mutant = place + ": " + mutation.getKey();
        JsonObject changed = places.get(place).deepCopy();
        boolean applies =
            mutation.getValue().test(changed) && hasEffect(places.get(place), changed, document);
        boolean isMeaningless =
            MEANINGLESS.stream().anyMatch(mutant::endsWith) || place.equals("schemas/Elsewhere");
        if (!applies || isMeaningless || ++applicable % STRIDE != 0) {
          continue;
        }
        count++;
        JsonObject copy = document.deepCopy();
        walk.visit(
            copy,
            (path, part) -> {
              if (path.equals(place)) {
                mutation.getValue().test(part);
              }
            });
        if (!SpecDrift.compare(pinned, OpenApiDocument.parse(copy.toString()), List.of("*"))
            .hasDrift()) {
          missed.add(mutant);
        }
      }
    }
    return count;
  }
}
