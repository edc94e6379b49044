package io.github.tokenfactory.spec;

import com.google.gson.JsonObject;
import io.github.tokenfactory.spec.Change.Effect;
import io.github.tokenfactory.spec.OpenApiDocument.Operation;
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
final class Comparison {
  private static final List<String> SCHEMAS = List.of("components", "schemas");

  /** One of the two documents, with what is read from it. */
  private static final class Half {
    private final String label;
    private final OpenApiDocument document;
    private final Meaning meaning;

    Half(String label, OpenApiDocument document, Meaning meaning) {
      this.label = label;
      this.document = document;
      this.meaning = meaning;
    }

    /** Does a step, and says which document it is that cannot be checked. */
    <T> T in(Function<Half, T> step) {
      try {
        return step.apply(this);
      } catch (CannotCheckException e) {
        throw e.in(label);
      }
    }

    Node component(String name) {
      return meaning.read(document.at(SCHEMAS).child(name));
    }
  }

  private final Half pinned;
  private final Half published;
  private final Differ differ;

  Comparison(OpenApiDocument pinned, OpenApiDocument published) {
    OpenApiDocument sharing = Sharing.of(pinned, published);
    Meaning meaning = new Meaning(pinned);
    this.pinned = new Half("pinned document", pinned, meaning);
    this.published = new Half("published document", sharing, new Meaning(sharing, meaning));
    differ = new Differ(pinned, published);
  }

  DriftReport of(Collection<String> names) {
    List<Operation> bound = pinned.in(half -> half.document.find(names));
    Set<String> paths =
        bound.stream().map(operation -> shape(operation.path())).collect(Collectors.toSet());
    Map<String, Operation> offered =
        published.in(half -> byShape(half.document.bound(path -> paths.contains(shape(path)))));
    List<Operation> counterparts =
        bound.stream()
            .filter(operation -> offered.containsKey(shape(operation)))
            .map(operation -> offered.get(shape(operation)))
            .toList();
    offered.keySet().removeAll(byShape(pinned.document.bound(path -> false)).keySet());

    // Slices say what the operations refer to, and that every reference leads somewhere.
    List<Operation> changed =
        counterparts.stream().filter(operation -> !isShared(operation)).toList();
    Set<String> components = components(pinned.in(half -> new Slicer(half.document).slice(bound)));
    components.retainAll(
        components(published.in(half -> new Slicer(half.document).slice(changed))));
    Map<String, Node> was = pinned.in(half -> read(half, bound));
    Map<String, Node> is = published.in(half -> read(half, counterparts));
    Map<Operation, Node> added = is.size() < was.size() ? readable(offered.values()) : Map.of();
    Map<String, Node> wasComponents = pinned.in(half -> read(half, components));
    Map<String, Node> isComponents = published.in(half -> read(half, components));

    List<Node> roots = new ArrayList<>();
    List.of(was, is, added, wasComponents, isComponents)
        .forEach(nodes -> roots.addAll(nodes.values()));
    Equivalence.find(roots);
    compareInfo();
    bound.forEach(
        operation ->
            compare(operation, was.get(shape(operation)), is.get(shape(operation)), added));
    components.forEach(
        name -> differ.compareComponents(wasComponents.get(name), isComponents.get(name)));
    if (names.contains(OpenApiDocument.ALL_OPERATIONS)) {
      offered
          .values()
          .forEach(
              operation ->
                  differ.add(
                      Effect.NOTICE,
                      operation.spot(),
                      false,
                      "operation not bound",
                      DriftReport.NOTHING,
                      operation.title(),
                      Consequence.ADOPT));
    }
    return new DriftReport(version(pinned.document), version(published.document), differ.changes());
  }

  private void compare(
      Operation operation, Node was, @Nullable Node is, Map<Operation, Node> added) {
    if (is != null) {
      differ.compareOperations(was, is);
      return;
    }
    String successor = successor(operation, was, added);
    String what = successor == null ? "operation removed" : "operation moved";
    String now = successor == null ? DriftReport.NOTHING : successor;
    differ.add(
        Effect.BREAKS, operation.spot(), true, what, operation.title(), now, Consequence.REBIND);
  }

  /** Returns where an operation went: where its id is, or else where the same messages go. */
  private static @Nullable String successor(Operation gone, Node node, Map<Operation, Node> added) {
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
  private static Set<List<Object>> messages(Node operation) {
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

  private static Map<String, Spot> info(OpenApiDocument document, String keyword) {
    Spot spot = document.at(List.of("info", keyword));
    return spot == null ? Map.of() : Map.of(Json.meaning(spot.json()), spot);
  }

  private static String version(OpenApiDocument document) {
    Spot version = document.at(List.of("info", "version"));
    String text = version == null ? null : Json.string(version.json());
    return text == null ? "(no version)" : text;
  }

  private static Map<String, Node> read(Half half, List<Operation> operations) {
    Map<String, Node> nodes = new LinkedHashMap<>();
    operations.forEach(operation -> nodes.put(shape(operation), half.meaning.read(operation)));
    return nodes;
  }

  private static Map<String, Node> read(Half half, Set<String> components) {
    return components.stream().collect(Collectors.toMap(name -> name, half::component));
  }

  /**
   * Other operations are none of our business: one that cannot be read is just not where ours went.
   */
  private Map<Operation, Node> readable(Collection<Operation> operations) {
    Map<Operation, Node> nodes = new LinkedHashMap<>();
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

  private static Set<String> components(OpenApiDocument slice) {
    Spot schemas = slice.at(SCHEMAS);
    return schemas != null && schemas.json() instanceof JsonObject object
        ? new TreeSet<>(object.keySet())
        : new TreeSet<>();
  }

  private boolean isShared(Operation operation) {
    List<String> path = List.of("paths", operation.path());
    return Objects.equals(pinned.document.at(path), published.document.at(path));
  }
}
