package io.github.tokenfactory.spec;

import io.github.tokenfactory.spec.Change.Effect;
import io.github.tokenfactory.spec.Consequence.Side;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Walks two nodes side by side and says how they differ; what is shared by many places is looked at, and reported, once. */
final class Differ {
    private static final String NOTHING = "-";

    /** Which way the values below a node go; what a callback receives is what the client would send, and the other way round. */
    private enum Flow {
        CALL,
        CALLBACK,
        REQUEST,
        RESPONSE,
        BOTH;

        Flow into(String label) {
            String keyword = label.split(" ", 2)[0];
            if (keyword.equals("not") || keyword.equals("if")) {
                return BOTH;
            }
            if (this != CALL && this != CALLBACK) {
                return this;
            }
            return switch (keyword) {
                case "callbacks" -> CALLBACK;
                case "parameters", "requestBody" -> this == CALL ? REQUEST : RESPONSE;
                case "responses" -> this == CALL ? RESPONSE : REQUEST;
                default -> this;
            };
        }

        Side side() {
            return this == RESPONSE ? Side.RESPONSE : this == BOTH ? Side.BOTH : Side.REQUEST;
        }
    }

    private record Pair(Node was, Node is, Flow flow) {}

    private record Finding(String pointer, boolean isGone, String what, String was, String is, String advice) {}

    private final OpenApiDocument pinned;
    private final OpenApiDocument published;
    private final Set<Pair> seen = new HashSet<>();
    private final Deque<Pair> pending = new ArrayDeque<>();
    private final Map<Finding, Effect> findings = new LinkedHashMap<>();

    Differ(OpenApiDocument pinned, OpenApiDocument published) {
        this.pinned = pinned;
        this.published = published;
    }

    /** Notes every difference between two operations. */
    void compareOperations(Node was, Node is) {
        int before = drifts();
        follow(was, is, Flow.CALL);
        while (!pending.isEmpty()) {
            compare(pending.pop());
        }
        if (was.meaning != is.meaning && drifts() == before && before == 0) {
            throw new IllegalStateException("operations differ, but no difference was found at " + is.at);
        }
    }

    private int drifts() {
        return (int) findings.values().stream().filter(Effect::isDrift).count();
    }

    void add(Effect effect, Spot where, boolean isGone, String what, String was, String is, String advice) {
        findings.merge(
                new Finding(where.pointer(), isGone, what, Excerpt.of(was, is), Excerpt.of(is, was), advice), effect, Consequence::worse);
    }

    List<Change> changes() {
        return findings.entrySet().stream()
                .map(entry -> {
                    Finding f = entry.getKey();
                    String place = Place.of(f.isGone ? pinned : published, f.pointer);
                    return new Change(entry.getValue(), f.pointer, place, f.what, f.was, f.is, f.advice);
                })
                .sorted(Comparator.comparing(Change::effect)
                        .thenComparing(Change::place)
                        .thenComparing(Change::pointer)
                        .thenComparing(Change::what)
                        .thenComparing(Change::was)
                        .thenComparing(Change::is))
                .toList();
    }

    private void follow(Node was, Node is, Flow flow) {
        Pair pair = new Pair(was, is, flow);
        if (seen.add(pair)) {
            pending.push(pair);
        }
    }

    private void compare(Pair pair) {
        Node was = pair.was;
        Node is = pair.is;
        compareNames(was, is);
        compareDocumentation(was, is);
        compareTypes(pair);
        compareFacts(pair);
        for (String label : union(was.parts, is.parts)) {
            Node before = was.parts.get(label);
            Node after = is.parts.get(label);
            if (before != null && after != null) {
                follow(before, after, pair.flow.into(label));
            } else {
                comparePart(pair, label, before, after);
            }
        }
        for (String label : union(was.groups, is.groups)) {
            compareGroup(pair, label, was.groups.getOrDefault(label, List.of()), is.groups.getOrDefault(label, List.of()));
        }
    }

    private void compareNames(Node was, Node is) {
        if (was.name != null && is.name != null && !was.name.equals(is.name)) {
            add(Effect.NOTICE, is.at, false, "renamed, with the same place in the document", was.name, is.name, Consequence.REVIEW_NAMES);
        }
    }

