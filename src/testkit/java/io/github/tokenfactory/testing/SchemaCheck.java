package io.github.tokenfactory.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON against schemas of an OpenAPI document, 3.0 or later.
 *
 * <p>It supports the keywords that FastAPI writes and fails on others, so that no constraint of a
 * later document is ignored. It is handwritten because an artifact with a classifier cannot have
 * dependencies of its own. The tests compare it with a library.
 */
final class SchemaCheck {
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "title",
          "description",
          "default",
          "example",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "externalDocs",
          "xml",
          "discriminator",
          "format",
          "contentMediaType",
          "contentEncoding",
          "nullable", // checked before the keywords, like the type
          "type",
          "$comment");

  /** By JSON type: the error type and the rest of the message in Pydantic. */
  private static final Map<String, List<String>> TYPES =
      Map.of(
          "string", List.of("string_type", "a valid string"),
          "integer", List.of("int_type", "a valid integer"),
          "number", List.of("float_type", "a valid number"),
          "boolean", List.of("bool_type", "a valid boolean"),
          "array", List.of("list_type", "a valid list"),
          "object", List.of("dict_type", "a valid object"),
          "null", List.of("none_required", "null"));

  /** Orders mistakes by depth, then by index: the last one shows which variant was meant. */
  private static final Comparator<Violation> NEARNESS =
      Comparator.<Violation>comparingInt(violation -> violation.location().size())
          .thenComparingInt(
              violation -> {
                List<Object> location = violation.location();
                return location.get(location.size() - 1) instanceof Integer index ? index : -1;
              });

  /** A value, its location, and the violations found so far. */
  private record Value(JsonElement json, List<Object> location, List<Violation> found) {
    void expect(boolean isMet, String type, String message) {
      if (!isMet) {
        found.add(new Violation(422, location, message, type));
      }
    }

    Value below(Object step, JsonElement json) {
      List<Object> longer = new ArrayList<>(location);
      longer.add(step);
      return new Value(json, longer, found);
    }

    Value attempt() {
      return new Value(json, location, new ArrayList<>());
    }

    BigDecimal number() {
      return json.getAsBigDecimal();
    }
  }

  private final JsonObject document;

  SchemaCheck(JsonObject document) {
    this.document = document;
  }

  /** {@return what is wrong with {@code json}, which is at {@code location}} */
  List<Violation> check(JsonElement schema, JsonElement json, List<Object> location) {
    Value value = new Value(json, location, new ArrayList<>());
    check(schema, value);
    return value.found;
  }

  private void check(JsonElement schema, Value value) {
    if (schema instanceof JsonPrimitive allowed) {
      value.expect(allowed.getAsBoolean(), "extra_forbidden", "Extra inputs are not permitted");
      return;
    }
    JsonObject keywords = schema.getAsJsonObject();
    if (value.json.isJsonNull() && isTrue(keywords.get("nullable"))) {
      return;
    }
    if (keywords.has("type")) {
      int before = value.found.size();
      checkType(keywords.get("type"), value);
      if (value.found.size() > before) {
        return; // other keywords would report the same mistake
      }
    }
    keywords.entrySet().forEach(entry -> check(entry.getKey(), entry.getValue(), keywords, value));
  }

  private void check(String keyword, JsonElement rule, JsonObject schema, Value value) {
    switch (keyword) {
      case "$ref" -> check(resolve(rule.getAsString()), value);
      case "enum" ->
          value.expect(
              rule.getAsJsonArray().contains(value.json), "enum", "Input should be one of " + rule);
      case "const" ->
          value.expect(rule.equals(value.json), "literal_error", "Input should be " + rule);
      case "allOf" -> rule.getAsJsonArray().forEach(part -> check(part, value));
      case "anyOf", "oneOf" -> checkUnion(rule.getAsJsonArray(), keyword.equals("oneOf"), value);
      case "properties", "patternProperties", "additionalProperties", "required" -> {
        if (value.json instanceof JsonObject object) {
          checkMembers(keyword, rule, schema, object, value);
        }
      }
      case "items", "prefixItems", "uniqueItems" -> {
        if (value.json instanceof JsonArray array) {
          checkElements(keyword, rule, schema, array, value);
        }
      }
      case "minLength", "minItems", "minProperties", "maxLength", "maxItems", "maxProperties" -> {
        Integer size = size(keyword.substring(3), value.json);
        boolean isMin = keyword.startsWith("min");
        value.expect(
            size == null || (isMin ? size >= rule.getAsInt() : size <= rule.getAsInt()),
            isMin ? "too_short" : "too_long",
            "Input should have at " + (isMin ? "least " : "most ") + rule + ", not " + size);
      }
      case "pattern" ->
          value.expect(
              !is("string", value.json) || matches(rule.getAsString(), value.json.getAsString()),
              "string_pattern_mismatch",
              "String should match pattern " + rule);
      case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf" -> {
        if (is("number", value.json)) {
          checkNumber(keyword, rule, schema, value);
        }
      }
      default -> {
        if (!ANNOTATIONS.contains(keyword) && !keyword.startsWith("x-")) {
          throw new IllegalStateException(
              "This test kit does not support the keyword \"" + keyword + "\" of the document.");
        }
      }
    }
  }

  JsonElement resolve(String ref) {
    JsonElement target = document;
    for (String token : ref.substring(2).split("/")) {
      target = target.getAsJsonObject().get(token.replace("~1", "/").replace("~0", "~"));
    }
    return target;
  }

  private static void checkType(JsonElement rule, Value value) {
    List<String> types =
        (rule instanceof JsonArray several ? several.asList() : List.of(rule))
            .stream().map(JsonElement::getAsString).toList();
    value.expect(
        types.stream().anyMatch(type -> is(type, value.json)),
        TYPES.get(types.get(0)).get(0),
        types.stream()
            .map(type -> TYPES.get(type).get(1))
            .collect(Collectors.joining(" or ", "Input should be ", "")));
  }

  private static boolean is(String type, JsonElement json) {
    return switch (type) {
      case "null" -> json.isJsonNull();
      case "object" -> json.isJsonObject();
      case "array" -> json.isJsonArray();
      case "string" -> json instanceof JsonPrimitive text && text.isString();
      case "boolean" -> json instanceof JsonPrimitive bool && bool.isBoolean();
      case "number" -> json instanceof JsonPrimitive number && number.isNumber();
      default -> // integer, which includes 1.0
          is("number", json) && json.getAsBigDecimal().stripTrailingZeros().scale() <= 0;
    };
  }

  private void checkUnion(JsonArray variants, boolean isExclusive, Value value) {
    List<List<Violation>> failures = new ArrayList<>();
    for (JsonElement variant : variants) {
      Value attempt = value.attempt();
      check(variant, attempt);
      if (!attempt.found.isEmpty()) {
        failures.add(attempt.found);
      }
    }
    int matches = variants.size() - failures.size();
    if (matches > 0) {
      value.expect(
          matches == 1 || !isExclusive, "one_of", "Input should match one schema, not several");
      return;
    }
    List<Violation> nearest =
        failures.stream().max(Comparator.comparing(f -> f.get(0), NEARNESS)).orElseThrow();
    if (nearest.get(0).location().size() > value.location.size()) {
      value.found.addAll(nearest);
    } else {
      value.expect(
          false,
          failures.get(0).get(0).type(),
          failures.stream()
              .map(failure -> failure.get(0).message())
              .distinct()
              .collect(Collectors.joining("; or: ")));
    }
  }

  private void checkMembers(
      String keyword, JsonElement rule, JsonObject schema, JsonObject object, Value value) {
    if (keyword.equals("required")) {
      for (JsonElement name : rule.getAsJsonArray()) {
        value
            .below(name.getAsString(), object)
            .expect(object.has(name.getAsString()), "missing", "Field required");
      }
      return;
    }
    for (Map.Entry<String, JsonElement> member : object.entrySet()) {
      String name = member.getKey();
      Value below = value.below(name, member.getValue());
      switch (keyword) {
        case "properties" -> {
          if (rule.getAsJsonObject().has(name)) {
            check(rule.getAsJsonObject().get(name), below);
          }
        }
        case "patternProperties" ->
            rule.getAsJsonObject()
                .entrySet()
                .forEach(
                    pattern -> {
                      if (matches(pattern.getKey(), name)) {
                        check(pattern.getValue(), below);
                      }
                    });
        default -> {
          boolean isNamed =
              keys(schema.get("properties")).contains(name)
                  || keys(schema.get("patternProperties")).stream().anyMatch(p -> matches(p, name));
          if (!isNamed) {
            check(rule, below);
          }
        }
      }
    }
  }

  private void checkElements(
      String keyword, JsonElement rule, JsonObject schema, JsonArray array, Value value) {
    if (keyword.equals("uniqueItems")) {
      value.expect(
          !isTrue(rule) || new HashSet<>(array.asList()).size() == array.size(),
          "unique_items",
          "Items should be unique");
      return;
    }
    JsonArray first = schema.getAsJsonArray("prefixItems");
    int firsts = first == null ? 0 : Math.min(first.size(), array.size());
    boolean isFirst = keyword.equals("prefixItems");
    IntStream.range(isFirst ? 0 : firsts, isFirst ? firsts : array.size())
        // Lists may be long: stop at the first mistake.
        .takeWhile(i -> i == 0 || value.found.isEmpty())
        .forEach(i -> check(isFirst ? first.get(i) : rule, value.below(i, array.get(i))));
  }

  /**
   * Checks a number. In OpenAPI 3.0, {@code exclusiveMinimum} is a boolean beside {@code minimum}.
   */
  private static void checkNumber(
      String keyword, JsonElement rule, JsonObject schema, Value value) {
    if (is("boolean", rule)) {
      return;
    }
    BigDecimal bound = rule.getAsBigDecimal();
    int comparison = value.number().compareTo(bound);
    switch (keyword) {
      case "minimum" ->
          value.expect(
              comparison > 0 || comparison == 0 && !isTrue(schema.get("exclusiveMinimum")),
              "greater_than_equal",
              "Input should be greater than or equal to " + rule);
      case "maximum" ->
          value.expect(
              comparison < 0 || comparison == 0 && !isTrue(schema.get("exclusiveMaximum")),
              "less_than_equal",
              "Input should be less than or equal to " + rule);
      case "exclusiveMinimum" ->
          value.expect(comparison > 0, "greater_than", "Input should be greater than " + rule);
      case "exclusiveMaximum" ->
          value.expect(comparison < 0, "less_than", "Input should be less than " + rule);
      default ->
          value.expect(
              value.number().remainder(bound).signum() == 0,
              "multiple_of",
              "Input should be a multiple of " + rule);
    }
  }

  /** {@return the length, or the number of items or properties; null for other types} */
  private static @Nullable Integer size(String of, JsonElement json) {
    return switch (of) {
      case "Items" -> json instanceof JsonArray array ? Integer.valueOf(array.size()) : null;
      case "Properties" ->
          json instanceof JsonObject object ? Integer.valueOf(object.size()) : null;
      default ->
          is("string", json)
              ? Integer.valueOf((int) json.getAsString().codePoints().count())
              : null;
    };
  }

  private static boolean matches(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).find();
  }

  private static Set<String> keys(@Nullable JsonElement object) {
    return object == null ? Set.of() : object.getAsJsonObject().keySet();
  }

  private static boolean isTrue(@Nullable JsonElement json) {
    return json instanceof JsonPrimitive bool && bool.isBoolean() && bool.getAsBoolean();
  }
}
