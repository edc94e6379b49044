package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the schemas of one document into {@link SemanticNode}s: follows references, merges what
 * applies together, flattens unions, takes null out of them, and drops defaults.
 *
 * <p>It reads at once only what applies to the same value. Properties, items and the like are read
 * later, so that recursive schemas end.
 */
public final class SchemaReader {
  private static final int MAX_OPEN = 200;
  private static final int MAX_RECURSIONS = 10_000;
  private static final int MAX_COMBINED = 20_000;

  private final Document document;
  private final Map<JsonLocation, SemanticNode> read = new HashMap<>();
  private final Map<Set<JsonLocation>, SemanticNode> combined = new HashMap<>();

  /** The schemas being read, each with the number of unions around it. */
  private final Map<JsonLocation, Integer> open = new HashMap<>();

  private int unions;
  private int recursions;

  public SchemaReader(Document document) {
    this.document = document;
  }

  /** {@return the schema that says what all of these say} */
  SemanticNode read(List<JsonLocation> schemas) {
    if (schemas.size() == 1) {
      return read(schemas.get(0));
    }
    if (combined.size() > MAX_COMBINED) {
      throw new CannotCheckException(
          Reason.MALFORMED,
          "schemas apply together in more than %d ways, such as at %s"
              .formatted(MAX_COMBINED, schemas.get(0).pointer()));
    }
    return combined.computeIfAbsent(
        Set.copyOf(schemas),
        all -> {
          Map<String, JsonLocation> distinct = new LinkedHashMap<>();
          schemas.forEach(
              schema -> distinct.putIfAbsent(CanonicalJson.comparable(schema.json()), schema));
          return SchemaMerger.merge(
              schemas.get(0), distinct.values().stream().map(this::read).toList());
        });
  }

  /** {@return what a schema says about a value} */
  public SemanticNode read(JsonLocation schema) {
    SemanticNode known = read.get(schema);
    if (known != null) {
      return known;
    }
    if (open.containsKey(schema)) {
      return recursion(schema, unions - open.get(schema));
    }
    if (open.size() == MAX_OPEN) {
      throw new CannotCheckException(
          Reason.MALFORMED,
          "more than " + MAX_OPEN + " schemas apply to one value at " + schema.pointer());
    }
    open.put(schema, unions);
    int before = recursions;
    SemanticNode node;
    try {
      node = build(schema);
    } finally {
      open.remove(schema);
    }
    if (recursions == before) {
      // A schema that was cut short depends on where reading began: it must not be reused.
      read.put(schema, node);
    }
    return node;
  }

  /**
   * {@return a node for a schema that applies to the same value as itself} By way of a union that
   * is legal, if strange; without a union it says nothing, and would never end.
   */
  private SemanticNode recursion(JsonLocation schema, int unionsBetween) {
    if (unionsBetween == 0 || ++recursions > MAX_RECURSIONS) {
      throw Document.cycle(schema);
    }
    SemanticNode node = SemanticNode.anything(schema);
    node.fact("recursion", "to the schema " + unionsBetween + " unions further out", schema);
    return node;
  }

  private SemanticNode build(JsonLocation location) {
    if (location.json() instanceof JsonPrimitive scalar && scalar.isBoolean()) {
      return scalar.getAsBoolean()
          ? SemanticNode.anything(location)
          : SemanticNode.nothing(location);
    }
    JsonObject schema = location.object();
    requireForm(location);
    String ref = OpenApiGrammar.reference(schema);
    if (ref != null && OpenApiGrammar.fields(location).size() == 1) {
      return read(document.resolve(ref, location));
    }
    List<SemanticNode> others = new ArrayList<>();
    if (ref != null) {
      others.add(read(document.resolve(ref, location)));
      if (document.is30()) {
        SemanticNode node = ignored(location);
        addTo(node, others);
        return node;
      }
    }
    SemanticNode node = KeywordReader.read(location, part -> aliases(part).getLast());
    readDiscriminator(node, location);
    members(location, "allOf").forEach(member -> others.add(read(member)));
    for (String kind : List.of("anyOf", "oneOf")) {
      List<JsonLocation> members = members(location, kind);
      if (!members.isEmpty()) {
        others.add(union(kind, location.child(kind), members));
      }
    }
    addTo(node, others);
    // OpenAPI 3.0 documents write "nullable" beside "allOf", and mean it.
    node.nullable |= CanonicalJson.isTrue(schema.get("nullable"));
    KeywordReader.dropForeignKeywords(node);
    return node;
  }

