package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import io.github.tokenfactory.internal.openapi.SchemaReader;
import java.util.ArrayList;
import java.util.HashMap;
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
  /** The formats that have a Java type of their own. */
  static final Set<String> FORMATS =
      Set.of("date-time", "date", "uuid", "uri", "byte", "float", "double");

  private static final int MAX_REFERENCES = 100;

  private final Document document;
  private final NameRegistry names;
  private final SchemaReader reader;
  private final Map<JsonLocation, MergedSchema> merged = new HashMap<>();
  private final Set<JsonLocation> inProgress = new HashSet<>();

  SchemaClassifier(Document document, NameRegistry names) {
    this.document = document;
    this.names = names;
    reader = new SchemaReader(document);
  }

  /** {@return what a schema says; a union of enumerations and any text is one enumeration} */
  MergedSchema merge(JsonLocation location) {
    MergedSchema known = merged.get(location);
    if (known != null) {
      return known;
    }
    MergedSchema schema = new MergedSchema(location, reader);
    if (schema.variants.isEmpty() || !schema.properties.isEmpty() || !inProgress.add(location)) {
      return schema;
    }
    List<MergedSchema> variants = variants(schema).stream().map(this::merge).toList();
    inProgress.remove(location);
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
    merged.put(location, schema);
    return schema;
  }

  /** {@return whether a variant of a union stands for null} */
  boolean isNull(JsonLocation variant) {
    return reader.isNull(variant);
  }

  boolean isClass(MergedSchema schema) {
    if (schema.contradictory) {
      return false;
    }
    if (schema.isParent() || schema.isEnum()) {
      return true;
    }
    if (!schema.properties.isEmpty()) {
      return schema.variants.stream().map(this::merge).allMatch(SchemaClassifier::canBeObject);
    }
    if (!schema.variants.isEmpty() || schema.types.size() > 1) {
      return schema.types.size() > 1 || variants(schema).size() > 1;
    }
    return false;
  }

  private static boolean canBeObject(MergedSchema variant) {
    return !variant.properties.isEmpty()
        || variant.types.isEmpty()
        || variant.types.contains("object");
  }

  /** {@return the schema that another one only refers to, adding nothing to its type, or null} */
  @Nullable JsonLocation target(JsonLocation location) {
    JsonLocation referred = referred(location);
    if (!referred.equals(location)) {
      return referred;
    }
    if (!(location.json() instanceof JsonObject schema)) {
      return null;
    }
    List<String> structure = new ArrayList<>(MergedSchema.structure(schema));
    structure.remove("type"); // beside a union or allOf it only repeats
    if (structure.size() != 1
        || OpenApiGrammar.reference(schema) != null
        || !Set.of("allOf", "anyOf", "oneOf").contains(structure.get(0))
        || !(schema.get(structure.get(0)) instanceof JsonArray)) {
      return null;
    }
    List<JsonLocation> members =
        MergedSchema.members(location.child(structure.get(0)), reader).stream()
            .map(this::referred)
            .distinct()
            .toList();
    return members.size() == 1 && members.get(0).json() instanceof JsonObject
        ? members.get(0)
        : null;
  }

  /** {@return what a schema with nothing but a reference refers to, or else the schema itself} */
  private JsonLocation referred(JsonLocation schema) {
    String ref = OpenApiGrammar.reference(schema.json());
    return ref != null && (document.is30() || MergedSchema.structure(schema.object()).isEmpty())
        ? document.resolve(ref, schema)
        : schema;
  }

  /** Fails if a schema refers to itself without ever saying anything, or in too many steps. */
  void requireEnd(JsonLocation location) {
    Set<JsonLocation> seen = new HashSet<>();
    for (JsonLocation next = location; next != null; next = target(next)) {
      if (!seen.add(next)) {
        throw Document.cycle(next);
      } else if (seen.size() > MAX_REFERENCES) {
        throw new IllegalArgumentException(
            "More than " + MAX_REFERENCES + " references follow each other at " + next.pointer());
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

  /** {@return the variants that each value of the discriminator's property stands for} */
  Map<String, Set<JsonLocation>> discriminated(MergedSchema union) {
    Map<String, Set<JsonLocation>> targets = new LinkedHashMap<>();
    if (union.discriminator == null) {
      return targets;
    }
    for (JsonLocation variant : union.variants) {
      String ref = OpenApiGrammar.reference(variant.json());
      if (ref != null) {
        // A schema's name is a value, beside a mapping, too.
        put(targets, document.resolve(ref, variant).name(), variant);
      }
    }
    for (JsonLocation variant : variants(union)) {
      // Most documents have no mapping, but a constant in each variant.
      constants(variant, union.discriminator, new HashSet<>())
          .forEach(value -> put(targets, value, variant));
    }
    union.discriminated.forEach((value, variant) -> targets.put(value, Set.of(variant)));
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
