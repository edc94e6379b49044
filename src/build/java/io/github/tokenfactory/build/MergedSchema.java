package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import io.github.tokenfactory.internal.openapi.SchemaReader;
import io.github.tokenfactory.internal.openapi.SemanticNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a schema means, in the terms in which Java types are chosen. */
final class MergedSchema {
  private static final Set<String> STRUCTURE =
      OpenApiGrammar.keywords(
          "type properties required additionalProperties patternProperties items prefixItems enum"
              + " const allOf anyOf oneOf format contentEncoding");

  private static final BigDecimal LARGEST_SIZE = BigDecimal.valueOf(Integer.MAX_VALUE);

  final JsonLocation origin;
  final Set<String> types = new LinkedHashSet<>();
  final Map<String, JsonLocation> properties = new LinkedHashMap<>();
  final Set<String> required = new LinkedHashSet<>();
  final List<JsonLocation> variants = new ArrayList<>();

  /** Bounds as OpenAPI 3.0 has them; those that it has in no usable form start with x-. */
  final JsonObject bounds = new JsonObject();

  /** The property that tells variants apart, if there is one. */
  @Nullable String discriminator;

  /** The variants by the value of that property. */
  final Map<String, JsonLocation> discriminated = new LinkedHashMap<>();

  /** The values of enum and const, or null if any value is allowed. */
  @Nullable List<JsonElement> values;

  /** Whether the schema is about responses only, or about requests only. */
  final boolean readOnly;

  final boolean writeOnly;

  @Nullable JsonLocation additional;
  @Nullable JsonLocation items;
  @Nullable String format;
  boolean nullable;

  /** Whether there is a pattern that Java has no form of. */
  boolean hasUnreadPattern;

  /** Whether parts of the schema contradict each other, so that no Java type fits. */
  boolean contradictory;

  MergedSchema(JsonLocation origin, SchemaReader reader) {
    this.origin = origin;
    SemanticNode node = reader.read(origin);
    try {
      add(node, reader);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("A number is too large at " + origin.pointer(), e);
    }
    readOnly = node.values("readOnly").containsKey("true");
    writeOnly = node.values("writeOnly").containsKey("true");
    // A schema that says nothing about null is not meant to allow it.
    nullable = node.nullable && !types.isEmpty() && variants.isEmpty() || node.isOnlyNull();
    if (types.isEmpty()) {
      guessType();
    }
  }

  private void guessType() {
    if (!properties.isEmpty() || additional != null) {
      types.add("object");
    } else if (items != null || origin.json() instanceof JsonObject schema && schema.has("items")) {
      types.add("array");
    }
  }

  private void add(SemanticNode node, SchemaReader reader) {
    types.addAll(node.values("type").keySet());
    contradictory |=
        node.facts.containsKey("type") && node.values("type").isEmpty() && !node.isOnlyNull();
    if (node.facts.containsKey("enum")) {
      values = json(node, "enum").toList();
      for (JsonElement value : values) {
        if (isNumber(value)) {
          BigDecimal unused = value.getAsBigDecimal(); // fails if it is too large
        }
      }
    }
    required.addAll(node.values("required").keySet());
    json(node, "format").map(CanonicalJson::string).forEach(stated -> format = stated);
    if (json(node, "contentEncoding").anyMatch(new JsonPrimitive("base64")::equals)) {
      format = "byte";
    }
    addParts(node);
    addBounds(node);
    node.groups.getOrDefault("allOf", List.of()).forEach(part -> add(part, reader));
    node.groups.getOrDefault("unions", List.of()).forEach(union -> addUnion(union, reader));
  }

  private static Stream<JsonElement> json(SemanticNode node, String keyword) {
    return node.values(keyword).keySet().stream().map(JsonParser::parseString);
  }

  private void addParts(SemanticNode node) {
    List<JsonLocation> patterns = new ArrayList<>();
    node.schemas.forEach(
        (label, schemas) -> {
          // All of them apply; the last one that says something about the type counts.
          JsonLocation schema = schemas.get(0);
          for (JsonLocation other : schemas) {
            schema = isEmpty(other) ? schema : other;
          }
          String[] words = label.split(" ", 2);
          switch (words[0]) {
            case "properties" -> properties.put(words[1], schema);
            case "patternProperties" -> patterns.add(schema);
            case "additionalProperties", "unevaluatedProperties" -> additional = ifObject(schema);
            case "items" -> items = ifObject(schema);
            case "discriminator" -> discriminated.put(words[1], schema);
            default -> {}
          }
        });
    json(node, "discriminator").map(CanonicalJson::string).forEach(name -> discriminator = name);
    if (patterns.size() == 1) {
      additional = ifObject(patterns.get(0));
    }
  }

  private static @Nullable JsonLocation ifObject(JsonLocation schema) {
    return schema.json() instanceof JsonObject ? schema : null;
  }

  private void addBounds(SemanticNode node) {
    for (String size : List.of("Length", "Items")) {
      addSize(node, "min" + size, false);
      addSize(node, "max" + size, true);
    }
    addBound(node, "minimum", false);
    addBound(node, "maximum", true);
    if (node.values("uniqueItems").containsKey("true")) {
      bounds.addProperty("uniqueItems", true);
    }
    json(node, "multipleOf")
        .filter(step -> isNumber(step) && step.getAsBigDecimal().signum() > 0)
        .forEach(step -> bounds.addProperty("x-multiple-of", step.getAsString()));
    json(node, "pattern").map(CanonicalJson::string).forEach(this::addPattern);
  }

