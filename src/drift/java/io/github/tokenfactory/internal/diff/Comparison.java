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
  private final Set<String> ambiguous = new HashSet<>();
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
    List<Operation> all =
        published.in(side -> side.document.operations(p -> paths.contains(shape(p))));
    List<Operation> known = pinned.document.readableOperations();
    findAmbiguous(all);
    findAmbiguous(known);
    Map<String, Operation> offered = byKey(all);
    List<Operation> counterparts =
        bound.stream().map(this::key).filter(offered::containsKey).map(offered::get).toList();
    offered.keySet().removeAll(byKey(known).keySet());
    Set<String> components = pinned.components(bound);
    components.retainAll(published.components(counterparts));

    List<Reading> was = pinned.read(bound);
    Map<String, SemanticNode> is = new LinkedHashMap<>();
    published.read(counterparts).forEach(each -> is.put(key(each.operation), each.node));
    List<Reading> added = is.size() < was.size() ? readable(offered.values()) : List.of();
    List<SemanticNode> wasComponents = components.stream().map(pinned::component).toList();
    List<SemanticNode> isComponents = components.stream().map(published::component).toList();
    List<SemanticNode> roots = new ArrayList<>(is.values());
    Stream.of(was, added).flatMap(List::stream).forEach(each -> roots.add(each.node));
    roots.addAll(wasComponents);
    roots.addAll(isComponents);
    boolean isWhole = names.contains(Document.ALL_OPERATIONS);
    List<Reading> wasHooks = isWhole ? pinned.read(pinned.document.webhooks()) : List.of();
    List<Reading> isHooks = isWhole ? published.read(published.document.webhooks()) : List.of();
    Stream.of(wasHooks, isHooks).flatMap(List::stream).forEach(each -> roots.add(each.node));
    Equivalence.find(roots);

    for (String keyword : List.of("title", "version")) {
      differ.compareDocumentation(keyword, pinned.info(keyword), published.info(keyword));
    }
    for (Reading each : was) {
      SemanticNode counterpart = is.get(key(each.operation));
      if (counterpart != null) {
        differ.compareOperations(each.node, counterpart, Flow.CALL);
      } else {
        reportGone(each.operation, successor(each, added));
      }
    }
    compareWebhooks(wasHooks, isHooks);
    Directions directions = new Directions();
    was.forEach(each -> directions.add(each.node, Flow.CALL));
    is.values().forEach(node -> directions.add(node, Flow.CALL));
    Stream.of(wasHooks, isHooks)
        .flatMap(List::stream)
        .forEach(each -> directions.add(each.node, Flow.CALLBACK));
    int i = 0;
    for (String name : components) {
      differ.compareComponents(wasComponents.get(i), isComponents.get(i++), directions.of(name));
    }
    if (isWhole) {
      offered.values().forEach(this::reportNotBound);
    }
    return findings.changes(pinned.document, published.document);
  }

  private void compareWebhooks(List<Reading> was, List<Reading> is) {
    Map<String, Reading> before = new LinkedHashMap<>();
    Map<String, Reading> after = new LinkedHashMap<>();
    was.forEach(each -> before.put(each.operation.title(), each));
    is.forEach(each -> after.put(each.operation.title(), each));
    Set<String> titles = new TreeSet<>(before.keySet());
    titles.addAll(after.keySet());
    for (String title : titles) {
      Reading old = before.get(title);
      Reading fresh = after.get(title);
      if (old != null && fresh != null) {
        differ.compareOperations(old.node, fresh.node, Flow.CALLBACK);
      } else {
        findings.add(
            Effect.ALTERS,
            Objects.requireNonNull(old == null ? fresh : old).operation.location(),
            fresh == null,
            fresh == null ? "webhook removed" : "webhook added",
            old == null ? Findings.NOTHING : title,
            fresh == null ? Findings.NOTHING : title,
            "check what the server calls");
      }
    }
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

  /** Notes the shapes that several operations of a document have: their names tell them apart. */
  private void findAmbiguous(List<Operation> operations) {
    Set<String> seen = new HashSet<>();
    operations.stream()
        .map(operation -> shape(operation.title()))
        .filter(shape -> !seen.add(shape))
        .forEach(ambiguous::add);
  }

  private String key(Operation operation) {
    String shape = shape(operation.title());
    return ambiguous.contains(shape) ? operation.title() : shape;
  }

  private Map<String, Operation> byKey(List<Operation> operations) {
    Map<String, Operation> keys = new LinkedHashMap<>();
    operations.forEach(operation -> keys.putIfAbsent(key(operation), operation));
    return keys;
  }
}
