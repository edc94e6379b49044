package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.SemanticNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in a few words what a part of a document is, for the columns "was" and "is". */
final class NodeDescriber {
  private NodeDescriber() {}

  static String describe(@Nullable SemanticNode node) {
    if (node == null) {
      return Findings.NOTHING;
    }
    SemanticNode union = node.union();
    if (node.name != null) {
      return node.name;
    } else if (union != null) {
      String kind = union.values("union").keySet().iterator().next();
      int variants = union.groups.getOrDefault("variants", List.of()).size();
      return kind + " of " + variants + (node.nullable ? " or null" : "");
    } else if (node.facts.containsKey("type") || node.nullable) {
      return types(node);
    }
    String facts =
        node.facts.values().stream().map(NodeDescriber::values).collect(Collectors.joining(" "));
    return facts.isEmpty() ? "present" : facts;
  }

  static String types(SemanticNode node) {
    List<String> names = new ArrayList<>(node.types().keySet());
    boolean hasNull = names.remove("null");
    if (names.contains("anything")) {
      return hasNull ? "anything" : "anything but null";
    }
    if (hasNull) {
      names.add("null");
    }
    return names.isEmpty() ? "nothing" : String.join(" or ", names);
  }

  static String values(Map<String, JsonLocation> values) {
    return values.isEmpty() ? Findings.NOTHING : String.join(", ", values.keySet());
  }
}
