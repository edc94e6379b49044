package io.github.tokenfactory.internal.openapi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one part of a document means, however it is written: an operation, a parameter, a schema.
 * Two nodes mean the same if their facts are equal and their parts and groups mean the same.
 *
 * <p>A schema says separately whether it allows null, and what it says about other values. So
 * {@code anyOf: [T, null]}, {@code type: [T, null]} and {@code nullable: true} give equal nodes.
 */
public final class SemanticNode {
  /** What a schema says about a property rather than about its value. */
  public static final Set<String> ANNOTATIONS =
      Set.of("default", "overridden default", "deprecated", "readOnly", "writeOnly");

  /** Where a missing schema is the same as one that allows everything. */
  static final Set<String> ANYTHING_BY_DEFAULT =
      OpenApiGrammar.keywords(
          "schema items additionalItems unevaluatedItems additionalProperties"
              + " unevaluatedProperties propertyNames contentSchema");

  /** Where this is written; for reports only. */
  public final JsonLocation at;

  /** The name of the component or path parameter, if any; it has no meaning. */
  public @Nullable String name;

  /** Keyword to its values, each with where it is written. */
  public final Map<String, Map<String, JsonLocation>> facts = new TreeMap<>();

  /** Keyword to where the words are, which are read only if a report needs them. */
  public final Map<String, Set<JsonLocation>> documentation = new TreeMap<>();

  /**
   * The schemas below this one, in the document's order. All schemas of one list apply together.
   */
  public final Map<String, List<JsonLocation>> schemas = new LinkedHashMap<>();

  /** Nodes below this one, by label: a keyword, and a name if there can be several. */
  public final Map<String, SemanticNode> parts = new TreeMap<>();

  /** A part's label to where the part, or the reference to it, is written. */
  public final Map<String, JsonLocation> written = new TreeMap<>();

  /** Nodes whose order does not matter, such as the variants of a union. */
  public final Map<String, List<SemanticNode>> groups = new TreeMap<>();

  public boolean nullable;

  /** Whether it matters how often a group has the same member, as in {@code oneOf}. */
  public boolean counted;

  /** Whether no value fits two variants of a union. */
  public boolean disjoint;

  /** Whether the schemas below have been read into parts. */
  boolean isComplete;

  /** The same number for all nodes that mean the same; set when documents are compared. */
  public int meaning;

  private @Nullable SemanticNode withoutNull;
  private @Nullable Set<String> possibleTypes; // nested unions would be asked again and again

  SemanticNode(JsonLocation at) {
    this.at = at;
  }

  /** {@return the schema that allows everything} */
  static SemanticNode anything(JsonLocation at) {
    SemanticNode node = new SemanticNode(at);
    node.nullable = true;
    return node;
  }

  /** {@return the schema that allows nothing} */
  static SemanticNode nothing(JsonLocation at) {
    SemanticNode node = new SemanticNode(at);
    node.facts.put("type", new TreeMap<>());
    return node;
  }

  /** {@return a union of several variants; {@code kind} is the keyword, anyOf or oneOf} */
  static SemanticNode union(String kind, JsonLocation at, List<SemanticNode> variants) {
    SemanticNode union = new SemanticNode(at);
    union.fact("union", kind, at);
    union.counted = kind.equals("oneOf");
    union.groups.put("variants", variants);
    return union;
  }

  void fact(String keyword, String value, JsonLocation where) {
    facts.computeIfAbsent(keyword, k -> new LinkedHashMap<>()).put(value, where);
  }

  void document(String keyword, JsonLocation where) {
    documentation.computeIfAbsent(keyword, k -> new LinkedHashSet<>()).add(where);
  }

  void schema(String label, JsonLocation schema) {
    List<JsonLocation> together = schemas.computeIfAbsent(label, k -> new ArrayList<>(1));
    if (!together.contains(schema)) {
      together.add(schema);
    }
    written.putIfAbsent(label, schema);
  }

  void part(String label, SemanticNode part, JsonLocation where) {
    parts.put(label, part);
    written.put(label, where);
  }

  void group(String label, SemanticNode member) {
    groups.computeIfAbsent(label, k -> new ArrayList<>()).add(member);
  }

  /** {@return the values of a fact, each with where it is written; none if it is not stated} */
  public Map<String, JsonLocation> values(String keyword) {
    return facts.getOrDefault(keyword, Map.of());
  }

  /** {@return the labels of facts, schemas and groups} */
  public Stream<String> labels() {
    return Stream.of(facts, schemas, groups).flatMap(said -> said.keySet().stream());
  }

  /** {@return a node that says, of what this says, only what has these labels; no null} */
  SemanticNode only(Predicate<String> isWanted) {
    SemanticNode only = new SemanticNode(at);
    labels()
        .filter(isWanted)
        .forEach(
            label -> {
              values(label).forEach((value, where) -> only.fact(label, value, where));
              schemas.getOrDefault(label, List.of()).forEach(each -> only.schema(label, each));
              groups.getOrDefault(label, List.of()).forEach(each -> only.group(label, each));
            });
    return only;
  }