  private static void requireForm(JsonLocation location) {
    JsonObject schema = location.object();
    if (schema.has("properties")) {
      location.child("properties").object();
    }
    if (schema.has("$ref") && OpenApiGrammar.reference(schema) == null) {
      throw new CannotCheckException(
          Reason.MALFORMED, "the reference at " + location.pointer() + " is not a text");
    }
    if (schema.has("$dynamicRef") || schema.has("$recursiveRef")) {
      throw new CannotCheckException(
          Reason.MALFORMED, "dynamic references are not followed: " + location.pointer());
    }
  }

  private static void addTo(SemanticNode node, List<SemanticNode> others) {
    String component = node.at.component();
    if (others.isEmpty()) {
      node.name = component;
      return;
    }
    SemanticNode inner = SchemaMerger.merge(node.at, others);
    node.name = component != null ? component : inner.name;
    Map<String, JsonLocation> outerDefault = node.facts.remove("default");
    SchemaMerger.add(node, inner);
    if (outerDefault != null) {
      // The outermost default counts; a change of another one further in must still be seen.
      Map<String, JsonLocation> innerDefault = node.facts.put("default", outerDefault);
      if (innerDefault != null && !outerDefault.keySet().containsAll(innerDefault.keySet())) {
        node.facts.put("overridden default", innerDefault);
      }
    }
  }

  private static List<JsonLocation> members(JsonLocation location, String keyword) {
    return location.object().get(keyword) instanceof JsonArray
        ? location.child(keyword).elements()
        : List.of();
  }

  /** OpenAPI 3.0 ignores what stands beside a reference; people still read it. */
  private static SemanticNode ignored(JsonLocation location) {
    SemanticNode node = SemanticNode.anything(location);
    for (JsonLocation member : OpenApiGrammar.fields(location)) {
      if (!member.name().equals("$ref")) {
        node.document(member.name(), member);
      }
    }
    return node;
  }

  private void readDiscriminator(SemanticNode node, JsonLocation location) {
    if (!location.object().has("discriminator")) {
      return;
    }
    JsonLocation discriminator = location.child("discriminator");
    boolean isUsual =
        discriminator.json() instanceof JsonObject object && object.has("propertyName");
    JsonLocation property = isUsual ? discriminator.child("propertyName") : discriminator;
    node.fact("discriminator", CanonicalJson.comparable(property.json()), discriminator);
    Set<JsonLocation> named = new HashSet<>();
    OpenApiGrammar.mapping(location.object())
        .forEach(
            (value, target) -> {
              JsonLocation resolved = document.resolveMapping(target, discriminator);
              named.add(aliases(resolved).getLast());
              node.schema("discriminator " + value, resolved);
            });
    // Without a mapping, the name of a component is the value that is sent.
    List<JsonLocation> variants = new ArrayList<>(members(location, "anyOf"));
    variants.addAll(members(location, "oneOf"));
    for (JsonLocation member : variants.isEmpty() ? document.children(location) : variants) {
      Deque<JsonLocation> aliases = aliases(member);
      JsonLocation variant = aliases.getLast();
      aliases.removeIf(alias -> alias.component() == null);
      if (!aliases.isEmpty() && named.add(variant)) {
        node.schema("discriminator " + aliases.getFirst().component(), variant);
      }
    }
  }

