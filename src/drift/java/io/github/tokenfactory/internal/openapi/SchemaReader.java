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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the schemas of one document into {@link SemanticNode}s: follows references, merges what
 * applies together, flattens unions, takes null out of them, and drops what is the default anyway.
 *
 * <p>Only what applies to the same value is read at once; properties, items and the like are left
 * to be read later, so that recursive schemas end.
 */
final class SchemaReader {
  private static final int MAX_OPEN = 200;
  private static final int MAX_RECURSIONS = 10_000;

  /** The keywords that bring in other schemas for the same value, besides {@code $ref}. */
  static final List<String> COMBINING = List.of("allOf", "anyOf", "oneOf");

  private final Document document;
  private final Map<JsonLocation, SemanticNode> read;
  private final Map<Set<JsonLocation>, SemanticNode> combined;

  /**
   * The schemas being read, each with the number of unions around it: a way back into one of them
   * never ends.
   */
  private final Map<JsonLocation, Integer> open = new HashMap<>();

  private int unions;
  private int recursions;

  SchemaReader(Document document) {
    this.document = document;
    read = new HashMap<>();
    combined = new HashMap<>();
  }

  SchemaReader(Document document, SchemaReader other) {
    this.document = document;
    read = other.read;
    combined = other.combined;
  }

  /** Returns the schema that says what all of these say. */
  SemanticNode read(List<JsonLocation> spots) {
    if (spots.size() == 1) {
      return read(spots.get(0));
    }
    return combined.computeIfAbsent(
        Set.copyOf(spots),
        all -> {
          Map<String, JsonLocation> distinct = new TreeMap<>();
          spots.forEach(spot -> distinct.putIfAbsent(CanonicalJson.meaning(spot.json()), spot));
          return SchemaMerger.of(spots.get(0), distinct.values().stream().map(this::read).toList());
        });
  }

  private SemanticNode read(JsonLocation spot) {
    SemanticNode known = read.get(spot);
    if (known != null) {
      return known;
    }
    Integer around = open.get(spot);
    if (around != null) {
      return recursion(spot, unions - around);
    }
    if (open.size() == MAX_OPEN) {
      throw new CannotCheckException(
          Reason.MALFORMED,
          "more than " + MAX_OPEN + " schemas apply to one value at " + spot.pointer());
    }
    open.put(spot, unions);
    int before = recursions;
    SemanticNode node;
    try {
      node = build(spot);
    } finally {
      open.remove(spot);
    }
    if (recursions == before) {
      // What was cut short depends on where reading began, and must not be seen from elsewhere.
      read.put(spot, node);
    }
    return node;
  }

  /**
   * A schema that applies to the same value as itself, by way of a union: legal, if strange;
   * without a union, it says nothing.
   */
  private SemanticNode recursion(JsonLocation spot, int unionsBetween) {
    if (unionsBetween == 0 || ++recursions > MAX_RECURSIONS) {
      throw Document.cycle(spot);
    }
    SemanticNode node = SemanticNode.anything(spot);
    node.fact("recursion", "to the schema " + unionsBetween + " unions further out", spot);
    return node;
  }

  private SemanticNode build(JsonLocation spot) {
    if (spot.json() instanceof JsonPrimitive scalar && scalar.isBoolean()) {
      return scalar.getAsBoolean() ? SemanticNode.anything(spot) : SemanticNode.nothing(spot);
    }
    JsonObject schema = spot.object();
    String ref = OpenApiGrammar.reference(schema);
    if (ref != null
        && schema.keySet().stream()
            .allMatch(keyword -> keyword.equals("$ref") || OpenApiGrammar.isExtension(keyword))) {
      return read(document.resolve(ref, spot));
    }
    if (ref != null && document.is30()) {
      SemanticNode node = ignored(spot);
      addInner(node, List.of(read(document.resolve(ref, spot))));
      return node;
    }
    SemanticNode node = KeywordReader.read(spot, part -> aliases(part).getLast());
    readDiscriminator(node, spot);
    List<SemanticNode> others = new ArrayList<>();
    if (ref != null) {
      others.add(read(document.resolve(ref, spot)));
    }
    members(spot, "allOf").forEach(member -> others.add(read(member)));
    for (String kind : List.of("anyOf", "oneOf")) {
      List<JsonLocation> members = members(spot, kind);
      if (!members.isEmpty()) {
        others.add(union(kind, spot.child(kind), members));
      }
    }
    addInner(node, others);
    // OpenAPI 3.0 documents write "nullable" beside "allOf", and mean it.
    node.nullable |= CanonicalJson.isTrue(schema.get("nullable"));
    return node;
  }

