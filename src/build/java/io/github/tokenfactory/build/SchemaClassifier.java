package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.drift.CannotCheckException;
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
import org.jspecify.annotations.Nullable;

/**
 * Says which Java type a schema becomes: a class (an object with properties, an enumeration, or a
 * union of two or more), a list, a map, a scalar, or raw JSON; and what the variants of a union
 * are.
 */
final class SchemaClassifier {
  private static final int MAX_STEPS = 3_000_000;

  /** The formats that have a Java type of their own. */
  static final Set<String> FORMATS =
      Set.of("date-time", "date", "uuid", "uri", "byte", "float", "double");

  private final Document document;
  private final NameRegistry names;
  private final Set<String> inProgress = new HashSet<>();
  private int steps;

  SchemaClassifier(Document document, NameRegistry names) {
    this.document = document;
    this.names = names;
  }

  /** {@return what a schema says; a union of enumerations is one enumeration} */
  MergedSchema merge(JsonLocation location) {
    MergedSchema schema = new MergedSchema(location, document, () -> countStep(location));
    if (schema.variants.isEmpty()
        || !schema.properties.isEmpty()
        || !inProgress.add(location.pointer())) {
      return schema;
    }
    List<MergedSchema> variants = variants(schema).stream().map(this::merge).toList();
    inProgress.remove(location.pointer());
    if (variants.stream().anyMatch(MergedSchema::isEnum)
        && variants.stream().allMatch(MergedSchema::isText)) {
      // Enumerations are open, so a variant that is any text adds nothing.
      Set<JsonElement> values = new LinkedHashSet<>();
      variants.stream()
          .filter(MergedSchema::isEnum)
          .forEach(variant -> values.addAll(variant.values));
      schema.variants.clear();
      schema.values = new ArrayList<>(values);
      schema.types.clear();
      schema.types.add("string");
    }
    return schema;
  }

  /** What is shared is read once for each way to it; there can be more ways than time. */
  private void countStep(JsonLocation location) {
    if (++steps > MAX_STEPS) {
      throw new CannotCheckException(
          CannotCheckException.Reason.MALFORMED,
          "too many ways lead through the schemas to " + location.pointer());
    }
  }

  boolean isClass(MergedSchema schema) {
    if (schema.contradictory) {
      return false;
    }
    if (!schema.properties.isEmpty()) {
      return schema.variants.stream().map(this::merge).allMatch(SchemaClassifier::canBeObject);
    }
    if (!schema.variants.isEmpty() || schema.types.size() > 1) {
      return schema.types.size() > 1 || variants(schema).size() > 1;
    }
    return schema.isEnum();
  }

  private static boolean canBeObject(MergedSchema variant) {
    return !variant.properties.isEmpty()
        || variant.types.isEmpty()
        || variant.types.contains("object");
  }

  /** {@return the schema that another one only refers to, adding nothing to its type, or null} */
  @Nullable JsonLocation target(JsonLocation location) {
    if (!(location.json() instanceof JsonObject schema)) {
      return null;
    }
    List<String> structure = new ArrayList<>(MergedSchema.structure(schema));
    String ref = OpenApiGrammar.reference(schema);
    if (ref != null) {
      return structure.isEmpty() || document.is30() ? document.resolve(ref, location) : null;
    }
    structure.remove("type"); // beside a union or allOf it only repeats
    if (structure.size() != 1
        || !Set.of("allOf", "anyOf", "oneOf").contains(structure.get(0))
        || !(schema.get(structure.get(0)) instanceof JsonArray)) {
      return null;
    }
    List<JsonLocation> members =
        location.child(structure.get(0)).elements().stream()
            .filter(member -> !MergedSchema.isNull(member.json()))
            .toList();
    return members.size() == 1 && members.get(0).json() instanceof JsonObject
        ? members.get(0)
        : null;
  }

  /** Fails if a schema refers to itself without ever saying anything. */
  void requireEnd(JsonLocation location) {
    Set<JsonLocation> seen = new HashSet<>();
    for (JsonLocation next = location; next != null; next = target(next)) {
      if (!seen.add(next)) {
        throw Document.cycle(next);
      }
    }
  }

