package io.github.tokenfactory.internal.openapi;

import io.github.tokenfactory.internal.diff.Equivalence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of one part of a document, free of how it is written: an operation, a parameter, a
 * schema with all that it refers to. Two parts mean the same if their facts are equal and their
 * parts and groups mean the same.
 *
 * <p>A schema allows null or not, and says something about everything else; keeping these two apart
 * is what makes {@code anyOf: [T, null]}, {@code type: [T, null]} and {@code nullable: true} the
 * same.
 */
public final class SemanticNode {
  /** What a schema says about a property rather than about its value. */
  public static final Set<String> ANNOTATIONS =
      Set.of("default", "overridden default", "deprecated", "readOnly", "writeOnly");

  /** Where saying nothing is the same as allowing everything. */
  static final Set<String> ANYTHING_BY_DEFAULT =
      Set.of(
          "schema",
          "items",
          "additionalItems",
          "unevaluatedItems",
          "additionalProperties",
          "unevaluatedProperties",
          "propertyNames",
          "contentSchema");

  /** Where this is written: used in reports only. */
  public final JsonLocation at;

  /** The name of the component or path parameter, if any: chosen by the author, of no meaning. */
  public @Nullable String name;

  /** Keyword to its values, each with where it is written. */
  public final Map<String, Map<String, JsonLocation>> facts = new TreeMap<>();

  /**
   * Keyword to where the words are: what they say is of interest only if anything near them
   * differs.
   */
  public final Map<String, Set<JsonLocation>> documentation = new TreeMap<>();

  /** SchemaReader below this one that are not yet read; all schemas of one set apply together. */
  final Map<String, List<JsonLocation>> schemas = new TreeMap<>();

  public final Map<String, SemanticNode> parts = new TreeMap<>();

  /** Label of a schema or part to where it is written, which may be a reference to where it is. */
  public final Map<String, JsonLocation> written = new TreeMap<>();

  /** Nodes without an order of their own, such as the variants of a union. */
  public final Map<String, List<SemanticNode>> groups = new TreeMap<>();

  public boolean nullable;

  /**
   * Whether it matters how often a group has the same member: it does for the variants of oneOf.
   */
  public boolean counted;

  /** Whether the schemas below are read, and are parts now. */
  boolean isComplete;

  /** The same number for nodes of the same meaning, once an {@link Equivalence} is known. */
  public int meaning;

  private @Nullable SemanticNode withoutNull;

  SemanticNode(JsonLocation at) {
    this.at = at;
  }

  /** Returns the schema that allows everything. */
  static SemanticNode anything(JsonLocation at) {
    SemanticNode node = new SemanticNode(at);
    node.nullable = true;
    return node;
  }

  /** Returns the schema that allows nothing. */
  static SemanticNode nothing(JsonLocation at) {
    SemanticNode node = new SemanticNode(at);
    node.facts.put("type", new TreeMap<>());
    return node;
  }

  /** Returns a union of several variants. */
  public static SemanticNode union(String kind, JsonLocation at, List<SemanticNode> variants) {
    SemanticNode union = new SemanticNode(at);
    union.fact("union", kind, at);
    union.counted = kind.equals("oneOf");
    union.groups.put("variants", variants);
    return union;
  }

  void fact(String keyword, String value, JsonLocation where) {
    facts.computeIfAbsent(keyword, k -> new TreeMap<>()).put(value, where);
  }

  void document(String keyword, JsonLocation where) {
    documentation.computeIfAbsent(keyword, k -> new LinkedHashSet<>()).add(where);
  }

  void schema(String label, JsonLocation spot) {
    List<JsonLocation> spots = schemas.computeIfAbsent(label, k -> new ArrayList<>(1));
    if (!spots.contains(spot)) {
      spots.add(spot);
    }
    written.putIfAbsent(label, spot);
  }

  public void part(String label, SemanticNode part, JsonLocation where) {
    parts.put(label, part);
    written.put(label, where);
  }

  void group(String label, SemanticNode member) {
    groups.computeIfAbsent(label, k -> new ArrayList<>()).add(member);
  }

  /** Returns the labels of all that is said, once more for each kind of saying. */
  Stream<String> labels() {
    return Stream.of(facts, schemas, groups).flatMap(said -> said.keySet().stream());
  }

  /** Returns a node that says some of this, and does not allow null. */
  SemanticNode only(Predicate<String> wanted) {
    SemanticNode only = new SemanticNode(at);
    labels()
        .filter(wanted)
        .forEach(
            label -> {
              facts
                  .getOrDefault(label, Map.of())
                  .forEach((value, where) -> only.fact(label, value, where));
              schemas.getOrDefault(label, List.of()).forEach(spot -> only.schema(label, spot));
              groups.getOrDefault(label, List.of()).forEach(member -> only.group(label, member));
            });
    return only;
  }

