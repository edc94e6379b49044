package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites schemas in the few forms of OpenAPI 3.0 that the code generator turns into right code: a
 * reference to a class, a list, a map, a scalar, or anything.
 *
 * <p>A class is an object with properties, an enumeration, or a union of two or more; each becomes
 * a component under its final Java name, that of an inline schema made of its place. What cannot be
 * typed faithfully becomes anything, which is raw JSON in Java.
 */
final class SchemaRewriter {
  private static final String SCHEMAS = "#/components/schemas/";
  private static final int MAX_NAME = 150;
  private static final int MAX_STEPS = 3_000_000;
  private static final Set<String> STRUCTURE =
      Set.of(
          "type",
          "properties",
          "required",
          "additionalProperties",
          "patternProperties",
          "items",
          "prefixItems",
          "enum",
          "const",
          "allOf",
          "anyOf",
          "oneOf",
          "format",
          "contentEncoding");
  private static final Set<String> FORMATS =
      Set.of("date-time", "date", "uuid", "uri", "byte", "float", "double");
  private static final List<String> BOUNDS =
      List.of("minLength", "maxLength", "minItems", "maxItems", "uniqueItems");

  private static final String[] NUMBER_BOUNDS = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "x-multiple-of"
  };

  private final Document document;
  private final JsonObject output = new JsonObject();
  private final Map<String, String> names = new HashMap<>();
  private final Set<String> claimed = new HashSet<>();
  private final Map<String, String> propertyNames = new LinkedHashMap<>();
  private final Set<String> inProgress = new HashSet<>();
  private final Set<String> flattening = new HashSet<>();

  /** Members in lower case that some property of the document would have. */
  private final Set<String> members = new HashSet<>();

  private int steps;

  SchemaRewriter(Document document) {
    this.document = document;
    addMembers(document.root());
    JsonLocation schemas = document.at(List.of("components", "schemas"));
    if (schemas != null) {
      List<JsonLocation> components = new ArrayList<>(schemas.members(name -> true));
      // Names that need no change go first, so that no other schema can take one away.
      components.sort(
          (a, b) ->
              Boolean.compare(!isTypeName(a), !isTypeName(b)) * 2
                  + Integer.signum(a.name().compareTo(b.name())));
      components.forEach(component -> names.put(component.pointer(), claim(component.name())));
    }
  }

  private void addMembers(JsonElement json) {
    if (json instanceof JsonArray array) {
      array.forEach(this::addMembers);
    } else if (json instanceof JsonObject object) {
      if (object.get("properties") instanceof JsonObject properties) {
        properties
            .keySet()
            .forEach(name -> members.add(JavaNames.member(name).toLowerCase(Locale.ROOT)));
      }
      object.asMap().values().forEach(this::addMembers);
    }
  }

  private static boolean isTypeName(JsonLocation component) {
    return JavaNames.type(component.name()).equals(component.name());
  }

  private String claim(String name) {
    String whole = JavaNames.type(name);
    // A file name has an end.
    String fit =
        whole.length() <= MAX_NAME
            ? whole
            : whole.substring(0, MAX_NAME) + Integer.toHexString(whole.hashCode());
    String type = JavaNames.unique(fit, free -> !claimed.contains(free.toLowerCase(Locale.ROOT)));
    claimed.add(type.toLowerCase(Locale.ROOT));
    return type;
  }

  /**
   * Rewrites every component, so that those too become classes that no operation refers to
   * directly.
   */
  void addComponents() {
    JsonLocation schemas = document.at(List.of("components", "schemas"));
    if (schemas != null) {
      schemas.members(name -> true).forEach(component -> use(component, component.name()));
    }
  }

  /** {@return the classes, by Java name} */
  JsonObject components() {
    return output;
  }

  /**
   * {@return the Java name for each property name that would not give one by itself or not a unique
   * one}
   */
  Map<String, String> propertyNames() {
    return propertyNames;
  }

  /** What a schema says, references followed and {@code allOf} merged. */
  private final class Flat {
    final JsonLocation origin;
    final Set<String> types = new LinkedHashSet<>();
    final Map<String, JsonLocation> properties = new LinkedHashMap<>();
    final Set<String> required = new LinkedHashSet<>();
    final List<JsonLocation> variants = new ArrayList<>();
    final JsonObject bounds = new JsonObject();
    @Nullable List<JsonElement> values;
    @Nullable JsonLocation additional;
    @Nullable JsonLocation items;
    @Nullable String format;
    @Nullable JsonLocation discriminated;
    boolean nullable;
    boolean unfit;

    Flat(JsonLocation spot) {
      origin = spot;
      add(spot, new HashSet<>());
      if (values != null && values.removeIf(JsonElement::isJsonNull)) {
        nullable = true;
      }
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
      } else if (values != null && !values.isEmpty()) {
        values.forEach(value -> types.add(jsonType(value)));
      }
    }

    private void add(JsonLocation spot, Set<JsonLocation> seen) {
      if (!(spot.json() instanceof JsonObject schema)) {
        return; // a boolean schema says nothing about types
      }
      if (!seen.add(spot)) {
        throw Document.cycle(spot);
      }
      if (++steps > MAX_STEPS) {
        // What is shared is read once for each way to it: of those there can be more than time.
        throw new CannotCheckException(
            CannotCheckException.Reason.MALFORMED,
            "too many ways lead through the schemas to " + spot.pointer());
      }
      String ref = OpenApiGrammar.reference(schema);
      if (ref != null) {
        add(document.resolve(ref, spot), seen);
      }
      addTypes(schema);
      if (schema.get("properties") instanceof JsonObject) {
        for (JsonLocation property : spot.child("properties").members(name -> true)) {
          JsonLocation before = properties.get(property.name());
          if (before == null || !isEmpty(property)) {
            properties.put(property.name(), property);
          }
        }
      }
      strings(schema.get("required")).forEach(required::add);
      for (String keyword : List.of("additionalProperties", "patternProperties", "items")) {
        addPart(keyword, spot);
      }
      addValues(schema);
      addBounds(schema);
      if (schema.get("allOf") instanceof JsonArray) {
        spot.child("allOf").elements().forEach(part -> add(part, seen));
      }
      addVariants(spot);
      seen.remove(spot);
    }

    private void addTypes(JsonObject schema) {
      Set<String> said = new LinkedHashSet<>(strings(schema.get("type")));
      nullable |= CanonicalJson.isTrue(schema.get("nullable")) || said.remove("null");
      if (said.contains("number")) {
        said.remove("integer");
      }
      if (types.isEmpty()) {
        types.addAll(said);
      } else if (!said.isEmpty()) {
        unfit |=
            !types.equals(said) && !types.removeIf(type -> !said.contains(type)) || types.isEmpty();
      }
      if (CanonicalJson.string(schema.get("format")) != null) {
        format = CanonicalJson.string(schema.get("format"));
      }
      if ("base64".equals(CanonicalJson.string(schema.get("contentEncoding")))) {
        format = "byte";
      }
    }

    private void addPart(String keyword, JsonLocation spot) {
      JsonElement part = spot.object().get(keyword);
      if (part instanceof JsonObject && keyword.equals("items")) {
        items = spot.child(keyword);
      } else if (part instanceof JsonObject patterns
          && keyword.equals("patternProperties")
          && patterns.size() == 1) {
        additional = spot.child(keyword).members(name -> true).get(0);
      } else if (part instanceof JsonObject && keyword.equals("additionalProperties")) {
        additional = spot.child(keyword);
      }
    }

    private void addValues(JsonObject schema) {
      List<JsonElement> said = null;
      if (schema.get("enum") instanceof JsonArray array) {
        said = new ArrayList<>(new LinkedHashSet<>(array.asList()));
      } else if (schema.has("const")) {
        said = new ArrayList<>(List.of(schema.get("const")));
      }
      if (said != null && values != null) {
        values.retainAll(said);
      } else if (said != null) {
        values = said;
      }
    }

    private void addBounds(JsonObject schema) {
      for (String keyword : BOUNDS) {
        JsonElement bound = schema.get(keyword);
        if (bound instanceof JsonPrimitive) {
          bounds.add(keyword, bound);
        }
      }
      for (String side : List.of("minimum", "maximum")) {
        String exclusive = "exclusive" + Character.toUpperCase(side.charAt(0)) + side.substring(1);
        JsonElement open = schema.get(exclusive);
        if (schema.get(side) instanceof JsonPrimitive bound && bound.isNumber()) {
          bounds.add(side, bound);
          bounds.addProperty(exclusive, CanonicalJson.isTrue(open));
        }
        if (open instanceof JsonPrimitive bound && bound.isNumber()) {
          bounds.add(side, bound);
          bounds.addProperty(exclusive, true);
        }
      }
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

    private void addVariants(JsonLocation spot) {
      for (String keyword : List.of("anyOf", "oneOf")) {
        if (spot.object().get(keyword) instanceof JsonArray) {
          List<JsonLocation> members = new ArrayList<>(spot.child(keyword).elements());
          nullable |= members.removeIf(member -> isNull(member.json()));
          if (members.stream().allMatch(SchemaRewriter.this::saysNothingOfTypes)) {
            continue; // such as "either of these two is required"
          }
          if (members.size() == 1) {
            add(members.get(0), new HashSet<>(Set.of(spot)));
          } else {
            unfit |= !variants.isEmpty();
            variants.addAll(members);
            if (spot.object().get("discriminator") instanceof JsonObject) {
              discriminated = spot;
            }
          }
        }
      }
    }
  }

  private static boolean compiles(String pattern) {
    try {
      java.util.regex.Pattern.compile(pattern);
      return true;
    } catch (PatternSyntaxException e) {
      return false; // a regular expression of JavaScript that Java has not
    }
  }

  private static boolean isNull(JsonElement json) {
    return json instanceof JsonObject schema
        && ("null".equals(CanonicalJson.string(schema.get("type")))
            || schema.get("const") instanceof JsonNull
            || schema.get("enum") instanceof JsonArray values
                && values.size() == 1
                && values.get(0).isJsonNull());
  }

  private boolean saysNothingOfTypes(JsonLocation spot) {
    return spot.json() instanceof JsonObject schema
        && OpenApiGrammar.reference(schema) == null
        && schema.keySet().stream()
            .noneMatch(keyword -> STRUCTURE.contains(keyword) && !keyword.equals("required"));
  }

  private static boolean isEmpty(JsonLocation spot) {
    return !(spot.json() instanceof JsonObject schema)
        || schema.keySet().stream().noneMatch(STRUCTURE::contains)
            && OpenApiGrammar.reference(schema) == null;
  }

  private static List<String> strings(@Nullable JsonElement json) {
    List<String> strings = new ArrayList<>();
    for (JsonElement element :
        json instanceof JsonArray array
            ? array.asList()
            : json == null ? List.<JsonElement>of() : List.of(json)) {
      if (CanonicalJson.string(element) != null) {
        strings.add(CanonicalJson.string(element));
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

  /**
   * {@return what stands where {@code spot} stood}
   *
   * @param name the name of its class, if it is one and has none
   */
  JsonObject use(JsonLocation spot, String name) {
    if (!(spot.json() instanceof JsonObject schema)) {
      return new JsonObject();
    }
    requireEnd(spot);
    JsonLocation only = only(spot);
    JsonObject used;
    boolean nullable = CanonicalJson.isTrue(schema.get("nullable"));
    if (only != null) {
      used = use(only, names.getOrDefault(only.pointer(), name));
      nullable |= hasNullMember(schema);
    } else {
      Flat flat = flat(spot);
      nullable |= flat.nullable;
      boolean isClass = isClass(flat);
      used = isClass ? reference(spot, flat, name) : inline(spot, flat, name);
      if (isClass && spot.component() != null) {
        return decorated(used, new JsonObject(), nullable); // its description is the class's
      }
    }
    return decorated(used, schema, nullable);
  }

  private void requireEnd(JsonLocation spot) {
    Set<JsonLocation> seen = new HashSet<>();
    for (JsonLocation next = spot;
        next != null && next.json() instanceof JsonObject;
        next = only(next)) {
      if (!seen.add(next)) {
        throw Document.cycle(next);
      }
    }
  }

  private static boolean hasNullMember(JsonObject schema) {
    for (String keyword : List.of("anyOf", "oneOf")) {
      if (schema.get(keyword) instanceof JsonArray members
          && members.asList().stream().anyMatch(SchemaRewriter::isNull)) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@return the one schema that {@code spot} stands for without adding to its structure, or null}
   */
  private @Nullable JsonLocation only(JsonLocation spot) {
    JsonObject schema = spot.object();
    List<String> structure =
        new ArrayList<>(schema.keySet().stream().filter(STRUCTURE::contains).toList());
    String ref = OpenApiGrammar.reference(schema);
    if (ref != null) {
      return structure.isEmpty() || document.is30() ? document.resolve(ref, spot) : null;
    }
    structure.remove("type"); // beside a union or allOf it only repeats
    if (structure.size() != 1 || !(schema.get(structure.get(0)) instanceof JsonArray)) {
      return null;
    }
    String keyword = structure.get(0);
    if (!Set.of("allOf", "anyOf", "oneOf").contains(keyword)) {
      return null;
    }
    List<JsonLocation> members = new ArrayList<>(spot.child(keyword).elements());
    members.removeIf(member -> isNull(member.json()));
    return members.size() == 1 && members.get(0).json() instanceof JsonObject
        ? members.get(0)
        : null;
  }

  private boolean isClass(Flat flat) {
    if (flat.unfit) {
      return false;
    }
    if (!flat.properties.isEmpty()) {
      return flat.variants.isEmpty() || mergesVariants(flat);
    }
    if (!flat.variants.isEmpty() || flat.types.size() > 1) {
      return variants(flat).size() > 1 || flat.types.size() > 1;
    }
    return isEnum(flat);
  }

  private static boolean isEnum(Flat flat) {
    return flat.values != null
        && !flat.values.isEmpty()
        && flat.types.size() == 1
        && flat.values.stream().allMatch(JsonElement::isJsonPrimitive)
        && !flat.types.contains("boolean")
        && flat.values.stream().allMatch(SchemaRewriter::isJava)
        && flat.values.stream()
            .map(SchemaRewriter::jsonType)
            .allMatch(
                type ->
                    flat.types.contains(type)
                        || type.equals("integer") && flat.types.contains("number"));
  }

  /** {@return whether a literal of Java can say it} */
  private static boolean isJava(JsonElement value) {
    if (!value.getAsJsonPrimitive().isNumber()) {
      return true;
    }
    return jsonType(value).equals("integer")
        ? value.getAsBigDecimal().precision() - value.getAsBigDecimal().scale() <= 18
        : Double.isFinite(value.getAsDouble());
  }

  private Flat flat(JsonLocation spot) {
    Flat flat = new Flat(spot);
    if (flat.variants.isEmpty() || !flat.properties.isEmpty() || !flattening.add(spot.pointer())) {
      return flat;
    }
    List<Flat> variants = variants(flat).stream().map(this::flat).toList();
    flattening.remove(spot.pointer());
    if (variants.stream().anyMatch(SchemaRewriter::isEnum)
        && variants.stream().allMatch(SchemaRewriter::isText)) {
      // A union of enumerations, or of one and any text, is one enumeration, since each is open.
      Set<JsonElement> values = new LinkedHashSet<>();
      variants.stream()
          .filter(SchemaRewriter::isEnum)
          .forEach(variant -> values.addAll(variant.values));
      flat.variants.clear();
      flat.values = new ArrayList<>(values);
      flat.types.clear();
      flat.types.add("string");
    }
    return flat;
  }

  private static boolean isText(Flat flat) {
    return flat.types.size() == 1
        && flat.types.contains("string")
        && flat.format == null
        && flat.variants.isEmpty();
  }

  private boolean mergesVariants(Flat flat) {
    return flat.variants.stream()
        .map(this::flat)
        .allMatch(
            variant ->
                !variant.properties.isEmpty()
                    || variant.types.isEmpty()
                    || variant.types.contains("object"));
  }

  private JsonObject reference(JsonLocation spot, Flat flat, String name) {
    String type = names.get(spot.pointer());
    if (type == null) {
      type = claim(name);
      names.put(spot.pointer(), type);
    }
    if (!output.has(type)) {
      output.add(type, new JsonObject()); // for recursion, and for the order
      JsonObject built =
          !flat.properties.isEmpty()
              ? object(flat, type)
              : isEnum(flat) ? enumeration(flat) : union(flat, type);
      output.add(type, decorated(built, spot.object(), false));
    }
    JsonObject reference = new JsonObject();
    reference.addProperty("$ref", SCHEMAS + type);
    return reference;
  }

  private JsonObject object(Flat flat, String type) {
    Set<String> disagreed = new HashSet<>();
    for (JsonLocation variant : flat.variants) {
      flat(variant)
          .properties
          .forEach(
              (name, property) -> {
                JsonLocation before = flat.properties.putIfAbsent(name, property);
                if (before != null && !sameType(before, property)) {
                  disagreed.add(name);
                }
              });
    }
    JsonObject properties = new JsonObject();
    Set<String> taken = new HashSet<>();
    JsonArray required = new JsonArray();
    flat.properties.forEach(
        (name, property) -> {
          String literal = JavaNames.literal(name);
          JsonObject used =
              disagreed.contains(name)
                  ? anything("The variants do not agree on its type.")
                  : use(property, type + JavaNames.words(name));
          if (isMutable(used)) {
            used.addProperty("x-mutable", true);
          }
          properties.add(literal, used);
          String member = propertyNames.getOrDefault(literal, JavaNames.member(name));
          if (taken.contains(member.toLowerCase(Locale.ROOT))) {
            // The name holds for all classes, so it must be free in each.
            member =
                JavaNames.unique(
                    JavaNames.member(name),
                    free -> !members.contains(free.toLowerCase(Locale.ROOT)));
            members.add(member.toLowerCase(Locale.ROOT));
          }
          taken.add(member.toLowerCase(Locale.ROOT));
          propertyNames.put(literal, member);
          if (flat.required.contains(name)) {
            required.add(literal);
          }
        });
    JsonObject object = ofType("object");
    object.addProperty("x-object", true);
    object.add("properties", properties);
    if (!required.isEmpty()) {
      object.add("required", required);
    }
    if (flat.additional != null && !isEmpty(flat.additional)) {
      object.add("additionalProperties", bare(use(flat.additional, type + "Value")));
      object.addProperty("x-additional", true);
    }
    return object;
  }

  /** {@return whether the Java type is a container, an array or raw JSON} */
  private static boolean isMutable(JsonObject used) {
    if (used.has("$ref") || used.has("allOf")) {
      return false;
    }
    String type = CanonicalJson.string(used.get("type"));
    return type == null
        || type.equals("array")
        || type.equals("object")
        || "byte".equals(CanonicalJson.string(used.get("format")));
  }

  private static JsonObject enumeration(Flat flat) {
    JsonObject schema = ofType(flat.types.iterator().next());
    JsonArray values = new JsonArray();
    JsonArray constants = new JsonArray();
    JsonArray literals = new JsonArray();
    Set<String> taken = new HashSet<>();
    for (JsonElement value : Objects.requireNonNull(flat.values)) {
      String text = value.getAsString();
      String constant = JavaNames.unique(JavaNames.constant(text), free -> !taken.contains(free));
      taken.add(constant);
      values.add(
          "v"
              + values
                  .size()); // the generator would change the value: it goes the way of the literals
      constants.add(constant);
      literals.add(
          switch (schema.get("type").getAsString()) {
            case "integer" -> value.getAsBigDecimal().toBigInteger() + "L";
            case "number" -> value.getAsDouble() + "d";
            default -> '"' + JavaNames.literal(text) + '"';
          });
    }
    schema.addProperty(
        "x-value-type",
        switch (schema.get("type").getAsString()) {
          case "integer" -> "Long";
          case "number" -> "Double";
          default -> "String";
        });
    schema.addProperty("type", "string");
    schema.add("enum", values);
    schema.add("x-enum-varnames", constants);
    schema.add("x-enum-descriptions", literals);
    return schema;
  }

  private JsonObject union(Flat flat, String type) {
    JsonArray variants = new JsonArray();
    if (flat.variants.isEmpty()) {
      flat.types.forEach(
          each ->
              variants.add(
                  switch (each) {
                    case "array" -> list(flat, type);
                    case "object" -> map(flat, type);
                    default -> ofType(each);
                  }));
    } else {
      List<JsonLocation> members = variants(flat);
      for (int i = 0; i < members.size(); i++) {
        variants.add(bare(use(members.get(i), type + variantName(flat(members.get(i)), i))));
      }
    }
    JsonObject union = new JsonObject();
    union.add("anyOf", variants);
    if (flat.discriminated != null) {
      discriminate(union, flat, flat.discriminated);
    }
    return union;
  }

  /** Variant classes are named by what tells them apart on the wire, or else by their number. */
  private static String variantName(Flat variant, int index) {
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
    return "Variant" + (index + 1);
  }

  private void discriminate(JsonObject union, Flat flat, JsonLocation holder) {
    String property =
        CanonicalJson.string(holder.object().getAsJsonObject("discriminator").get("propertyName"));
    Map<String, Set<JsonLocation>> targets = new LinkedHashMap<>();
    for (JsonLocation variant : flat.variants) {
      String ref = OpenApiGrammar.reference(variant.json());
      if (ref != null) {
        // Said or not, a schema's name is a value, too.
        targets
            .computeIfAbsent(document.resolve(ref, variant).name(), name -> new LinkedHashSet<>())
            .add(variant);
      }
    }
    for (JsonLocation variant : variants(flat)) {
      // Most documents have no mapping, and say the value as a constant of the variant's property.
      constants(variant, property, new HashSet<>())
          .forEach(
              value -> targets.computeIfAbsent(value, name -> new LinkedHashSet<>()).add(variant));
    }
    OpenApiGrammar.mapping(holder.object())
        .forEach(
            (value, target) -> targets.put(value, Set.of(document.resolveMapping(target, holder))));
    JsonArray cases = new JsonArray();
    Set<JsonObject> distinct = new LinkedHashSet<>();
    targets.forEach(
        (value, variants) -> {
          for (JsonLocation target : variants) {
            JsonObject used = bare(use(target, value));
            if (used.has("$ref")) {
              JsonObject one = new JsonObject();
              one.addProperty("value", JavaNames.literal(value));
              one.addProperty("type", used.get("$ref").getAsString().substring(SCHEMAS.length()));
              distinct.add(one);
            }
          }
        });
    distinct.forEach(cases::add);
    if (property != null && !cases.isEmpty()) {
      JsonObject extension = new JsonObject();
      extension.addProperty("property", JavaNames.literal(property));
      extension.add("cases", cases);
      union.add("x-discriminator", extension);
    }
  }

  /**
   * {@return the values that a variant, or each variant of it, allows its property} None, if it
   * allows any value.
   */
  private Set<String> constants(JsonLocation variant, @Nullable String property, Set<String> seen) {
    Set<String> constants = new LinkedHashSet<>();
    if (!seen.add(variant.pointer())) {
      return constants;
    }
    Flat flat = flat(variant);
    JsonLocation held = flat.properties.get(property);
    List<JsonElement> values = held == null ? null : flat(held).values;
    if (values != null) {
      values.stream()
          .filter(JsonElement::isJsonPrimitive)
          .forEach(value -> constants.add(value.getAsString()));
    } else if (held == null) {
      flat.variants.forEach(inner -> constants.addAll(constants(inner, property, seen)));
    }
    return constants;
  }

  /**
   * {@return the variants that make different Java types} Nested unions without a name of their own
   * are taken apart.
   */
  private List<JsonLocation> variants(Flat flat) {
    Map<String, JsonLocation> distinct = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>(Set.of(flat.origin.pointer()));
    flat.variants.forEach(variant -> collect(variant, distinct, seen));
    return new ArrayList<>(distinct.values());
  }

  private void collect(JsonLocation variant, Map<String, JsonLocation> distinct, Set<String> seen) {
    JsonLocation only = variant.json() instanceof JsonObject ? only(variant) : null;
    if (only != null) {
      if (seen.add(only.pointer())) {
        collect(only, distinct, seen);
      }
      return;
    }
    Flat flat = flat(variant);
    if (flat.variants.isEmpty() || !flat.properties.isEmpty()) {
      distinct.putIfAbsent(signature(variant, flat), variant);
    } else if (names.containsKey(variant.pointer())) {
      distinct.putIfAbsent(variant.pointer(), variant);
    } else if (seen.add(variant.pointer())) {
      flat.variants.forEach(inner -> collect(inner, distinct, seen));
    }
  }

  private boolean sameType(JsonLocation a, JsonLocation b) {
    return signature(onlyOrSelf(a)).equals(signature(onlyOrSelf(b)));
  }

  private JsonLocation onlyOrSelf(JsonLocation spot) {
    JsonLocation only = only(spot);
    return only == null ? spot : only;
  }

  private String signature(JsonLocation variant) {
    return signature(variant, flat(variant));
  }

  private String signature(JsonLocation variant, Flat flat) {
    if (isClass(flat)) {
      return variant.pointer();
    }
    if (flat.types.size() != 1) {
      return "anything";
    }
    String type = flat.types.iterator().next();
    JsonLocation part =
        type.equals("array") ? flat.items : type.equals("object") ? flat.additional : null;
    String format = flat.format != null && FORMATS.contains(flat.format) ? " " + flat.format : "";
    if (part == null) {
      return type + format;
    }
    JsonLocation only = only(part);
    return type + format + " of " + (only == null ? signature(part) : only.pointer());
  }

  private JsonObject inline(JsonLocation spot, Flat flat, String name) {
    if (!inProgress.add(spot.pointer())) {
      return anything("It contains itself, without a name.");
    }
    try {
      if (flat.unfit || flat.types.size() != 1) {
        List<JsonLocation> variants =
            flat.unfit || flat.variants.isEmpty() || !flat.properties.isEmpty()
                ? List.of()
                : variants(flat);
        return variants.size() == 1
            ? use(variants.get(0), name)
            : anything(flat.unfit ? "Its parts do not agree on one type." : null);
      }
      return switch (flat.types.iterator().next()) {
        case "array" -> list(flat, name);
        case "object" -> map(flat, name);
        case "boolean" -> ofType("boolean");
        case "integer" -> bounded(ofType("integer"), flat, NUMBER_BOUNDS);
        case "number" -> bounded(formatted(ofType("number"), flat), flat, NUMBER_BOUNDS);
        case "string" ->
            bounded(formatted(ofType("string"), flat), flat, "minLength", "maxLength", "x-pattern");
        default -> anything(null);
      };
    } finally {
      inProgress.remove(spot.pointer());
    }
  }

  private JsonObject list(Flat flat, String name) {
    JsonObject list = ofType("array");
    list.add("items", flat.items == null ? new JsonObject() : bare(use(flat.items, name + "Item")));
    return bounded(list, flat, "minItems", "maxItems", "uniqueItems");
  }

  private JsonObject map(Flat flat, String name) {
    JsonObject map = ofType("object");
    map.add(
        "additionalProperties",
        flat.additional == null ? new JsonObject() : bare(use(flat.additional, name + "Value")));
    return map;
  }

  private static JsonObject formatted(JsonObject schema, Flat flat) {
    if (flat.format != null && FORMATS.contains(flat.format)) {
      schema.addProperty("format", flat.format);
    }
    return schema;
  }

  private static JsonObject bounded(JsonObject schema, Flat flat, String... keywords) {
    for (String keyword : keywords) {
      // A text with a format is no String in Java.
      if (flat.bounds.has(keyword)
          && !(schema.has("format") && (keyword.endsWith("Length") || keyword.startsWith("x-")))) {
        schema.add(keyword, flat.bounds.get(keyword));
      }
    }
    return schema;
  }

  /** {@return whether {@code schema} limits values by more than their type} */
  static boolean hasBounds(JsonObject schema) {
    return Stream.of(BOUNDS.stream(), Arrays.stream(NUMBER_BOUNDS), Stream.of("x-pattern"))
        .flatMap(bounds -> bounds)
        .anyMatch(schema::has);
  }

  private static JsonObject ofType(String type) {
    JsonObject schema = new JsonObject();
    schema.addProperty("type", type);
    return schema;
  }

  private static JsonObject anything(@Nullable String why) {
    JsonObject schema = new JsonObject();
    if (why != null) {
      schema.addProperty("description", "Raw JSON: " + why);
    }
    return schema;
  }

  /**
   * {@return a reference without what is said beside it} An element has no Javadoc, and a wrapped
   * one no nested validation.
   */
  private static JsonObject bare(JsonObject used) {
    return used.get("allOf") instanceof JsonArray one ? one.get(0).getAsJsonObject() : used;
  }

  /**
   * Adds what is said beside the structure; around a reference, since nothing may stand beside one
   * in OpenAPI 3.0.
   */
  private static JsonObject decorated(JsonObject used, JsonObject schema, boolean nullable) {
    JsonObject extra = new JsonObject();
    String description = CanonicalJson.string(schema.get("description"));
    String javadoc = description == null ? "" : JavadocText.sentences(description);
    if (used.has("description") && !used.has("$ref")) {
      javadoc = (javadoc + " " + used.get("description").getAsString()).strip();
    }
    if (schema.has("default")
        && !schema.get("default").isJsonNull()
        && !javadoc.contains("The default is ")) {
      javadoc =
          (javadoc + " The default is " + JavadocText.code(schema.get("default").toString()) + ".")
              .strip();
    }
    if (!javadoc.isEmpty()) {
      extra.addProperty("description", javadoc);
    }
    if (CanonicalJson.isTrue(schema.get("deprecated"))) {
      extra.addProperty("deprecated", true);
    }
    if (nullable || CanonicalJson.isTrue(used.get("nullable"))) {
      extra.addProperty("nullable", true);
    }
    if (!used.has("$ref")) {
      extra.entrySet().forEach(member -> used.add(member.getKey(), member.getValue()));
      return used;
    }
    if (extra.isEmpty()) {
      return used;
    }
    JsonArray one = new JsonArray();
    one.add(used);
    extra.add("allOf", one);
    return extra;
  }
}
