package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts a document down: marks what some operations need, following references, then copies what is
 * marked, in its order.
 */
public final class Slicer {
  private static final List<List<String>> KEPT_ALWAYS =
      List.of(
          List.of("openapi"),
          List.of("info", "title"),
          List.of("info", "version"),
          List.of("jsonSchemaDialect"),
          List.of("servers"),
          List.of("security"));

  /** What is kept of one value: all of it, or some members. */
  private static final class Mark {
    private boolean whole;
    private final Map<String, Mark> members = new HashMap<>();
  }

  private record Visit(OpenApiGrammar kind, JsonLocation spot) {}

  private final Document document;
  private final Mark marks = new Mark();
  private final Map<OpenApiGrammar, Set<JsonLocation>> seen = new EnumMap<>(OpenApiGrammar.class);
  private final Map<OpenApiGrammar, Set<JsonLocation>> followed =
      new EnumMap<>(OpenApiGrammar.class);
  private final Deque<Visit> pending = new ArrayDeque<>();

  private Slicer(Document document) {
    this.document = document;
    for (OpenApiGrammar kind : OpenApiGrammar.values()) {
      seen.put(kind, new HashSet<>());
      followed.put(kind, new HashSet<>());
    }
  }

  /** {@return the document reduced to {@code operations} and all that they refer to} */
  public static Document slice(Document document, Collection<Operation> operations) {
    return new Slicer(document).slice(operations);
  }

  private Document slice(Collection<Operation> operations) {
    JsonObject root = document.root();
    for (List<String> member : KEPT_ALWAYS) {
      if (document.at(member) != null) {
        keep(member);
      }
    }
    keepSecurity(root.get("security"));
    operations.forEach(this::keepOperation);
    while (!pending.isEmpty()) {
      Visit visit = pending.pop();
      visit(visit.kind, visit.spot);
    }
    return new Document((JsonObject) copy(root, marks));
  }

  private void keepOperation(Operation operation) {
    Set<String> others = new HashSet<>(OpenApiGrammar.METHODS);
    others.add("additionalOperations");
    JsonLocation item = document.rootLocation().child("paths").child(operation.path());
    for (String ref = "#"; ref != null; ref = OpenApiGrammar.reference(item.json())) {
      item = ref.equals("#") ? item : document.resolve(ref, item);
      item.members(name -> !others.contains(name))
          .forEach(shared -> keep(JsonLocation.tokens(shared.pointer())));
      visitPart(OpenApiGrammar.PATH_ITEM, item, "parameters");
    }
    keep(JsonLocation.tokens(operation.location().pointer()));
    pending.push(new Visit(OpenApiGrammar.OPERATION, operation.location()));
  }

  private void visitPart(OpenApiGrammar kind, JsonLocation spot, String keyword) {
    if (spot.object().has(keyword)) {
      OpenApiGrammar.Slot slot = kind.slot(keyword);
      slot.parts(spot.child(keyword)).forEach(part -> pending.push(new Visit(slot.kind(), part)));
    }
  }

  /** Follows every reference in what is kept; {@code kind} says where references can be. */
  private void visit(OpenApiGrammar kind, JsonLocation spot) {
    boolean isLeaf = !(spot.json() instanceof JsonObject) && !(spot.json() instanceof JsonArray);
    if (isLeaf || !seen.get(kind).add(spot)) {
      return;
    }
    String ref = OpenApiGrammar.reference(spot.json());
    if (ref != null) {
      document.dereference(spot);
      follow(kind, document.resolve(ref, spot));
    }
    if (spot.json() instanceof JsonObject object) {
      if (kind == OpenApiGrammar.OPERATION) {
        keepSecurity(object.get("security"));
      } else if (kind == OpenApiGrammar.SCHEMA) {
        OpenApiGrammar.mapping(object)
            .forEach(
                (value, to) ->
                    follow(kind, document.resolveMapping(to, spot.child("discriminator"))));
      }
    }
    kind.forEachPart(spot, this::visit);
  }

  private void follow(OpenApiGrammar kind, JsonLocation target) {
    if (!followed.get(kind).add(target)) {
      return;
    }
    List<String> tokens = JsonLocation.tokens(target.pointer());
    // A part of a component would be a component that means something else: keep all of it.
    boolean inComponent = tokens.size() > 3 && tokens.get(0).equals("components");
    JsonLocation kept = keep(inComponent ? tokens.subList(0, 3) : tokens);
    for (JsonLocation part : kept.json() instanceof JsonArray ? kept.elements() : List.of(kept)) {
      OpenApiGrammar known = OpenApiGrammar.kindAt(part.pointer());
      if (known != null) {
        pending.push(new Visit(known, part));
      }
    }
    pending.push(new Visit(kind, target));
  }

  private void keepSecurity(JsonElement alternatives) {
    if (alternatives instanceof JsonArray array) {
      for (JsonElement alternative : array) {
        if (alternative instanceof JsonObject object) {
          object.keySet().forEach(this::keepScheme);
        }
      }
    }
  }

  private void keepScheme(String name) {
    if (document.root().get("components") instanceof JsonObject components
        && components.get("securitySchemes") instanceof JsonObject schemes
        && schemes.has(name)) {
      JsonLocation scheme =
          document.rootLocation().child("components").child("securitySchemes").child(name);
      follow(OpenApiGrammar.SECURITY_SCHEME, scheme);
    }
  }

  /** Marks a value, or the array that it is in: leaving elements out would move the others. */
  private JsonLocation keep(List<String> tokens) {
    Mark mark = marks;
    JsonLocation spot = document.rootLocation();
    for (String token : tokens) {
      if (!(spot.json() instanceof JsonObject object) || !object.has(token)) {
        break;
      }
      spot = spot.child(token);
      mark = mark.members.computeIfAbsent(token, t -> new Mark());
    }
    mark.whole = true;
    return spot;
  }

  private static JsonElement copy(JsonElement value, Mark mark) {
    if (mark.whole || !(value instanceof JsonObject object)) {
      return value;
    }
    JsonObject copy = new JsonObject();
    object.entrySet().stream()
        .filter(member -> mark.members.containsKey(member.getKey()))
        .forEach(
            member ->
                copy.add(
                    member.getKey(), copy(member.getValue(), mark.members.get(member.getKey()))));
    return copy;
  }
}
