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
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the counterpart of each bound operation and component, and has a {@link Differ} compare
 * them.
 */
public final class Comparison {
  private static final List<String> SCHEMAS = List.of("components", "schemas");

  private record Reading(Operation operation, SemanticNode node) {}

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

    List<Reading> read(Collection<Operation> operations) {
      return in(
          side ->
              operations.stream().map(each -> new Reading(each, side.reader.read(each))).toList());
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
      List<String> path = List.of("components", "schemas", name);
      return in(side -> side.reader.read(Objects.requireNonNull(side.document.at(path))));
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

    List<Reading> was = pinned.read(bound);
    Map<String, SemanticNode> is = new LinkedHashMap<>();
    published.read(counterparts).forEach(each -> is.put(shape(each.operation.title()), each.node));
    List<Reading> added = is.size() < was.size() ? readable(offered.values()) : List.of();
    List<SemanticNode> wasComponents = components.stream().map(pinned::component).toList();
    List<SemanticNode> isComponents = components.stream().map(published::component).toList();
    List<SemanticNode> roots = new ArrayList<>(is.values());
    Stream.of(was, added).flatMap(List::stream).forEach(each -> roots.add(each.node));
    roots.addAll(wasComponents);
    roots.addAll(isComponents);
    Equivalence.find(roots);

    for (String keyword : List.of("title", "version")) {
      differ.compareDocumentation(keyword, pinned.info(keyword), published.info(keyword));
    }
    for (Reading each : was) {
      SemanticNode counterpart = is.get(shape(each.operation.title()));
      if (counterpart != null) {
        differ.compareOperations(each.node, counterpart);
      } else {
        reportGone(each.operation, successor(each, added));
      }
    }
    for (int i = 0; i < wasComponents.size(); i++) {
      differ.compareComponents(wasComponents.get(i), isComponents.get(i));
    }
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
  private static @Nullable Operation successor(Reading gone, List<Reading> added) {
    String id = gone.operation.id();
    Set<List<Object>> messages = messages(gone.node);
    return Stream.concat(
            added.stream().filter(each -> id != null && id.equals(each.operation.id())),
            added.stream().filter(each -> !Collections.disjoint(messages, messages(each.node))))
        .map(Reading::operation)
        .findFirst()
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

  private List<Reading> readable(Collection<Operation> operations) {
    List<Reading> readings = new ArrayList<>();
    for (Operation operation : operations) {
      try {
        readings.add(new Reading(operation, published.reader.read(operation)));
      } catch (CannotCheckException e) {
        // Nobody asked for this operation: a bound one has just not become it.
      }
    }
    return readings;
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
