package io.github.tokenfactory.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.TokenFactoryClient;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks requests against an OpenAPI document: path, method, key, query and header parameters,
 * content type and body. Parameters in paths and cookies are not checked.
 */
final class Contract {
  private final JsonObject document;
  private final SchemaCheck schemas;

  Contract(JsonObject document) {
    this.document = document;
    this.schemas = new SchemaCheck(document);
  }

  /** {@return the contract of the document that the client was generated from} */
  static Contract ofClient() {
    String document = "/META-INF/tokenfactory/openapi.json";
    try (Reader in =
        new InputStreamReader(
            Objects.requireNonNull(
                TokenFactoryClient.class.getResourceAsStream(document),
                "The jar of tokenfactory-client lacks " + document),
            StandardCharsets.UTF_8)) {
      return new Contract(JsonParser.parseReader(in).getAsJsonObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the violations of {@code request}, all of the first kind that it has} */
  List<Violation> check(ReceivedRequest request) {
    JsonObject item = pathItem(request.path());
    if (item == null) {
      return List.of(new Violation(404, List.of("path"), "Not Found", "not_found"));
    }
    JsonObject operation = item.getAsJsonObject(request.method().toLowerCase(Locale.ROOT));
    if (operation == null) {
      return List.of(
          new Violation(405, List.of("method"), "Method Not Allowed", "method_not_allowed"));
    }
    JsonElement security =
        operation.has("security") ? operation.get("security") : document.get("security");
    if (security instanceof JsonArray requirements
        && !requirements.isEmpty()
        && requirements.asList().stream()
            .noneMatch(requirement -> isAuthorized(requirement.getAsJsonObject(), request))) {
      return List.of(
          new Violation(
              401, List.of("header", "authorization"), "Not authenticated", "not_authenticated"));
    }
    List<Violation> found = new ArrayList<>();
    Stream.of(item, operation)
        .filter(owner -> owner.has("parameters"))
        .flatMap(owner -> owner.getAsJsonArray("parameters").asList().stream())
        .forEach(parameter -> found.addAll(checkParameter(dereference(parameter), request)));
    if (operation.has("requestBody")) {
      found.addAll(checkBody(dereference(operation.get("requestBody")), request));
    }
    return found;
  }

  private @Nullable JsonObject pathItem(String path) {
    for (Map.Entry<String, JsonElement> item : document.getAsJsonObject("paths").entrySet()) {
      String template =
          Stream.of(item.getKey().split("\\{[^}]*}", -1))
              .map(Pattern::quote)
              .collect(Collectors.joining("[^/]+"));
      if (path.matches(template)) {
        return dereference(item.getValue());
      }
    }
    return null;
  }

  /** {@return the object, or the target if it is a reference} */
  private JsonObject dereference(JsonElement json) {
    JsonElement ref = json.getAsJsonObject().get("$ref");
    return ref == null ? json.getAsJsonObject() : dereference(schemas.resolve(ref.getAsString()));
  }

  private boolean isAuthorized(JsonObject requirement, ReceivedRequest request) {
    JsonObject schemes = document.getAsJsonObject("components").getAsJsonObject("securitySchemes");
    return requirement.keySet().stream()
        .allMatch(name -> hasCredentials(dereference(schemes.get(name)), request));
  }

  private static boolean hasCredentials(JsonObject scheme, ReceivedRequest request) {
    String type = scheme.get("type").getAsString();
    if (type.equals("apiKey")) {
      return parameter(scheme, request) != null;
    }
    // OAuth and OpenID Connect send a bearer token, too.
    String prefix = type.equals("http") ? scheme.get("scheme").getAsString() : "bearer";
    String header = request.header("Authorization");
    return header != null && header.matches("(?i)" + Pattern.quote(prefix) + " +\\S.*");
  }

  private static @Nullable String parameter(JsonObject parameter, ReceivedRequest request) {
    String name = parameter.get("name").getAsString();
    return switch (parameter.get("in").getAsString()) {
      case "query" -> request.query(name);
      case "header" -> request.header(name);
      default -> null;
    };
  }

  private List<Violation> checkParameter(JsonObject parameter, ReceivedRequest request) {
    String in = parameter.get("in").getAsString();
    String text = parameter(parameter, request);
    if (!in.equals("query") && !in.equals("header")) {
      return List.of();
    }
    List<Object> location = List.of(in, parameter.get("name").getAsString());
    if (text == null) {
      return parameter.has("required") && parameter.get("required").getAsBoolean()
          ? List.of(new Violation(422, location, "Field required", "missing"))
          : List.of();
    }
    if (!parameter.has("schema")) {
      return List.of();
    }
    List<Violation> found =
        schemas.check(parameter.get("schema"), new JsonPrimitive(text), location);
    // A parameter is sent as text. If the schema wants another type, check the text as JSON.
    JsonElement json = ReceivedRequest.json(text);
    return json != null && !found.isEmpty() && found.get(0).type().endsWith("_type")
        ? schemas.check(parameter.get("schema"), json, location)
        : found;
  }

  private List<Violation> checkBody(JsonObject body, ReceivedRequest request) {
    List<Object> location = List.of("body");
    if (request.body().isEmpty()) {
      return body.has("required") && body.get("required").getAsBoolean()
          ? List.of(new Violation(422, location, "Field required", "missing"))
          : List.of();
    }
    String header = request.header("Content-Type");
    String type = header == null ? "" : header.split(";")[0].strip().toLowerCase(Locale.ROOT);
    Map<String, JsonElement> content = body.getAsJsonObject("content").asMap();
    JsonElement media =
        Stream.of(type, type.replaceAll("/.*", "/*"), "*/*")
            .filter(content::containsKey)
            .findFirst()
            .map(content::get)
            .orElse(null);
    if (media == null) {
      return List.of(
          new Violation(
              422,
              List.of("header", "content-type"),
              "Content type should be " + String.join(" or ", content.keySet()),
              "content_type"));
    }
    if (!type.matches("application/(.+\\+)?json") || !media.getAsJsonObject().has("schema")) {
      return List.of();
    }
    JsonElement json = request.json();
    return json == null
        ? List.of(new Violation(422, location, "JSON decode error", "json_invalid"))
        : schemas.check(media.getAsJsonObject().get("schema"), json, location);
  }
}
