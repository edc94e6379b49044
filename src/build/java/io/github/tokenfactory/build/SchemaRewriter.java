package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rewrites schemas in the few forms of OpenAPI 3.0 that the generator turns into right code: a
 * reference to a class, a list, a map, a scalar, or anything.
 *
 * <p>Each class becomes a component under its final Java name; an inline schema is named by its
 * place. What cannot be typed faithfully becomes raw JSON.
 */
final class SchemaRewriter {
  private static final Pattern KNOWN_DIALECT =
      Pattern.compile("https?://(spec.openapis.org/oas/3.|json-schema.org/draft/2020-12/).*");

  private static final int MAX_PROPERTIES = 1_500;
  private static final int MAX_CONSTANTS = 4_000;
  private static final int MAX_VARIANTS = 1_000;
  private static final int MAX_CASES = 2_000;
  private static final BigDecimal LARGEST_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

  private final Document document;
  private final NameRegistry names;
  private final Collection<String> notes;
  private final SchemaClassifier classifier;
  private final JsonObject components = new JsonObject();

  /** The pointers of schemas without a class that are being rewritten. */
  private final Set<String> inProgress = new HashSet<>();

  /**
   * Creates a rewriter.
   *
   * @param notes gets a line for each part that is left out
   */
  SchemaRewriter(Document document, NameRegistry names, Collection<String> notes) {
    this.notes = notes;
    this.document = document;
    this.names = names;
    classifier = new SchemaClassifier(document, names);
  }

  /** Rewrites the components that no operation refers to directly. */
  void addComponents() {
    JsonLocation schemas = document.at(List.of("components", "schemas"));
    if (schemas != null) {
      schemas.members().forEach(component -> rewrite(component, component.name()));
    }
  }

  /** {@return the rewritten classes, by Java name} */
  JsonObject components() {
    return components;
  }

  /**
   * {@return what stands in place of a schema}
   *
   * @param name the name of its class, if it becomes one and has no name of its own
   */
  JsonObject rewrite(JsonLocation location, String name) {
    if (!(location.json() instanceof JsonObject schema)) {
      return new JsonObject();
    }
    classifier.requireEnd(location);
    noteDialect(schema, "$schema");
    JsonLocation target = classifier.target(location);
    boolean nullable = CanonicalJson.isTrue(schema.get("nullable")) || hasNullMember(location);
    if (target != null) {
      String targetName = names.className(target);
      JsonObject rewritten = rewrite(target, targetName == null ? name : targetName);
      return SchemaJson.decorated(rewritten, schema, nullable);
    }
    MergedSchema merged = classifier.merge(location);
    nullable |= merged.nullable;
    if (!classifier.isClass(merged)) {
      return SchemaJson.decorated(inline(location, merged, name), schema, nullable);
    }
    // The description of a component is that of its class.
    JsonObject beside = location.component() == null ? schema : new JsonObject();
    return SchemaJson.decorated(reference(location, merged, name), beside, nullable);
  }

  /** Notes a dialect of JSON Schema that is not read as it says. */
  void noteDialect(JsonObject holder, String keyword) {
    String dialect = CanonicalJson.string(holder.get(keyword));
    if (dialect != null && !KNOWN_DIALECT.matcher(dialect).matches()) {
      notes.add(
          "The dialect %s is unknown: schemas are read as OpenAPI 3.1 has them."
              .formatted(CanonicalJson.quote(dialect)));
    }
  }

  /** {@return what a schema means} */
  MergedSchema meaning(JsonLocation location) {
    return classifier.merge(location);
  }

  /** {@return what stands for a value of one of several rewritten schemas} */
  JsonObject oneOf(String name, Set<JsonObject> variants) {
    if (variants.size() == 1) {
      return variants.iterator().next();
    }
    JsonArray members = new JsonArray();
    variants.stream().map(SchemaJson::withoutWrapper).distinct().forEach(members::add);
    if (members.contains(new JsonObject())) {
      return new JsonObject(); // one of them is anything
    }
    String type = names.newClass(name);
    components.add(type, SchemaJson.object("anyOf", members));
    return SchemaJson.reference(type);
  }