  /** {@return all nodes directly below, once the schemas have been read} */
  public List<Collection<SemanticNode>> below() {
    List<Collection<SemanticNode>> below = new ArrayList<>(groups.values());
    below.add(parts.values());
    return below;
  }

  /** {@return whether a schema allows null and nothing else} */
  public boolean isOnlyNull() {
    return nullable
        && facts.size() == 1
        && facts.containsKey("type")
        && values("type").isEmpty()
        && hasOnlyFacts();
  }

  /** {@return whether a schema allows everything} */
  boolean isAnything() {
    return nullable && facts.isEmpty() && hasOnlyFacts();
  }

  private boolean hasOnlyFacts() {
    return schemas.isEmpty() && parts.isEmpty() && groups.isEmpty();
  }

  /** {@return the union if this schema is one and does not limit its values further, else null} */
  public @Nullable SemanticNode union() {
    List<SemanticNode> unions = groups.getOrDefault("unions", List.of());
    boolean isAlone =
        schemas.isEmpty() && parts.isEmpty() && groups.size() == 1 && unions.size() == 1;
    return isAlone && ANNOTATIONS.containsAll(facts.keySet()) ? unions.get(0) : null;
  }

  /** {@return the variants of a union of this kind that has no annotations either, else null} */
  @Nullable List<SemanticNode> variants(String kind) {
    SemanticNode union = facts.isEmpty() ? union() : null;
    return union != null && union.values("union").containsKey(kind)
        ? union.groups.get("variants")
        : null;
  }

  private List<Object> facts(Predicate<String> isWanted) {
    List<Object> wanted = new ArrayList<>();
    facts.forEach(
        (keyword, values) -> {
          if (isWanted.test(keyword)) {
            wanted.add(List.of(keyword, values.keySet()));
          }
        });
    return wanted;
  }

  /** {@return a key that only schemas that mean the same share, known before parts are read} */
  List<Object> constraints() {
    return List.of(nullable, schemas, groups, facts(keyword -> true));
  }

  /** {@return what this node says by itself: without what its parts and groups say} */
  public List<Object> ownStatements() {
    return List.of(
        nullable,
        facts(keyword -> true),
        List.copyOf(groups.keySet()),
        parts.keySet().stream().filter(this::matters).toList());
  }

  /** {@return whether two schemas allow the same values besides null; {@link #meaning} is set} */
  public boolean allowsSameValues(SemanticNode other) {
    return allowedValues().equals(other.allowedValues());
  }

  private List<Object> allowedValues() {
    List<Object> allowed = facts(keyword -> !ANNOTATIONS.contains(keyword));
    parts.forEach(
        (label, part) -> {
          if (matters(label)) {
            allowed.add(List.of(label, part.meaning));
          }
        });
    groups.forEach(
        (label, members) ->
            allowed.add(List.of(label, members.stream().map(m -> m.meaning).sorted().toList())));
    return allowed;
  }

  /** {@return the same schema, but not allowing null} */
  SemanticNode withoutNull() {
    if (!nullable) {
      return this;
    }
    if (withoutNull == null) {
      withoutNull = SchemaMerger.merge(at, List.of(this));
      withoutNull.nullable = false;
    }
    return withoutNull;
  }

  /** {@return whether a part says more than its absence would} */
  public boolean matters(String label) {
    SemanticNode part = parts.get(label);
    return part == null || !ANYTHING_BY_DEFAULT.contains(label) || !part.isAnything();
  }

  /** {@return a part, or what its absence means; null if that is nothing in particular} */
  public @Nullable SemanticNode part(String label) {
    SemanticNode part = parts.get(label);
    if (part == null && ANYTHING_BY_DEFAULT.contains(label)) {
      part = anything(at);
      part.meaning = -1; // equal to no node that was read
    }
    return part;
  }

  /** {@return the types of values that may fit, integers as numbers; none if that is unknown} */
  Set<String> possibleTypes() {
    if (possibleTypes == null) {
      Set<String> possible = new HashSet<>();
      values("type")
          .keySet()
          .forEach(type -> possible.add(type.equals("integer") ? "number" : type));
      List<SemanticNode> unions = groups.getOrDefault("unions", List.of());
      if (possible.isEmpty() && !unions.isEmpty()) {
        List<Set<String>> types =
            unions.get(0).groups.getOrDefault("variants", List.of()).stream()
                .map(SemanticNode::possibleTypes)
                .toList();
        if (types.stream().noneMatch(Set::isEmpty)) {
          types.forEach(possible::addAll);
        }
      }
      possibleTypes = possible;
    }
    return possibleTypes;
  }

  /** {@return the types, null among them; "anything" stands for every other type} */
  public Map<String, JsonLocation> types() {
    Map<String, JsonLocation> types =
        new TreeMap<>(facts.getOrDefault("type", Map.of("anything", at)));
    if (nullable) {
      types.put("null", at);
    }
    return types;
  }
}
