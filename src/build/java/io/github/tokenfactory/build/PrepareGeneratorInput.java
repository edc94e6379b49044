package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.DocumentSource;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import io.github.tokenfactory.internal.openapi.Operation;
import io.github.tokenfactory.internal.openapi.Slicer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the code generator is given in place of the document: the bound operations alone, in plain
 * OpenAPI 3.0, under final Java names; for the build, not part of the library's jar.
 *
 * <p>All that depends on the document's style ends here, so that templates stay simple: see {@link
 * SchemaRewriter} for schemas. Of each operation what remains is its parameters, one kind of body
 * and one kind of answer.
 */
public final class PrepareGeneratorInput {
  private static final String RAW = "x-raw";

  /** Retrofit leaves a parameter out that is null, unless it is in the path or the body. */
  private static final String NOT_NULL = "x-not-null";

  private static final String JSON = "application/(.+\\+)?json\\s*(;.*)?"; // not JSON Lines

  private final Document document;
  private final SchemaRewriter schemas;

  private PrepareGeneratorInput(Document document) {
    this.document = document;
    this.schemas = new SchemaRewriter(document);
  }

  /**
   * Writes the generator's document and settings, each only if it would change.
   *
   * @param args the document, the operations (comma-separated), the settings to start from, and the
   *     directory to write to
   */
  public static void main(String[] args) throws IOException {
    Document whole = DocumentSource.create().load(args[0]);
    Document document = Slicer.slice(whole, whole.find(PullDocument.operations(args[1])));
    PrepareGeneratorInput input = new PrepareGeneratorInput(document);
    Path directory = Files.createDirectories(Path.of(args[3]));
    JsonObject rewritten = input.document();
    JavadocText.addLines(rewritten);
    PullDocument.replace(directory.resolve("openapi.json"), CanonicalJson.canonical(rewritten));
    // For the jar: what its classes were made from.
    PullDocument.replace(
        Files.createDirectories(directory.resolve("bundled")).resolve("openapi.json"),
        CanonicalJson.canonical(document.root()));
    PullDocument.replace(
        directory.resolve("settings.yaml"), input.settings(Files.readString(Path.of(args[2]))));
  }

  /**
   * {@return the settings with a Java name for each property} They must not name any themselves.
   */
  private String settings(String start) {
    StringBuilder names = new StringBuilder("nameMappings:\n");
    schemas
        .propertyNames()
        .forEach(
            (name, member) ->
                names
                    .append("  ")
                    .append(CanonicalJson.quote(name))
                    .append(": ")
                    .append(member)
                    .append('\n'));
    if (!start.contains("\nnameMappings:\n")) {
      return start + "\n" + names;
    }
    throw new IllegalArgumentException(
        "nameMappings are computed: name a property in JavaNames instead.");
  }

  /** {@return what the generator is given for {@code document}} */
  static JsonObject rewrite(Document document) {
    return new PrepareGeneratorInput(document).document();
  }

  private JsonObject document() {
    JsonObject paths = new JsonObject();
    Set<String> methods = new HashSet<>();
    for (Operation operation : document.operations()) {
      JsonObject item = paths.getAsJsonObject(path(operation.path()));
      if (item == null) {
        item = new JsonObject();
        paths.add(path(operation.path()), item);
      }
      item.add(operation.method(), operation(operation, methods));
    }
    schemas.addComponents();
    schemas.components().asMap().forEach((name, each) -> describe(name, each.getAsJsonObject()));
    JsonObject info = new JsonObject();
    info.addProperty("title", "generated");
    info.addProperty("version", "1");
    JsonObject components = new JsonObject();
    components.add("schemas", schemas.components());
    JsonObject root = new JsonObject();
    root.addProperty("openapi", "3.0.3");
    root.add("info", info);
    root.add("paths", paths);
    root.add("components", components);
    return root;
  }

  /** Describes a class that the document does not describe. */
  private static void describe(String name, JsonObject schema) {
    if (!schema.has("description")) {
      String kind = schema.has("enum") ? "enumeration" : schema.has("anyOf") ? "union" : "object";
      schema.addProperty("description", "The " + JavadocText.code(name) + " " + kind + ".");
    }
  }

