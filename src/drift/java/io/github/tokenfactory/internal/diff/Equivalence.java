package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.drift.CannotCheckException;
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
import java.util.stream.IntStream;

/**
 * Finds out which nodes mean the same, recursive ones included.
 *
 * <p>Nodes get the same number if they state the same themselves and their parts have the same
 * numbers. Where parts lead back to the node, all nodes with the same statements start with the
 * same number, and are told apart by the numbers of their parts until nothing changes.
 */
final class Equivalence {
  private static final long MAX_STEPS = 5_000_000;

  private final List<SemanticNode> nodes = new ArrayList<>();
  private final Map<SemanticNode, List<SemanticNode>> users = new IdentityHashMap<>();
  private final Map<SemanticNode, Integer> openParts = new IdentityHashMap<>();

  private Equivalence() {}

  /** Sets {@link SemanticNode#meaning} of all nodes that these lead to. */
  static void find(Collection<SemanticNode> roots) {
    Equivalence equivalence = new Equivalence();
    roots.forEach(equivalence::add);
    equivalence.collect();
    equivalence.number();
  }

  private void add(SemanticNode node) {
    if (users.putIfAbsent(node, new ArrayList<>()) == null) {
      nodes.add(node);
    }
  }

  private void collect() {
    for (int i = 0; i < nodes.size(); i++) {
      SemanticNode node = nodes.get(i);
      int parts = 0;
      for (Collection<SemanticNode> below : node.below()) {
        for (SemanticNode part : below) {
          add(part);
          users.computeIfAbsent(part, p -> new ArrayList<>()).add(node);
          parts++;
        }
      }
      openParts.put(node, parts);
    }
  }

  /** Numbers what does not recur from the leaves up, each node once; then refines the rest. */
  private void number() {
    Map<List<Object>, Integer> statements = new HashMap<>();
    nodes.forEach(node -> node.meaning = number(statements, node.ownStatements()));
    Map<List<Integer>, Integer> numbers = new HashMap<>();
    Deque<SemanticNode> ready = new ArrayDeque<>(nodes);
    ready.removeIf(node -> openParts.getOrDefault(node, 0) > 0);
    while (!ready.isEmpty()) {
      SemanticNode node = ready.remove();
      node.meaning = number(numbers, key(node));
      for (SemanticNode user : users.getOrDefault(node, List.of())) {
        if (openParts.merge(user, -1, Integer::sum) == 0) {
          ready.add(user);
        }
      }
    }
    refine(
        nodes.stream().filter(node -> openParts.getOrDefault(node, 0) > 0).toList(),
        Math.max(numbers.size(), statements.size()));
  }

  private static void refine(List<SemanticNode> recurring, int offset) {
    recurring.forEach(node -> node.meaning += offset);
    int[] refined = new int[recurring.size()];
    long steps = 0;
    for (int before = -1, now = 0; now > before; ) {
      steps += refined.length;
      if (steps > MAX_STEPS) {
        throw new CannotCheckException(
            CannotCheckException.Reason.UNREADABLE,
            "too many schemas refer to each other at " + recurring.get(0).at.pointer());
      }
      Map<List<Integer>, Integer> numbers = new HashMap<>();
      Arrays.setAll(refined, i -> offset + number(numbers, key(recurring.get(i))));
      for (int i = 0; i < refined.length; i++) {
        recurring.get(i).meaning = refined[i];
      }
      before = now;
      now = numbers.size();
    }
  }

  private static <K> int number(Map<K, Integer> numbers, K key) {
    return numbers.computeIfAbsent(key, k -> numbers.size());
  }

  /** {@return the numbers of the node and of its parts; those of a group sorted} */
  private static List<Integer> key(SemanticNode node) {
    List<Integer> key = new ArrayList<>();
    key.add(node.meaning);
    node.parts.forEach(
        (label, part) -> {
          if (node.matters(label)) {
            key.add(part.meaning);
          }
        });
    for (List<SemanticNode> group : node.groups.values()) {
      key.add(-1); // separates groups
      IntStream members = group.stream().mapToInt(member -> member.meaning).sorted();
      (node.counted ? members : members.distinct()).forEach(key::add);
    }
    return key;
  }
}
