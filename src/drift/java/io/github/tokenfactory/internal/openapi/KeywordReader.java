package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Reads the keywords of one schema object, except those that bring in other schemas for the same
 * value.
 */
final class KeywordReader {
  /** The keywords that bring in other schemas for the same value, besides {@code $ref}. */
  static final List<String> COMBINING = List.of("allOf", "anyOf", "oneOf");

  /** Keywords that bring in other schemas which evaluate properties, or that do so beside it. */
  private static final Set<String> EVALUATING =
      OpenApiGrammar.keywords(
          "$ref $dynamicRef allOf anyOf oneOf not if then else dependentSchemas"
              + " additionalProperties");

  /** Keywords that say something only beside another one. */
  private static final Map<String, String> NEEDS =
      Map.of("then", "if", "else", "if", "minContains", "contains", "maxContains", "contains");

  private static final Set<String> READ_ELSEWHERE = Set.of("$ref", "nullable", "discriminator");
  private static final Set<String> EVERY_TYPE =
      Set.of("object", "array", "string", "number", "boolean");

  /** The types that a keyword limits; values of other types pass. */
  private static final Map<String, Set<String>> LIMITED_TYPES = new HashMap<>();

  /** When a keyword changes nothing, and might as well be missing. */
  private static final Map<String, Predicate<JsonLocation>> NO_EFFECT = new HashMap<>();

  static {
    Predicate<JsonLocation> isFalse = member -> member.json().equals(new JsonPrimitive(false));
    Predicate<JsonLocation> isEmpty = member -> CanonicalJson.isEmpty(member.json());
    OpenApiGrammar.DOCUMENTATION.forEach(keyword -> NO_EFFECT.put(keyword, member -> true));
    noEffect(member -> true, "$defs definitions $schema $anchor $id");
    noEffect(member -> member.json().isJsonNull(), "default");
    noEffect(isFalse, "deprecated readOnly writeOnly nullable");
    noEffect(isFalse, "uniqueItems exclusiveMinimum exclusiveMaximum");
    noEffect(is("0"), "minItems minLength minProperties");
    noEffect(is("1"), "minContains");
    noEffect(isEmpty, "properties patternProperties dependentSchemas");
    noEffect(isEmpty, "required dependentRequired prefixItems allOf");
    SemanticNode.ANYTHING_BY_DEFAULT.forEach(
        keyword -> NO_EFFECT.put(keyword, KeywordReader::allowsAnything));
    NO_EFFECT.put("propertyNames", KeywordReader::allowsAnyText);
    limits("integer number", "minimum maximum multipleOf");
    limits("string", "minLength maxLength pattern contentEncoding contentMediaType contentSchema");
    limits("array", "items prefixItems contains unevaluatedItems minItems maxItems uniqueItems");
    limits("object", "properties patternProperties additionalProperties unevaluatedProperties");
    limits("object", "propertyNames required minProperties maxProperties");
    limits("object", "dependentRequired dependentSchemas");
  }

  private KeywordReader() {}

  private static Predicate<JsonLocation> is(String value) {
    return member -> CanonicalJson.comparable(member.json()).equals(value);
  }

  private static void noEffect(Predicate<JsonLocation> when, String keywords) {
    OpenApiGrammar.keywords(keywords).forEach(keyword -> NO_EFFECT.put(keyword, when));
  }

  private static void limits(String types, String keywords) {
    OpenApiGrammar.keywords(keywords)
        .forEach(keyword -> LIMITED_TYPES.put(keyword, OpenApiGrammar.keywords(types)));
  }

  /**
   * Reads the schema object at {@code location}.
   *
   * @param resolve finds the schema that another one only refers to
   */
  static SemanticNode read(JsonLocation location, UnaryOperator<JsonLocation> resolve) {
    SemanticNode node = SemanticNode.anything(location);
    for (JsonLocation member : OpenApiGrammar.fields(location)) {
      if (OpenApiGrammar.DOCUMENTATION.contains(member.name())) {
        node.document(member.name(), member);
      } else if (!READ_ELSEWHERE.contains(member.name())
          && !hasNoEffect(member)
          && (!NEEDS.containsKey(member.name())
              || location.object().has(NEEDS.get(member.name())))) {
        read(node, location, member, resolve);
      }
    }
    implyTypes(node);
    dropForeignKeywords(node);
    readAs31(node, "byte", "contentEncoding", "base64");
    readAs31(node, "binary", "contentMediaType", "application/octet-stream");
    return asUnionOfTypes(node);
  }

