package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Reads the keywords of one schema object, all but those that bring in other schemas for the same
 * value.
 */
final class KeywordReader {
  private static final Set<String> READ_ELSEWHERE = Set.of("$ref", "nullable", "discriminator");
  private static final Set<String> EVERY_TYPE =
      Set.of("object", "array", "string", "number", "boolean");

  /** The types that a keyword speaks about; any other value passes. */
  private static final Map<String, Set<String>> TYPES = new HashMap<>();

  /** When a schema would constrain the same values without the keyword. */
  private static final Map<String, Predicate<JsonLocation>> SILENT = new HashMap<>();

  static {
    OpenApiGrammar.DOCUMENTATION.forEach(keyword -> SILENT.put(keyword, member -> true));
    silent(member -> true, "$defs", "definitions");
    silent(
        member -> member.json().equals(new JsonPrimitive(false)),
        "deprecated",
        "readOnly",
        "writeOnly",
        "nullable");
    silent(
        member -> member.json().equals(new JsonPrimitive(false)),
        "uniqueItems",
        "exclusiveMinimum",
        "exclusiveMaximum");
    silent(
        member -> CanonicalJson.meaning(member.json()).equals("0"),
        "minItems",
        "minLength",
        "minProperties");
    silent(member -> CanonicalJson.meaning(member.json()).equals("1"), "minContains");
    silent(
        member -> CanonicalJson.isEmpty(member.json()),
        "properties",
        "patternProperties",
        "prefixItems",
        "required",
        "allOf");
    silent(member -> CanonicalJson.isEmpty(member.json()), "dependentSchemas", "dependentRequired");
    SemanticNode.ANYTHING_BY_DEFAULT.forEach(keyword -> silent(KeywordReader::isBlank, keyword));
    speaks(Set.of("integer", "number"), "minimum", "maximum", "multipleOf");
    speaks(Set.of("string"), "minLength", "maxLength", "pattern");
    speaks(Set.of("string"), "contentEncoding", "contentMediaType", "contentSchema");
    speaks(
        Set.of("array"),
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
        "contains",
        "unevaluatedItems");
    speaks(
        Set.of("object"),
        "properties",
        "patternProperties",
        "additionalProperties",
        "unevaluatedProperties");
    speaks(Set.of("object"), "propertyNames", "required", "minProperties", "maxProperties");
    speaks(Set.of("object"), "dependentRequired", "dependentSchemas");
  }

  private KeywordReader() {}

  private static void speaks(Set<String> types, String... keywords) {
    for (String keyword : keywords) {
      TYPES.put(keyword, types);
    }
  }

  private static void silent(Predicate<JsonLocation> when, String... keywords) {
    for (String keyword : keywords) {
      SILENT.put(keyword, when);
    }
  }

  /**
   * Returns what the keywords of the object at {@code spot} say; {@code target} finds what a schema
   * stands for.
   */
  static SemanticNode read(JsonLocation spot, UnaryOperator<JsonLocation> target) {
    SemanticNode node = SemanticNode.anything(spot);
    for (JsonLocation member :
        spot.members(name -> !OpenApiGrammar.isExtension(name) && !READ_ELSEWHERE.contains(name))) {
      if (OpenApiGrammar.DOCUMENTATION.contains(member.name())) {
        node.document(member.name(), member);
      } else if (!isSilent(member)) {
        read(node, spot, member, target);
      }
    }
    return typesApart(node);
  }

  /** Says that a schema would constrain the same values without this keyword. */
  static boolean isSilent(JsonLocation member) {
    Predicate<JsonLocation> when = SILENT.get(member.name());
    return when == null ? OpenApiGrammar.isExtension(member.name()) : when.test(member);
  }

  /** Says that a schema has no keyword that constrains anything. */
  private static boolean isBlank(JsonLocation schema) {
    return CanonicalJson.isTrue(schema.json())
        || schema.json() instanceof JsonObject
            && schema.members(name -> true).stream().allMatch(KeywordReader::isSilent);
  }

  private static void read(
      SemanticNode node,
      JsonLocation spot,
      JsonLocation member,
      UnaryOperator<JsonLocation> target) {
    String keyword = member.name();
    JsonElement value = member.json();
    boolean isArray = value instanceof JsonArray;
    switch (keyword) {
      case "not" -> composite(node, "not", spot).schema(keyword, member);
      case "if", "then", "else" -> composite(node, "if", spot).schema(keyword, member);
      case "contains" -> composite(node, "contains", spot).schema(keyword, member);
      case "minContains", "maxContains" ->
          composite(node, "contains", spot).fact(keyword, CanonicalJson.meaning(value), member);
      case "type" -> readTypes(node, member);
      case "const" -> readEnum(node, List.of(value), member);
      case "minimum", "exclusiveMinimum" -> readBound(node, spot.object(), member, "inimum", ">");
      case "maximum", "exclusiveMaximum" -> readBound(node, spot.object(), member, "aximum", "<");
      case "required" -> readNames(node, keyword, value, member);
      default -> {
        if (keyword.equals("enum") && isArray) {
          readEnum(node, value.getAsJsonArray().asList(), member);
        } else if (keyword.equals("dependentRequired") && value instanceof JsonObject) {
          member
              .members(name -> true)
              .forEach(names -> readNames(node, keyword + " " + names.name(), names.json(), names));
        } else if (!(SchemaReader.COMBINING.contains(keyword)
                && isArray
                && !CanonicalJson.isEmpty(value))
            && !readParts(node, member, target)) {
          node.fact(keyword, CanonicalJson.meaning(value), member);
        }
      }
    }
  }

