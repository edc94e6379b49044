package io.github.tokenfactory.build;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import io.github.tokenfactory.internal.openapi.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites operations so that Retrofit can send them. What remains of each is its parameters, one
 * kind of body and one kind of response.
 */
final class OperationRewriter {
  private static final String JSON = "application/json";
  private static final Pattern JSON_TYPE =
      Pattern.compile("(?i)(application|text)/([!-:<-~]+\\+)?json *(;[ -~]*)?"); // not JSON Lines

  /** A media type with parameters, as OkHttp takes it. */
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("T/T(; *(T=(T|\"[ !#-~]*\"))?)*".replace("T", ParameterRewriter.TOKEN));

  private static final Pattern ANY_TYPE = Pattern.compile("(\\*|application)/\\*");
  private static final Pattern FORM_TYPE =
      Pattern.compile("(?i)(multipart/form-data|application/x-www-form-urlencoded)\\s*(;.*)?");
  private static final Pattern EVENTS = Pattern.compile("(?i)text/event-stream\\s*(;.*)?");
  private static final Set<String> METHODS =
      OpenApiGrammar.keywords("get put post delete options head patch trace");
  private static final Set<String> ANNOTATED =
      OpenApiGrammar.keywords("GET PUT POST DELETE OPTIONS HEAD PATCH");
  private static final int MOST_PARAMETERS = 254; // of a Java method

  /** Marks a body that may be left out: by a method of its own. */
  private static final String OPTIONAL = "x-optional";

  private final Document document;
  private final SchemaRewriter schemas;
  private final Collection<String> notes;
  private final Set<String> methods = new HashSet<>();
  private final JsonObject paths = new JsonObject();

  /**
   * Creates a rewriter.
   *
   * @param notes gets a line for each part that cannot be bound
   */
  OperationRewriter(Document document, SchemaRewriter schemas, Collection<String> notes) {
    this.document = document;
    this.schemas = schemas;
    this.notes = notes;
  }

  /** {@return the rewritten operations by path and method} */
  JsonObject paths() {
    return paths;
  }

  /** {@return whether a media type is that of one JSON value} */
  static boolean isJson(String mediaType) {
    return JSON_TYPE.matcher(mediaType).matches();
  }

  void rewrite(Operation operation) {
    JsonObject source = operation.location().object();
    String method = method(JavaNames.method(id(operation)));
    JavaNames.requireFits(method, operation.title());
    String type = JavaNames.words(method);
    ParameterRewriter parameters = new ParameterRewriter(document, schemas, operation, type, notes);
    JsonObject target = SchemaJson.object("operationId", method);
    target.addProperty("description", description(source, JavadocText.code(operation.title())));
    if (CanonicalJson.isTrue(source.get("deprecated"))) {
      target.addProperty("deprecated", true);
    }
    target.addProperty("x-path", parameters.path().rewritten());
    if (!parameters.path().isSupported()) {
      notes.add(operation.title() + " is not bound: Retrofit cannot send a parameter there.");
      return;
    }
    noteServers(operation);
    if (source.has("callbacks")) {
      notes.add("The callbacks of " + operation.title() + " are not bound: the server sends them.");
    }
    List<String> headers = new ArrayList<>();
    boolean canHaveBody = !Set.of("get", "head").contains(operation.method()); // OkHttp's rule
    if (source.has("requestBody") && !canHaveBody) {
      notes.add(operation.title() + " is bound without its body, which HTTP gives no meaning.");
    } else if (source.has("requestBody")) {
      JsonLocation body = document.dereference(operation.location().child("requestBody"));
      JsonObject rewritten = body(operation, body, type + "Request", parameters, headers);
      if (rewritten != null) {
        target.add("requestBody", rewritten);
      }
    }
    target.add("parameters", parameters.parameters());
    int count = parameters.count() + (target.has("requestBody") ? 1 : 0);
    if (count > MOST_PARAMETERS) {
      throw new IllegalArgumentException(
          operation.title() + " has more parameters than a method of Java can have.");
    }
    if (operation.method().equals("head")) {
      put(operation, target, headers, null);
    } else {
      addResponses(operation, target, headers, type);
    }
  }

  private void noteServers(Operation operation) {
    for (JsonLocation owner : List.of(operation.item(), operation.location())) {
      JsonElement servers = owner.object().get("servers");
      if (servers != null && !servers.equals(document.root().get("servers"))) {
        notes.add(
            "Servers of single operations are not used, all calls go to the base URL: " + servers);
      }
    }
  }

