package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An OpenAPI document as JSON: lists its operations and follows its references; immutable. */
public final class Document {
  /** The name that stands for every operation of a document. */
  public static final String ALL_OPERATIONS = "*";

  private static final String SCHEMAS = "#/components/schemas/";
  private static final int MAX_CHILDREN = 1_000;
  private static final Pattern BARE_NAME = Pattern.compile("[A-Za-z0-9._-]+");

  private final JsonObject root;
  private final Map<String, JsonLocation> targets = new ConcurrentHashMap<>();
  private final Map<String, List<JsonLocation>> extensions;

  public Document(JsonObject root) {
    this.root = root;
    extensions = extensions(this);
  }

  public JsonObject root() {
    return root;
  }

  public JsonLocation rootLocation() {
    return JsonLocation.root(root);
  }

  /**
   * {@return whether this is an OpenAPI 3.0 document, which ignores what stands beside {@code
   * $ref}}
   */
  public boolean is30() {
    return root.get("openapi").getAsString().startsWith("3.0");
  }

  /** {@return {@code info.version}, or null if there is none} */
  public @Nullable String version() {
    JsonLocation version = at(List.of("info", "version"));
    return version == null ? null : CanonicalJson.string(version.json());
  }

  /**
   * {@return every operation, in the order of the document}
   *
   * @throws CannotCheckException if a path item is broken
   */
  public List<Operation> operations() {
    return operations(path -> true);
  }

  /** {@return every operation but those of broken path items} */
  public List<Operation> readableOperations() {
    return operations(path -> false);
  }

  /**
   * {@return every operation but those of broken path items}
   *
   * @throws CannotCheckException if a path item is broken whose path {@code isNeeded} accepts
   */
  public List<Operation> operations(Predicate<String> isNeeded) {
    List<Operation> found = new ArrayList<>();
    OpenApiGrammar.DOCUMENT.forEachPart(
        rootLocation(),
        (kind, location) -> {
          if (kind == OpenApiGrammar.PATH_ITEM) {
            try {
              found.addAll(operations(location.name(), dereference(location)));
            } catch (CannotCheckException e) {
              if (isNeeded.test(location.name())) {
                throw e;
              }
            }
          }
        });
    return found;
  }

  private static List<Operation> operations(String path, JsonLocation item) {
    List<JsonLocation> members = new ArrayList<>(item.members(OpenApiGrammar.METHODS::contains));
    if (item.object().get("additionalOperations") instanceof JsonObject) {
      members.addAll(item.child("additionalOperations").members());
    }
    return members.stream()
        .map(member -> new Operation(member.name(), path, item, member))
        .toList();
  }

  /**
   * {@return the operations with these names, each once}
   *
   * @param names each {@code METHOD /path} or an operation id; {@link #ALL_OPERATIONS} for all
   */
  public List<Operation> find(Collection<String> names) {
    List<Operation> all =
        operations(
            path ->
                names.stream()
                    .anyMatch(name -> name.equals(ALL_OPERATIONS) || name.endsWith(path)));
    Map<String, Operation> named = new HashMap<>();
    for (Operation operation : all) {
      named.put(operation.title(), operation);
      if (operation.id() != null) {
        named.putIfAbsent(operation.id(), operation);
      }
    }
    Set<Operation> found = new LinkedHashSet<>();
    for (String name : names) {
      String[] words = name.strip().split("\\s+", 2);
      String title =
          words.length < 2 ? name.strip() : words[0].toUpperCase(Locale.ROOT) + " " + words[1];
      if (name.equals(ALL_OPERATIONS)) {
        found.addAll(all);
      } else if (named.containsKey(title)) {
        found.add(named.get(title));
      } else {
        throw new CannotCheckException(
            Reason.UNKNOWN_OPERATION,
            "no operation \"%s\" among the %d of this document; name one as METHOD /path or by its operationId"
                .formatted(name, all.size()));
      }
    }
    return List.copyOf(found);
  }