  /** Returns the one member of a group for keywords that only mean something together. */
  private static SemanticNode composite(SemanticNode node, String label, JsonLocation at) {
    if (!node.groups.containsKey(label)) {
      node.group(label, new SemanticNode(at));
    }
    return node.groups.get(label).get(0);
  }

  /** Reads a keyword that holds schemas; returns whether it is one, and has the right form. */
  private static boolean readParts(
      SemanticNode node, JsonLocation member, UnaryOperator<JsonLocation> target) {
    OpenApiGrammar.Slot slot = OpenApiGrammar.SCHEMA.slot(member.name());
    if (slot == null) {
      return false;
    }
    List<JsonLocation> parts = slot.parts(member);
    for (JsonLocation part : parts) {
      if (member.json() instanceof JsonArray) {
        node.schema(
            "prefixItems " + part.name(),
            part); // before 3.1, a list of items was written as "items"
      } else if (slot.form() == OpenApiGrammar.Form.MAP) {
        node.schema(member.name() + " " + part.name(), part);
      } else if (!isBlank(target.apply(part))) {
        node.schema(member.name(), part);
      }
    }
    return !parts.isEmpty();
  }

  private static void readTypes(SemanticNode node, JsonLocation member) {
    List<JsonElement> values =
        member.json() instanceof JsonArray array ? array.asList() : List.of(member.json());
    Map<String, JsonLocation> types = new TreeMap<>();
    for (JsonElement value : values) {
      String type = CanonicalJson.string(value);
      types.put(type == null ? CanonicalJson.meaning(value) : type, member);
    }
    node.nullable &= types.remove("null") != null;
    if (types.containsKey("number")) {
      types.remove("integer");
    }
    if (!types.keySet().containsAll(EVERY_TYPE)) {
      node.facts.put("type", types);
    }
  }

  private static void readEnum(SemanticNode node, List<JsonElement> values, JsonLocation member) {
    SemanticNode allowed = SemanticNode.anything(member);
    Map<String, JsonLocation> others = new TreeMap<>();
    values.stream()
        .filter(value -> !value.isJsonNull())
        .forEach(value -> others.put(CanonicalJson.meaning(value), member));
    allowed.nullable = values.contains(JsonNull.INSTANCE);
    // Null alone is a type, not a value.
    allowed.facts.put(others.isEmpty() && allowed.nullable ? "type" : "enum", others);
    SchemaMerger.add(node, allowed); // const and enum may stand side by side
  }

  private static void readNames(
      SemanticNode node, String keyword, JsonElement value, JsonLocation where) {
    if (value instanceof JsonArray names
        && names.asList().stream().allMatch(name -> CanonicalJson.string(name) != null)) {
      names.forEach(name -> node.fact(keyword, name.getAsString(), where));
    } else {
      node.fact(keyword, CanonicalJson.meaning(value), where);
    }
  }

  /**
   * In OpenAPI 3.0 {@code exclusiveMinimum} is a switch beside {@code minimum}, later it is a
   * number of its own.
   */
  private static void readBound(
      SemanticNode node, JsonObject schema, JsonLocation member, String suffix, String sign) {
    String bound = "m" + suffix;
    boolean isBound = member.name().equals(bound);
    boolean isSwitched = CanonicalJson.isTrue(schema.get("exclusiveM" + suffix));
    if (isBound || !isSwitched) {
      node.fact(
          bound,
          sign + (isBound && !isSwitched ? "= " : " ") + CanonicalJson.meaning(member.json()),
          member);
    } else if (!schema.has(bound)) {
      node.fact(member.name(), "true", member);
    }
  }

  /**
   * Writes a schema with several types as the union of one schema each, which is what {@code anyOf}
   * would say.
   */
  private static SemanticNode typesApart(SemanticNode node) {
    Map<String, JsonLocation> types = node.facts.getOrDefault("type", Map.of());
    // A keyword about none of the types has no place in the union, and must still be seen.
    Predicate<String> hasPlace =
        label ->
            label.equals("type")
                || SemanticNode.ANNOTATIONS.contains(label)
                || types.keySet().stream().anyMatch(type -> speaksOf(type, label));
    if (types.size() < 2 || !node.labels().allMatch(hasPlace)) {
      return node;
    }
    List<SemanticNode> variants =
        types.keySet().stream().map(type -> node.only(label -> speaksOf(type, label))).toList();
    int i = 0;
    for (Map.Entry<String, JsonLocation> type : types.entrySet()) {
      variants.get(i++).fact("type", type.getKey(), type.getValue());
    }
    SemanticNode apart = node.only(SemanticNode.ANNOTATIONS::contains);
    apart.documentation.putAll(node.documentation);
    apart.nullable = node.nullable;
    apart.group("unions", SemanticNode.union("anyOf", node.at, variants));
    return apart;
  }

  private static boolean speaksOf(String type, String label) {
    return TYPES.getOrDefault(label.split(" ", 2)[0], Set.of()).contains(type);
  }
}
