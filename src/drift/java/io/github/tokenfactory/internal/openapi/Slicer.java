package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reduces a document to some operations: marks what they refer to, then copies what is marked in
 * the order of the document.
 */
public final class Slicer {
  private static final List<List<String>> ALWAYS_KEPT =
      List.of(
          List.of("openapi"),
          List.of("info", "title"),
          List.of("info", "version"),
          List.of("jsonSchemaDialect"),
          List.of("servers"),
          List.of("security"));

  /** What is kept of one value: all of it, or some members. */
  private static final class Mark {
    private boolean isWhole;
    private final Map<String, Mark> members = new HashMap<>();
  }

  /** A value to look through; the grammar says where references can be in it. */
  private record Visit(OpenApiGrammar kind, JsonLocation location) {}

  private final Document document;
  private final Mark marks = new Mark();
  private final Set<Visit> seen = new HashSet<>();
  private final Set<Visit> followed = new HashSet<>();
  private final Deque<Visit> pending = new ArrayDeque<>();

  private Slicer(Document document) {
    this.document = document;
  }

  /** {@return the document reduced to {@code operations} and all that they refer to} */
  public static Document slice(Document document, Collection<Operation> operations) {
    Slicer slicer = new Slicer(document);
    for (List<String> member : ALWAYS_KEPT) {
      if (document.at(member) != null) {
        slicer.keep(member);
      }
    }
    slicer.keepSecuritySchemes(document.root().get("security"));
    operations.forEach(slicer::keepOperation);
    while (!slicer.pending.isEmpty()) {
      slicer.visit(slicer.pending.pop());
    }
    return new Document((JsonObject) copy(document.root(), slicer.marks));
  }

  private void keepOperation(Operation operation) {
    Set<String> operations = new HashSet<>(OpenApiGrammar.METHODS);
    operations.add("additionalOperations");
    JsonLocation item = document.rootLocation().child("paths").child(operation.path());
    keepPathItem(item, operations);
    for (String ref = OpenApiGrammar.reference(item.json());
        ref != null;
        ref = OpenApiGrammar.reference(item.json())) {
      item = document.resolve(ref, item);
      keepPathItem(item, operations);
    }
    keep(JsonLocation.tokens(operation.location().pointer()));
    pending.push(new Visit(OpenApiGrammar.OPERATION, operation.location()));
  }

  private void keepPathItem(JsonLocation item, Set<String> operations) {
    for (JsonLocation shared : item.members(name -> !operations.contains(name))) {
      keep(JsonLocation.tokens(shared.pointer()));
      OpenApiGrammar.Slot slot = OpenApiGrammar.PATH_ITEM.slot(shared.name());
      if (slot != null) {
        slot.parts(shared).forEach(part -> pending.push(new Visit(slot.kind(), part)));
      }
    }
  }

  /** Follows every reference in what is kept. */
  private void visit(Visit visit) {
    JsonLocation location = visit.location;
    if (!location.json().isJsonObject() && !location.json().isJsonArray() || !seen.add(visit)) {
      return;
    }
    String ref = OpenApiGrammar.reference(location.json());
    if (ref != null) {
      document.dereference(location);
      follow(visit.kind, document.resolve(ref, location));
    }
    if (location.json() instanceof JsonObject object) {
      if (visit.kind == OpenApiGrammar.OPERATION) {
        keepSecuritySchemes(object.get("security"));
      } else if (visit.kind == OpenApiGrammar.SCHEMA) {
        for (String target : OpenApiGrammar.mapping(object).values()) {
          follow(visit.kind, document.resolveMapping(target, location.child("discriminator")));
        }
        if (object.has("discriminator")) {
          document.children(location).forEach(child -> follow(visit.kind, child));
        }
      }
    }
    visit.kind.forEachPart(location, (kind, part) -> visit(new Visit(kind, part)));
  }

  private void follow(OpenApiGrammar kind, JsonLocation target) {
    if (!followed.add(new Visit(kind, target))) {
      return;
    }
    List<String> tokens = JsonLocation.tokens(target.pointer());
    // A part of a component would be a component that means something else: keep all of it.
    boolean isInComponent = tokens.size() > 3 && tokens.get(0).equals("components");
    JsonLocation kept = keep(isInComponent ? tokens.subList(0, 3) : tokens);
    List<JsonLocation> parts = List.of(kept);
    if (kept.json() instanceof JsonArray) {
      parts = followed.add(new Visit(kind, kept)) ? kept.elements() : List.of();
    }
    for (JsonLocation part : parts) {
      OpenApiGrammar known = OpenApiGrammar.kindAt(part.pointer());
      if (known != null) {
        pending.push(new Visit(known, part));
      }
    }
    pending.push(new Visit(kind, target));
  }

  private void keepSecuritySchemes(JsonElement alternatives) {
    if (alternatives instanceof JsonArray array) {
      for (JsonElement alternative : array) {
        if (alternative instanceof JsonObject schemes) {
          for (String name : schemes.keySet()) {
            JsonLocation scheme = document.at(List.of("components", "securitySchemes", name));
            if (scheme != null) {
              follow(OpenApiGrammar.SECURITY_SCHEME, scheme);
            }
          }
        }
      }
    }
  }

  /** Marks a value, or the array that it is in: leaving elements out would move the others. */
  private JsonLocation keep(List<String> tokens) {
    Mark mark = marks;
    JsonLocation location = document.rootLocation();
    for (String token : tokens) {
      if (!(location.json() instanceof JsonObject object) || !object.has(token)) {
        break;
      }
      location = location.child(token);
      mark = mark.members.computeIfAbsent(token, t -> new Mark());
    }
    mark.isWhole = true;
    return location;
  }

  private static JsonElement copy(JsonElement value, Mark mark) {
    if (mark.isWhole || !(value instanceof JsonObject object)) {
      return value;
    }
    JsonObject copy = new JsonObject();
    object
        .asMap()
        .forEach(
            (name, member) -> {
              if (mark.members.containsKey(name)) {
                copy.add(name, copy(member, mark.members.get(name)));
              }
            });
    return copy;
  }
}