  /** Names in a path are not sent: Retrofit takes fewer characters in them than OpenAPI. */
  private static String path(String path) {
    if (List.of(path.split("/")).contains("..")) {
      throw new IllegalArgumentException(
          "The path " + path + " would leave the base URL: no operation is bound to it.");
    }
    // Retrofit takes no empty path, and OkHttp a colon in the first step for the end of a scheme;
    // beside a parameter,
    // Retrofit takes no step "." either.
    if (path.matches("/[^/]*:.*") && path.contains("{")) {
      String first = path.replaceFirst("(?<=.)/.*", "");
      return path(first.replace(":", "%3A") + path.substring(first.length()));
    }
    StringBuilder safe = new StringBuilder(path.matches("/|/[^/]*:.*") ? "/." : "");
    for (String part : path.split("(?=\\{)|(?<=})")) {
      safe.append(
          part.startsWith("{") && part.endsWith("}")
              ? "{" + JavaNames.member(part.substring(1, part.length() - 1)) + "}"
              : JavaNames.literal(part));
    }
    return safe.toString();
  }

  private JsonObject operation(Operation operation, Set<String> methods) {
    JsonObject source = operation.location().object();
    String method = JavaNames.unique(JavaNames.method(id(operation)), methods::add);
    JsonObject target = new JsonObject();
    target.addProperty("operationId", method);
    target.addProperty("description", description(source, JavadocText.code(operation.title())));
    if (CanonicalJson.isTrue(source.get("deprecated"))) {
      target.addProperty("deprecated", true);
    }
    String type = JavaNames.words(method);
    target.add("parameters", parameters(operation, type));
    // Retrofit has no annotation for other methods, nor for these with a body; OkHttp sends none
    // with GET and HEAD.
    boolean bodiless = Set.of("get", "head").contains(operation.method());
    if (source.has("requestBody") && !bodiless) {
      JsonObject body =
          body(document.dereference(operation.location().child("requestBody")), type + "Request");
      if (body != null) {
        target.add("requestBody", body);
        if (Set.of("delete", "options", "trace").contains(operation.method())) {
          target.addProperty("x-http", "hasBody = true, ");
        }
      }
    }
    if (operation.method().equals("trace") && !target.has("x-http")) {
      target.addProperty("x-http", "hasBody = false, ");
    }
    if (operation.method().equals("head")) {
      JsonObject none = new JsonObject();
      none.addProperty("description", "");
      JsonObject one = new JsonObject();
      one.add("200", none);
      target.add("responses", one);
    } else {
      target.add("responses", responses(operation, type, target));
    }
    return target;
  }

  /** {@return the operation's id, without the path and method that FastAPI adds to it} */
  private static String id(Operation operation) {
    String place = operation.path() + " " + operation.method();
    String id = operation.id();
    if (id == null) {
      return operation.method() + " " + operation.path();
    }
    String suffix = place.replaceAll("\\W", "_");
    return id.endsWith(suffix) && id.length() > suffix.length()
        ? id.substring(0, id.length() - suffix.length())
        : id;
  }

  private static String description(JsonObject source, String title) {
    List<String> paragraphs = new ArrayList<>();
    for (String name : List.of("summary", "description")) {
      String text = CanonicalJson.string(source.get(name));
      if (text != null && !text.isBlank()) {
        paragraphs.add(JavadocText.sentences(text));
      }
    }
    paragraphs.add(Math.min(1, paragraphs.size()), title);
    return String.join(JavadocText.PARAGRAPH, paragraphs);
  }

  private JsonArray parameters(Operation operation, String type) {
    Map<String, JsonLocation> found = new LinkedHashMap<>();
    for (JsonLocation holder : List.of(operation.item(), operation.location())) {
      if (holder.object().has("parameters")) {
        for (JsonLocation each : holder.child("parameters").elements()) {
          JsonLocation parameter = document.dereference(each);
          found.put(parameter.object().get("in") + " " + parameter.object().get("name"), parameter);
        }
      }
    }
    JsonArray parameters = new JsonArray();
    Set<String> inPath = new LinkedHashSet<>();
    Matcher names = Pattern.compile("\\{([^{}]*)}").matcher(operation.path());
    while (names.find()) {
      inPath.add(JavaNames.member(names.group(1)));
    }
    boolean cookie = false;
    for (JsonLocation parameter : found.values()) {
      JsonObject source = parameter.object();
      String name = String.valueOf(CanonicalJson.string(source.get("name")));
      String in = String.valueOf(CanonicalJson.string(source.get("in")));
      boolean ignored =
          Set.of("accept", "content-type", "authorization")
              .contains(name.toLowerCase(java.util.Locale.ROOT));
      // Retrofit refuses a parameter that the path has not; several cookies go in one header.
      boolean nowhere =
          in.equals("path") && !inPath.remove(JavaNames.member(name))
              || in.equals("cookie") && cookie;
      cookie |= in.equals("cookie");
      if (!(in.equals("header") && ignored) && !nowhere) {
        parameters.add(parameter(parameter, name, in, type));
      }
    }
    for (String name : inPath) { // not declared
      JsonObject undeclared = new JsonObject();
      undeclared.addProperty("name", name);
      undeclared.addProperty("in", "path");
      undeclared.addProperty("required", true);
      undeclared.add("schema", string());
      undeclared.addProperty("description", "The " + JavadocText.code(name) + " parameter.");
      parameters.add(undeclared);
    }
    return parameters;
  }