  /**
   * {@return the variants that become different Java types} Nested unions without a name of their
   * own are taken apart.
   */
  List<JsonLocation> variants(MergedSchema schema) {
    Map<String, JsonLocation> distinct = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>(Set.of(schema.origin.pointer()));
    schema.variants.forEach(variant -> collect(variant, distinct, seen));
    return List.copyOf(distinct.values());
  }

  private void collect(JsonLocation variant, Map<String, JsonLocation> distinct, Set<String> seen) {
    JsonLocation target = target(variant);
    if (target != null) {
      if (seen.add(target.pointer())) {
        collect(target, distinct, seen);
      }
      return;
    }
    MergedSchema schema = merge(variant);
    if (schema.variants.isEmpty() || !schema.properties.isEmpty()) {
      distinct.putIfAbsent(signature(variant, schema), variant);
    } else if (names.className(variant) != null) {
      distinct.putIfAbsent(variant.pointer(), variant);
    } else if (seen.add(variant.pointer())) {
      schema.variants.forEach(inner -> collect(inner, distinct, seen));
    }
  }

  /** {@return the variants that each value of a discriminator's property stands for} */
  Map<String, Set<JsonLocation>> discriminated(
      MergedSchema union, JsonLocation holder, String property) {
    Map<String, Set<JsonLocation>> targets = new LinkedHashMap<>();
    for (JsonLocation variant : union.variants) {
      String ref = OpenApiGrammar.reference(variant.json());
      if (ref != null) {
        // A schema's name is a value, whether the document says so or not.
        put(targets, document.resolve(ref, variant).name(), variant);
      }
    }
    for (JsonLocation variant : variants(union)) {
      // Most documents have no mapping, but a constant in each variant.
      constants(variant, property, new HashSet<>()).forEach(value -> put(targets, value, variant));
    }
    OpenApiGrammar.mapping(holder.object())
        .forEach(
            (value, target) -> targets.put(value, Set.of(document.resolveMapping(target, holder))));
    return targets;
  }

  private static void put(
      Map<String, Set<JsonLocation>> targets, String value, JsonLocation variant) {
    targets.computeIfAbsent(value, name -> new LinkedHashSet<>()).add(variant);
  }

  /** {@return the values that a variant allows a property to have; none, if it allows any} */
  private Set<String> constants(JsonLocation variant, String property, Set<String> seen) {
    Set<String> constants = new LinkedHashSet<>();
    if (!seen.add(variant.pointer())) {
      return constants;
    }
    MergedSchema schema = merge(variant);
    JsonLocation held = schema.properties.get(property);
    if (held == null) {
      schema.variants.forEach(inner -> constants.addAll(constants(inner, property, seen)));
      return constants;
    }
    List<JsonElement> values = merge(held).values;
    if (values != null) {
      values.stream()
          .filter(JsonElement::isJsonPrimitive)
          .forEach(value -> constants.add(value.getAsString()));
    }
    return constants;
  }

  boolean haveSameType(JsonLocation one, JsonLocation other) {
    return signature(one).equals(signature(other));
  }

  private String signature(JsonLocation location) {
    JsonLocation target = target(location);
    JsonLocation schema = target == null ? location : target;
    return signature(schema, merge(schema));
  }

  /** {@return a text that schemas share whose Java types are the same} */
  private String signature(JsonLocation location, MergedSchema schema) {
    if (isClass(schema)) {
      return location.pointer();
    }
    if (schema.types.size() != 1) {
      return "anything";
    }
    String type = schema.types.iterator().next();
    String format =
        schema.format != null && FORMATS.contains(schema.format) ? " " + schema.format : "";
    JsonLocation part =
        type.equals("array") ? schema.items : type.equals("object") ? schema.additional : null;
    if (part == null) {
      return type + format;
    }
    JsonLocation target = target(part);
    return type
        + format
        + " of "
        + (target == null ? signature(part, merge(part)) : target.pointer());
  }
}
