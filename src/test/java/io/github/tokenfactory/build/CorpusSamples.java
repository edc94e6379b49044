package io.github.tokenfactory.build;

import static io.github.tokenfactory.build.CorpusDocument.elements;
import static io.github.tokenfactory.build.CorpusDocument.isTrue;
import static io.github.tokenfactory.build.CorpusDocument.members;
import static io.github.tokenfactory.build.CorpusDocument.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes JSON that is valid for a schema of a {@link CorpusDocument}. */
final class CorpusSamples {
  /** Stands wherever a schema allows anything: only there may generated code have raw JSON. */
  static final JsonElement ANYTHING = JsonParser.parseString("{\"anything\":[1.5,\"a\",null]}");

  /** Marks a schema that joins a union with one of its variants. */
  private static final String CHOSEN = "x-chosen";

  private static final int MAX_DEPTH = 7;

  private static final List<String> FOR_PATTERNS =
      List.of(
          "a",
          "ab",
          "abc",
          "abcd",
          "abcdef",
          "A",
          "AB",
          "ABC",
          "abc-def",
          "abc_def",
          "abc.def",
          "1",
          "12",
          "123",
          "1234",
          "12345",
          "123456",
          "+4930123456",
          "A1",
          "AB-1234",
          "1.5",
          "1.2.3",
          "12.50",
          "#a1b2c3",
          "a@b.co",
          "2026-11-22",
          "10:30",
          "0123456789abcdef",
          "0123456789abcdef01234567",
          "0123456789abcdef0123456789abcdef",
          "/a/b",
          "Abc",
          "en-GB",
          "de",
          "EUR",
          "aa/bb",
          "v1",
          "v1.2.3",
          "abc123",
          "x y",
          "12345678",
          "12:30:00",
          "PT1H");

  private static final Pattern ALTERNATIVE = Pattern.compile("^\\^?\\(?(?:\\?:)?([\\w-]+)");