  private JsonObject parameter(JsonLocation parameter, String name, String in, String type) {
    JsonObject source = parameter.object();
    JsonObject target = new JsonObject();
    String description =
        source.has("description")
            ? JavadocText.sentences(source.get("description").getAsString())
            : "The " + JavadocText.code(name) + " parameter.";
    target.addProperty(
        "name", in.equals("path") ? JavaNames.member(name) : JavaNames.literal(name));
    target.addProperty("in", in);
    if (in.equals("cookie")) {
      target.addProperty("name", "Cookie");
      target.addProperty("in", "header");
      description = description + " Format: " + JavadocText.code(name + "=value") + ".";
    }
    boolean required = in.equals("path") || CanonicalJson.isTrue(source.get("required"));
    target.addProperty("required", required);
    target.addProperty("description", description + (required ? "" : " Null leaves it out."));
    JsonObject schema = parameterSchema(parameter, type + JavaNames.words(name), in);
    target.add("schema", schema);
    schema.asMap().entrySet().stream()
        .filter(member -> member.getKey().startsWith("x-"))
        .forEach(extension -> target.add(extension.getKey(), extension.getValue()));
    if (required && !in.equals("path")) {
      target.addProperty(NOT_NULL, true);
    }
    if (SchemaRewriter.hasBounds(schema)) {
      target.addProperty("x-bounded", true);
    }
    return target;
  }

  /**
   * A parameter is text on the wire: what has no plain text form of its own is left to the caller.
   */
  private JsonObject parameterSchema(JsonLocation parameter, String type, String in) {
    JsonObject used =
        parameter.object().has("schema")
            ? schemas.use(parameter.child("schema"), type)
            : new JsonObject();
    boolean repeated =
        !CanonicalJson.isTrue(parameter.object().get("explode"))
                && parameter.object().has("explode")
            ? false
            : in.equals("query");
    if (used.has("items") && repeated) {
      used.add("items", text(used.getAsJsonObject("items")));
      used.remove("description");
      return used;
    }
    return text(used);
  }

  private JsonObject text(JsonObject used) {
    JsonObject reference =
        used.has("allOf") ? used.getAsJsonArray("allOf").get(0).getAsJsonObject() : used;
    if (reference.has("$ref")) {
      String name = reference.get("$ref").getAsString().replaceFirst(".*/", "");
      return schemas.components().getAsJsonObject(name).has("enum") ? reference : string();
    }
    String type = CanonicalJson.string(used.get("type"));
    boolean plain = type != null && Set.of("integer", "number", "boolean", "string").contains(type);
    if (!plain
        || Set.of("date-time", "byte")
            .contains(String.valueOf(CanonicalJson.string(used.get("format"))))) {
      return string();
    }
    used.remove("description");
    return used;
  }

  private static JsonObject string() {
    JsonObject schema = new JsonObject();
    schema.addProperty("type", "string");
    return schema;
  }

  private @Nullable JsonObject body(JsonLocation body, String type) {
    JsonObject target = new JsonObject();
    String description = CanonicalJson.string(body.object().get("description"));
    target.addProperty(
        "description",
        description == null ? "The request body." : JavadocText.sentences(description));
    target.addProperty("required", CanonicalJson.isTrue(body.object().get("required")));
    List<JsonLocation> media = media(body);
    if (media.isEmpty()) {
      return null;
    }
    JsonLocation json = find(media, JSON);
    JsonLocation form =
        json == null ? find(media, "multipart/form-data|application/x-www-form-urlencoded") : null;
    JsonObject fields = form == null ? null : formFields(form, type);
    JsonObject schema = string();
    String mediaType = "application/octet-stream";
    if (json != null) {
      schema = schema(json, type);
      mediaType = "application/json";
    } else if (form != null && fields != null) {
      schema = fields;
      mediaType = form.name();
      target.addProperty("required", true);
    } else {
      schema.addProperty("format", "binary");
    }
    target.add("content", content(mediaType, schema));
    return target;
  }