  private static void addInner(SemanticNode node, List<SemanticNode> others) {
    String component = node.at.component();
    if (others.isEmpty()) {
      node.name = component;
      return;
    }
    SemanticNode inner = SchemaMerger.of(node.at, others);
    node.name = component != null ? component : inner.name;
    Map<String, JsonLocation> outerDefault = node.facts.remove("default");
    SchemaMerger.add(node, inner);
    if (outerDefault != null) {
      // The outermost default counts; another one further in must still not change unseen.
      Map<String, JsonLocation> innerDefault = node.facts.put("default", outerDefault);
      if (innerDefault != null && !outerDefault.keySet().containsAll(innerDefault.keySet())) {
        node.facts.put("overridden default", innerDefault);
      }
    }
  }

  private static List<JsonLocation> members(JsonLocation spot, String keyword) {
    return spot.object().get(keyword) instanceof JsonArray
        ? spot.child(keyword).elements()
        : List.of();
  }

  /** OpenAPI 3.0 ignores what stands beside a reference; people still read it. */
  private static SemanticNode ignored(JsonLocation spot) {
    SemanticNode node = SemanticNode.anything(spot);
    for (JsonLocation member :
        spot.members(name -> !name.equals("$ref") && !OpenApiGrammar.isExtension(name))) {
      node.document(member.name(), member);
    }
    return node;
  }

  private void readDiscriminator(SemanticNode node, JsonLocation spot) {
    JsonObject schema = spot.object();
    if (!schema.has("discriminator")) {
      return;
    }
    JsonLocation discriminator = spot.child("discriminator");
    boolean isUsual =
        discriminator.json() instanceof JsonObject object && object.has("propertyName");
    node.fact(
        "discriminator",
        CanonicalJson.meaning(
            (isUsual ? discriminator.child("propertyName") : discriminator).json()),
        discriminator);
    Set<JsonLocation> named = new HashSet<>();
    OpenApiGrammar.mapping(schema)
        .forEach(
            (name, target) -> {
              JsonLocation resolved = document.resolveMapping(target, discriminator);
              named.add(aliases(resolved).getLast());
              node.schema("discriminator " + name, resolved);
            });
    // Without a mapping, the name of a component is what goes over the wire.
    for (String kind : List.of("anyOf", "oneOf")) {
      for (JsonLocation member : members(spot, kind)) {
        Deque<JsonLocation> aliases = aliases(member);
        JsonLocation variant = aliases.getLast();
        aliases.removeIf(alias -> alias.component() == null);
        if (!aliases.isEmpty() && named.add(variant)) {
          node.schema("discriminator " + aliases.getFirst().component(), variant);
        }
      }
    }
  }

  /**
   * Follows a schema that only stands for another one: by reference, or as the only member of allOf
   * and the like.
   */
  private Deque<JsonLocation> aliases(JsonLocation spot) {
    Deque<JsonLocation> aliases = new ArrayDeque<>(List.of(spot));
    while (aliases.size() < MAX_OPEN && aliases.getLast().json() instanceof JsonObject schema) {
      JsonLocation alias = aliases.getLast();
      List<JsonLocation> keywords = new ArrayList<>(alias.members(name -> true));
      keywords.removeIf(KeywordReader::isSilent);
      String only = keywords.size() == 1 ? keywords.get(0).name() : "";
      String ref = OpenApiGrammar.reference(schema);
      if (only.equals("$ref") && ref != null) {
        aliases.add(document.resolve(ref, alias));
      } else if (COMBINING.contains(only) && members(alias, only).size() == 1) {
        aliases.add(members(alias, only).get(0));
      } else {
        break;
      }
    }
    return aliases;
  }

  private SemanticNode readVariant(JsonLocation spot) {
    unions++;
    try {
      return read(spot);
    } finally {
      unions--;
    }
  }

  private SemanticNode union(String kind, JsonLocation at, List<JsonLocation> members) {
    List<SemanticNode> variants = new ArrayList<>();
    int nulls = 0;
    for (JsonLocation member : members) {
      SemanticNode variant = readVariant(member);
      List<SemanticNode> nested = variant.variants(kind);
      nulls += variant.nullable ? 1 : 0;
      if (nested != null) {
        variants.addAll(nested);
      } else if (!variant.isOnlyNull()) {
        variants.add(variant);
      }
    }
    SemanticNode node = SemanticNode.anything(at);
    node.nullable = nulls > 0;
    // Two variants of oneOf that allow null exclude it, strictly: keep such a null where it is.
    boolean hoist = kind.equals("anyOf") || nulls < 2;
    List<SemanticNode> distinct =
        (hoist ? variants.stream().map(SemanticNode::withoutNull) : variants.stream()).toList();
    if (kind.equals("anyOf")) {
      Set<Object> said = new HashSet<>();
      distinct = distinct.stream().filter(variant -> said.add(variant.constraints())).toList();
    }
    if (distinct.size() > 1) {
      node.group("unions", SemanticNode.union(kind, at, distinct));
      return node;
    }
    SemanticNode only =
        distinct.isEmpty() ? SemanticNode.nothing(at) : SchemaMerger.of(at, distinct);
    only.nullable = node.nullable;
    return only;
  }
}
