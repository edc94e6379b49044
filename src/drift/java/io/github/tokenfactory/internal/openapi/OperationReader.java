package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
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
 * Reads the operations of one document into {@link SemanticNode}s, with the security, servers and
 * parameters that apply to them.
 */
public final class OperationReader {
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([^}]*)}");
  private static final Set<String> FALSE_BY_DEFAULT =
      Set.of("required", "deprecated", "allowEmptyValue", "allowReserved", "explode");
  private static final Set<String> READ_FOR_OPERATION = Set.of("parameters", "security", "servers");
  private static final Set<OpenApiGrammar> STYLED =
      Set.of(OpenApiGrammar.PARAMETER, OpenApiGrammar.HEADER, OpenApiGrammar.ENCODING);

  private final Document document;
  private final SchemaReader schemas;
  private final Map<List<Object>, SemanticNode> known;

  public OperationReader(Document document) {
    this.document = document;
    known = new HashMap<>();
    schemas = new SchemaReader(document);
  }

  /** Reads a document that shares objects with another one: these have to mean the same in both. */
  public OperationReader(Document document, OperationReader other) {
    this.document = document;
    known = other.known;
    schemas = new SchemaReader(document, other.schemas);
  }

  /** Reads an operation, and all that it refers to. */
  public SemanticNode read(Operation operation) {
    return complete(operation(operation));
  }

  /**
   * Reads a component by itself, which may say more than the places that refer to it and add to it.
   */
  public SemanticNode read(JsonLocation schema) {
    return complete(schemas.read(List.of(schema)));
  }

  private SemanticNode complete(SemanticNode root) {
    List<SemanticNode> pending = new ArrayList<>(List.of(root));
    while (!pending.isEmpty()) {
      SemanticNode node = pending.remove(pending.size() - 1);
      if (node.isComplete) {
        continue;
      }
      node.isComplete = true;
      node.schemas.forEach((label, spots) -> node.parts.put(label, schemas.read(spots)));
      node.below().forEach(pending::addAll);
    }
    return root;
  }

  private SemanticNode operation(Operation operation) {
    List<Object> key = List.of(operation.location(), operation.path());
    SemanticNode node = known.get(key);
    if (node == null) {
      node = new SemanticNode(operation.location());
      known.put(key, node); // before its callbacks are read, which may lead back here
      readMembers(OpenApiGrammar.OPERATION, operation.location(), node);
      readParameters(operation, node);
      readServers(operation, node);
      readSecurity(operation, node);
      if (document.root().has("jsonSchemaDialect")) {
        JsonLocation dialect = document.rootLocation().child("jsonSchemaDialect");
        node.fact(dialect.name(), CanonicalJson.meaning(dialect.json()), dialect);
      }
    }
    return node;
  }

  private SemanticNode node(OpenApiGrammar kind, JsonLocation spot) {
    List<Object> key = List.of(spot);
    SemanticNode node = known.get(key);
    if (node == null) {
      JsonLocation target = document.dereference(spot);
      node = new SemanticNode(target);
      node.name = target.component();
      known.put(key, node);
      if (!target.equals(spot) && !document.is30()) {
        readDocumentation(spot, node);
      }
      readMembers(kind, target, node);
    }
    return node;
  }

  private static void readDocumentation(JsonLocation reference, SemanticNode node) {
    for (JsonLocation member : reference.members(OpenApiGrammar.DOCUMENTATION::contains)) {
      node.document(member.name(), member);
    }
  }

  private void readMembers(OpenApiGrammar kind, JsonLocation spot, SemanticNode node) {
    spot.object();
    for (JsonLocation member :
        spot.members(
            name -> kind == OpenApiGrammar.CALLBACK || !OpenApiGrammar.isExtension(name))) {
      String keyword = member.name();
      OpenApiGrammar.Slot slot = kind.slot(keyword);
      List<JsonLocation> parts = slot == null ? List.of() : slot.parts(member);
      if (kind == OpenApiGrammar.OPERATION && READ_FOR_OPERATION.contains(keyword)) {
        continue;
      } else if (OpenApiGrammar.DOCUMENTATION.contains(keyword)) {
        node.document(keyword, member);
      } else if (slot != null && (!parts.isEmpty() || CanonicalJson.isEmpty(member.json()))) {
        parts.forEach(part -> readPart(kind, keyword, slot, part, spot, node));
      } else if (kind == OpenApiGrammar.SECURITY_SCHEME && keyword.equals("flows")) {
        readFlows(member, node);
      } else if (!isImplied(kind, member, spot.object())) {
        // In a schema "required" is a list of properties.
        node.fact(
            keyword.equals("required") ? "mandatory" : keyword, comparable(kind, member), member);
      }
    }
  }

  private void readPart(
      OpenApiGrammar kind,
      String keyword,
      OpenApiGrammar.Slot slot,
      JsonLocation part,
      JsonLocation parent,
      SemanticNode node) {
    String name =
        keyword.equals("content") || keyword.equals("headers")
            ? part.name().toLowerCase(Locale.ROOT)
            : keyword.equals("responses")
                ? part.name().toUpperCase(Locale.ROOT).replace("DEFAULT", "default")
                : part.name();
    String label = slot.form() == OpenApiGrammar.Form.ONE ? keyword : keyword + " " + name;
    if (slot.kind() == OpenApiGrammar.SCHEMA) {
      node.schema(label, part);
    } else if (slot.kind() == OpenApiGrammar.OPERATION) {
      node.part(label, operation(new Operation(part.name(), "", parent, part)), part);
    } else if (kind != OpenApiGrammar.PATH_ITEM) {
      node.part(
          label, node(slot.kind(), part), part); // parameters of a path belong to its operations
    }
  }

  /** Says that a member repeats what holds without it, or what its place says. */
  private static boolean isImplied(OpenApiGrammar kind, JsonLocation member, JsonObject owner) {
    String keyword = member.name();
    String in = kind == OpenApiGrammar.HEADER ? "header" : CanonicalJson.string(owner.get("in"));
    if (STYLED.contains(kind) && (keyword.equals("style") || keyword.equals("explode"))) {
      String usual = "path".equals(in) || "header".equals(in) ? "simple" : "form";
      String style = owner.has("style") ? CanonicalJson.string(owner.get("style")) : usual;
      return keyword.equals("style")
          ? usual.equals(style)
          : CanonicalJson.isTrue(member.json()) == "form".equals(style);
    }
    if (kind == OpenApiGrammar.PARAMETER && (keyword.equals("name") || keyword.equals("in"))) {
      return true;
    }
    return FALSE_BY_DEFAULT.contains(keyword) && member.json().equals(new JsonPrimitive(false))
        || kind == OpenApiGrammar.PARAMETER && keyword.equals("required") && "path".equals(in);
  }

  private static String comparable(OpenApiGrammar kind, JsonLocation member) {
    boolean isScheme = kind == OpenApiGrammar.SECURITY_SCHEME && member.name().equals("scheme");
    String text = CanonicalJson.meaning(member.json());
    return isScheme ? text.toLowerCase(Locale.ROOT) : text;
  }

  /**
   * Parameters of the path apply unless the operation has one of the same name and place; those in
   * the path count by position.
   */
  private void readParameters(Operation operation, SemanticNode node) {
    Map<String, Integer> positions = new HashMap<>();
    Matcher template = PATH_PARAMETER.matcher(operation.path());
    while (template.find()) {
      positions.putIfAbsent(template.group(1), positions.size() + 1);
    }
    Map<String, JsonLocation> parameters = new LinkedHashMap<>();
    Map<String, @Nullable String> names = new HashMap<>();
    for (JsonLocation owner : List.of(operation.item(), operation.location())) {
      for (JsonLocation written :
          owner.object().has("parameters")
              ? owner.child("parameters").requireElements()
              : List.<JsonLocation>of()) {
        JsonObject parameter = document.dereference(written).object();
        String in = String.valueOf(CanonicalJson.string(parameter.get("in")));
        String name = String.valueOf(CanonicalJson.string(parameter.get("name")));
        Integer position = in.equals("path") ? positions.get(name) : null;
        String key = in + " " + (in.equals("header") ? name.toLowerCase(Locale.ROOT) : name);
        String label = "parameters " + (position == null ? key : "path {" + position + "}");
        parameters.put(label, written);
        names.put(label, position == null ? null : name);
      }
    }
    parameters.forEach(
        (label, written) -> {
          SemanticNode parameter = node(OpenApiGrammar.PARAMETER, written);
          parameter.name = names.get(label) != null ? names.get(label) : parameter.name;
          node.part(label, parameter, written);
        });
  }

  private void readServers(Operation operation, SemanticNode node) {
    List<JsonLocation> servers = List.of();
    for (JsonLocation owner :
        List.of(operation.location(), operation.item(), document.rootLocation())) {
      if (servers.isEmpty() && owner.object().has("servers")) {
        servers = owner.child("servers").requireElements();
      }
    }
    List<String> urls = new ArrayList<>();
    for (JsonLocation written : servers) {
      SemanticNode server = new SemanticNode(written);
      for (JsonLocation member : written.members(name -> !OpenApiGrammar.isExtension(name))) {
        if (member.name().equals("url")) {
          urls.add(url(member.json()));
          server.fact("url", url(member.json()), member);
        } else if (member.name().equals("variables") && member.json() instanceof JsonObject) {
          member.members(name -> true).forEach(variable -> readVariable(variable, server));
        } else if (OpenApiGrammar.DOCUMENTATION.contains(member.name())) {
          server.document(member.name(), member);
        } else {
          server.fact(member.name(), CanonicalJson.meaning(member.json()), member);
        }
      }
      node.group("servers", server);
    }
    if (servers.isEmpty()) {
      SemanticNode server = new SemanticNode(operation.location());
      server.fact("url", url(new JsonPrimitive("/")), server.at);
      node.group("servers", server);
    } else if (servers.size() > 1) {
      node.fact("first server", urls.isEmpty() ? "" : urls.get(0), servers.get(0));
    }
  }

  private static String url(JsonElement url) {
    String text = CanonicalJson.string(url);
    return CanonicalJson.quote(
        text == null ? CanonicalJson.meaning(url) : text.replaceAll("/+$", ""));
  }

  private static void readVariable(JsonLocation variable, SemanticNode server) {
    for (JsonLocation member : variable.members(name -> !OpenApiGrammar.isExtension(name))) {
      String keyword = "variables " + variable.name() + " " + member.name();
      if (OpenApiGrammar.DOCUMENTATION.contains(member.name())) {
        server.document(keyword, member);
      } else if (member.json() instanceof JsonArray) {
        member
            .elements()
            .forEach(value -> server.fact(keyword, CanonicalJson.meaning(value.json()), member));
      } else {
        server.fact(keyword, CanonicalJson.meaning(member.json()), member);
      }
    }
  }

  /**
   * Security is a choice of alternatives, each a set of schemes; the name of a scheme is local to
   * the document.
   */
  private void readSecurity(Operation operation, SemanticNode node) {
    JsonLocation owner =
        operation.location().object().has("security")
            ? operation.location()
            : document.rootLocation();
    List<JsonLocation> alternatives =
        owner.object().has("security") ? owner.child("security").requireElements() : List.of();
    for (JsonLocation written : alternatives) {
      SemanticNode alternative = new SemanticNode(written);
      written.object();
      for (JsonLocation scopes : written.members(name -> true)) {
        SemanticNode scheme = new SemanticNode(scopes);
        scheme.name = scopes.name();
        if (scopes.json() instanceof JsonArray) {
          scopes
              .elements()
              .forEach(scope -> scheme.fact("scopes", CanonicalJson.meaning(scope.json()), scopes));
        }
        JsonLocation definition =
            document.at(List.of("components", "securitySchemes", scopes.name()));
        if (definition == null) {
          scheme.fact("undeclared scheme", scopes.name(), scopes);
        } else {
          scheme.part("scheme", node(OpenApiGrammar.SECURITY_SCHEME, definition), definition);
        }
        alternative.group("schemes", scheme);
      }
      node.group("security", alternative);
    }
    if (alternatives.isEmpty()) {
      node.group(
          "security", new SemanticNode(operation.location())); // no scheme at all is one way in
    }
  }

  private static void readFlows(JsonLocation flows, SemanticNode scheme) {
    for (JsonLocation flow : flows.members(name -> !OpenApiGrammar.isExtension(name))) {
      flow.object();
      for (JsonLocation member : flow.members(name -> !OpenApiGrammar.isExtension(name))) {
        String keyword = "flows " + flow.name() + " " + member.name();
        if (member.name().equals("scopes") && member.json() instanceof JsonObject) {
          for (JsonLocation scope : member.members(name -> true)) {
            scheme.fact(keyword, scope.name(), member);
            scheme.document(keyword + " " + scope.name(), scope);
          }
        } else {
          scheme.fact(keyword, CanonicalJson.meaning(member.json()), member);
        }
      }
    }
  }
}