  private static final Map<String, String> FORMATS =
      Map.ofEntries(
          Map.entry("date-time", "2026-11-22T10:00:00Z"),
          Map.entry("date", "2026-11-22"),
          Map.entry("time", "10:00:00"),
          Map.entry("duration", "PT1H"),
          Map.entry("uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
          Map.entry("uri", "https://example.com/a?b=c"),
          Map.entry("url", "https://example.com/a?b=c"),
          Map.entry("uri-reference", "/a?b=c"),
          Map.entry("email", "a@example.com"),
          Map.entry("hostname", "example.com"),
          Map.entry("ipv4", "192.0.2.1"),
          Map.entry("ipv6", "2001:db8::1"),
          Map.entry("byte", "AQID"),
          Map.entry("binary", "bytes"),
          Map.entry("int64", "9007199254740993"),
          Map.entry("uint64", "18446744073709551615"),
          Map.entry("decimal", "12.50"));

  /** Which way the JSON goes: {@code readOnly} or {@code writeOnly} properties are left out. */
  enum Direction {
    REQUEST("readOnly"),
    RESPONSE("writeOnly");

    private final String leftOut;

    Direction(String leftOut) {
      this.leftOut = leftOut;
    }
  }

  private final CorpusDocument document;
  private final Direction direction;
  private final boolean isMinimal;
  private final int number;
  private final Set<JsonElement> untyped = new HashSet<>();

  /**
   * Prepares samples.
   *
   * @param isMinimal whether to leave out what is not required
   * @param number tells samples apart: it chooses variants, constants and nulls
   */
  CorpusSamples(CorpusDocument document, Direction direction, boolean isMinimal, int number) {
    this.document = document;
    this.direction = direction;
    this.isMinimal = isMinimal;
    this.number = number;
  }

  JsonElement sample(JsonElement schema) {
    return sample(schema, number, 0);
  }

  /** {@return the values of tuples so far} Java has no tuples: they may be raw JSON. */
  Set<JsonElement> untyped() {
    return untyped;
  }

  private JsonElement sample(JsonElement schema, int choice, int depth) {
    JsonObject flat = flat(schema);
    if (flat.has("const")) {
      return flat.get("const");
    }
    if (isNullable(flat) && !isMinimal && choice % 3 == 1) {
      return JsonNull.INSTANCE;
    }
    List<JsonElement> constants =
        elements(flat.get("enum")).stream().filter(value -> !value.isJsonNull()).toList();
    if (!constants.isEmpty()) {
      return constants.get(choice % constants.size());
    }
    Map<String, JsonElement> children = children(schema);
    if (!children.isEmpty()) {
      List<Map.Entry<String, JsonElement>> all = List.copyOf(children.entrySet());
      Map.Entry<String, JsonElement> child = all.get(choice % all.size());
      JsonElement made = sample(child.getValue(), choice, depth + 1);
      JsonObject discriminator = flat.getAsJsonObject("discriminator");
      made.getAsJsonObject().addProperty(text(discriminator, "propertyName"), child.getKey());
      return made;
    }
    List<JsonElement> variants = variants(flat);
    if (!variants.isEmpty()) {
      return variant(flat, variants, choice, depth);
    }
    return switch (type(flat, choice)) {
      case "object" -> withKind(schema, object(flat, choice, depth));
      case "array" -> array(flat, choice, depth);
      case "string" -> new JsonPrimitive(string(flat, choice));
      case "integer", "number" -> number(flat, type(flat, choice));
      case "boolean" -> new JsonPrimitive(choice % 2 == 0);
      case "null" -> JsonNull.INSTANCE;
      default -> ANYTHING.deepCopy();
    };
  }

  private JsonElement variant(JsonObject flat, List<JsonElement> variants, int choice, int depth) {
    JsonElement chosen = variants.get(choice % variants.size());
    if (depth > MAX_DEPTH - 2) { // ends recursion: a variant without parts
      chosen =
          variants.stream()
              .filter(each -> !Set.of("object", "array", "").contains(type(flat(each), 0)))
              .findFirst()
              .orElse(variants.get(0));
    }
    JsonObject base = new JsonObject();
    for (String keyword : List.of("type", "properties", "required", "additionalProperties")) {
      if (flat.has(keyword)) {
        base.add(keyword, flat.get(keyword));
      }
    }
    JsonElement both = chosen;
    if (base.has("properties") || base.has("required")) {
      JsonArray parts = new JsonArray();
      parts.add(base);
      parts.add(chosen);
      JsonObject all = new JsonObject();
      all.add("allOf", parts);
      all.addProperty(CHOSEN, true);
      both = all;
    }
    JsonElement made = sample(both, choice, depth + 1);
    Set<String> types = new HashSet<>();
    variants.forEach(each -> types.add(type(flat(each), 0)));
    if (types.containsAll(List.of("boolean", "number", "string", "array", "object"))) {
      untyped.add(made); // it says anything, in many words
    }
    if (flat.get("discriminator") instanceof JsonObject discriminator
        && made instanceof JsonObject object
        && chosen instanceof JsonObject reference
        && reference.has("$ref")) {
      String property = text(discriminator, "propertyName");
      JsonElement own = members(flat(chosen).get("properties")).get(property);
      boolean isStated =
          own != null && (flat(own).has("const") || elements(flat(own).get("enum")).size() == 1);
      if (!isStated) {
        object.addProperty(property, value(discriminator, text(reference, "$ref")));
      }
    }
    return made;
  }

  /** {@return the discriminator value of a variant} */
  private static String value(JsonObject discriminator, String ref) {
    String name = ref.substring(ref.lastIndexOf('/') + 1);
    return members(discriminator.get("mapping")).entrySet().stream()
        .filter(
            entry ->
                entry.getValue().getAsString().equals(ref)
                    || entry.getValue().getAsString().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(name);
  }

  /** {@return the children of a parent with a discriminator, by value} */
  private Map<String, JsonElement> children(JsonElement schema) {
    Map<String, JsonElement> children = new LinkedHashMap<>();
    if (schema instanceof JsonObject reference && reference.has("$ref")) {
      String ref = text(reference, "$ref");
      JsonObject parent = document.target(ref);
      if (parent.get("discriminator") instanceof JsonObject discriminator
          && !parent.has("oneOf")
          && !parent.has("anyOf")) {
        document
            .schemas()
            .forEach(
                (name, each) -> {
                  if (isChild(each, ref)) {
                    String childRef = "#/components/schemas/" + name;
                    JsonObject child = new JsonObject();
                    child.addProperty("$ref", childRef);
                    children.put(value(discriminator, childRef), child);
                  }
                });
      }
    }
    return children;
  }

  /** {@return a child of a parent with a discriminator, with its own value of that} */
  private JsonObject withKind(JsonElement schema, JsonObject made) {
    String ref = schema instanceof JsonObject object ? text(object, "$ref") : null;
    if (ref != null) {
      for (JsonElement part : elements(document.target(ref).get("allOf"))) {
        String parent = text(part.getAsJsonObject(), "$ref");
        if (parent != null
            && document.target(parent).get("discriminator") instanceof JsonObject discriminator) {
          made.addProperty(text(discriminator, "propertyName"), value(discriminator, ref));
        }
      }
    }
    return made;
  }

  private static boolean isChild(JsonElement schema, String parent) {
    return elements(schema.getAsJsonObject().get("allOf")).stream()
        .anyMatch(part -> parent.equals(text(part.getAsJsonObject(), "$ref")));
  }

  /** {@return the variants that are not null, with nested unions as they stand} */
  List<JsonElement> variants(JsonObject flat) {
    List<JsonElement> variants = new ArrayList<>();
    for (String keyword : List.of("oneOf", "anyOf")) {
      for (JsonElement each : elements(flat.get(keyword))) {
        if (!isNull(each)) {
          variants.add(each);
        }
      }
    }
    List<JsonElement> named = variants.stream().filter(this::isListed).toList();
    boolean isOpen =
        !named.isEmpty()
            && variants.stream().allMatch(each -> isListed(each) || isAnyText(flat(each)));
    return isOpen ? named : variants; // an open enumeration
  }

  private boolean isListed(JsonElement schema) {
    return flat(schema).has("enum") || flat(schema).has("const");
  }

  private static boolean isAnyText(JsonObject flat) {
    return "string".equals(text(flat, "type")) && !flat.has("format") && !flat.has("pattern");
  }

  private static boolean isNull(JsonElement schema) {
    if (!(schema instanceof JsonObject object)) {
      return false;
    }
    JsonArray none = new JsonArray();
    none.add(JsonNull.INSTANCE);
    return "null".equals(text(object, "type"))
        || object.has("type") && object.get("type").isJsonNull()
        || none.equals(object.get("enum"))
        || object.has("const") && object.get("const").isJsonNull()
        || isTrue(object.get("nullable")) && Set.of("nullable").containsAll(object.keySet())
        || isTrue(object.get("nullable"))
            && Set.of("nullable", "type").equals(object.keySet())
            && "object".equals(text(object, "type"));
  }

  private boolean isNullable(JsonObject flat) {
    return isTrue(flat.get("nullable"))
        || elements(flat.get("type")).contains(new JsonPrimitive("null"))
        || elements(flat.get("enum")).contains(JsonNull.INSTANCE)
        || elements(flat.get("anyOf")).stream().anyMatch(CorpusSamples::isNull)
        || elements(flat.get("oneOf")).stream().anyMatch(CorpusSamples::isNull);
  }

  private static String type(JsonObject flat, int choice) {
    if (flat.get("type") instanceof JsonArray types) {
      List<String> all =
          types.asList().stream()
              .map(JsonElement::getAsString)
              .filter(type -> !type.equals("null"))
              .toList();
      return all.isEmpty() ? "null" : all.get(choice % all.size());
    }
    String type = text(flat, "type");
    if (type != null) {
      return type;
    }
    return flat.has("properties") || flat.has("additionalProperties")
        ? "object"
        : flat.has("items") || flat.has("prefixItems")
            ? "array"
            : flat.has("pattern") || flat.has("maxLength") ? "string" : "";
  }

  private JsonObject object(JsonObject flat, int choice, int depth) {
    JsonObject made = new JsonObject();
    Set<String> required = new LinkedHashSet<>();
    elements(flat.get("required")).forEach(name -> required.add(name.getAsString()));
    members(flat.get("properties"))
        .forEach(
            (name, property) -> {
              boolean isLeftOut =
                  isTrue(flat(property).get(direction.leftOut))
                      || !required.contains(name) && (isMinimal || depth >= MAX_DEPTH);
              if (!isLeftOut) {
                made.add(name, sample(property, choice, depth + 1));
              }
              required.remove(name);
            });
    required.forEach(name -> made.add(name, ANYTHING.deepCopy()));
    JsonElement additional = flat.get("additionalProperties");
    if (additional == null && !isFalse(flat.get("unevaluatedProperties"))) {
      additional = flat.get("unevaluatedProperties");
    }
    boolean isMap = !flat.has("properties") && !isFalse(additional);
    if (!isMinimal && depth < MAX_DEPTH && (isMap || additional instanceof JsonObject)) {
      boolean isTyped = additional instanceof JsonObject;
      made.add("a key", isTyped ? sample(additional, choice, depth + 1) : ANYTHING.deepCopy());
    }
    return made;
  }

  private static boolean isFalse(JsonElement json) {
    return json instanceof JsonPrimitive bool && bool.isBoolean() && !bool.getAsBoolean();
  }

  private JsonArray array(JsonObject flat, int choice, int depth) {
    JsonArray made = new JsonArray();
    for (JsonElement each : elements(flat.get("prefixItems"))) {
      JsonElement element = sample(each, choice, depth + 1);
      untyped.add(element);
      made.add(element);
    }
    int least = flat.has("minItems") ? flat.get("minItems").getAsInt() : 0;
    int most = flat.has("maxItems") ? flat.get("maxItems").getAsInt() : Integer.MAX_VALUE;
    JsonElement items = flat.get("items");
    if (items != null && !isFalse(items)) {
      int variants =
          Math.max(
              children(items).size(),
              Math.max(variants(flat(items)).size(), elements(flat(items).get("enum")).size()));
      // One element for each variant; two where a parameter may have a delimiter.
      int wanted =
          isMinimal || depth >= MAX_DEPTH ? 0 : Math.max(depth == 0 ? 2 : 1, Math.min(variants, 8));
      int size = Math.min(most, Math.max(least, wanted));
      for (int i = 0; made.size() < size && i < 100; i++) {
        JsonElement element = sample(items, variants > 1 ? i : choice + made.size(), depth + 1);
        boolean isTaken = isTrue(flat.get("uniqueItems")) && made.contains(element);
        if (!isTaken) {
          made.add(element);
        } else if (element instanceof JsonPrimitive text && text.isString() && i < 50) {
          made.add(text.getAsString() + i);
        }
      }
    } else if (made.isEmpty() && !isMinimal && items == null) {
      made.add(ANYTHING.deepCopy());
    }
    return made;
  }

  private String string(JsonObject flat, int choice) {
    JsonElement example = flat.get("example");
    if (example == null && !elements(flat.get("examples")).isEmpty()) {
      example = elements(flat.get("examples")).get(0);
    }
    int least = flat.has("minLength") ? flat.get("minLength").getAsInt() : 0;
    int most = flat.has("maxLength") ? flat.get("maxLength").getAsInt() : Integer.MAX_VALUE;
    String pattern = text(flat, "pattern");
    String format = text(flat, "format");
    if ("base64".equals(text(flat, "contentEncoding"))) {
      return "AQID";
    }
    if (pattern != null) {
      List<String> candidates = new ArrayList<>();
      if (example instanceof JsonPrimitive stated) {
        candidates.add(stated.getAsString());
      }
      candidates.add(FORMATS.getOrDefault(String.valueOf(format), ""));
      ALTERNATIVE.matcher(pattern).results().forEach(each -> candidates.add(each.group(1)));
      candidates.addAll(FOR_PATTERNS);
      Pattern compiled = Pattern.compile(pattern);
      return candidates.stream()
          .filter(each -> compiled.matcher(each).find())
          .filter(each -> each.length() >= least && each.length() <= most)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no sample for the pattern " + pattern));
    }
    if (format != null && FORMATS.containsKey(format) && !format.startsWith("int")) {
      return FORMATS.get(format);
    }
    String plain = choice % 2 == 0 ? "a \u00e4/&+%?#=\"\u20ac" : "b; \ud83d\ude00,\\";
    int[] characters = plain.codePoints().limit(most).toArray(); // as JSON Schema counts
    return new String(characters, 0, characters.length)
        + "x".repeat(Math.max(0, least - characters.length));
  }

  private static JsonPrimitive number(JsonObject flat, String type) {
    String format = String.valueOf(text(flat, "format"));
    BigDecimal least = bound(flat, "minimum", "exclusiveMinimum", 1);
    BigDecimal most = bound(flat, "maximum", "exclusiveMaximum", -1);
    BigDecimal wanted =
        new BigDecimal(
            format.matches("u?int64")
                ? FORMATS.get(format)
                : type.equals("number") && !format.startsWith("int") ? "0.25" : "42");
    if (flat.has("multipleOf")) {
      wanted = flat.get("multipleOf").getAsBigDecimal();
    }
    if (least != null && wanted.compareTo(least) < 0) {
      wanted = least;
    }
    if (most != null && wanted.compareTo(most) > 0) {
      wanted = most;
    }
    return new JsonPrimitive(wanted);
  }

  private static BigDecimal bound(
      JsonObject flat, String inclusive, String exclusive, int inwards) {
    BigDecimal step = BigDecimal.valueOf(inwards);
    if (flat.get(exclusive) instanceof JsonPrimitive bound && bound.isNumber()) {
      return bound.getAsBigDecimal().add(step);
    }
    if (!flat.has(inclusive)) {
      return null;
    }
    BigDecimal bound = flat.get(inclusive).getAsBigDecimal();
    return isTrue(flat.get(exclusive)) ? bound.add(step) : bound;
  }

  /** {@return one schema in place of references and {@code allOf}} */
  JsonObject flat(JsonElement schema) {
    JsonObject flat = new JsonObject();
    if (schema instanceof JsonObject object) {
      flatten(object, flat, 0, false);
    }
    return flat;
  }

  private void flatten(JsonObject schema, JsonObject into, int depth, boolean isParent) {
    if (depth > 30) {
      return;
    }
    schema
        .asMap()
        .forEach(
            (keyword, value) -> {
              switch (keyword) {
                case "$ref", "allOf" -> {}
                case "properties" -> addProperties(value.getAsJsonObject(), into);
                case "required" -> {
                  JsonArray all = new JsonArray();
                  all.addAll(value.getAsJsonArray());
                  elements(into.get(keyword)).forEach(all::add);
                  into.add(keyword, all);
                }
                case "nullable" -> {
                  if (depth == 0) {
                    into.add(keyword, value);
                  }
                }
                default -> {
                  if (!into.has(keyword)) {
                    into.add(keyword, value);
                  }
                }
              }
            });
    if (schema.has("$ref")) {
      JsonObject target = document.target(text(schema, "$ref"));
      if (isParent && target.has("discriminator")) { // a child of a union is no union itself
        target = target.deepCopy();
        target.remove("oneOf");
        target.remove("anyOf");
      }
      boolean isNullable = isTrue(target.get("nullable"));
      flatten(target, into, depth + 1, false);
      if (isNullable && depth == 0) {
        into.addProperty("nullable", true);
      }
    }
    List<JsonElement> parts = elements(schema.get("allOf"));
    boolean hasOwnParts = schema.has("properties") || parts.size() > 1 && !schema.has(CHOSEN);
    parts.forEach(part -> flatten(part.getAsJsonObject(), into, depth + 1, hasOwnParts));
  }

  private static void addProperties(JsonObject properties, JsonObject into) {
    JsonObject all = into.has("properties") ? into.getAsJsonObject("properties") : new JsonObject();
    JsonObject merged = all.deepCopy();
    properties
        .asMap()
        .forEach(
            (name, property) -> {
              JsonElement before = merged.get(name);
              if (before == null) {
                merged.add(name, property);
              } else if (!before.equals(property)) {
                JsonArray both = new JsonArray();
                both.add(before);
                both.add(property);
                JsonObject conjunction = new JsonObject();
                conjunction.add("allOf", both);
                merged.add(name, conjunction);
              }
            });
    into.add("properties", merged);
  }
}