    private void compareDocumentation(Node was, Node is) {
        for (String keyword : union(was.documentation, is.documentation)) {
            Map<String, Spot> before = was.documentation.getOrDefault(keyword, Map.of());
            Map<String, Spot> after = is.documentation.getOrDefault(keyword, Map.of());
            if (!before.keySet().equals(after.keySet())) {
                addDocumentation(keyword, before, after);
            }
        }
    }

    void addDocumentation(String keyword, Map<String, Spot> before, Map<String, Spot> after) {
        Map<String, Spot> location = after.isEmpty() ? before : after;
        Spot where = location.values().iterator().next();
        add(Effect.DOCUMENTATION, where, after.isEmpty(), keyword, text(before), text(after), Consequence.REVIEW_WORDS);
    }

    private void compareTypes(Pair pair) {
        Map<String, Spot> was = pair.was.types();
        Map<String, Spot> is = pair.is.types();
        if (!was.keySet().equals(is.keySet())) {
            boolean narrower = !covers(is.keySet(), was.keySet());
            boolean wider = !covers(was.keySet(), is.keySet());
            Effect effect = Consequence.of("type").of(narrower, wider, pair.flow.side());
            Spot where = is.values().iterator().next();
            add(effect, where, false, "type", String.join(" or ", was.keySet()), String.join(" or ", is.keySet()), Consequence.of("type").advice());
        }
    }

    private static boolean covers(Set<String> types, Set<String> others) {
        return others.stream().allMatch(type -> types.contains(type)
                || !type.equals("null") && types.contains("anything")
                || type.equals("integer") && types.contains("number"));
    }

    private void compareFacts(Pair pair) {
        for (String keyword : union(pair.was.facts, pair.is.facts)) {
            Map<String, Spot> was = pair.was.facts.getOrDefault(keyword, Map.of());
            Map<String, Spot> is = pair.is.facts.getOrDefault(keyword, Map.of());
            boolean onBothSides = pair.was.facts.containsKey(keyword) && pair.is.facts.containsKey(keyword);
            if (keyword.equals("type") || was.keySet().equals(is.keySet()) && onBothSides) {
                continue;
            }
            if (keyword.equals("required") || onBothSides && (keyword.equals("enum") || keyword.equals("scopes"))) {
                compareValues(pair, keyword, was, is);
            } else {
                boolean[] direction = direction(keyword, was, is);
                Effect effect = Consequence.of(keyword).of(direction[0], direction[1], pair.flow.side());
                Spot where = first(is, first(was, pair.is.at));
                add(effect, where, is.isEmpty() && !was.isEmpty(), keyword, text(was), text(is), Consequence.of(keyword).advice());
            }
        }
    }

    /** Returns whether the constraint is narrower, and whether it is wider. */
    private static boolean[] direction(String keyword, Map<String, Spot> was, Map<String, Spot> is) {
        if (keyword.equals("enum")) {
            // The whole enumeration came or went: values can only be fewer, or more.
            return new boolean[] {was.isEmpty() == false, was.isEmpty()};
        }
        return new boolean[] {!is.isEmpty(), !was.isEmpty()};
    }

    private void compareValues(Pair pair, String keyword, Map<String, Spot> was, Map<String, Spot> is) {
        Consequence consequence = Consequence.of(keyword);
        for (String value : union(was, is)) {
            String property = "properties " + value;
            boolean isNew = !was.containsKey(value);
            boolean isOld = !is.containsKey(value);
            boolean isOfOtherProperty = keyword.equals("required")
                    && pair.was.parts.containsKey(property) != pair.is.parts.containsKey(property);
            if (isNew != isOld && !isOfOtherProperty) {
                Spot where = isNew ? is.get(value) : was.get(value);
                Effect effect = consequence.of(isNew, isOld, pair.flow.side());
                String what = keyword + (isNew ? " value added" : " value removed");
                add(effect, where, isOld, what, isNew ? NOTHING : value, isOld ? NOTHING : value, consequence.advice());
            }
        }
    }

    private void comparePart(Pair pair, String label, @Nullable Node was, @Nullable Node is) {
        Node owner = was == null ? pair.is : pair.was;
        Node part = was == null ? is : was;
        String[] words = label.split(" ", 2);
        boolean isRequired = part.facts.containsKey("mandatory")
                || words.length == 2 && owner.facts.getOrDefault("required", Map.of()).containsKey(words[1]);
        Consequence consequence = Consequence.of(label);
        Effect effect = consequence.of(was == null, is == null, pair.flow.into(label).side());
        if (was == null && isRequired && pair.flow.into(label).side() != Side.RESPONSE) {
            effect = Effect.BREAKS;
        }
        String what = (isRequired ? "required " : "") + words[0] + (was == null ? " added" : " removed");
        add(effect, owner.written.get(label), is == null, what, describe(was), describe(is), consequence.advice());
    }

