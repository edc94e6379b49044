package io.github.tokenfactory.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out which nodes mean the same, recursion and all: it starts from what each node says by itself, and tells nodes apart
 * whose parts are told apart, until nothing changes (partition refinement).
 */
final class Equivalence {
    private record Key(int[] numbers) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(numbers, key.numbers);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(numbers);
        }
    }

    private Equivalence() {}

    /** Sets {@link Node#meaning} of all nodes that these lead to. */
    static void find(Collection<Node> roots) {
        Map<Node, Boolean> seen = new IdentityHashMap<>();
        List<Node> nodes = new ArrayList<>(roots);
        nodes.removeIf(node -> seen.put(node, true) != null);
        for (int i = 0; i < nodes.size(); i++) {
            for (Node part : nodes.get(i).parts.values()) {
                if (seen.put(part, true) == null) {
                    nodes.add(part);
                }
            }
            for (List<Node> group : nodes.get(i).groups.values()) {
                for (Node member : group) {
                    if (seen.put(member, true) == null) {
                        nodes.add(member);
                    }
                }
            }
        }
        Map<List<Object>, Integer> sayings = new HashMap<>();
        for (Node node : nodes) {
            node.meaning = number(sayings, node.saying());
        }
        // A node without parts has said it all.
        int said = sayings.size();
        nodes.removeIf(node -> node.parts.isEmpty() && node.groups.isEmpty());
        int[] refined = new int[nodes.size()];
        for (int before = -1, now = 0; now > before; ) {
            Map<Key, Integer> keys = new HashMap<>();
            Arrays.setAll(refined, i -> said + number(keys, key(nodes.get(i))));
            for (int i = 0; i < refined.length; i++) {
                nodes.get(i).meaning = refined[i];
            }
            before = now;
            now = keys.size();
        }
    }

    private static <K> int number(Map<K, Integer> numbers, K key) {
        return numbers.computeIfAbsent(key, k -> numbers.size());
    }

    private static Key key(Node node) {
        int size = 1 + node.parts.size();
        for (List<Node> group : node.groups.values()) {
            size += 1 + group.size();
        }
        int[] key = new int[size];
        int end = 0;
        key[end++] = node.meaning;
        for (Node part : node.parts.values()) {
            key[end++] = part.meaning;
        }
        for (List<Node> group : node.groups.values()) {
            int start = end + 1;
            key[end++] = -1;
            for (Node member : group) {
                key[end++] = member.meaning;
            }
            Arrays.sort(key, start, end);
            end = node.counted ? end : withoutRepetition(key, start, end);
        }
        return new Key(Arrays.copyOf(key, end));
    }

    private static int withoutRepetition(int[] sorted, int start, int end) {
        int kept = start;
        for (int i = start; i < end; i++) {
            if (i == start || sorted[i] != sorted[i - 1]) {
                sorted[kept++] = sorted[i];
            }
        }
        return kept;
    }
}
