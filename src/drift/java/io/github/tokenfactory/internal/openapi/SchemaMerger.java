package io.github.tokenfactory.internal.openapi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes schemas that apply to the same value as one, exactly: what a merge would lose stays
 * visible as a fact of its own, and what cannot be merged stays a member of {@code allOf}.
 */
final class SchemaMerger {
  private SchemaMerger() {}

  /**
   * Returns the schema that allows what all of these allow; they are equals, so their order is of
   * no meaning.
   */
  static SemanticNode of(JsonLocation at, List<SemanticNode> schemas) {
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
            Map<String, JsonLocation> mine =
                node.facts.computeIfAbsent(keyword, k -> new TreeMap<>());
            values.forEach(mine::putIfAbsent);
          }
        });
    other.documentation.forEach(
        (keyword, words) -> words.forEach(where -> node.document(keyword, where)));
    other.schemas.forEach((label, spots) -> spots.forEach(spot -> node.schema(label, spot)));
    other.groups.forEach(
        (label, members) -> {
          List<SemanticNode> mine = node.groups.computeIfAbsent(label, k -> new ArrayList<>());
          members.stream().filter(member -> !mine.contains(member)).forEach(mine::add);
        });
  }

  private static void keepApart(SemanticNode node, SemanticNode other) {
    node.nullable &= other.nullable;
    node.group("allOf", other);
  }

  /**
   * Keeps the values that both allow; that they did not allow the same must still be seen if one of
   * them changes.
   */
  private static void intersect(String keyword, SemanticNode node, SemanticNode other) {
    Map<String, JsonLocation> mine = node.facts.get(keyword);
    Map<String, JsonLocation> others = other.facts.get(keyword);
    boolean isType = keyword.equals("type");
    if (mine == null || others == null) {
      node.facts.computeIfAbsent(keyword, k -> others == null ? null : new TreeMap<>(others));
    } else if (!mine.keySet().equals(others.keySet())
        || isType && node.nullable != other.nullable) {
      node.fact(
          "merged " + keyword,
          mine.keySet() + (isType && node.nullable ? " or null" : ""),
          node.at);
      node.fact(
          "merged " + keyword,
          others.keySet() + (isType && other.nullable ? " or null" : ""),
          other.at);
      Map<String, JsonLocation> common = new TreeMap<>(mine);
      Set<String> allowed = new HashSet<>(others.keySet());
      if (isType && mine.containsKey("number") && others.containsKey("integer")) {
        common.put("integer", others.get("integer"));
      } else if (isType && mine.containsKey("integer") && others.containsKey("number")) {
        allowed.add("integer");
      }
      common.keySet().retainAll(allowed);
      node.facts.put(keyword, common);
    }
  }

  /**
   * Says whether two sets of properties can be written as one: {@code additionalProperties} looks
   * at the properties beside it only, {@code unevaluatedProperties} at more, and positions in an
   * array count from {@code prefixItems} on.
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
   * Says that another schema has no properties that {@code additionalProperties} would be about.
   */
  private static boolean covers(SemanticNode node, SemanticNode other) {
    return !has(node, "additionalProperties")
        || !has(other, "patternProperties")
            && other.schemas.keySet().stream()
                .filter(label -> label.startsWith("properties "))
                .allMatch(node.schemas::containsKey);
  }

  private static boolean has(SemanticNode node, String keyword) {
    for (String label : node.schemas.keySet()) {
      int length = keyword.length();
      if (label.startsWith(keyword) && (label.length() == length || label.charAt(length) == ' ')) {
        return true;
      }
    }
    return false;
  }
}
