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
 * Checks JSON against the schemas of an OpenAPI document, 3.0 or later.
 *
 * <p>It knows the keywords that FastAPI writes and fails on any other, so that no constraint of a
 * later document goes unchecked. There are libraries for this, but an artifact with a classifier
 * cannot bring one along; the tests hold this against one.
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
          "nullable", // seen to beforehand, as is the next
          "type",
          "$comment");

  /** Pydantic's word for a type that a value does not have, and how it goes on. */
  private static final Map<String, List<String>> TYPES =
      Map.of(
          "string", List.of("string_type", "a valid string"),
          "integer", List.of("int_type", "a valid integer"),
          "number", List.of("float_type", "a valid number"),
          "boolean", List.of("bool_type", "a valid boolean"),
          "array", List.of("list_type", "a valid list"),
          "object", List.of("dict_type", "a valid object"),
          "null", List.of("none_required", "null"));

  /** The mistake that lies deepest, and there the furthest, tells which variant was meant. */
  private static final Comparator<Violation> NEARNESS =
      Comparator.<Violation>comparingInt(violation -> violation.location().size())
          .thenComparingInt(
              violation -> {
                List<Object> location = violation.location();
                return location.get(location.size() - 1) instanceof Integer index ? index : -1;
              });

  /** A value and where it is. */
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

    Value tried() {
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
        return; // the rest would only say so again
      }
    }
    keywords.entrySet().forEach(said -> check(said.getKey(), said.getValue(), keywords, value));
  }

  private void check(String keyword, JsonElement said, JsonObject schema, Value value) {
    switch (keyword) {
      case "$ref" -> check(resolve(said.getAsString()), value);
      case "enum" ->
          value.expect(
              said.getAsJsonArray().contains(value.json), "enum", "Input should be one of " + said);
      case "const" ->
          value.expect(said.equals(value.json), "literal_error", "Input should be " + said);
      case "allOf" -> said.getAsJsonArray().forEach(part -> check(part, value));
      case "anyOf", "oneOf" -> checkUnion(said.getAsJsonArray(), keyword.equals("oneOf"), value);
      case "properties", "patternProperties", "additionalProperties", "required" -> {
        if (value.json instanceof JsonObject object) {
          checkMembers(keyword, said, schema, object, value);
        }
      }
      case "items", "prefixItems", "uniqueItems" -> {
        if (value.json instanceof JsonArray array) {
          checkElements(keyword, said, schema, array, value);
        }
      }
      case "minLength", "minItems", "minProperties", "maxLength", "maxItems", "maxProperties" -> {
        Integer size = size(keyword.substring(3), value.json);
        boolean isMin = keyword.startsWith("min");
        value.expect(
            size == null || (isMin ? size >= said.getAsInt() : size <= said.getAsInt()),
            isMin ? "too_short" : "too_long",
            "Input should have at " + (isMin ? "least " : "most ") + said + ", not " + size);
      }
      case "pattern" ->
          value.expect(
              !is("string", value.json) || matches(said.getAsString(), value.json.getAsString()),
              "string_pattern_mismatch",
              "String should match pattern " + said);
      case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf" -> {
        if (is("number", value.json)) {
          checkNumber(keyword, said, schema, value);
        }
      }
      default -> {
        if (!ANNOTATIONS.contains(keyword) && !keyword.startsWith("x-")) {
          throw new IllegalStateException(
              "This test kit cannot check what the document says with \"" + keyword + "\".");
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

  private static void checkType(JsonElement said, Value value) {
    List<String> types =
        (said instanceof JsonArray several ? several.asList() : List.of(said))
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
      default -> // an integer, and 1.0 is one
          is("number", json) && json.getAsBigDecimal().stripTrailingZeros().scale() <= 0;
    };
  }

  private void checkUnion(JsonArray variants, boolean isExclusive, Value value) {
    List<List<Violation>> failures = new ArrayList<>();
    for (JsonElement variant : variants) {
      Value tried = value.tried();
      check(variant, tried);
      if (!tried.found.isEmpty()) {
        failures.add(tried.found);
      }
    }
    int fitting = variants.size() - failures.size();
    if (fitting > 0) {
      value.expect(
          fitting == 1 || !isExclusive, "one_of", "Input should be of one form, not of several");
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
      String keyword, JsonElement said, JsonObject schema, JsonObject object, Value value) {
    if (keyword.equals("required")) {
      for (JsonElement name : said.getAsJsonArray()) {
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
          if (said.getAsJsonObject().has(name)) {
            check(said.getAsJsonObject().get(name), below);
          }
        }
        case "patternProperties" ->
            said.getAsJsonObject()
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
            check(said, below);
          }
        }
      }
    }
  }

  private void checkElements(
      String keyword, JsonElement said, JsonObject schema, JsonArray array, Value value) {
    if (keyword.equals("uniqueItems")) {
      value.expect(
          !isTrue(said) || new HashSet<>(array.asList()).size() == array.size(),
          "unique_items",
          "Items should be unique");
      return;
    }
    JsonArray first = schema.getAsJsonArray("prefixItems");
    int firsts = first == null ? 0 : Math.min(first.size(), array.size());
    boolean isFirst = keyword.equals("prefixItems");
    IntStream.range(isFirst ? 0 : firsts, isFirst ? firsts : array.size())
        // One mistake says enough of a list, which may be long.
        .takeWhile(i -> i == 0 || value.found.isEmpty())
        .forEach(i -> check(isFirst ? first.get(i) : said, value.below(i, array.get(i))));
  }

  /** OpenAPI 3.0 has {@code exclusiveMinimum} as a switch beside {@code minimum}. */
  private static void checkNumber(
      String keyword, JsonElement said, JsonObject schema, Value value) {
    if (is("boolean", said)) {
      return;
    }
    BigDecimal bound = said.getAsBigDecimal();
    int comparison = value.number().compareTo(bound);
    switch (keyword) {
      case "minimum" ->
          value.expect(
              comparison > 0 || comparison == 0 && !isTrue(schema.get("exclusiveMinimum")),
              "greater_than_equal",
              "Input should be greater than or equal to " + said);
      case "maximum" ->
          value.expect(
              comparison < 0 || comparison == 0 && !isTrue(schema.get("exclusiveMaximum")),
              "less_than_equal",
              "Input should be less than or equal to " + said);
      case "exclusiveMinimum" ->
          value.expect(comparison > 0, "greater_than", "Input should be greater than " + said);
      case "exclusiveMaximum" ->
          value.expect(comparison < 0, "less_than", "Input should be less than " + said);
      default ->
          value.expect(
              value.number().remainder(bound).signum() == 0,
              "multiple_of",
              "Input should be a multiple of " + said);
    }
  }

  /** {@return how much of it there is, or null if it is no such thing} */
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