  /** Drops the keywords that limit only values of other types. */
  static void dropForeignKeywords(SemanticNode node) {
    Set<String> types = node.values("type").keySet();
    if (!types.isEmpty()) {
      Predicate<String> isForeign =
          label ->
              LIMITED_TYPES.containsKey(label.split(" ", 2)[0])
                  && types.stream().noneMatch(type -> isLimited(type, label));
      node.facts.keySet().removeIf(isForeign);
      node.schemas.keySet().removeIf(isForeign);
      node.groups.keySet().removeIf(isForeign);
    }
  }

  /** OpenAPI 3.0 has formats for binary data, later versions have keywords of their own. */
  private static void readAs31(SemanticNode node, String format, String keyword, String value) {
    if (node.values("format").containsKey(CanonicalJson.quote(format))) {
      node.facts.remove("format");
      node.fact(keyword, CanonicalJson.quote(value), node.at);
    }
  }

  /** Adds the values of one of several enumerations that a schema allows, and their words. */
  static void addValues(SemanticNode node, SemanticNode variant) {
    for (String keyword : List.of("enum", "type")) {
      variant.values(keyword).forEach((value, where) -> node.fact(keyword, value, where));
    }
    if (node.values("type").containsKey("number")) {
      node.values("type").remove("integer");
    }
    variant.documentation.forEach(
        (keyword, words) -> words.forEach(where -> node.document(keyword, where)));
  }

  /** The values of an enumeration say which types it has, whether the document does or not. */
  private static void implyTypes(SemanticNode node) {
    Map<String, JsonLocation> stated = node.facts.get("type");
    Map<String, JsonLocation> implied = new LinkedHashMap<>();
    node.values("enum")
        .forEach(
            (value, where) ->
                implied.put(CanonicalJson.type(JsonParser.parseString(value)), where));
    if (implied.containsKey("number")) {
      implied.remove("integer");
    }
    Predicate<String> isStated =
        type ->
            stated == null
                || stated.containsKey(type)
                || type.equals("integer") && stated.containsKey("number");
    // Values that contradict the type are left as they are: such a document is compared, too.
    if (!implied.isEmpty() && implied.keySet().stream().allMatch(isStated)) {
      node.facts.put("type", implied);
    }
  }

  /** {@return whether a schema would allow the same values without this keyword} */
  static boolean hasNoEffect(JsonLocation member) {
    return OpenApiGrammar.isExtension(member.name())
        || NO_EFFECT.getOrDefault(member.name(), any -> false).test(member);
  }

  /** The names of properties are texts anyway. */
  private static boolean allowsAnyText(JsonLocation schema) {
    return allowsAnything(schema)
        || schema.json() instanceof JsonObject object
            && "string".equals(CanonicalJson.string(object.get("type")))
            && schema.members().stream()
                .allMatch(member -> member.name().equals("type") || hasNoEffect(member));
  }

  private static boolean allowsAnything(JsonLocation schema) {
    return CanonicalJson.isTrue(schema.json())
        || schema.json() instanceof JsonObject
            && schema.members().stream().allMatch(KeywordReader::hasNoEffect);
  }

  private static void read(
      SemanticNode node,
      JsonLocation location,
      JsonLocation member,
      UnaryOperator<JsonLocation> resolve) {
    String keyword = member.name();
    JsonElement value = member.json();
    boolean isArray = value instanceof JsonArray;
    switch (keyword) {
      case "not" -> composite(node, "not", location).schema(keyword, member);
      case "if", "then", "else" -> composite(node, "if", location).schema(keyword, member);
      case "contains" -> composite(node, "contains", location).schema(keyword, member);
      case "minContains", "maxContains" ->
          composite(node, "contains", location)
              .fact(keyword, CanonicalJson.comparable(value), member);
      case "type" -> readTypes(node, member);
      case "const" -> readEnum(node, List.of(value), member);
      case "minimum", "exclusiveMinimum" ->
          readBound(node, location.object(), member, "inimum", ">");
      case "maximum", "exclusiveMaximum" ->
          readBound(node, location.object(), member, "aximum", "<");
      case "required" -> readNames(node, keyword, member);
      case "unevaluatedProperties" -> {
        // Where nothing else evaluates properties, it is additionalProperties.
        boolean isPlain = location.object().keySet().stream().noneMatch(EVALUATING::contains);
        node.schema(isPlain ? "additionalProperties" : keyword, member);
      }
      default -> {
        if (keyword.equals("enum") && isArray) {
          readEnum(node, value.getAsJsonArray().asList(), member);
        } else if (keyword.equals("dependentRequired") && value instanceof JsonObject) {
          member.members().forEach(names -> readNames(node, keyword + " " + names.name(), names));
        } else if (!(COMBINING.contains(keyword) && isArray && !CanonicalJson.isEmpty(value))
            && !readParts(node, member, resolve)) {
          node.fact(keyword, CanonicalJson.comparable(value), member);
        }
      }
    }
  }

