package io.github.tokenfactory.internal.openapi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Merges schemas that apply to the same value into one that means exactly the same. What a merge
 * would lose becomes a fact of its own; what cannot be merged stays a member of {@code allOf}.
 */
final class SchemaMerger {
  private SchemaMerger() {}

  /** {@return the schema that allows what all of these allow; their order does not matter} */
  static SemanticNode merge(JsonLocation at, List<SemanticNode> schemas) {
    SemanticNode merged = SemanticNode.anything(at);
    for (SemanticNode schema : schemas) {
      if (isClosed(schema) && schemas.size() > 1) {
        keepApart(merged, schema);
      } else {
        add(merged, schema);
      }
    }
    merged.name = schemas.size() == 1 ? schemas.get(0).name : null;
    return merged;
  }

  /** Adds what another schema says to a node. */
  static void add(SemanticNode node, SemanticNode other) {
    if (!isMergeable(node, other)) {
      keepApart(node, other);
      return;
    }
    intersect("type", node, other);
    intersect("enum", node, other);
    node.nullable &= other.nullable;
    other.facts.forEach(
        (keyword, values) -> {
          if (!keyword.equals("type") && !keyword.equals("enum")) {
            Map<String, JsonLocation> own =
                node.facts.computeIfAbsent(keyword, k -> new LinkedHashMap<>());
            values.forEach(own::putIfAbsent);
          }
        });
    other.documentation.forEach(
        (keyword, words) -> words.forEach(where -> node.document(keyword, where)));
    other.schemas.forEach(
        (label, schemas) -> schemas.forEach(schema -> node.schema(label, schema)));
    other.groups.forEach(
        (label, members) -> {
          List<SemanticNode> own = node.groups.computeIfAbsent(label, k -> new ArrayList<>());
          members.stream().filter(member -> !own.contains(member)).forEach(own::add);
        });
  }

  private static void keepApart(SemanticNode node, SemanticNode other) {
    node.nullable &= other.nullable;
    node.group("allOf", other);
  }

  /**
   * Keeps the values that both allow. If they did not allow the same, that becomes a fact: a change
   * of one of them must be seen even if the intersection stays the same.
   */
  private static void intersect(String keyword, SemanticNode node, SemanticNode other) {
    Map<String, JsonLocation> own = node.facts.get(keyword);
    Map<String, JsonLocation> others = other.facts.get(keyword);
    boolean isType = keyword.equals("type");
    if (others == null) {
      return;
    }
    if (own == null) {
      node.facts.put(keyword, new LinkedHashMap<>(others));
    } else if (!own.keySet().equals(others.keySet()) || isType && node.nullable != other.nullable) {
      for (SemanticNode each : List.of(node, other)) {
        String orNull = isType && each.nullable ? " or null" : "";
        node.fact("merged " + keyword, each.values(keyword).keySet() + orNull, each.at);
      }
      Map<String, JsonLocation> common = new LinkedHashMap<>(own);
      Set<String> allowed = new HashSet<>(others.keySet());
      if (isType && own.containsKey("number") && others.containsKey("integer")) {
        common.put("integer", others.get("integer"));
      } else if (isType && own.containsKey("integer") && others.containsKey("number")) {
        allowed.add("integer");
      }
      common.keySet().retainAll(allowed);
      node.facts.put(keyword, common);
    }
  }

  /**
   * {@return whether two schemas can be written as one} {@code additionalProperties} looks only at
   * the properties beside it, {@code unevaluatedProperties} at more, and {@code items} counts from
   * the end of the {@code prefixItems} beside it.
   */
  private static boolean isMergeable(SemanticNode node, SemanticNode other) {
    if (isClosed(other)) {
      return node.schemas.isEmpty() && node.groups.isEmpty();
    }
    boolean areTuples =
        has(node, "prefixItems") && has(other, "items")
            || has(node, "items") && has(other, "prefixItems");
    return !areTuples && covers(node, other) && covers(other, node);
  }

  private static boolean isClosed(SemanticNode node) {
    return has(node, "unevaluatedProperties") || has(node, "unevaluatedItems");
  }

  /**
   * {@return whether {@code node}'s additionalProperties would be about no property of the other}
   */
  private static boolean covers(SemanticNode node, SemanticNode other) {
    return !has(node, "additionalProperties")
        || !has(other, "patternProperties")
            && other.schemas.keySet().stream()
                .filter(label -> label.startsWith("properties "))
                .allMatch(node.schemas::containsKey);
  }

  private static boolean has(SemanticNode node, String keyword) {
    return node.schemas.keySet().stream()
        .anyMatch(label -> label.equals(keyword) || label.startsWith(keyword + " "));
  }
}
