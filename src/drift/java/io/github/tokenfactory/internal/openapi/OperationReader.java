package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar.Slot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the operations of one document into {@link SemanticNode}s, each with the security, servers
 * and parameters that apply to it.
 */
public final class OperationReader {
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([^}]*)}");
  private static final Pattern KNOWN_DIALECT =
      Pattern.compile(
          "\"https?://(spec\\.openapis\\.org/oas/3\\.|json-schema\\.org/draft/2020-12/).*");

  /** What OpenAPI ignores: the media types and the security scheme say it. */
  private static final Set<String> IGNORED_HEADERS =
      Set.of("accept", "content-type", "authorization");

  private static final Set<String> FALSE_BY_DEFAULT =
      Set.of("required", "deprecated", "allowEmptyValue", "allowReserved", "explode");
  private static final Pattern SERVER = Pattern.compile("(?i)(https?)://([^/:{}?#]+)(:\\d+)?(.*)");
  private static final Set<String> INHERITED = Set.of("parameters", "security", "servers");
  private static final Set<OpenApiGrammar> STYLED =
      Set.of(OpenApiGrammar.PARAMETER, OpenApiGrammar.HEADER, OpenApiGrammar.ENCODING);

  private final Document document;
  private final SchemaReader schemas;
  private final Map<List<Object>, SemanticNode> known = new HashMap<>();

  public OperationReader(Document document) {
    this.document = document;
    schemas = new SchemaReader(document);
  }

  /** Reads an operation, and all that it refers to. */
  public SemanticNode read(Operation operation) {
    return complete(operation(operation));
  }

  /** Reads a component schema by itself: places that refer to it may add to it. */
  public SemanticNode read(JsonLocation schema) {
    return complete(schemas.read(List.of(schema)));
  }

  private SemanticNode complete(SemanticNode root) {
    Deque<SemanticNode> pending = new ArrayDeque<>(List.of(root));
    while (!pending.isEmpty()) {
      SemanticNode node = pending.pop();
      if (!node.isComplete) {
        node.isComplete = true;
        node.schemas.forEach((label, parts) -> node.parts.put(label, schemas.read(parts)));
        node.below().forEach(pending::addAll);
      }
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
      if (document.root().has("jsonSchemaDialect")
          && !KNOWN_DIALECT
              .matcher(document.root().get("jsonSchemaDialect").toString())
              .matches()) {
        readMember("jsonSchemaDialect", document.rootLocation().child("jsonSchemaDialect"), node);
      }
    }
    return node;
  }

  private SemanticNode node(OpenApiGrammar kind, JsonLocation location) {
    List<Object> key = List.of(location);
    SemanticNode node = known.get(key);
    if (node == null) {
      JsonLocation target = document.dereference(location);
      node = new SemanticNode(target);
      node.name = target.component();
      known.put(key, node);
      if (!target.equals(location) && !document.is30()) {
        for (JsonLocation words : location.members(OpenApiGrammar.DOCUMENTATION::contains)) {
          node.document(words.name(), words);
        }
      }
      readMembers(kind, target, node);
    }
    return node;
  }

  private void readMembers(OpenApiGrammar kind, JsonLocation location, SemanticNode node) {
    boolean isCallback = kind == OpenApiGrammar.CALLBACK;
    for (JsonLocation member : isCallback ? location.members() : OpenApiGrammar.fields(location)) {
      String keyword = member.name();
      Slot slot = kind.slot(keyword);
      List<JsonLocation> parts = slot == null ? List.of() : slot.parts(member);
      if (kind == OpenApiGrammar.OPERATION && INHERITED.contains(keyword)) {
        continue;
      } else if (OpenApiGrammar.DOCUMENTATION.contains(keyword)) {
        node.document(keyword, member);
      } else if (slot != null && (!parts.isEmpty() || CanonicalJson.isEmpty(member.json()))) {
        parts.forEach(part -> readPart(kind, keyword, slot, part, location, node));
      } else if (kind == OpenApiGrammar.SECURITY_SCHEME && keyword.equals("flows")) {
        readFlows(member, node);
      } else if (kind == OpenApiGrammar.SECURITY_SCHEME && keyword.equals("scheme")) {
        node.fact(
            keyword, CanonicalJson.comparable(member.json()).toLowerCase(Locale.ROOT), member);
      } else if (!isImplied(kind, member, location)) {
        // In a schema "required" is a list of properties.
        String fact = keyword.equals("required") ? "mandatory" : keyword;
        node.fact(fact, CanonicalJson.comparable(member.json()), member);
      }
    }
  }

  private void readPart(
      OpenApiGrammar parentKind,
      String keyword,
      Slot slot,
      JsonLocation part,
      JsonLocation parent,
      SemanticNode node) {
    String name =
        switch (keyword) {
          case "content" -> part.name().toLowerCase(Locale.ROOT).replaceAll("\\s*([;=])\\s*", "$1");
          case "headers" -> part.name().toLowerCase(Locale.ROOT);
          case "responses" -> part.name().toUpperCase(Locale.ROOT).replace("DEFAULT", "default");
          default -> part.name();
        };
    boolean isIgnored =
        keyword.equals("headers") && name.equals("content-type")
            || parentKind == OpenApiGrammar.MEDIA_TYPE
                && keyword.equals("encoding")
                && !parent.name().toLowerCase(Locale.ROOT).matches("multipart/.*|.*urlencoded.*");
    if (isIgnored) {
      return;
    }
    String label = slot.form() == OpenApiGrammar.Form.ONE ? keyword : keyword + " " + name;
    if (slot.kind() == OpenApiGrammar.SCHEMA) {
      node.schema(label, part);
    } else if (slot.kind() == OpenApiGrammar.OPERATION) {
      node.part(label, operation(new Operation(part.name(), "", parent, part)), part);
    } else if (parentKind != OpenApiGrammar.PATH_ITEM) { // whose operations have its parameters
      node.part(label, node(slot.kind(), part), part);
    }
  }

  /** {@return whether a member repeats a default, or what its place says already} */
  private boolean isImplied(OpenApiGrammar kind, JsonLocation member, JsonLocation location) {
    JsonObject owner = location.object();
    String keyword = member.name();
    if (kind == OpenApiGrammar.SECURITY_SCHEME && keyword.equals("bearerFormat")) {
      return true; // a hint for people
    }
    if (STYLED.contains(kind) && keyword.equals("explode") && isScalar(location)) {
      return true;
    }
    String in = kind == OpenApiGrammar.HEADER ? "header" : CanonicalJson.string(owner.get("in"));
    if (STYLED.contains(kind) && (keyword.equals("style") || keyword.equals("explode"))) {
      String usual = "path".equals(in) || "header".equals(in) ? "simple" : "form";
      String style = owner.has("style") ? CanonicalJson.string(owner.get("style")) : usual;
      return keyword.equals("style")
          ? usual.equals(style)
          : CanonicalJson.isTrue(member.json()) == "form".equals(style);
    }
    if (kind == OpenApiGrammar.PARAMETER
        && (keyword.equals("name")
            || keyword.equals("in")
            || keyword.equals("required") && "path".equals(in))) {
      return true;
    }
    return FALSE_BY_DEFAULT.contains(keyword) && member.json().equals(new JsonPrimitive(false));
  }

  private boolean isScalar(JsonLocation parameter) {
    if (!parameter.object().has("schema")) {
      return false;
    }
    Set<String> types = schemas.read(parameter.child("schema")).possibleTypes();
    return !types.isEmpty() && !types.contains("array") && !types.contains("object");
  }

  /**
   * An operation's parameter replaces its path item's parameter of the same name and place. Those
   * in the path are told apart by position, so that they may be renamed.
   */
  private void readParameters(Operation operation, SemanticNode node) {
    Map<String, Integer> positions = new HashMap<>();
    Matcher template = PATH_PARAMETER.matcher(operation.path());
    while (template.find()) {
      positions.putIfAbsent(template.group(1), positions.size() + 1);
    }
    Map<String, JsonLocation> parameters = new LinkedHashMap<>();
    Map<String, String> pathNames = new HashMap<>();
    for (JsonLocation owner : List.of(operation.item(), operation.location())) {
      for (JsonLocation written : elements(owner, "parameters")) {
        JsonObject parameter = document.dereference(written).object();
        String in = String.valueOf(CanonicalJson.string(parameter.get("in")));
        String name = String.valueOf(CanonicalJson.string(parameter.get("name")));
        if (in.equals("header") && IGNORED_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
          continue;
        }
        Integer position = in.equals("path") ? positions.get(name) : null;
        String key = in + " " + (in.equals("header") ? name.toLowerCase(Locale.ROOT) : name);
        String label = "parameters " + (position == null ? key : "path {" + position + "}");
        parameters.put(label, written);
        if (position != null) {
          pathNames.put(label, name);
        }
      }
    }
    parameters.forEach(
        (label, written) -> {
          SemanticNode parameter = node(OpenApiGrammar.PARAMETER, written);
          parameter.name = pathNames.getOrDefault(label, parameter.name);
          node.part(label, parameter, written);
        });
  }

  /** Reads the servers of the operation, or else of its path item, or else of the document. */
  private void readServers(Operation operation, SemanticNode node) {
    List<JsonLocation> servers = List.of();
    for (JsonLocation owner :
        List.of(operation.location(), operation.item(), document.rootLocation())) {
      servers = servers.isEmpty() ? elements(owner, "servers") : servers;
    }
    for (JsonLocation written : servers) {
      SemanticNode server = new SemanticNode(written);
      for (JsonLocation member : OpenApiGrammar.fields(written)) {
        if (member.name().equals("url")) {
          server.fact("url", url(member.json()), member);
        } else if (member.name().equals("variables") && member.json() instanceof JsonObject) {
          for (JsonLocation variable : member.members()) {
            for (JsonLocation each : OpenApiGrammar.fields(variable)) {
              readMember("variables " + variable.name() + " " + each.name(), each, server);
            }
          }
        } else {
          readMember(member.name(), member, server);
        }
      }
      node.group("servers", server);
    }
    if (servers.isEmpty()) {
      SemanticNode server = new SemanticNode(operation.location());
      server.fact("url", url(new JsonPrimitive("/")), server.at);
      node.group("servers", server);
    } else if (servers.size() > 1) {
      JsonElement first = servers.get(0).object().get("url");
      node.fact("first server", first == null ? "" : url(first), servers.get(0));
    }
  }

  private static String url(JsonElement url) {
    String text = CanonicalJson.string(url);
    return text == null
        ? CanonicalJson.comparable(url)
        : CanonicalJson.quote(normalized(text).replaceAll("/+$", ""));
  }

  /** {@return a URL with a host in lower case, and without the usual port} */
  private static String normalized(String url) {
    Matcher matcher = SERVER.matcher(url);
    if (!matcher.matches()) {
      return url;
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    String usual = scheme.equals("https") ? ":443" : ":80";
    String port =
        usual.equals(matcher.group(3)) || matcher.group(3) == null ? "" : matcher.group(3);
    return scheme + "://" + matcher.group(2).toLowerCase(Locale.ROOT) + port + matcher.group(4);
  }

  /**
   * Reads the alternatives of which a caller has to meet one. Each is a set of schemes; a scheme's
   * name is local to the document.
   */
  private void readSecurity(Operation operation, SemanticNode node) {
    boolean isOwn = operation.location().object().has("security");
    List<JsonLocation> alternatives =
        elements(isOwn ? operation.location() : document.rootLocation(), "security");
    for (JsonLocation written : alternatives) {
      SemanticNode alternative = new SemanticNode(written);
      for (JsonLocation scopes : written.members()) {
        SemanticNode scheme = new SemanticNode(scopes);
        scheme.name = scopes.name();
        if (scopes.json() instanceof JsonArray) {
          for (JsonLocation scope : scopes.elements()) {
            scheme.fact("scopes", CanonicalJson.comparable(scope.json()), scopes);
          }
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
      node.group("security", new SemanticNode(operation.location())); // no scheme is needed
    }
  }

  private static void readFlows(JsonLocation flows, SemanticNode scheme) {
    for (JsonLocation flow : OpenApiGrammar.fields(flows)) {
      for (JsonLocation member : OpenApiGrammar.fields(flow)) {
        String keyword = "flows " + flow.name() + " " + member.name();
        if (member.name().equals("scopes") && member.json() instanceof JsonObject) {
          for (JsonLocation scope : member.members()) {
            scheme.fact(keyword, scope.name(), member);
            scheme.document(keyword + " " + scope.name(), scope);
          }
        } else {
          readMember(keyword, member, scheme);
        }
      }
    }
  }

  /** Reads words as documentation, and anything else as a fact with one or several values. */
  private static void readMember(String keyword, JsonLocation member, SemanticNode node) {
    if (OpenApiGrammar.DOCUMENTATION.contains(member.name())) {
      node.document(keyword, member);
      return;
    }
    boolean isList = member.json() instanceof JsonArray;
    for (JsonLocation value : isList ? member.elements() : List.of(member)) {
      node.fact(keyword, CanonicalJson.comparable(value.json()), member);
    }
  }

  private static List<JsonLocation> elements(JsonLocation owner, String member) {
    return owner.object().has(member) ? owner.child(member).elements() : List.of();
  }
}