  private boolean hasNullMember(JsonLocation location) {
    return Stream.of("allOf", "anyOf", "oneOf")
        .filter(keyword -> location.object().get(keyword) instanceof JsonArray)
        .flatMap(keyword -> location.child(keyword).elements().stream())
        .anyMatch(classifier::isNull);
  }

  private JsonObject reference(JsonLocation location, MergedSchema schema, String name) {
    String type = names.className(location, name);
    if (!components.has(type)) {
      components.add(type, new JsonObject()); // ends recursion, and keeps the order
      JsonObject rewritten;
      if (schema.isParent()) {
        rewritten = family(schema, type);
      } else if (!schema.properties.isEmpty()) {
        rewritten = object(schema, type);
      } else {
        rewritten = schema.isEnum() ? enumeration(schema) : union(schema, type);
      }
      components.add(type, SchemaJson.decorated(rewritten, location.object(), false));
    }
    return SchemaJson.reference(type);
  }

  private JsonObject object(MergedSchema schema, String type) {
    JavaNames.requireFit(schema.properties.keySet(), MAX_PROPERTIES, schema.origin.pointer());
    Set<String> disagreed = new HashSet<>();
    Map<String, JsonLocation> all = new LinkedHashMap<>(schema.properties);
    for (JsonLocation variant : schema.variants) {
      classifier
          .merge(variant)
          .properties
          .forEach(
              (name, property) -> {
                JsonLocation before = all.putIfAbsent(name, property);
                if (before != null && !classifier.haveSameType(before, property)) {
                  disagreed.add(name);
                }
              });
    }
    JsonObject properties = new JsonObject();
    JsonArray required = new JsonArray();
    Set<String> taken = new HashSet<>();
    all.forEach(
        (name, property) -> {
          JsonObject rewritten =
              disagreed.contains(name)
                  ? SchemaJson.anything("The variants do not agree on its type.")
                  : rewrite(property, type + JavaNames.words(name));
          flag(rewritten, "x-mutable", isMutable(rewritten));
          properties.add(JavaNames.literal(name), rewritten);
          names.nameProperty(name, taken);
          MergedSchema merged = classifier.merge(property);
          if (merged.isOfType("boolean") && merged.values != null && merged.values.size() == 1) {
            rewritten.addProperty("x-constant", merged.values.get(0).getAsString());
          }
          if (schema.required.contains(name)) {
            flag(rewritten, "x-read-only", merged.readOnly);
            flag(rewritten, "x-write-only", merged.writeOnly);
            required.add(JavaNames.literal(name));
          }
        });
    JsonObject object =
        SchemaJson.object("type", "object", "x-object", true, "properties", properties);
    if (!required.isEmpty()) {
      object.add("required", required);
    }
    if (schema.additional != null && !MergedSchema.isEmpty(schema.additional)) {
      object.add("additionalProperties", element(schema.additional, type + "Value"));
      object.addProperty("x-additional", true);
    }
    return object;
  }

  private static void flag(JsonObject schema, String name, boolean isSet) {
    if (isSet) {
      schema.addProperty(name, true);
    }
  }

  /** {@return whether the Java type is a container, an array or raw JSON} */
  private static boolean isMutable(JsonObject schema) {
    String type = CanonicalJson.string(schema.get("type"));
    return SchemaJson.className(schema) == null
        && (type == null
            || type.equals("array")
            || type.equals("object")
            || "byte".equals(CanonicalJson.string(schema.get("format"))));
  }

