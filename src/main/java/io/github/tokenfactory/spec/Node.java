package io.github.tokenfactory.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of one part of a document, free of how it is written: an operation, a parameter, a schema with all that it refers
 * to. Two parts mean the same if their facts are equal and their parts and groups mean the same.
 *
 * <p>A schema allows null or not, and says something about everything else; keeping these two apart is what makes
 * {@code anyOf: [T, null]}, {@code type: [T, null]} and {@code nullable: true} the same.
 */
final class Node {
    /** What a schema says about a property rather than about its value. */
    static final Set<String> ANNOTATIONS = Set.of("default", "overridden default", "deprecated", "readOnly", "writeOnly");

    private static final int UNKNOWN = -1;

    /** Where saying nothing is the same as allowing everything. */
    private static final Set<String> ANYTHING_BY_DEFAULT = Set.of(
            "schema", "items", "additionalItems", "unevaluatedItems", "additionalProperties", "unevaluatedProperties",
            "propertyNames", "contentSchema");

    /** Where this is written: used in reports only. */
    final Spot at;

    /** The name of the component or path parameter, if any: chosen by the author, of no meaning. */
    @Nullable String name;

    /** Keyword to its values, each with where it is written. */
    final Map<String, Map<String, Spot>> facts = new TreeMap<>();

    final Map<String, Map<String, Spot>> documentation = new TreeMap<>();

    /** Schemas below this one that are not yet read; all schemas of one set apply together. */
    final Map<String, List<Spot>> schemas = new TreeMap<>();

    final Map<String, Node> parts = new TreeMap<>();

    /** Label of a schema or part to where it is written, which may be a reference to where it is. */
    final Map<String, Spot> written = new TreeMap<>();

    /** Nodes without an order of their own, such as the variants of a union. */
    final Map<String, List<Node>> groups = new TreeMap<>();

    boolean nullable;

    /** Whether it matters how often a group has the same member: it does for the variants of oneOf. */
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

