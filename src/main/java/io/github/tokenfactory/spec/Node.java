package io.github.tokenfactory.spec;

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
final class Node {
  /** What a schema says about a property rather than about its value. */
  static final Set<String> ANNOTATIONS =
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
  final Spot at;

  /** The name of the component or path parameter, if any: chosen by the author, of no meaning. */
  @Nullable String name;

  /** Keyword to its values, each with where it is written. */
  final Map<String, Map<String, Spot>> facts = new TreeMap<>();

  /**
   * Keyword to where the words are: what they say is of interest only if anything near them
   * differs.
   */
  final Map<String, Set<Spot>> documentation = new TreeMap<>();

  /** Schemas below this one that are not yet read; all schemas of one set apply together. */
  final Map<String, List<Spot>> schemas = new TreeMap<>();

  final Map<String, Node> parts = new TreeMap<>();

  /** Label of a schema or part to where it is written, which may be a reference to where it is. */
  final Map<String, Spot> written = new TreeMap<>();

  /** Nodes without an order of their own, such as the variants of a union. */
  final Map<String, List<Node>> groups = new TreeMap<>();

  boolean nullable;

  /**
   * Whether it matters how often a group has the same member: it does for the variants of oneOf.
   */
  boolean counted;

  /** Whether the schemas below are read, and are parts now. */
  boolean isComplete;

  /** The same number for nodes of the same meaning, once an {@link Equivalence} is known. */
  int meaning;

  private @Nullable Node withoutNull;

  Node(Spot at) {
    this.at = at;
  }

  /** Returns the schema that allows everything. */
  static Node anything(Spot at) {
    Node node = new Node(at);
    node.nullable = true;
    return node;
  }

  /** Returns the schema that allows nothing. */
  static Node nothing(Spot at) {
    Node node = new Node(at);
    node.facts.put("type", new TreeMap<>());
    return node;
  }

  /** Returns a union of several variants. */
  static Node union(String kind, Spot at, List<Node> variants) {
    Node union = new Node(at);
    union.fact("union", kind, at);
    union.counted = kind.equals("oneOf");
    union.groups.put("variants", variants);
    return union;
  }

  void fact(String keyword, String value, Spot where) {
    facts.computeIfAbsent(keyword, k -> new TreeMap<>()).put(value, where);
  }

  void document(String keyword, Spot where) {
    documentation.computeIfAbsent(keyword, k -> new LinkedHashSet<>()).add(where);
  }

  void schema(String label, Spot spot) {
    List<Spot> spots = schemas.computeIfAbsent(label, k -> new ArrayList<>(1));
    if (!spots.contains(spot)) {
      spots.add(spot);
    }
    written.putIfAbsent(label, spot);
  }

  void part(String label, Node part, Spot where) {
    parts.put(label, part);
    written.put(label, where);
  }

  void group(String label, Node member) {
    groups.computeIfAbsent(label, k -> new ArrayList<>()).add(member);
  }

  /** Returns the labels of all that is said, once more for each kind of saying. */
  Stream<String> labels() {
    return Stream.of(facts, schemas, groups).flatMap(said -> said.keySet().stream());
  }

  /** Returns a node that says some of this, and does not allow null. */
  Node only(Predicate<String> wanted) {
    Node only = new Node(at);
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
  List<Collection<Node>> below() {
    List<Collection<Node>> below = new ArrayList<>(groups.values());
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
  @Nullable Node union() {
    List<Node> unions = groups.getOrDefault("unions", List.of());
    boolean isAlone =
        schemas.isEmpty() && parts.isEmpty() && groups.size() == 1 && unions.size() == 1;
    return isAlone && ANNOTATIONS.containsAll(facts.keySet()) ? unions.get(0) : null;
  }

  /**
   * Returns the variants of a union of this kind that has no annotations either, or {@code null}.
   */
  @Nullable List<Node> variants(String kind) {
    Node union = facts.isEmpty() ? union() : null;
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
  boolean allowsSameValues(Node other) {
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
  Node withoutNull() {
    if (!nullable) {
      return this;
    }
    if (withoutNull == null) {
      withoutNull = Merge.of(at, List.of(this));
      withoutNull.nullable = false;
    }
    return withoutNull;
  }

  /** Returns whether there is such a part, and it says more than its absence would. */
  boolean matters(String label) {
    return !ANYTHING_BY_DEFAULT.contains(label) || !parts.get(label).isAnything();
  }

  /** Returns a part, or what its absence means if that is known. */
  @Nullable Node part(String label) {
    Node part = parts.get(label);
    if (part == null && ANYTHING_BY_DEFAULT.contains(label)) {
      part = anything(at);
      part.meaning = -1; // no node that was numbered
    }
    return part;
  }

  /** Returns the types with null among them; "anything" stands for every other type. */
  Map<String, Spot> types() {
    Map<String, Spot> types = new TreeMap<>(facts.getOrDefault("type", Map.of("anything", at)));
    if (nullable) {
      types.put("null", at);
    }
    return types;
  }

  /** Returns what this node says by itself. */
  List<Object> saying() {
    List<Object> saying = new ArrayList<>();
    saying.add(nullable);
    for (Map.Entry<String, Map<String, Spot>> fact : facts.entrySet()) {
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