  private static JsonObject enumeration(MergedSchema schema) {
    List<JsonElement> listed = Objects.requireNonNull(schema.values);
    List<String> texts = listed.stream().map(JsonElement::getAsString).toList();
    JavaNames.requireFit(texts, MAX_CONSTANTS, schema.origin.pointer());
    String type = schema.types.size() == 1 ? schema.types.iterator().next() : "";
    String valueType =
        switch (type) {
          case "string" -> "String";
          case "integer" -> "Long";
          case "number" -> "Double";
          default -> "JsonPrimitive";
        };
    JsonArray values = new JsonArray();
    JsonArray constants = new JsonArray();
    JsonArray literals = new JsonArray();
    Set<String> taken = new HashSet<>();
    for (JsonElement value : listed) {
      String text = value.getAsString();
      // The generator would change the values: templates print the literals instead.
      values.add("v" + values.size());
      constants.add(JavaNames.unique(JavaNames.constant(text), taken::add));
      literals.add(
          switch (valueType) {
            case "Long" -> value.getAsBigDecimal().toBigInteger() + "L";
            case "Double" -> value.getAsDouble() + "d";
            case "String" -> JavaNames.quoted(text);
            default -> "new JsonPrimitive(" + (isText(value) ? JavaNames.quoted(text) : text) + ")";
          });
    }
    JsonObject enumeration = SchemaJson.object("type", "string", "x-value-type", valueType);
    enumeration.add("enum", values);
    enumeration.add("x-enum-varnames", constants);
    enumeration.add("x-enum-descriptions", literals);
    return enumeration;
  }

  private static boolean isText(JsonElement value) {
    return value.getAsJsonPrimitive().isString();
  }

  private JsonObject union(MergedSchema schema, String type) {
    JsonArray variants = new JsonArray();
    if (schema.variants.isEmpty()) {
      for (String each : schema.types) {
        variants.add(
            switch (each) {
              case "array" -> list(schema, type);
              case "object" -> map(schema, type);
              default -> SchemaJson.ofType(each);
            });
      }
    } else {
      int number = 1;
      for (JsonLocation variant : classifier.variants(schema)) {
        variants.add(element(variant, type + variantName(classifier.merge(variant), number++)));
      }
    }
    JsonObject union = SchemaJson.object("anyOf", variants);
    discriminate(union, classifier.discriminated(schema), schema);
    return union;
  }

  /** {@return the union of the schemas that extend another one, and of that one by itself} */
  private JsonObject family(MergedSchema parent, String type) {
    String base = names.newClass(type + "Base");
    components.add(base, SchemaJson.decorated(object(parent, base), parent.origin.object(), false));
    // A child that adds nothing is the parent: it is read as the base, as unknown values are.
    Map<String, Set<JsonLocation>> targets = new LinkedHashMap<>();
    Set<JsonObject> variants = new LinkedHashSet<>();
    parent.discriminated.forEach(
        (value, child) -> {
          JsonObject variant = element(child, type + "Child");
          if (!type.equals(SchemaJson.className(variant))) {
            variants.add(variant);
            targets.put(value, Set.of(child));
          }
        });
    variants.add(SchemaJson.reference(base));
    JsonArray all = new JsonArray();
    variants.forEach(all::add);
    JsonObject union = SchemaJson.object("anyOf", all);
    discriminate(union, targets, parent);
    return union;
  }

  /** {@return a variant's name: what tells it apart in JSON, or else its number} */
  private static String variantName(MergedSchema variant, int number) {
    for (JsonLocation property : variant.properties.values()) {
      if (property.json() instanceof JsonObject schema) {
        JsonElement value = schema.get("const");
        if (value == null && schema.get("enum") instanceof JsonArray values && values.size() == 1) {
          value = values.get(0);
        }
        String text = CanonicalJson.string(value);
        if (text != null && !JavaNames.constant(text).equals("VALUE")) {
          return JavaNames.words(text);
        }
      }
    }
    return "Variant" + number;
  }

  private void discriminate(
      JsonObject union, Map<String, Set<JsonLocation>> targets, MergedSchema schema) {
    String property = schema.discriminator;
    JavaNames.requireRoom(
        union.getAsJsonArray("anyOf").size(), MAX_VARIANTS, schema.origin.pointer());
    JavaNames.requireFit(targets.keySet(), MAX_CASES, schema.origin.pointer());
    if (targets.remove("(default)") != null) {
      notes.add(
          "The default variant for the discriminator %s is not bound: all variants are tried."
              .formatted(CanonicalJson.quote(String.valueOf(property))));
    }
    JsonArray cases = new JsonArray();
    targets.forEach(
        (value, variants) -> {
          for (JsonLocation variant : variants) {
            String type = SchemaJson.className(rewrite(variant, value));
            if (type != null) {
              cases.add(SchemaJson.object("value", JavaNames.literal(value), "type", type));
            }
          }
        });
    if (property != null && !cases.isEmpty()) {
      union.add(
          "x-discriminator",
          SchemaJson.object("property", JavaNames.literal(property), "cases", cases));
    }
  }

