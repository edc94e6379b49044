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
import org.jspecify.annotations.Nullable;

/**
 * Finds the counterpart of each bound operation and component, and has a {@link Differ} compare
 * them.
 */
public final class Comparison {
  private static final List<String> SCHEMAS = List.of("components", "schemas");

  /** One of the two documents, with what is read from it. */
  private static final class Half {
    private final String label;
    private final Document document;
    private final OperationReader meaning;

    Half(String label, Document document, OperationReader meaning) {
      this.label = label;
      this.document = document;
      this.meaning = meaning;
    }

    /** Does a step, and says which document it is that cannot be checked. */
    <T> T in(Function<Half, T> step) {
      try {
        return step.apply(this);
      } catch (CannotCheckException e) {
        throw new CannotCheckException(e.reason(), label + ": " + e.getMessage(), e);
      }
    }

    SemanticNode component(String name) {
      return meaning.read(document.at(SCHEMAS).child(name));
    }
  }

  private final Half pinned;
  private final Half published;
  private final Differ differ;

  public Comparison(Document pinned, Document published) {
    Document sharing = UnchangedParts.of(pinned, published);
    OperationReader meaning = new OperationReader(pinned);
    this.pinned = new Half("pinned document", pinned, meaning);
    this.published = new Half("published document", sharing, new OperationReader(sharing, meaning));
    differ = new Differ(pinned, published);
  }

  /** {@return the differences of these operations, worst first, then by place} */
  public List<Change> of(Collection<String> names) {
    List<Operation> bound = pinned.in(half -> half.document.find(names));
    Set<String> paths =
        bound.stream().map(operation -> shape(operation.path())).collect(Collectors.toSet());
    Map<String, Operation> offered =
        published.in(
            half -> byShape(half.document.operations(path -> paths.contains(shape(path)))));
    List<Operation> counterparts =
        bound.stream()
            .filter(operation -> offered.containsKey(shape(operation)))
            .map(operation -> offered.get(shape(operation)))
            .toList();
    offered.keySet().removeAll(byShape(pinned.document.readableOperations()).keySet());

    // Slices say what the operations refer to, and that every reference leads somewhere.
    List<Operation> changed =
        counterparts.stream().filter(operation -> !isShared(operation)).toList();
    Set<String> components = components(pinned.in(half -> Slicer.slice(half.document, bound)));
    components.retainAll(components(published.in(half -> Slicer.slice(half.document, changed))));
    Map<String, SemanticNode> was = pinned.in(half -> read(half, bound));
    Map<String, SemanticNode> is = published.in(half -> read(half, counterparts));
    Map<Operation, SemanticNode> added =
        is.size() < was.size() ? readable(offered.values()) : Map.of();
    Map<String, SemanticNode> wasComponents = pinned.in(half -> read(half, components));
    Map<String, SemanticNode> isComponents = published.in(half -> read(half, components));

    List<SemanticNode> roots = new ArrayList<>();
    List.of(was, is, added, wasComponents, isComponents)
        .forEach(nodes -> roots.addAll(nodes.values()));
    Equivalence.find(roots);
    compareInfo();
    bound.forEach(
        operation ->
            compare(operation, was.get(shape(operation)), is.get(shape(operation)), added));
    components.forEach(
        name -> differ.compareComponents(wasComponents.get(name), isComponents.get(name)));
    if (names.contains(Document.ALL_OPERATIONS)) {
      offered
          .values()
          .forEach(
              operation ->
                  differ.add(
                      Effect.NOTICE,
                      operation.location(),
                      false,
                      "operation not bound",
                      Differ.NOTHING,
                      operation.title(),
                      ChangeRules.ADOPT));
    }
    return differ.changes();
  }

  private void compare(
      Operation operation,
      SemanticNode was,
      @Nullable SemanticNode is,
      Map<Operation, SemanticNode> added) {
    if (is != null) {
      differ.compareOperations(was, is);
      return;
    }
    String successor = successor(operation, was, added);
    String what = successor == null ? "operation removed" : "operation moved";
    String now = successor == null ? Differ.NOTHING : successor;
    differ.add(
        Effect.BREAKS,
        operation.location(),
        true,
        what,
        operation.title(),
        now,
        ChangeRules.REBIND);
  }

  /** Returns where an operation went: where its id is, or else where the same messages go. */
  private static @Nullable String successor(
      Operation gone, SemanticNode node, Map<Operation, SemanticNode> added) {
    return added.keySet().stream()
        .filter(candidate -> gone.id() != null && gone.id().equals(candidate.id()))
        .findFirst()
        .or(
            () ->
                added.keySet().stream()
                    .filter(
                        candidate ->
                            !Collections.disjoint(messages(node), messages(added.get(candidate))))
                    .findFirst())
        .map(Operation::title)
        .orElse(null);
  }

  /**
   * Returns what an operation sends and receives when all is well, which hardly any other operation
   * shares.
   */
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

  private void compareInfo() {
    for (String keyword : List.of("title", "version")) {
      differ.compareDocumentation(
          keyword, info(pinned.document, keyword), info(published.document, keyword));
    }
  }

  private static Map<String, JsonLocation> info(Document document, String keyword) {
    JsonLocation spot = document.at(List.of("info", keyword));
    return spot == null ? Map.of() : Map.of(CanonicalJson.meaning(spot.json()), spot);
  }

  private static Map<String, SemanticNode> read(Half half, List<Operation> operations) {
    Map<String, SemanticNode> nodes = new LinkedHashMap<>();
    operations.forEach(operation -> nodes.put(shape(operation), half.meaning.read(operation)));
    return nodes;
  }

  private static Map<String, SemanticNode> read(Half half, Set<String> components) {
    return components.stream().collect(Collectors.toMap(name -> name, half::component));
  }

  /**
   * Other operations are none of our business: one that cannot be read is just not where ours went.
   */
  private Map<Operation, SemanticNode> readable(Collection<Operation> operations) {
    Map<Operation, SemanticNode> nodes = new LinkedHashMap<>();
    for (Operation operation : operations) {
      try {
        nodes.put(operation, published.meaning.read(operation));
      } catch (CannotCheckException e) {
        nodes.remove(operation);
      }
    }
    return nodes;
  }

  /** Path parameters are told apart by position, so their names do not make another operation. */
  private static String shape(String path) {
    return path.replaceAll("\\{[^}]*}", "{}");
  }

  private static String shape(Operation operation) {
    return shape(operation.title());
  }

  private static Map<String, Operation> byShape(List<Operation> operations) {
    Map<String, Operation> shapes = new LinkedHashMap<>();
    operations.forEach(operation -> shapes.putIfAbsent(shape(operation), operation));
    return shapes;
  }

  private static Set<String> components(Document slice) {
    JsonLocation schemas = slice.at(SCHEMAS);
    return schemas != null && schemas.json() instanceof JsonObject object
        ? new TreeSet<>(object.keySet())
        : new TreeSet<>();
  }

  private boolean isShared(Operation operation) {
    List<String> path = List.of("paths", operation.path());
    return Objects.equals(pinned.document.at(path), published.document.at(path));
  }
}