  private void noteOthers(
      Operation operation, String part, List<JsonLocation> media, JsonLocation chosen) {
    List<String> others =
        media.stream().filter(one -> one != chosen).map(JsonLocation::name).toList();
    if (!others.isEmpty()) {
      notes.add(
          operation.title()
              + " is bound with "
              + part
              + chosen.name()
              + ", not with "
              + others
              + ".");
    }
  }

  private String method(String name) {
    return JavaNames.unique(name, methods::add);
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

  /** Adds the operation under a key of its own: several paths can be one in Retrofit's form. */
  private void put(
      Operation operation, JsonObject target, List<String> headers, @Nullable JsonObject schema) {
    JsonObject body = target.getAsJsonObject("requestBody");
    if (body != null && body.remove(OPTIONAL) != null) {
      JsonObject withoutBody = target.deepCopy();
      withoutBody.remove("requestBody");
      String method = target.get("operationId").getAsString() + "WithoutBody";
      withoutBody.addProperty("operationId", method(method));
      List<String> others =
          headers.stream().filter(header -> !header.startsWith("Content-Type")).toList();
      put(operation, withoutBody, others, schema);
    }
    String httpMethod = operation.method().toUpperCase(Locale.ROOT);
    boolean hasBody = target.has("requestBody");
    if (!ANNOTATED.contains(httpMethod)
        || hasBody && Set.of("DELETE", "OPTIONS").contains(httpMethod)) {
      // Retrofit has no annotation of its own for these.
      target.addProperty(
          "x-http", "method = " + JavaNames.quoted(httpMethod) + ", hasBody = " + hasBody + ", ");
    }
    JsonObject response = SchemaJson.object("description", "");
    if (schema != null) {
      response.add("content", content(JSON, schema));
    }
    target.add("responses", SchemaJson.object("200", response));
    if (!headers.isEmpty()) {
      String list = headers.stream().map(JavaNames::quoted).collect(Collectors.joining(", "));
      target.addProperty("x-headers", headers.size() == 1 ? list : "{" + list + "}");
    }
    String path = "/" + target.get("x-path").getAsString();
    // OpenAPI 3.0 has fewer methods; the template prints the true one.
    String key = METHODS.contains(operation.method()) ? operation.method() : "post";
    while (paths.has(path) && paths.getAsJsonObject(path).has(key)) {
      path += "#";
    }
    if (!paths.has(path)) {
      paths.add(path, new JsonObject());
    }
    paths.getAsJsonObject(path).add(key, target);
  }

  private @Nullable JsonObject body(
      Operation operation,
      JsonLocation body,
      String type,
      ParameterRewriter parameters,
      List<String> headers) {
    List<JsonLocation> media = media(body);
    if (media.isEmpty()) {
      return null;
    }
    JsonLocation json = json(media);
    JsonLocation form = json == null ? find(media, FORM_TYPE.asMatchPredicate()) : null;
    JsonObject fields = form == null ? null : parameters.formFields(form);
    if (form != null) {
      schema(form, type); // a class that says what the fields are
    }
    JsonLocation sent = json == null ? form : json;
    if (sent != null) {
      noteOthers(operation, "a body of ", media, sent);
    }
    String stated = media.get(0).name();
    JsonObject content;
    if (json != null) {
      stated = json.name();
      content = content(JSON, schema(json, type));
    } else if (form != null && fields != null) {
      stated = JSON; // Retrofit sets the type
      content = content(form.name().toLowerCase(Locale.ROOT).replaceFirst("\\s*;.*", ""), fields);
    } else {
      content =
          content(
              "application/octet-stream", SchemaJson.object("type", "string", "format", "binary"));
    }
    // A multipart body states its boundary itself, and a type that is open is the caller's choice.
    boolean isOpen = stated.contains("*") || media.size() > 1 && json == null;
    if (!MEDIA_TYPE.matcher(stated).matches()) {
      String name = CanonicalJson.quote(stated);
      notes.add(operation.title() + " sends no type of its body: " + name + " is no media type.");
      isOpen = true;
    }
    if (!stated.equals(JSON) && !isOpen && !stated.startsWith("multipart/")) {
      headers.add("Content-Type: " + stated);
    }
    String description = CanonicalJson.string(body.object().get("description"));
    JsonObject rewritten =
        SchemaJson.object(
            "description",
            description == null ? "The request body." : JavadocText.sentences(description),
            "required",
            true, // Retrofit takes no null for it
            "content",
            content);
    if (fields == null && !CanonicalJson.isTrue(body.object().get("required"))) {
      rewritten.addProperty(OPTIONAL, true);
    }
    return rewritten;
  }

  private List<JsonLocation> media(JsonLocation holder) {
    List<JsonLocation> media =
        holder.object().has("content") ? holder.child("content").members() : List.of();
    media.stream()
        .filter(one -> document.dereference(one).object().has("itemSchema"))
        .forEach(one -> notes.add("Items are not bound, but raw bytes, at " + one.pointer() + "."));
    return media;
  }

  private static @Nullable JsonLocation find(List<JsonLocation> media, Predicate<String> type) {
    return media.stream().filter(one -> type.test(one.name())).findFirst().orElse(null);
  }

  /** {@return the media type that is sent as JSON: plain JSON if there is a choice} */
  private static @Nullable JsonLocation json(List<JsonLocation> media) {
    JsonLocation plain = find(media, JSON::equals);
    JsonLocation json = plain == null ? find(media, OperationRewriter::isJson) : plain;
    return json != null
        ? json
        : media.stream()
            .filter(one -> ANY_TYPE.matcher(one.name()).matches() && one.object().has("schema"))
            .findFirst()
            .orElse(null);
  }

  private JsonObject schema(JsonLocation media, String type) {
    JsonLocation holder = document.dereference(media);
    return holder.object().has("schema")
        ? schemas.rewrite(holder.child("schema"), type)
        : new JsonObject();
  }

  private static JsonObject content(String mediaType, JsonObject schema) {
    return SchemaJson.object(mediaType, SchemaJson.object("schema", schema));
  }

  /**
   * Adds a method that returns what the successful responses are, and one for a stream of events if
   * the server may send either. The schemas of other responses become classes all the same.
   */
  private void addResponses(
      Operation operation, JsonObject target, List<String> headers, String type) {
    Map<String, JsonLocation> successful = new LinkedHashMap<>();
    Set<String> accepted = new LinkedHashSet<>();
    boolean isRaw = false;
    boolean hasEvents = false;
    boolean hasChoice = false;
    boolean hasEmpty = false;
    List<JsonLocation> responses = responses(operation);
    boolean hasSuccess = responses.stream().anyMatch(each -> each.name().startsWith("2"));
    for (JsonLocation each : responses) {
      boolean isSuccess = each.name().startsWith(hasSuccess ? "2" : "default");
      List<JsonLocation> media = media(document.dereference(each));
      if (each.name().matches("20[45]")) {
        media = List.of(); // as HTTP has it
      }
      JsonLocation json = json(media);
      hasEvents |= isSuccess && find(media, EVENTS.asMatchPredicate()) != null;
      hasEmpty |= isSuccess && media.isEmpty();
      if (json == null) {
        isRaw |= isSuccess && !media.isEmpty();
      } else if (!isSuccess) {
        schema(json, type + JavaNames.words(each.name()));
      } else {
        boolean isAny = json.name().contains("*");
        hasChoice |= isAny || media.size() > 1;
        accepted.add(isAny ? JSON : json.name());
        // Responses that are written alike are one class.
        successful.putIfAbsent(schemaText(json), each);
      }
    }
    if (isRaw && successful.isEmpty()) {
      target.addProperty("x-raw", true);
    }
    JsonObject schema = successful.isEmpty() ? null : union(type + "Response", successful.values());
    if (schema != null && hasEvents) {
      JsonObject stream = target.deepCopy();
      stream.addProperty("operationId", method(target.get("operationId").getAsString() + "Stream"));
      stream.addProperty("x-raw", true);
      List<String> streamHeaders = new ArrayList<>(headers);
      streamHeaders.add("Accept: text/event-stream");
      put(operation, stream, streamHeaders, null);
    }
    if (schema != null && hasEmpty) {
      target.addProperty("x-nullable", true);
    }
    String accept = String.join(", ", accepted);
    if (schema != null && (hasChoice || isRaw || !accept.equals(JSON))) {
      headers.add("Accept: " + accept);
    }
    put(operation, target, headers, schema);
  }

  private JsonObject union(String name, Collection<JsonLocation> responses) {
    Set<JsonObject> variants = new LinkedHashSet<>();
    for (JsonLocation response : responses) {
      String status = responses.size() == 1 ? "" : JavaNames.words(response.name());
      JsonLocation json = Objects.requireNonNull(json(media(document.dereference(response))));
      variants.add(schema(json, name + status));
    }
    return schemas.oneOf(name, variants);
  }

  private String schemaText(JsonLocation written) {
    JsonLocation media = document.dereference(written);
    return media.object().has("schema")
        ? CanonicalJson.comparable(media.object().get("schema"))
        : "";
  }

  private static List<JsonLocation> responses(Operation operation) {
    return operation.location().object().has("responses")
        ? operation.location().child("responses").members(name -> !OpenApiGrammar.isExtension(name))
        : List.of();
  }
}