  /** Adds a bound that is an int in Java; no Java text or list is longer. */
  private void addSize(SemanticNode node, String keyword, boolean isUpper) {
    addBound(node, keyword, isUpper);
    if (bounds.has(keyword)) {
      BigDecimal size = bounds.remove(keyword).getAsBigDecimal();
      if (size.signum() >= 0 && size.compareTo(LARGEST_SIZE) <= 0) {
        bounds.addProperty(keyword, size.intValue());
      }
    }
  }

  private void addPattern(@Nullable String pattern) {
    String java = pattern == null ? null : EcmaPattern.toJava(pattern);
    if (java != null) {
      bounds.addProperty("x-pattern", JavaNames.literal(java));
    } else {
      hasUnreadPattern = true;
    }
  }

  /** Adds the strictest of the bounds, which an operator may precede: {@code "> 5"}. */
  private void addBound(SemanticNode node, String keyword, boolean isUpper) {
    for (String stated : node.values(keyword).keySet()) {
      String[] words = stated.split(" ");
      JsonElement number = JsonParser.parseString(words[words.length - 1]);
      if (!isNumber(number)) {
        continue;
      }
      BigDecimal bound = number.getAsBigDecimal();
      if (!bounds.has(keyword)
          || bound.compareTo(bounds.get(keyword).getAsBigDecimal()) > 0 != isUpper) {
        bounds.add(keyword, number);
        if (words.length > 1) {
          String exclusive = isUpper ? "exclusiveMaximum" : "exclusiveMinimum";
          bounds.addProperty(exclusive, !words[0].endsWith("="));
        }
      }
    }
  }

  private static boolean isNumber(JsonElement value) {
    return value instanceof JsonPrimitive scalar && scalar.isNumber();
  }

  private void addUnion(SemanticNode union, SchemaReader reader) {
    List<SemanticNode> meanings = union.groups.getOrDefault("variants", List.of());
    if (!(union.at.json() instanceof JsonArray)) {
      meanings.forEach(each -> add(each, reader)); // several types
    } else if (!meanings.stream().allMatch(each -> each.labels().allMatch("required"::equals))) {
      // Otherwise it says something such as "one of these two properties is required".
      contradictory |= !variants.isEmpty();
      variants.addAll(members(union.at, reader));
    }
  }

  /**
   * {@return the members of allOf, anyOf or oneOf that say something about the type} OpenAPI 3.0
   * has no type for null, so that documents add null to a union in several ways; one of them is any
   * object that is nullable, beside an object that is not just any.
   */
  static List<JsonLocation> members(JsonLocation union, SchemaReader reader) {
    List<JsonLocation> members =
        union.elements().stream()
            .filter(member -> !reader.isNull(member))
            .filter(member -> !union.name().equals("allOf") || !isEmpty(member))
            .toList();
    List<JsonLocation> others =
        members.stream().filter(member -> !isNullableObject(reader.read(member))).toList();
    boolean hasObject =
        others.stream().anyMatch(other -> reader.read(other).values("type").containsKey("object"));
    return hasObject ? others : members;
  }

  private static boolean isNullableObject(SemanticNode node) {
    return node.nullable
        && node.labels().toList().equals(List.of("type"))
        && node.values("type").containsKey("object");
  }

  /** {@return whether all values that the schema allows are integers, or are numbers, and so on} */
  boolean isOfType(String type) {
    return types.size() == 1 && types.contains(type);
  }

  /**
   * {@return whether a discriminator tells apart the schemas that extend this one by allOf} What
   * refers to this schema may hold any of them.
   */
  boolean isParent() {
    return variants.isEmpty()
        && origin.json() instanceof JsonObject schema
        && schema.has("discriminator")
        && discriminated.values().stream().anyMatch(child -> !child.equals(origin));
  }

  /** {@return whether the values can be the constants of an enumeration} */
  boolean isEnum() {
    return values != null
        && !values.isEmpty()
        && !isOfType("boolean")
        && values.stream().allMatch(this::isConstant);
  }

  private boolean isConstant(JsonElement value) {
    String type = CanonicalJson.type(value);
    return value.isJsonPrimitive()
        && hasLiteral(value)
        && (types.contains(type) || type.equals("integer") && types.contains("number"));
  }

  /** {@return whether Java has a literal for the value} */
  private static boolean hasLiteral(JsonElement value) {
    if (!isNumber(value)) {
      return true;
    }
    return CanonicalJson.type(value).equals("integer")
        ? value.getAsBigDecimal().precision() - value.getAsBigDecimal().scale() <= 18
        : Double.isFinite(value.getAsDouble());
  }

  /** {@return whether the schema is that of any text} */
  boolean isText() {
    return isOfType("string") && format == null && variants.isEmpty();
  }

  /** {@return the keywords of a schema that decide on its Java type} */
  static List<String> structure(JsonObject schema) {
    return schema.keySet().stream().filter(STRUCTURE::contains).toList();
  }

  /** {@return whether a schema allows everything} */
  static boolean isEmpty(JsonLocation location) {
    return !(location.json() instanceof JsonObject schema)
        || structure(schema).isEmpty() && OpenApiGrammar.reference(schema) == null;
  }
}
