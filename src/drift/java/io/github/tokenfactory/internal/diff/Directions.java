package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.SemanticNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Says which way the values of components go: what is written there is part of which messages. */
final class Directions {
  private record Visit(SemanticNode node, Flow flow) {}

  private final Map<String, Set<Flow>> flows = new HashMap<>();
  private final Set<Visit> seen = new HashSet<>();

  /** Adds an operation, and all that it leads to. */
  void add(SemanticNode operation, Flow flow) {
    Deque<Visit> pending = new ArrayDeque<>();
    pending.push(new Visit(operation, flow));
    while (!pending.isEmpty()) {
      Visit visit = pending.pop();
      if (seen.add(visit)) {
        locations(visit.node)
            .map(JsonLocation::enclosingComponent)
            .filter(name -> name != null)
            .forEach(
                name ->
                    flows.computeIfAbsent(name, n -> EnumSet.noneOf(Flow.class)).add(visit.flow));
        visit.node.parts.forEach(
            (label, part) -> pending.push(new Visit(part, visit.flow.into(label))));
        visit.node.groups.forEach(
            (label, members) ->
                members.forEach(member -> pending.push(new Visit(member, visit.flow.into(label)))));
      }
    }
  }

  /** What a node says may be written in several places: it can be merged from them. */
  private static Stream<JsonLocation> locations(SemanticNode node) {
    return Stream.of(
            Stream.of(node.at),
            node.facts.values().stream().flatMap(values -> values.values().stream()),
            node.schemas.values().stream().flatMap(schemas -> schemas.stream()))
        .flatMap(locations -> locations);
  }

  /** {@return which way the values of a component go, or both if that is not known} */
  Flow of(String component) {
    Set<Flow> found = flows.getOrDefault(component, Set.of());
    return found.size() == 1 ? found.iterator().next() : Flow.BOTH;
  }
}
