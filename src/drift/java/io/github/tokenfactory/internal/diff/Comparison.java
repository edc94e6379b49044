package io.github.tokenfactory.internal.diff;

import com.google.gson.JsonObject;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.Change;
import io.github.tokenfactory.drift.Change.Effect;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.Operation;
import io.github.tokenfactory.internal.openapi.OperationReader;
import io.github.tokenfactory.internal.openapi.SemanticNode;
import io.github.tokenfactory.internal.openapi.Slicer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the counterpart of each bound operation and component, and has a {@link Differ} compare
 * them.
 */
public final class Comparison {
  private static final List<String> SCHEMAS = List.of("components", "schemas");

  /** One of the two documents. */
  private record Side(String label, Document document, OperationReader reader) {
    Side(String label, Document document) {
      this(label, document, new OperationReader(document));
    }

    /** Does a step; a failure says which of the two documents cannot be checked. */
    <T> T in(Function<Side, T> step) {
      try {
        return step.apply(this);
      } catch (CannotCheckException e) {
        throw new CannotCheckException(e.reason(), label + ": " + e.getMessage(), e);
      }
    }

    Map<String, SemanticNode> read(Collection<Operation> operations) {
      return in(
          side -> {
            Map<String, SemanticNode> nodes = new LinkedHashMap<>();
            operations.forEach(each -> nodes.put(shape(each.title()), side.reader.read(each)));
            return nodes;
          });
    }

    /** {@return the component schemas that operations refer to; checks every reference} */
    Set<String> components(List<Operation> operations) {
      Document slice = in(side -> Slicer.slice(side.document, operations));
      JsonLocation schemas = slice.at(SCHEMAS);
      return schemas != null && schemas.json() instanceof JsonObject object
          ? new TreeSet<>(object.keySet())
          : new TreeSet<>();
    }

    SemanticNode component(String name) {
      return in(side -> side.reader.read(side.document.at(SCHEMAS).child(name)));
    }

    Map<String, JsonLocation> info(String keyword) {
      JsonLocation info = document.at(List.of("info", keyword));
      return info == null ? Map.of() : Map.of(CanonicalJson.comparable(info.json()), info);
    }
  }

  private final Side pinned;
  private final Side published;
  private final Findings findings = new Findings();
  private final Differ differ = new Differ(findings);

  public Comparison(Document pinned, Document published) {
    this.pinned = new Side("pinned document", pinned);
    this.published = new Side("published document", published);
  }

  /** {@return the changes of these operations, worst first, then by place} */
  public List<Change> changes(Collection<String> names) {
    List<Operation> bound = pinned.in(side -> side.document.find(names));
    Set<String> paths =
        bound.stream().map(operation -> shape(operation.path())).collect(Collectors.toSet());
    Map<String, Operation> offered =
        byShape(published.in(side -> side.document.operations(p -> paths.contains(shape(p)))));
    List<Operation> counterparts =
        bound.stream()
            .map(operation -> shape(operation.title()))
            .filter(offered::containsKey)
            .map(offered::get)
            .toList();
    offered.keySet().removeAll(byShape(pinned.document.readableOperations()).keySet());
    Set<String> components = pinned.components(bound);
    components.retainAll(published.components(counterparts));

    Map<String, SemanticNode> was = pinned.read(bound);
    Map<String, SemanticNode> is = published.read(counterparts);
    Map<Operation, SemanticNode> added =
        is.size() < was.size() ? readable(offered.values()) : Map.of();
    Map<String, SemanticNode> wasComponents = new LinkedHashMap<>();
    Map<String, SemanticNode> isComponents = new LinkedHashMap<>();
    components.forEach(name -> wasComponents.put(name, pinned.component(name)));
    components.forEach(name -> isComponents.put(name, published.component(name)));
    List<SemanticNode> roots = new ArrayList<>();
    List.of(was, is, added, wasComponents, isComponents)
        .forEach(nodes -> roots.addAll(nodes.values()));
    Equivalence.find(roots);

    for (String keyword : List.of("title", "version")) {
      differ.compareDocumentation(keyword, pinned.info(keyword), published.info(keyword));
    }
    for (Operation operation : bound) {
      String shape = shape(operation.title());
      if (is.containsKey(shape)) {
        differ.compareOperations(was.get(shape), is.get(shape));
      } else {
        reportGone(operation, successor(operation, was.get(shape), added));
      }
    }
    components.forEach(
        name -> differ.compareComponents(wasComponents.get(name), isComponents.get(name)));
    if (names.contains(Document.ALL_OPERATIONS)) {
      offered.values().forEach(this::reportNotBound);
    }
    return findings.changes(pinned.document, published.document);
  }

  private void reportGone(Operation operation, @Nullable Operation successor) {
    findings.add(
        Effect.BREAKS,
        operation.location(),
        true,
        successor == null ? "operation removed" : "operation moved",
        operation.title(),
        successor == null ? Findings.NOTHING : successor.title(),
        ChangeRules.REBIND);
  }

  private void reportNotBound(Operation operation) {
    findings.add(
        Effect.NOTICE,
        operation.location(),
        false,
        "operation not bound",
        Findings.NOTHING,
        operation.title(),
        ChangeRules.ADOPT);
  }

  /** {@return the new operation with the same id, or else one with a message in common} */
  private static @Nullable Operation successor(
      Operation gone, SemanticNode node, Map<Operation, SemanticNode> added) {
    Set<List<Object>> messages = messages(node);
    return added.keySet().stream()
        .filter(candidate -> gone.id() != null && gone.id().equals(candidate.id()))
        .findFirst()
        .or(
            () ->
                added.keySet().stream()
                    .filter(each -> !Collections.disjoint(messages, messages(added.get(each))))
                    .findFirst())
        .orElse(null);
  }

  /** {@return an operation's request and successful responses, which hardly another one shares} */
  private static Set<List<Object>> messages(SemanticNode operation) {
    Set<List<Object>> messages = new HashSet<>();
    operation.parts.forEach(
        (label, part) -> {
          boolean isMessage = label.equals("requestBody") || label.startsWith("responses 2");
          if (isMessage && !part.parts.isEmpty()) {
            messages.add(List.of(label, part.meaning));
          }
        });
    return messages;
  }

  private Map<Operation, SemanticNode> readable(Collection<Operation> operations) {
    Map<Operation, SemanticNode> nodes = new LinkedHashMap<>();
    for (Operation operation : operations) {
      try {
        nodes.put(operation, published.reader.read(operation));
      } catch (CannotCheckException e) {
        // Nobody asked for this operation: a bound one has just not become it.
      }
    }
    return nodes;
  }

  /** Path parameters are told apart by position: renaming one does not make another path. */
  private static String shape(String path) {
    return path.replaceAll("\\{[^}]*}", "{}");
  }

  private static Map<String, Operation> byShape(List<Operation> operations) {
    Map<String, Operation> shapes = new LinkedHashMap<>();
    operations.forEach(operation -> shapes.putIfAbsent(shape(operation.title()), operation));
    return shapes;
  }
}