  /** {@return the one member of a group that stands for keywords that only work together} */
  private static SemanticNode composite(SemanticNode node, String label, JsonLocation at) {
    return node.groups
        .computeIfAbsent(label, k -> new ArrayList<>(List.of(new SemanticNode(at))))
        .get(0);
  }

  /** Reads a keyword that holds schemas; says whether it is one, and has the right form. */
  private static boolean readParts(
      SemanticNode node, JsonLocation member, UnaryOperator<JsonLocation> resolve) {
    OpenApiGrammar.Slot slot = OpenApiGrammar.SCHEMA.slot(member.name());
    if (slot == null) {
      return false;
    }
    List<JsonLocation> parts = slot.parts(member);
    for (JsonLocation part : parts) {
      if (member.json() instanceof JsonArray) {
        // Before 3.1, "items" could be a list, too.
        node.schema("prefixItems " + part.name(), part);
      } else if (slot.form() == OpenApiGrammar.Form.MAP) {
        node.schema(member.name() + " " + part.name(), part);
      } else if (!allowsAnything(resolve.apply(part))) {
        node.schema(member.name(), part);
      }
    }
    return !parts.isEmpty();
  }

  private static void readTypes(SemanticNode node, JsonLocation member) {
    List<JsonElement> values =
        member.json() instanceof JsonArray array ? array.asList() : List.of(member.json());
    Map<String, JsonLocation> types = new LinkedHashMap<>();
    for (JsonElement value : values) {
      String type = CanonicalJson.string(value);
      types.put(type == null ? CanonicalJson.comparable(value) : type, member);
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
    Map<String, JsonLocation> others = new LinkedHashMap<>();
    values.stream()
        .filter(value -> !value.isJsonNull())
        .forEach(value -> others.put(CanonicalJson.comparable(value), member));
    allowed.nullable = values.contains(JsonNull.INSTANCE);
    // Null alone is a type, not a value.
    allowed.facts.put(others.isEmpty() && allowed.nullable ? "type" : "enum", others);
    SchemaMerger.add(node, allowed); // const and enum may stand side by side
  }

  private static void readNames(SemanticNode node, String keyword, JsonLocation member) {
    if (member.json() instanceof JsonArray names
        && names.asList().stream().allMatch(name -> CanonicalJson.string(name) != null)) {
      names.forEach(name -> node.fact(keyword, name.getAsString(), member));
    } else {
      node.fact(keyword, CanonicalJson.comparable(member.json()), member);
    }
  }

  /**
   * Reads a bound. In OpenAPI 3.0, {@code exclusiveMinimum} is a flag beside {@code minimum}; later
   * it is a number of its own.
   */
  private static void readBound(
      SemanticNode node, JsonObject schema, JsonLocation member, String suffix, String sign) {
    String bound = "m" + suffix;
    boolean isBound = member.name().equals(bound);
    boolean hasFlag = CanonicalJson.isTrue(schema.get("exclusiveM" + suffix));
    if (isBound || !hasFlag) {
      String operator = isBound && !hasFlag ? sign + "= " : sign + " ";
      node.fact(bound, operator + CanonicalJson.comparable(member.json()), member);
    } else if (!schema.has(bound)) {
      node.fact(member.name(), "true", member);
    }
  }

  /** Writes a schema with several types as a union of one schema for each, as anyOf would. */
  private static SemanticNode asUnionOfTypes(SemanticNode node) {
    Map<String, JsonLocation> types = node.values("type");
    // A keyword that limits none of the types would be lost in the union.
    Predicate<String> isKept =
        label ->
            label.equals("type")
                || SemanticNode.ANNOTATIONS.contains(label)
                || types.keySet().stream().anyMatch(type -> isLimited(type, label));
    if (types.size() < 2 || !node.labels().allMatch(isKept)) {
      return node;
    }
    List<SemanticNode> variants = new ArrayList<>();
    types.forEach(
        (type, where) -> {
          SemanticNode variant = node.only(label -> isLimited(type, label));
          variant.fact("type", type, where);
          variants.add(variant);
        });
    SemanticNode union = node.only(SemanticNode.ANNOTATIONS::contains);
    union.documentation.putAll(node.documentation);
    union.nullable = node.nullable;
    union.group("unions", SemanticNode.union("anyOf", node.at, variants));
    return union;
  }

  private static boolean isLimited(String type, String label) {
    return LIMITED_TYPES.getOrDefault(label.split(" ", 2)[0], Set.of()).contains(type);
  }
}