  /** {@return the first object without {@code $ref} on the way from {@code location}} */
  public JsonLocation dereference(JsonLocation location) {
    Set<JsonLocation> seen = new LinkedHashSet<>();
    JsonLocation target = location;
    for (String ref = OpenApiGrammar.reference(target.json());
        ref != null;
        ref = OpenApiGrammar.reference(target.json())) {
      if (!seen.add(target)) {
        throw cycle(target);
      }
      target = resolve(ref, target);
    }
    return target;
  }

  /** {@return the failure for a reference that leads back to itself} */
  public static CannotCheckException cycle(JsonLocation location) {
    return new CannotCheckException(
        Reason.REFERENCE_CYCLE,
        "the reference at %s leads back to itself; this document is broken there"
            .formatted(location.pointer()));
  }

  /**
   * {@return what a reference points at}
   *
   * @param source where the reference is written, for messages
   */
  public JsonLocation resolve(String ref, JsonLocation source) {
    if (!ref.startsWith("#")) {
      throw refused(
          Reason.EXTERNAL_REFERENCE,
          ref,
          source,
          "leads out of the document; bundle the documents into one first, nothing is fetched");
    }
    JsonLocation target =
        targets.computeIfAbsent(
            ref, r -> r.startsWith("#/") ? at(JsonLocation.tokens(percentDecoded(r))) : null);
    if (target == null) {
      throw refused(
          Reason.BROKEN_REFERENCE,
          ref,
          source,
          "leads nowhere; only JSON pointers into this document are followed");
    }
    return target;
  }

  private static CannotCheckException refused(
      Reason reason, String ref, JsonLocation source, String why) {
    return new CannotCheckException(
        reason, "the reference \"%s\" at %s %s".formatted(ref, source.pointer(), why));
  }

  /** {@return the schema that a discriminator's mapping names by reference or by bare name} */
  public JsonLocation resolveMapping(String target, JsonLocation source) {
    return resolve(BARE_NAME.matcher(target).matches() ? SCHEMAS + target : target, source);
  }

  /**
   * {@return the components that extend a schema by allOf, directly or not} A discriminator of the
   * schema tells them apart.
   */
  List<JsonLocation> children(JsonLocation parent) {
    Set<JsonLocation> family = new LinkedHashSet<>();
    Deque<JsonLocation> pending = new ArrayDeque<>(List.of(parent));
    while (!pending.isEmpty()) {
      for (JsonLocation child : extensions.getOrDefault(pending.remove().pointer(), List.of())) {
        if (!child.equals(parent) && family.add(child)) {
          pending.add(child);
        }
        if (family.size() > MAX_CHILDREN) {
          throw new CannotCheckException(
              Reason.MALFORMED,
              "more than " + MAX_CHILDREN + " schemas extend " + parent.pointer());
        }
      }
    }
    return List.copyOf(family);
  }

  /** {@return the components whose allOf refers to a schema, by the reference} */
  private static Map<String, List<JsonLocation>> extensions(Document document) {
    Map<String, List<JsonLocation>> extensions = new HashMap<>();
    JsonLocation components = document.at(List.of("components", "schemas"));
    if (components != null && components.json() instanceof JsonObject) {
      for (JsonLocation schema : components.members()) {
        if (schema.json() instanceof JsonObject object
            && object.get("allOf") instanceof JsonArray parts) {
          parts.asList().stream()
              .map(OpenApiGrammar::reference)
              .filter(Objects::nonNull)
              .distinct()
              .forEach(ref -> extensions.computeIfAbsent(ref, r -> new ArrayList<>()).add(schema));
        }
      }
    }
    return extensions;
  }

  /** {@return what the steps of a pointer lead to, or null if they lead nowhere} */
  public @Nullable JsonLocation at(List<String> tokens) {
    JsonLocation location = rootLocation();
    for (String token : tokens) {
      location = location == null ? null : location.step(token);
    }
    return location;
  }

  private static String percentDecoded(String ref) {
    try {
      return ref.indexOf('%') < 0
          ? ref
          : URLDecoder.decode(ref.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return ref; // a stray % stands for itself
    }
  }

  @Override
  public String toString() {
    return "OpenAPI %s, %d operations"
        .formatted(root.get("openapi").getAsString(), operations().size());
  }
}