    /** Sets aside what means the same, then pairs what is left by likeness, so that a change is reported inside the variant. */
    private void compareGroup(Pair pair, String label, List<Node> was, List<Node> is) {
        List<Node> before = new ArrayList<>(was);
        List<Node> after = new ArrayList<>(is);
        for (Node old : was) {
            Node same = after.stream().filter(node -> node.meaning == old.meaning).findFirst().orElse(null);
            if (same != null) {
                follow(old, same, pair.flow.into(label));
                before.remove(old);
                after.remove(same);
            }
        }
        if (!pair.was.counted) {
            // Saying the same twice says nothing new.
            before.removeIf(node -> is.stream().anyMatch(other -> other.meaning == node.meaning));
            after.removeIf(node -> was.stream().anyMatch(other -> other.meaning == node.meaning));
        }
        while (!before.isEmpty() && !after.isEmpty()) {
            Pair likest = likest(before, after, pair.flow.into(label));
            if (likest == null) {
                break;
            }
            follow(likest.was, likest.is, likest.flow);
            before.remove(likest.was);
            after.remove(likest.is);
        }
        before.forEach(node -> addMember(pair, label, node, null));
        after.forEach(node -> addMember(pair, label, null, node));
    }

    private void addMember(Pair pair, String label, @Nullable Node was, @Nullable Node is) {
        Node owner = was == null ? pair.is : pair.was;
        Node member = was == null ? is : was;
        Consequence consequence = Consequence.of(label);
        Effect effect = consequence.of(was == null, is == null, pair.flow.into(label).side());
        Spot where = member.at.isBelow(owner.at) ? member.at : owner.at;
        String what = label + (was == null ? ": one added" : ": one removed");
        add(effect, where, is == null, what, describe(was), describe(is), consequence.advice());
    }

    private static @Nullable Pair likest(List<Node> before, List<Node> after, Flow flow) {
        Pair likest = null;
        int best = 0;
        for (Node was : before) {
            for (Node is : after) {
                int likeness = likeness(was, is);
                if (likeness > best) {
                    best = likeness;
                    likest = new Pair(was, is, flow);
                }
            }
        }
        return likest;
    }

    private static int likeness(Node was, Node is) {
        if (!was.facts.getOrDefault("type", Map.of()).keySet().equals(is.facts.getOrDefault("type", Map.of()).keySet())) {
            return 0;
        }
        int likeness = 1 + (was.name != null && was.name.equals(is.name) ? 1000 : 0);
        for (Function<Node, Map<String, ?>> members : List.<Function<Node, Map<String, ?>>>of(n -> n.facts, n -> n.parts, n -> n.groups)) {
            Set<String> common = new HashSet<>(members.apply(was).keySet());
            common.retainAll(members.apply(is).keySet());
            likeness += 2 * common.size();
        }
        for (String label : was.parts.keySet()) {
            likeness += is.parts.containsKey(label) && is.parts.get(label).meaning == was.parts.get(label).meaning ? 2 : 0;
        }
        return likeness;
    }

    private static String describe(@Nullable Node node) {
        if (node == null) {
            return NOTHING;
        }
        String words = node.name != null
                ? node.name
                : node.facts.isEmpty() && !node.nullable
                        ? "present"
                        : node.facts.containsKey("type") || node.nullable
                                ? String.join(" or ", node.types().keySet())
                                : node.facts.values().stream().map(Differ::text).collect(Collectors.joining(" "));
        return words.isEmpty() ? "nothing" : words;
    }

    private static String text(Map<String, Spot> values) {
        return values.isEmpty() ? NOTHING : String.join(", ", values.keySet());
    }

    private static Spot first(Map<String, Spot> values, Spot otherwise) {
        return values.isEmpty() ? otherwise : values.values().iterator().next();
    }

    private static Set<String> union(Map<String, ?> one, Map<String, ?> other) {
        Set<String> union = new TreeSet<>(one.keySet());
        union.addAll(other.keySet());
        return union;
    }
}