  private static List<JsonLocation> media(JsonLocation holder) {
    return holder.object().has("content")
        ? holder.child("content").members(name -> true)
        : List.of();
  }

  private static @Nullable JsonLocation find(List<JsonLocation> media, String pattern) {
    return media.stream()
        .filter(one -> one.name().matches("(?i)" + pattern))
        .findFirst()
        .orElse(null);
  }

  private JsonObject schema(JsonLocation media, String type) {
    return media.object().has("schema")
        ? schemas.use(media.child("schema"), type)
        : new JsonObject();
  }

  /**
   * {@return an object whose every property is one part or field} or null if the schema does not
   * say which there are.
   */
  private @Nullable JsonObject formFields(JsonLocation form, String type) {
    JsonObject used = schema(form, type);
    JsonObject reference =
        used.has("allOf") ? used.getAsJsonArray("allOf").get(0).getAsJsonObject() : used;
    if (!reference.has("$ref")) {
      return null;
    }
    JsonObject object =
        schemas
            .components()
            .getAsJsonObject(reference.get("$ref").getAsString().replaceFirst(".*/", ""));
    if (!object.has("properties")) {
      return null;
    }
    JsonObject properties = new JsonObject();
    for (Map.Entry<String, JsonElement> property :
        object.getAsJsonObject("properties").entrySet()) {
      JsonObject field = property.getValue().getAsJsonObject();
      JsonObject text = string();
      if (field.has("items") && form.name().startsWith("application/")) {
        JsonObject list = new JsonObject();
        list.addProperty("type", "array");
        list.add("items", text);
        text = list;
      }
      text.addProperty(
          "description", "The " + JavadocText.code(property.getKey()) + " field of the form.");
      properties.add(property.getKey(), text);
    }
    JsonObject fields = new JsonObject();
    fields.addProperty("type", "object");
    fields.add("properties", properties);
    if (object.has("required")) {
      fields.add("required", object.get("required"));
      for (JsonElement name : object.getAsJsonArray("required")) {
        properties.getAsJsonObject(name.getAsString()).addProperty(NOT_NULL, true);
      }
    }
    return fields;
  }

  private static JsonObject content(String mediaType, JsonObject schema) {
    JsonObject media = new JsonObject();
    media.add("schema", schema);
    JsonObject content = new JsonObject();
    content.add(mediaType, media);
    return content;
  }

  /** Keeps one answer, the successful one; the others' schemas become classes all the same. */
  private JsonObject responses(Operation operation, String type, JsonObject target) {
    Map<String, JsonObject> answers = new LinkedHashMap<>();
    boolean raw = false;
    JsonLocation responses =
        operation.location().object().has("responses")
            ? operation.location().child("responses")
            : null;
    if (responses != null) {
      boolean onlyDefault = responses.members(name -> name.startsWith("2")).isEmpty();
      for (JsonLocation each : responses.members(name -> !OpenApiGrammar.isExtension(name))) {
        JsonLocation response = document.dereference(each);
        boolean success =
            each.name().startsWith("2") || each.name().equals("default") && onlyDefault;
        for (JsonLocation media : media(response)) {
          if (media.name().matches("(?i)" + JSON)) {
            JsonObject answer =
                schema(media, type + (success ? "Response" : JavaNames.words(each.name())));
            if (success) {
              answers.put(answer.toString(), answer);
            }
          } else {
            raw |= success;
          }
        }
      }
    }
    JsonObject response = new JsonObject();
    response.addProperty("description", "");
    if (answers.size() == 1) {
      response.add("content", content("application/json", answers.values().iterator().next()));
    } else if (!answers.isEmpty()) {
      response.add("content", content("application/json", new JsonObject())); // several: raw JSON
    } else if (raw) {
      target.addProperty(RAW, true);
    }
    JsonObject one = new JsonObject();
    one.add("200", response);
    return one;
  }
}
