package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** What a schema says about a value: references followed, and {@code allOf} merged. */
final class MergedSchema {
  private static final Set<String> STRUCTURE =
      OpenApiGrammar.keywords(
          "type properties required additionalProperties patternProperties items prefixItems enum"
              + " const allOf anyOf oneOf format contentEncoding");
  private static final List<String> SIZES =
      List.of("minLength", "maxLength", "minItems", "maxItems", "uniqueItems");

  private final Document document;
  private final Runnable countStep;

  final JsonLocation origin;
  final Set<String> types = new LinkedHashSet<>();
  final Map<String, JsonLocation> properties = new LinkedHashMap<>();
  final Set<String> required = new LinkedHashSet<>();
  final List<JsonLocation> variants = new ArrayList<>();

  /** Bounds as OpenAPI 3.0 has them; those that it has in no usable form start with x-. */
  final JsonObject bounds = new JsonObject();

  /** The values of enum and const, or null if any value is allowed. */
  @Nullable List<JsonElement> values;

  @Nullable JsonLocation additional;
  @Nullable JsonLocation items;
  @Nullable String format;

  /** The schema whose variants a discriminator tells apart. */
  @Nullable JsonLocation discriminated;

  boolean nullable;

  /** Whether parts of the schema contradict each other, so that no Java type fits. */
  boolean contradictory;

  /**
   * Reads a schema.
   *
   * @param countStep called for each schema that is merged; fails if there are too many
   */
  MergedSchema(JsonLocation origin, Document document, Runnable countStep) {
    this.origin = origin;
    this.document = document;
    this.countStep = countStep;
    add(origin, new HashSet<>());
    nullable |= values != null && values.removeIf(JsonElement::isJsonNull);
    nullable |= types.remove("null");
    if (types.isEmpty()) {
      guessType();
    }
  }

  private void guessType() {
    if (!properties.isEmpty() || additional != null) {
      types.add("object");
    } else if (items != null) {
      types.add("array");
    } else if (values != null) {
      values.forEach(value -> types.add(jsonType(value)));
    }
  }

  private void add(JsonLocation location, Set<JsonLocation> seen) {
    if (!(location.json() instanceof JsonObject schema)) {
      return; // a boolean schema says nothing about types
    }
    if (!seen.add(location)) {
      throw Document.cycle(location);
    }
    countStep.run();
    String ref = OpenApiGrammar.reference(schema);
    if (ref != null) {
      add(document.resolve(ref, location), seen);
    }
    addTypes(schema);
    if (schema.get("properties") instanceof JsonObject) {
      for (JsonLocation property : location.child("properties").members()) {
        if (!properties.containsKey(property.name()) || !isEmpty(property)) {
          properties.put(property.name(), property);
        }
      }
    }
    required.addAll(strings(schema.get("required")));
    addParts(location, schema);
    addValues(schema);
    addBounds(schema);
    if (schema.get("allOf") instanceof JsonArray) {
      location.child("allOf").elements().forEach(part -> add(part, seen));
    }
    addVariants(location);
    seen.remove(location);
  }

  private void addTypes(JsonObject schema) {
    Set<String> stated = new LinkedHashSet<>(strings(schema.get("type")));
    nullable |= CanonicalJson.isTrue(schema.get("nullable")) || stated.remove("null");
    if (stated.contains("number")) {
      stated.remove("integer");
    }
    if (types.isEmpty()) {
      types.addAll(stated);
    } else if (!stated.isEmpty() && !types.equals(stated)) {
      contradictory |= !types.retainAll(stated) || types.isEmpty();
    }
    String statedFormat = CanonicalJson.string(schema.get("format"));
    if ("base64".equals(CanonicalJson.string(schema.get("contentEncoding")))) {
      format = "byte";
    } else if (statedFormat != null) {
      format = statedFormat;
    }
  }

  private void addParts(JsonLocation location, JsonObject schema) {
    if (schema.get("additionalProperties") instanceof JsonObject) {
      additional = location.child("additionalProperties");
    }
    if (schema.get("patternProperties") instanceof JsonObject patterns && patterns.size() == 1) {
      additional = location.child("patternProperties").members().get(0);
    }
    if (schema.get("items") instanceof JsonObject) {
      items = location.child("items");
    }
  }

  private void addValues(JsonObject schema) {
    List<JsonElement> stated = null;
    if (schema.get("enum") instanceof JsonArray array) {
      stated = new ArrayList<>(new LinkedHashSet<>(array.asList()));
    } else if (schema.has("const")) {
      stated = new ArrayList<>(List.of(schema.get("const")));
    }
    if (values == null) {
      values = stated;
    } else if (stated != null) {
      values.retainAll(stated);
    }
  }

