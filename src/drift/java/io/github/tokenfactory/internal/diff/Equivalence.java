package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.internal.openapi.SemanticNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out which nodes mean the same, recursion and all.
 *
 * <p>Nodes get the same number if they say the same by themselves and their parts have the same
 * numbers. Where parts lead back to the node, all that say the same start with the same number, and
 * those whose parts differ are told apart until nothing changes.
 */
public final class Equivalence {
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

  private final List<SemanticNode> nodes = new ArrayList<>();
  private final Map<SemanticNode, List<SemanticNode>> parents = new IdentityHashMap<>();
  private final Map<SemanticNode, Integer> openParts = new IdentityHashMap<>();

  private Equivalence() {}

  /** Sets {@link SemanticNode#meaning} of all nodes that these lead to. */
  static void find(Collection<SemanticNode> roots) {
    Equivalence equivalence = new Equivalence();
    equivalence.collect(roots);
    equivalence.number();
  }

  private void collect(Collection<SemanticNode> roots) {
    nodes.addAll(roots);
    nodes.removeIf(node -> parents.putIfAbsent(node, new ArrayList<>()) != null);
    for (int i = 0; i < nodes.size(); i++) {
      SemanticNode node = nodes.get(i);
      int parts = 0;
      for (Collection<SemanticNode> below : node.below()) {
        for (SemanticNode part : below) {
          List<SemanticNode> users = parents.get(part);
          if (users == null) {
            users = new ArrayList<>();
            parents.put(part, users);
            nodes.add(part);
          }
          users.add(node);
          parts++;
        }
      }
      openParts.put(node, parts);
    }
  }

  /** Numbers what does not recur from the leaves up, each node once; then refines what is left. */
  private void number() {
    Map<List<Object>, Integer> sayings = new HashMap<>();
    nodes.forEach(node -> node.meaning = number(sayings, node.saying()));
    Map<Key, Integer> finals = new HashMap<>();
    Deque<SemanticNode> ready = new ArrayDeque<>(nodes);
    ready.removeIf(node -> openParts.get(node) > 0);
    while (!ready.isEmpty()) {
      SemanticNode node = ready.remove();
      node.meaning = number(finals, key(node));
      for (SemanticNode user : parents.get(node)) {
        if (openParts.merge(user, -1, Integer::sum) == 0) {
          ready.add(user);
        }
      }
    }
    refine(
        nodes.stream().filter(node -> openParts.get(node) > 0).toList(),
        Math.max(finals.size(), sayings.size()));
  }

  private static void refine(List<SemanticNode> recurring, int offset) {
    recurring.forEach(node -> node.meaning += offset);
    int[] refined = new int[recurring.size()];
    for (int before = -1, now = 0; now > before; ) {
      Map<Key, Integer> keys = new HashMap<>();
      Arrays.setAll(refined, i -> offset + number(keys, key(recurring.get(i))));
      for (int i = 0; i < refined.length; i++) {
        recurring.get(i).meaning = refined[i];
      }
      before = now;
      now = keys.size();
    }
  }

  private static <K> int number(Map<K, Integer> numbers, K key) {
    return numbers.computeIfAbsent(key, k -> numbers.size());
  }

  private static Key key(SemanticNode node) {
    int size = 1 + node.parts.size();
    for (List<SemanticNode> group : node.groups.values()) {
      size += 1 + group.size();
    }
    int[] key = new int[size];
    int end = 0;
    key[end++] = node.meaning;
    for (Map.Entry<String, SemanticNode> part : node.parts.entrySet()) {
      if (node.matters(part.getKey())) {
        key[end++] = part.getValue().meaning;
      }
    }
    for (List<SemanticNode> group : node.groups.values()) {
      int start = end + 1;
      key[end++] = -1;
      for (SemanticNode member : group) {
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
