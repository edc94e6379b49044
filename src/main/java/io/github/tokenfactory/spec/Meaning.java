package io.github.tokenfactory.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.spec.OpenApiDocument.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the operations of one document into {@link Node}s, with the security, servers and
 * parameters that apply to them.
 */
final class Meaning {
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([^}]*)}");
  private static final Set<String> FALSE_BY_DEFAULT =
      Set.of("required", "deprecated", "allowEmptyValue", "allowReserved", "explode");
  private static final Set<String> READ_FOR_OPERATION = Set.of("parameters", "security", "servers");
  private static final Set<Grammar> STYLED =
      Set.of(Grammar.PARAMETER, Grammar.HEADER, Grammar.ENCODING);

  private final OpenApiDocument document;
  private final Schemas schemas;
  private final Map<List<Object>, Node> known;

  Meaning(OpenApiDocument document) {
    this.document = document;
    known = new HashMap<>();
    schemas = new Schemas(document);
  }

  /** Reads a document that shares objects with another one: these have to mean the same in both. */
  Meaning(OpenApiDocument document, Meaning other) {
    this.document = document;
    known = other.known;
    schemas = new Schemas(document, other.schemas);
  }

  /** Reads an operation, and all that it refers to. */
  Node read(Operation operation) {
    return complete(operation(operation));
  }

  /**
   * Reads a component by itself, which may say more than the places that refer to it and add to it.
   */
  Node read(Spot schema) {
    return complete(schemas.read(List.of(schema)));
  }

  private Node complete(Node root) {
    List<Node> pending = new ArrayList<>(List.of(root));
    while (!pending.isEmpty()) {
      Node node = pending.remove(pending.size() - 1);
      if (node.isComplete) {
        continue;
      }
      node.isComplete = true;
      node.schemas.forEach((label, spots) -> node.parts.put(label, schemas.read(spots)));
      node.below().forEach(pending::addAll);
    }
    return root;
  }

  private Node operation(Operation operation) {
    List<Object> key = List.of(operation.spot(), operation.path());
    Node node = known.get(key);
    if (node == null) {
      node = new Node(operation.spot());
      known.put(key, node); // before its callbacks are read, which may lead back here
      readMembers(Grammar.OPERATION, operation.spot(), node);
      readParameters(operation, node);
      readServers(operation, node);
      readSecurity(operation, node);
      if (document.root().has("jsonSchemaDialect")) {
        Spot dialect = document.rootSpot().child("jsonSchemaDialect");
        node.fact(dialect.name(), Json.meaning(dialect.json()), dialect);
      }
    }
    return node;
  }

  private Node node(Grammar kind, Spot spot) {
    List<Object> key = List.of(spot);
    Node node = known.get(key);
    if (node == null) {
      Spot target = document.dereference(spot);
      node = new Node(target);
      node.name = target.component();
      known.put(key, node);
      if (!target.equals(spot) && !document.is30()) {
        readDocumentation(spot, node);
      }
      readMembers(kind, target, node);
    }
    return node;
  }

  private static void readDocumentation(Spot reference, Node node) {
    for (Spot member : reference.members(Grammar.DOCUMENTATION::contains)) {
      node.document(member.name(), member);
    }
  }

  private void readMembers(Grammar kind, Spot spot, Node node) {
    spot.object();
    for (Spot member :
        spot.members(name -> kind == Grammar.CALLBACK || !Grammar.isExtension(name))) {
      String keyword = member.name();
      Grammar.Slot slot = kind.slot(keyword);
      List<Spot> parts = slot == null ? List.of() : slot.parts(member);
      if (kind == Grammar.OPERATION && READ_FOR_OPERATION.contains(keyword)) {
        continue;
      } else if (Grammar.DOCUMENTATION.contains(keyword)) {
        node.document(keyword, member);
      } else if (slot != null && (!parts.isEmpty() || Json.isEmpty(member.json()))) {
        parts.forEach(part -> readPart(kind, keyword, slot, part, spot, node));
      } else if (kind == Grammar.SECURITY_SCHEME && keyword.equals("flows")) {
        readFlows(member, node);
      } else if (!isImplied(kind, member, spot.object())) {
        // In a schema "required" is a list of properties.
        node.fact(
            keyword.equals("required") ? "mandatory" : keyword, comparable(kind, member), member);
      }
    }
  }

  private void readPart(
      Grammar kind, String keyword, Grammar.Slot slot, Spot part, Spot parent, Node node) {
    String name =
        keyword.equals("content") || keyword.equals("headers")
            ? part.name().toLowerCase(Locale.ROOT)
            : keyword.equals("responses")
                ? part.name().toUpperCase(Locale.ROOT).replace("DEFAULT", "default")
                : part.name();
    String label = slot.form() == Grammar.Form.ONE ? keyword : keyword + " " + name;
    if (slot.kind() == Grammar.SCHEMA) {
      node.schema(label, part);
    } else if (slot.kind() == Grammar.OPERATION) {
      node.part(label, operation(new Operation(part.name(), "", parent, part)), part);
    } else if (kind != Grammar.PATH_ITEM) {
      node.part(
          label, node(slot.kind(), part), part); // parameters of a path belong to its operations
    }
  }

  /** Says that a member repeats what holds without it, or what its place says. */
  private static boolean isImplied(Grammar kind, Spot member, JsonObject owner) {
    String keyword = member.name();
    String in = kind == Grammar.HEADER ? "header" : Json.string(owner.get("in"));
    if (STYLED.contains(kind) && (keyword.equals("style") || keyword.equals("explode"))) {
      String usual = "path".equals(in) || "header".equals(in) ? "simple" : "form";
      String style = owner.has("style") ? Json.string(owner.get("style")) : usual;
      return keyword.equals("style")
          ? usual.equals(style)
          : Json.isTrue(member.json()) == "form".equals(style);
    }
    if (kind == Grammar.PARAMETER && (keyword.equals("name") || keyword.equals("in"))) {
      return true;
    }
    return FALSE_BY_DEFAULT.contains(keyword) && member.json().equals(new JsonPrimitive(false))
        || kind == Grammar.PARAMETER && keyword.equals("required") && "path".equals(in);
  }

  private static String comparable(Grammar kind, Spot member) {
    boolean isScheme = kind == Grammar.SECURITY_SCHEME && member.name().equals("scheme");
    String text = Json.meaning(member.json());
    return isScheme ? text.toLowerCase(Locale.ROOT) : text;
  }

  /**
   * Parameters of the path apply unless the operation has one of the same name and place; those in
   * the path count by position.
   */
  private void readParameters(Operation operation, Node node) {
    Map<String, Integer> positions = new HashMap<>();
    Matcher template = PATH_PARAMETER.matcher(operation.path());
    while (template.find()) {
      positions.putIfAbsent(template.group(1), positions.size() + 1);
    }
    Map<String, Spot> parameters = new LinkedHashMap<>();
    Map<String, @Nullable String> names = new HashMap<>();
    for (Spot owner : List.of(operation.item(), operation.spot())) {
      for (Spot written :
          owner.object().has("parameters")
              ? owner.child("parameters").requireElements()
              : List.<Spot>of()) {
        JsonObject parameter = document.dereference(written).object();
        String in = String.valueOf(Json.string(parameter.get("in")));
        String name = String.valueOf(Json.string(parameter.get("name")));
        Integer position = in.equals("path") ? positions.get(name) : null;
        String key = in + " " + (in.equals("header") ? name.toLowerCase(Locale.ROOT) : name);
        String label = "parameters " + (position == null ? key : "path {" + position + "}");
        parameters.put(label, written);
        names.put(label, position == null ? null : name);
      }
    }
    parameters.forEach(
        (label, written) -> {
          Node parameter = node(Grammar.PARAMETER, written);
          parameter.name = names.get(label) != null ? names.get(label) : parameter.name;
          node.part(label, parameter, written);
        });
  }

  private void readServers(Operation operation, Node node) {
    List<Spot> servers = List.of();
    for (Spot owner : List.of(operation.spot(), operation.item(), document.rootSpot())) {
      if (servers.isEmpty() && owner.object().has("servers")) {
        servers = owner.child("servers").requireElements();
      }
    }
    List<String> urls = new ArrayList<>();
    for (Spot written : servers) {
      Node server = new Node(written);
      for (Spot member : written.members(name -> !Grammar.isExtension(name))) {
        if (member.name().equals("url")) {
          urls.add(url(member.json()));
          server.fact("url", url(member.json()), member);
        } else if (member.name().equals("variables") && member.json() instanceof JsonObject) {
          member.members(name -> true).forEach(variable -> readVariable(variable, server));
        } else if (Grammar.DOCUMENTATION.contains(member.name())) {
          server.document(member.name(), member);
        } else {
          server.fact(member.name(), Json.meaning(member.json()), member);
        }
      }
      node.group("servers", server);
    }
    if (servers.isEmpty()) {
      Node server = new Node(operation.spot());
      server.fact("url", url(new JsonPrimitive("/")), server.at);
      node.group("servers", server);
    } else if (servers.size() > 1) {
      node.fact("first server", urls.isEmpty() ? "" : urls.get(0), servers.get(0));
    }
  }

  private static String url(JsonElement url) {
    String text = Json.string(url);
    return Json.quote(text == null ? Json.meaning(url) : text.replaceAll("/+$", ""));
  }

  private static void readVariable(Spot variable, Node server) {
    for (Spot member : variable.members(name -> !Grammar.isExtension(name))) {
      String keyword = "variables " + variable.name() + " " + member.name();
      if (Grammar.DOCUMENTATION.contains(member.name())) {
        server.document(keyword, member);
      } else if (member.json() instanceof JsonArray) {
        member
            .elements()
            .forEach(value -> server.fact(keyword, Json.meaning(value.json()), member));
      } else {
        server.fact(keyword, Json.meaning(member.json()), member);
      }
    }
  }

  /**
   * Security is a choice of alternatives, each a set of schemes; the name of a scheme is local to
   * the document.
   */
  private void readSecurity(Operation operation, Node node) {
    Spot owner = operation.spot().object().has("security") ? operation.spot() : document.rootSpot();
    List<Spot> alternatives =
        owner.object().has("security") ? owner.child("security").requireElements() : List.of();
    for (Spot written : alternatives) {
      Node alternative = new Node(written);
      written.object();
      for (Spot scopes : written.members(name -> true)) {
        Node scheme = new Node(scopes);
        scheme.name = scopes.name();
        if (scopes.json() instanceof JsonArray) {
          scopes
              .elements()
              .forEach(scope -> scheme.fact("scopes", Json.meaning(scope.json()), scopes));
        }
        Spot definition = document.at(List.of("components", "securitySchemes", scopes.name()));
        if (definition == null) {
          scheme.fact("undeclared scheme", scopes.name(), scopes);
        } else {
          scheme.part("scheme", node(Grammar.SECURITY_SCHEME, definition), definition);
        }
        alternative.group("schemes", scheme);
      }
      node.group("security", alternative);
    }
    if (alternatives.isEmpty()) {
      node.group("security", new Node(operation.spot())); // no scheme at all is one way in
    }
  }

  private static void readFlows(Spot flows, Node scheme) {
    for (Spot flow : flows.members(name -> !Grammar.isExtension(name))) {
      flow.object();
      for (Spot member : flow.members(name -> !Grammar.isExtension(name))) {
        String keyword = "flows " + flow.name() + " " + member.name();
        if (member.name().equals("scopes") && member.json() instanceof JsonObject) {
          for (Spot scope : member.members(name -> true)) {
            scheme.fact(keyword, scope.name(), member);
            scheme.document(keyword + " " + scope.name(), scope);
          }
        } else {
          scheme.fact(keyword, Json.meaning(member.json()), member);
        }
      }
    }
  }
}