  private JsonObject inline(JsonLocation location, MergedSchema schema, String name) {
    if (!inProgress.add(location.pointer())) {
      return SchemaJson.anything("It contains itself, without a name.");
    }
    try {
      if (schema.contradictory) {
        return SchemaJson.anything("Its parts do not agree on one type.");
      }
      if (schema.types.size() != 1) {
        List<JsonLocation> variants =
            schema.properties.isEmpty() ? classifier.variants(schema) : List.of();
        return variants.size() == 1 ? rewrite(variants.get(0), name) : SchemaJson.anything(null);
      }
      String type = schema.types.iterator().next();
      return switch (type) {
        case "array" -> list(schema, name);
        case "object" -> map(schema, name);
        case "boolean" -> SchemaJson.ofType(type);
        case "integer" -> Constraints.add(integer(schema), schema, Constraints.OF_NUMBERS);
        case "number" -> {
          boolean isWhole = schema.format != null && schema.format.matches("u?int\\d*");
          JsonObject number = isWhole ? integer(schema) : formatted(type, schema);
          yield Constraints.add(number, schema, Constraints.OF_NUMBERS);
        }
        case "string" -> {
          JsonObject text = formatted(type, schema);
          if (schema.hasUnreadPattern) {
            notes.add(
                "The pattern at " + location.pointer() + " is left out: Java reads it otherwise.");
          }
          // A text with a format is no String in Java.
          yield text.has("format") ? text : Constraints.add(text, schema, Constraints.OF_TEXTS);
        }
        default -> SchemaJson.anything(null);
      };
    } finally {
      inProgress.remove(location.pointer());
    }
  }

  private JsonObject list(MergedSchema schema, String name) {
    JsonObject items =
        schema.items == null ? new JsonObject() : element(schema.items, name + "Item");
    JsonObject list = Constraints.container(SchemaJson.list(items), items, isModel(items));
    return Constraints.add(list, schema, Constraints.OF_LISTS);
  }

  private JsonObject map(MergedSchema schema, String name) {
    JsonObject values =
        schema.additional == null ? new JsonObject() : element(schema.additional, name + "Value");
    JsonObject map = SchemaJson.object("type", "object", "additionalProperties", values);
    return Constraints.container(map, values, isModel(values));
  }

  private JsonObject element(JsonLocation location, String name) {
    return Constraints.ofElement(SchemaJson.withoutWrapper(rewrite(location, name)));
  }

  /** {@return whether a schema refers to an object, which checks itself} */
  private boolean isModel(JsonObject schema) {
    String type = SchemaJson.className(schema);
    return type != null
        && !components.getAsJsonObject(type).has("enum")
        && !components.getAsJsonObject(type).has("anyOf");
  }

  /** {@return an integer that the generator makes a Long, or a BigInteger if that is too small} */
  private static JsonObject integer(MergedSchema schema) {
    boolean isBeyondLong =
        Stream.of("minimum", "maximum")
            .filter(schema.bounds::has)
            .map(bound -> schema.bounds.get(bound).getAsBigDecimal().abs())
            .anyMatch(bound -> bound.compareTo(LARGEST_LONG) > 0);
    return isBeyondLong || "uint64".equals(schema.format)
        ? SchemaJson.object("type", "integer", "format", "int64", "x-unsigned", true)
        : SchemaJson.ofType("integer");
  }

  private static JsonObject formatted(String type, MergedSchema schema) {
    JsonObject formatted = SchemaJson.ofType(type);
    if (schema.format != null && SchemaClassifier.FORMATS.contains(schema.format)) {
      formatted.addProperty("format", schema.format);
    }
    return formatted;
  }
}