    void document(String keyword, String value, Spot where) {
        documentation.computeIfAbsent(keyword, k -> new TreeMap<>()).putIfAbsent(value, where);
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
        labels().filter(wanted).forEach(label -> {
            facts.getOrDefault(label, Map.of()).forEach((value, where) -> only.fact(label, value, where));
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

    /** Returns the union, if this schema is one and puts no other constraint on its values, or {@code null}. */
    @Nullable Node union() {
        List<Node> unions = groups.getOrDefault("unions", List.of());
        boolean isAlone = schemas.isEmpty() && parts.isEmpty() && groups.size() == 1 && unions.size() == 1;
        return isAlone && ANNOTATIONS.containsAll(facts.keySet()) ? unions.get(0) : null;
    }

    /** Returns the variants of a union of this kind that has no annotations either, or {@code null}. */
    @Nullable List<Node> variants(String kind) {
        Node union = facts.isEmpty() ? union() : null;
        return union != null && union.facts.get("union").containsKey(kind) ? union.groups.get("variants") : null;
    }

    /** Says that two schemas put the same constraints on all values but null, once their meanings are known. */
    boolean constrainsLike(Node other) {
        return constraints().equals(other.constraints());
    }

    private List<Object> constraints() {
        List<Object> constraints = new ArrayList<>();
        facts.forEach((keyword, values) -> {
            if (!ANNOTATIONS.contains(keyword)) {
                constraints.add(List.of(keyword, values.keySet()));
            }
        });
        parts.keySet().stream().filter(this::matters).forEach(label -> constraints.add(List.of(label, parts.get(label).meaning)));
        groups.forEach((label, members) -> constraints.add(List.of(label, members.stream().map(member -> member.meaning).sorted().toList())));
        return constraints;
    }

    /** Returns the same schema, null left out. */
    Node withoutNull() {
        if (!nullable) {
            return this;
        }
        if (withoutNull == null) {
            withoutNull = all(at, List.of(this));
            withoutNull.nullable = false;
        }
        return withoutNull;
    }

    /** Returns the schema that allows what all of these allow. */
    static Node all(Spot at, List<Node> schemas) {
        Node all = anything(at);
        for (Node schema : schemas) {
            if (schema.isClosed() && schemas.size() > 1) {
                all.nullable &= schema.nullable;
                all.group("allOf", schema);
            } else {
                all.and(schema);
            }
        }
        all.name = schemas.size() == 1 ? schemas.get(0).name : null;
        return all;
    }

    /**
     * Adds the constraints of another schema, exactly: what a merge would lose stays visible as a fact of its own, and what
     * cannot be merged becomes a member of {@code allOf}.
     */
    void and(Node other) {
        boolean bothAllowNull = nullable && other.nullable;
        if (!isMergeable(other)) {
            nullable = bothAllowNull;
            group("allOf", other);
            return;
        }
        intersect("type", other, true);
        intersect("enum", other, false);
        nullable = bothAllowNull;
        other.facts.forEach((keyword, values) -> {
            if (!keyword.equals("type") && !keyword.equals("enum")) {
                values.forEach((value, where) -> facts.computeIfAbsent(keyword, k -> new TreeMap<>()).putIfAbsent(value, where));
            }
        });
        other.documentation.forEach((keyword, values) -> values.forEach((value, where) -> document(keyword, value, where)));
        other.schemas.forEach((label, spots) -> spots.forEach(spot -> schema(label, spot)));
        other.groups.forEach((label, members) -> {
            List<Node> mine = groups.computeIfAbsent(label, k -> new ArrayList<>());
            members.stream().filter(member -> !mine.contains(member)).forEach(mine::add);
        });
    }

    private void intersect(String keyword, Node other, boolean withNull) {
        Map<String, Spot> mine = facts.get(keyword);
        Map<String, Spot> others = other.facts.get(keyword);
        if (others == null) {
            return;
        }
        if (mine == null) {
            facts.put(keyword, new TreeMap<>(others));
            return;
        }
        if (mine.keySet().equals(others.keySet()) && (!withNull || nullable == other.nullable)) {
            return;
        }
        // The narrower one wins, and a change of the wider one must still be seen.
        fact("merged " + keyword, mine.keySet() + (withNull && nullable ? " or null" : ""), mine.values().stream().findFirst().orElse(at));
        fact("merged " + keyword, others.keySet() + (withNull && other.nullable ? " or null" : ""), others.values().stream().findFirst().orElse(other.at));
        Map<String, Spot> common = new TreeMap<>(mine);
        Set<String> allowed = new HashSet<>(others.keySet());
        if (withNull) {
            if (mine.containsKey("number") && allowed.contains("integer")) {
                common.put("integer", others.get("integer"));
            }
            if (allowed.contains("number")) {
                allowed.add("integer");
            }
        }
        common.keySet().retainAll(allowed);
        facts.put(keyword, common);
    }

    /**
     * Says whether two sets of properties can be written as one: {@code additionalProperties} looks at the properties beside it
     * only, {@code unevaluatedProperties} at more, and positions in an array count from {@code prefixItems} on.
     */
    private boolean isMergeable(Node other) {
        if (other.isClosed()) {
            return schemas.isEmpty() && groups.isEmpty();
        }
        boolean tuples = has("prefixItems") && other.has("items") || has("items") && other.has("prefixItems");
        return !tuples && covers(this, other) && covers(other, this);
    }

    private boolean isClosed() {
        return has("unevaluatedProperties") || has("unevaluatedItems");
    }

    private static boolean covers(Node closed, Node other) {
        return !closed.schemas.containsKey("additionalProperties")
                || !other.has("patternProperties")
                        && other.schemas.keySet().stream()
                                .filter(label -> label.startsWith("properties "))
                                .allMatch(closed.schemas::containsKey);
    }

    private boolean has(String keyword) {
        return schemas.keySet().stream().anyMatch(label -> label.equals(keyword) || label.startsWith(keyword + " "));
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
            part.meaning = UNKNOWN;
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
        facts.forEach((keyword, values) -> saying.add(List.of(keyword, List.copyOf(values.keySet()))));
        saying.add(nullable);
        saying.add(parts.keySet().stream().filter(this::matters).toList());
        saying.add(List.copyOf(groups.keySet()));
        return saying;
    }
}
