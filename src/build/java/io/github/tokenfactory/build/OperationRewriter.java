package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import io.github.tokenfactory.internal.openapi.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites operations so that Retrofit can send them. What remains of each is its parameters, one
 * kind of body and one kind of response.
 */
final class OperationRewriter {
  /** Retrofit leaves a parameter out that is null, unless it is in the path or the body. */
  private static final String NOT_NULL = "x-not-null";

  private static final String JSON = "application/json";
  private static final Pattern JSON_TYPE =
      Pattern.compile("(?i)application/(.+\\+)?json\\s*(;.*)?"); // not JSON Lines
  private static final Pattern FORM_TYPE =
      Pattern.compile("(?i)multipart/form-data|application/x-www-form-urlencoded");
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([^{}]*)}");

  /** OpenAPI ignores parameters for these headers. */
  private static final Set<String> IGNORED_HEADERS =
      Set.of("accept", "content-type", "authorization");

  private final Document document;
  private final SchemaRewriter schemas;
  private final Set<String> methods = new HashSet<>();

  OperationRewriter(Document document, SchemaRewriter schemas) {
    this.document = document;
    this.schemas = schemas;
  }

  /**
   * {@return the path as Retrofit takes it} Names of path parameters are not sent: they are
   * replaced, because Retrofit allows fewer characters in them than OpenAPI.
   */
  static String path(String path) {
    if (List.of(path.split("/")).contains("..")) {
      throw new IllegalArgumentException(
          "The path " + path + " would leave the base URL: no operation is bound to it.");
    }
    boolean hasColon = path.matches("/[^/]*:.*");
    if (hasColon && path.contains("{")) {
      // Retrofit allows no step "." beside a parameter: see below.
      String first = path.replaceFirst("(?<=.)/.*", "");
      return path(first.replace(":", "%3A") + path.substring(first.length()));
    }
    // Retrofit refuses an empty path; OkHttp takes a colon in the first step for a scheme's.
    StringBuilder safe = new StringBuilder(path.equals("/") || hasColon ? "/." : "");
    for (String part : path.split("(?=\\{)|(?<=})")) {
      safe.append(
          part.startsWith("{") && part.endsWith("}")
              ? "{" + JavaNames.member(part.substring(1, part.length() - 1)) + "}"
              : JavaNames.literal(part));
    }
    return safe.toString();
  }

  JsonObject rewrite(Operation operation) {
    JsonObject source = operation.location().object();
    String method = JavaNames.unique(JavaNames.method(id(operation)), methods::add);
    String type = JavaNames.words(method);
    JsonObject target = SchemaJson.object("operationId", method);
    target.addProperty("description", description(source, JavadocText.code(operation.title())));
    if (CanonicalJson.isTrue(source.get("deprecated"))) {
      target.addProperty("deprecated", true);
    }
    target.add("parameters", parameters(operation, type));
    boolean canHaveBody = !Set.of("get", "head").contains(operation.method()); // OkHttp's rule
    if (source.has("requestBody") && canHaveBody) {
      JsonLocation body = document.dereference(operation.location().child("requestBody"));
      JsonObject rewritten = body(body, type + "Request");
      if (rewritten != null) {
        target.add("requestBody", rewritten);
      }
    }
    // Retrofit has no annotation of its own for these methods.
    if (target.has("requestBody") && Set.of("delete", "options").contains(operation.method())
        || operation.method().equals("trace")) {
      target.addProperty("x-http", "hasBody = " + target.has("requestBody") + ", ");
    }
    JsonObject response =
        operation.method().equals("head")
            ? SchemaJson.object("description", "")
            : response(operation, type, target);
    target.add("responses", SchemaJson.object("200", response));
    return target;
  }

  /** {@return the operation's id, without the path and method that FastAPI adds to it} */
  private static String id(Operation operation) {
    String id = operation.id();
    if (id == null) {
      return operation.method() + " " + operation.path();
    }
    String suffix = (operation.path() + " " + operation.method()).replaceAll("\\W", "_");
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
    Set<String> undeclared = new LinkedHashSet<>();
    PATH_PARAMETER
        .matcher(operation.path())
        .results()
        .forEach(parameter -> undeclared.add(JavaNames.member(parameter.group(1))));
    JsonArray parameters = new JsonArray();
    boolean hasCookie = false;
    for (JsonLocation parameter : found.values()) {
      String name = String.valueOf(CanonicalJson.string(parameter.object().get("name")));
      String in = String.valueOf(CanonicalJson.string(parameter.object().get("in")));
      boolean isSent =
          switch (in) {
            case "path" -> undeclared.remove(JavaNames.member(name)); // or Retrofit refuses it
            case "cookie" -> !hasCookie; // several would be one header
            case "header" -> !IGNORED_HEADERS.contains(name.toLowerCase(Locale.ROOT));
            default -> true;
          };
      hasCookie |= in.equals("cookie");
      if (isSent) {
        parameters.add(parameter(parameter, name, in, type));
      }
    }
    for (String name : undeclared) {
      JsonObject parameter = SchemaJson.object("name", name, "in", "path", "required", true);
      parameter.add("schema", SchemaJson.ofType("string"));
      parameter.addProperty("description", parameterDescription(name));
      parameters.add(parameter);
    }
    return parameters;
  }

  private static String parameterDescription(String name) {
    return "The " + JavadocText.code(name) + " parameter.";
  }

  private JsonObject parameter(JsonLocation parameter, String name, String in, String type) {
    JsonObject source = parameter.object();
    boolean isInPath = in.equals("path");
    boolean isCookie = in.equals("cookie");
    boolean isRequired = isInPath || CanonicalJson.isTrue(source.get("required"));
    String stated = CanonicalJson.string(source.get("description"));
    String description =
        stated == null ? parameterDescription(name) : JavadocText.sentences(stated);
    if (isCookie) {
      description += " Format: " + JavadocText.code(name + "=value") + ".";
    }
    if (!isRequired) {
      description += " Null leaves it out.";
    }
    JsonObject target = new JsonObject();
    target.addProperty("name", isInPath ? JavaNames.member(name) : JavaNames.literal(name));
    target.addProperty("in", in);
    if (isCookie) {
      target.addProperty("name", "Cookie");
      target.addProperty("in", "header");
    }
    target.addProperty("required", isRequired);
    target.addProperty("description", description);
    JsonObject schema = parameterSchema(parameter, type + JavaNames.words(name), in);
    target.add("schema", schema);
    schema
        .asMap()
        .forEach(
            (keyword, value) -> {
              if (OpenApiGrammar.isExtension(keyword)) {
                target.add(keyword, value);
              }
            });
    if (isRequired && !isInPath) {
      target.addProperty(NOT_NULL, true);
    }
    if (SchemaRewriter.hasBounds(schema)) {
      target.addProperty("x-bounded", true);
    }
    return target;
  }

  /** A list in the query is a repeated parameter, unless the document says otherwise. */
  private JsonObject parameterSchema(JsonLocation parameter, String type, String in) {
    JsonObject schema = schema(parameter, type);
    JsonElement explode = parameter.object().get("explode");
    if (schema.has("items")
        && in.equals("query")
        && (explode == null || CanonicalJson.isTrue(explode))) {
      schema.add("items", text(schema.getAsJsonObject("items")));
      schema.remove("description");
      return schema;
    }
    return text(schema);
  }

  /** {@return a schema of what Retrofit can send as text} Anything else is left to the caller. */
  private JsonObject text(JsonObject schema) {
    String className = SchemaJson.className(schema);
    if (className != null) {
      boolean isEnum = schemas.components().getAsJsonObject(className).has("enum");
      return isEnum ? SchemaJson.reference(className) : SchemaJson.ofType("string");
    }
    String type = String.valueOf(CanonicalJson.string(schema.get("type")));
    String format = String.valueOf(CanonicalJson.string(schema.get("format")));
    if (!Set.of("integer", "number", "boolean", "string").contains(type)
        || Set.of("date-time", "byte").contains(format)) {
      return SchemaJson.ofType("string");
    }
    schema.remove("description");
    return schema;
  }

  private @Nullable JsonObject body(JsonLocation body, String type) {
    List<JsonLocation> media = media(body);
    if (media.isEmpty()) {
      return null;
    }
    JsonLocation json = find(media, JSON_TYPE);
    JsonLocation form = json == null ? find(media, FORM_TYPE) : null;
    JsonObject fields = form == null ? null : formFields(form, type);
    JsonObject content;
    if (json != null) {
      content = content(JSON, schema(json, type));
    } else if (form != null && fields != null) {
      content = content(form.name(), fields);
    } else {
      content =
          content(
              "application/octet-stream", SchemaJson.object("type", "string", "format", "binary"));
    }
    String stated = CanonicalJson.string(body.object().get("description"));
    boolean isRequired = fields != null || CanonicalJson.isTrue(body.object().get("required"));
    return SchemaJson.object(
        "description",
        stated == null ? "The request body." : JavadocText.sentences(stated),
        "required",
        isRequired,
        "content",
        content);
  }

  private static List<JsonLocation> media(JsonLocation holder) {
    return holder.object().has("content") ? holder.child("content").members() : List.of();
  }

  private static @Nullable JsonLocation find(List<JsonLocation> media, Pattern type) {
    return media.stream()
        .filter(one -> type.matcher(one.name()).matches())
        .findFirst()
        .orElse(null);
  }

  private JsonObject schema(JsonLocation holder, String type) {
    return holder.object().has("schema")
        ? schemas.rewrite(holder.child("schema"), type)
        : new JsonObject();
  }

  private static JsonObject content(String mediaType, JsonObject schema) {
    return SchemaJson.object(mediaType, SchemaJson.object("schema", schema));
  }

  /**
   * {@return an object whose properties are the parts or fields of a form} Null if the schema does
   * not list them.
   */
  private @Nullable JsonObject formFields(JsonLocation form, String type) {
    String className = SchemaJson.className(schema(form, type));
    JsonObject object =
        className == null ? new JsonObject() : schemas.components().getAsJsonObject(className);
    if (!object.has("properties")) {
      return null;
    }
    boolean canRepeat = form.name().startsWith("application/");
    JsonObject properties = new JsonObject();
    object
        .getAsJsonObject("properties")
        .asMap()
        .forEach(
            (name, property) -> {
              JsonObject text = SchemaJson.ofType("string");
              boolean isList = canRepeat && property.getAsJsonObject().has("items");
              JsonObject field = isList ? SchemaJson.list(text) : text;
              field.addProperty(
                  "description", "The " + JavadocText.code(name) + " field of the form.");
              properties.add(name, field);
            });
    JsonObject fields = SchemaJson.object("type", "object", "properties", properties);
    if (object.has("required")) {
      fields.add("required", object.get("required"));
      for (JsonElement name : object.getAsJsonArray("required")) {
        properties.getAsJsonObject(name.getAsString()).addProperty(NOT_NULL, true);
      }
    }
    return fields;
  }

  /**
   * {@return the successful response} The schemas of the others become classes all the same.
   *
   * @param target marked if the response is not JSON
   */
  private JsonObject response(Operation operation, String type, JsonObject target) {
    Map<String, JsonObject> successful = new LinkedHashMap<>();
    boolean isRaw = false;
    if (operation.location().object().has("responses")) {
      List<JsonLocation> responses =
          operation
              .location()
              .child("responses")
              .members(name -> !OpenApiGrammar.isExtension(name));
      boolean hasSuccess = responses.stream().anyMatch(each -> each.name().startsWith("2"));
      for (JsonLocation each : responses) {
        boolean isSuccess = each.name().startsWith(hasSuccess ? "2" : "default");
        String name = type + (isSuccess ? "Response" : JavaNames.words(each.name()));
        for (JsonLocation media : media(document.dereference(each))) {
          boolean isJson = JSON_TYPE.matcher(media.name()).matches();
          isRaw |= isSuccess && !isJson;
          JsonObject schema = isJson ? schema(media, name) : null;
          if (schema != null && isSuccess) {
            successful.put(schema.toString(), schema);
          }
        }
      }
    }
    JsonObject response = SchemaJson.object("description", "");
    if (!successful.isEmpty()) {
      // Several different ones are raw JSON.
      JsonObject schema =
          successful.size() == 1 ? successful.values().iterator().next() : new JsonObject();
      response.add("content", content(JSON, schema));
    } else if (isRaw) {
      target.addProperty("x-raw", true);
    }
    return response;
  }
}