  /** Follows a schema that only refers to another one: by $ref, or as the only one of allOf. */
  private Deque<JsonLocation> aliases(JsonLocation schema) {
    Deque<JsonLocation> aliases = new ArrayDeque<>(List.of(schema));
    while (aliases.size() < MAX_OPEN && aliases.getLast().json() instanceof JsonObject object) {
      JsonLocation alias = aliases.getLast();
      List<JsonLocation> keywords =
          alias.members().stream().filter(member -> !KeywordReader.hasNoEffect(member)).toList();
      String only = keywords.size() == 1 ? keywords.get(0).name() : "";
      String ref = OpenApiGrammar.reference(object);
      if (only.equals("$ref") && ref != null) {
        aliases.add(document.resolve(ref, alias));
      } else if (KeywordReader.COMBINING.contains(only) && members(alias, only).size() == 1) {
        aliases.add(members(alias, only).get(0));
      } else {
        break;
      }
    }
    return aliases;
  }

  /** {@return whether no value fits two variants: then oneOf means what anyOf does} */
  private static boolean areDisjoint(List<SemanticNode> variants) {
    Set<String> types = new HashSet<>();
    return variants.stream()
        .allMatch(
            variant -> {
              Set<String> own = variant.possibleTypes();
              return !own.isEmpty() && own.stream().allMatch(types::add);
            });
  }

  /** {@return whether a union of constants and enumerations could be written as one enumeration} */
  private static boolean isEnumeration(List<SemanticNode> variants, boolean mayRepeat) {
    Set<String> values = new HashSet<>();
    return variants.stream()
        .allMatch(
            variant ->
                variant.labels().allMatch(Set.of("enum", "type")::contains)
                    && variant.facts.containsKey("enum")
                    && variant.values("enum").keySet().stream()
                        .allMatch(value -> values.add(value) || mayRepeat));
  }

  /** {@return whether a variant of a union stands for null} */
  public boolean isNull(JsonLocation variant) {
    return isNull(variant, read(variant));
  }

  /**
   * OpenAPI 3.0 has no type for null: a variant that is nullable, and says no more, is meant so.
   */
  private static boolean isNull(JsonLocation variant, SemanticNode node) {
    return node.isOnlyNull()
        || node.isAnything()
            && variant.json() instanceof JsonObject schema
            && CanonicalJson.isTrue(schema.get("nullable"));
  }

  private SemanticNode readVariant(JsonLocation schema) {
    unions++;
    try {
      return read(schema);
    } finally {
      unions--;
    }
  }

  private SemanticNode union(String kind, JsonLocation at, List<JsonLocation> members) {
    List<SemanticNode> variants = new ArrayList<>();
    int nulls = 0;
    for (JsonLocation member : members) {
      SemanticNode variant = readVariant(member);
      nulls += variant.nullable ? 1 : 0;
      if (!isNull(member, variant)) {
        variants.add(variant);
      }
    }
    boolean isAnyOf = kind.equals("anyOf") || areDisjoint(variants);
    List<SemanticNode> flat = new ArrayList<>();
    for (SemanticNode variant : variants) {
      // Exactly one of some, of which one is exactly one of others, is not exactly one of all.
      List<SemanticNode> nested = isAnyOf ? variant.variants(kind) : null;
      flat.addAll(nested == null ? List.of(variant) : nested);
    }
    variants = flat;
    if (isAnyOf || nulls < 2) {
      // Two variants of oneOf that allow null exclude it, strictly: then it stays where it is.
      variants.replaceAll(SemanticNode::withoutNull);
    }
    if (isAnyOf) {
      Set<Object> seen = new HashSet<>();
      variants.removeIf(variant -> !seen.add(variant.constraints()));
    }
    if (variants.size() > 1) {
      SemanticNode node = SemanticNode.anything(at);
      node.nullable = nulls > 0;
      if (isEnumeration(variants, isAnyOf)) {
        variants.forEach(variant -> KeywordReader.addValues(node, variant));
        return node;
      }
      SemanticNode union = SemanticNode.union(kind, at, variants);
      union.disjoint = isAnyOf && areDisjoint(variants);
      node.group("unions", union);
      return node;
    }
    SemanticNode only =
        variants.isEmpty() ? SemanticNode.nothing(at) : SchemaMerger.merge(at, variants);
    only.nullable = nulls > 0;
    return only;
  }
}