  /** Returns all nodes directly below, once the schemas are read. */
  public List<Collection<SemanticNode>> below() {
    List<Collection<SemanticNode>> below = new ArrayList<>(groups.values());
    below.add(parts.values());
    return below;
  }

  /** Says that a schema allows nothing but null, and nothing else about it. */
  boolean isOnlyNull() {
    return nullable && facts.size() == 1 && isEmpty("type") && hasOnlyFacts();
  }

  /** Says that a schema allows everything. */
  boolean isAnything() {
    return nullable && facts.isEmpty() && hasOnlyFacts();
  }

  private boolean isEmpty(String keyword) {
    return facts.containsKey(keyword) && facts.get(keyword).isEmpty();
  }

  private boolean hasOnlyFacts() {
    return schemas.isEmpty() && parts.isEmpty() && groups.isEmpty();
  }

  /**
   * Returns the union, if this schema is one and puts no other constraint on its values, or {@code
   * null}.
   */
  public @Nullable SemanticNode union() {
    List<SemanticNode> unions = groups.getOrDefault("unions", List.of());
    boolean isAlone =
        schemas.isEmpty() && parts.isEmpty() && groups.size() == 1 && unions.size() == 1;
    return isAlone && ANNOTATIONS.containsAll(facts.keySet()) ? unions.get(0) : null;
  }

  /**
   * Returns the variants of a union of this kind that has no annotations either, or {@code null}.
   */
  @Nullable List<SemanticNode> variants(String kind) {
    SemanticNode union = facts.isEmpty() ? union() : null;
    return union != null && union.facts.get("union").containsKey(kind)
        ? union.groups.get("variants")
        : null;
  }

  /**
   * Returns what this says by itself and by the schemas below: two schemas for which that is equal
   * mean the same.
   */
  List<Object> constraints() {
    List<Object> constraints = new ArrayList<>(List.of(nullable, schemas, groups));
    facts.forEach((keyword, values) -> constraints.add(List.of(keyword, values.keySet())));
    return constraints;
  }

  /**
   * Says that two schemas allow the same values besides null, once it is known what all nodes mean.
   */
  public boolean allowsSameValues(SemanticNode other) {
    return values().equals(other.values());
  }

  private List<Object> values() {
    List<Object> values = new ArrayList<>();
    facts.forEach(
        (keyword, said) ->
            values.add(ANNOTATIONS.contains(keyword) ? "" : List.of(keyword, said.keySet())));
    parts.forEach((label, part) -> values.add(matters(label) ? List.of(label, part.meaning) : ""));
    groups.forEach(
        (label, members) ->
            values.add(List.of(label, members.stream().map(m -> m.meaning).sorted().toList())));
    values.removeIf(""::equals);
    return values;
  }

  /** Returns the same schema, null left out. */
  SemanticNode withoutNull() {
    if (!nullable) {
      return this;
    }
    if (withoutNull == null) {
      withoutNull = SchemaMerger.of(at, List.of(this));
      withoutNull.nullable = false;
    }
    return withoutNull;
  }

  /** Returns whether there is such a part, and it says more than its absence would. */
  public boolean matters(String label) {
    return !ANYTHING_BY_DEFAULT.contains(label) || !parts.get(label).isAnything();
  }

  /** Returns a part, or what its absence means if that is known. */
  public @Nullable SemanticNode part(String label) {
    SemanticNode part = parts.get(label);
    if (part == null && ANYTHING_BY_DEFAULT.contains(label)) {
      part = anything(at);
      part.meaning = -1; // no node that was numbered
    }
    return part;
  }

  /** Returns the types with null among them; "anything" stands for every other type. */
  public Map<String, JsonLocation> types() {
    Map<String, JsonLocation> types =
        new TreeMap<>(facts.getOrDefault("type", Map.of("anything", at)));
    if (nullable) {
      types.put("null", at);
    }
    return types;
  }

  /** Returns what this node says by itself. */
  public List<Object> saying() {
    List<Object> saying = new ArrayList<>();
    saying.add(nullable);
    for (Map.Entry<String, Map<String, JsonLocation>> fact : facts.entrySet()) {
      saying.add(fact.getKey());
      saying.add(fact.getValue().size());
      saying.addAll(fact.getValue().keySet());
    }
    saying.add("groups");
    saying.add(groups.size());
    saying.addAll(groups.keySet());
    for (String label : parts.keySet()) {
      if (matters(label)) {
        saying.add(label);
      }
    }
    return saying;
  }
}