  private void addBounds(JsonObject schema) {
    for (String keyword : SIZES) {
      if (schema.get(keyword) instanceof JsonPrimitive size) {
        bounds.add(keyword, size);
      }
    }
    addBound(schema, "minimum", "exclusiveMinimum");
    addBound(schema, "maximum", "exclusiveMaximum");
    if (schema.get("multipleOf") instanceof JsonPrimitive step
        && step.isNumber()
        && step.getAsBigDecimal().signum() > 0) {
      bounds.addProperty("x-multiple-of", step.getAsBigDecimal().toString());
    }
    String pattern = CanonicalJson.string(schema.get("pattern"));
    if (pattern != null && compiles(pattern)) {
      // JSON Schema looks for the pattern anywhere; Jakarta Validation matches the whole text.
      bounds.addProperty("x-pattern", JavaNames.literal("(?s).*(?:" + pattern + ").*"));
    }
  }

  /** In OpenAPI 3.0, {@code exclusive} is a flag beside {@code bound}, later it is a number. */
  private void addBound(JsonObject schema, String bound, String exclusive) {
    if (schema.get(bound) instanceof JsonPrimitive number && number.isNumber()) {
      bounds.add(bound, number);
      bounds.addProperty(exclusive, CanonicalJson.isTrue(schema.get(exclusive)));
    }
    if (schema.get(exclusive) instanceof JsonPrimitive number && number.isNumber()) {
      bounds.add(bound, number);
      bounds.addProperty(exclusive, true);
    }
  }

  private static boolean compiles(String pattern) {
    try {
      Pattern.compile(pattern);
      return true;
    } catch (PatternSyntaxException e) {
      return false; // a regular expression that only JavaScript has
    }
  }

  private void addVariants(JsonLocation location) {
    for (String keyword : List.of("anyOf", "oneOf")) {
      if (location.object().get(keyword) instanceof JsonArray) {
        List<JsonLocation> members = new ArrayList<>(location.child(keyword).elements());
        nullable |= members.removeIf(member -> isNull(member.json()));
        if (members.stream().allMatch(MergedSchema::statesNoType)) {
          continue; // such as "one of these two properties is required"
        }
        if (members.size() == 1) {
          add(members.get(0), new HashSet<>(Set.of(location)));
        } else {
          contradictory |= !variants.isEmpty();
          variants.addAll(members);
          if (location.object().get("discriminator") instanceof JsonObject) {
            discriminated = location;
          }
        }
      }
    }
  }

  /** {@return whether all values that the schema allows are integers, or are numbers, and so on} */
  boolean isOfType(String type) {
    return types.size() == 1 && types.contains(type);
  }

  /** {@return whether the values can be the constants of an enumeration} */
  boolean isEnum() {
    return values != null
        && !values.isEmpty()
        && types.size() == 1
        && !types.contains("boolean")
        && values.stream().allMatch(this::isConstant);
  }

  private boolean isConstant(JsonElement value) {
    return value.isJsonPrimitive()
        && hasLiteral(value)
        && (types.contains(jsonType(value))
            || jsonType(value).equals("integer") && types.contains("number"));
  }

  /** {@return whether Java has a literal for the value} */
  private static boolean hasLiteral(JsonElement value) {
    if (!value.getAsJsonPrimitive().isNumber()) {
      return true;
    }
    return jsonType(value).equals("integer")
        ? value.getAsBigDecimal().precision() - value.getAsBigDecimal().scale() <= 18
        : Double.isFinite(value.getAsDouble());
  }

  /** {@return whether the schema is that of any text} */
  boolean isText() {
    return isOfType("string") && format == null && variants.isEmpty();
  }

  /** {@return whether a schema allows nothing but null} */
  static boolean isNull(JsonElement json) {
    return json instanceof JsonObject schema
        && ("null".equals(CanonicalJson.string(schema.get("type")))
            || schema.get("const") instanceof JsonNull
            || schema.get("enum") instanceof JsonArray values
                && values.size() == 1
                && values.get(0).isJsonNull());
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

  private static boolean statesNoType(JsonLocation location) {
    return location.json() instanceof JsonObject schema
        && OpenApiGrammar.reference(schema) == null
        && List.of("required").containsAll(structure(schema));
  }

  private static List<String> strings(@Nullable JsonElement json) {
    List<String> strings = new ArrayList<>();
    List<JsonElement> elements =
        json instanceof JsonArray array ? array.asList() : json == null ? List.of() : List.of(json);
    for (JsonElement element : elements) {
      String text = CanonicalJson.string(element);
      if (text != null) {
        strings.add(text);
      }
    }
    return strings;
  }

  private static String jsonType(JsonElement value) {
    if (!(value instanceof JsonPrimitive primitive)) {
      return value.isJsonArray() ? "array" : "object";
    }
    if (primitive.isNumber()) {
      return primitive.getAsBigDecimal().stripTrailingZeros().scale() <= 0 ? "integer" : "number";
    }
    return primitive.isBoolean() ? "boolean" : "string";
  }
}
