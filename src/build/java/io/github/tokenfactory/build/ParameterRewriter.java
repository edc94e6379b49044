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
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the parameters of one operation so that Retrofit can send them. Each gets its Java name;
 * {@code x-name} is the name that is sent.
 */
final class ParameterRewriter {
  /** Retrofit leaves a parameter out that is null, unless it is in the path or the body. */
  static final String NOT_NULL = "x-not-null";

  /** OpenAPI ignores parameters for these headers. */
  private static final Set<String> IGNORED_HEADERS =
      Set.of("accept", "content-type", "authorization");

  /** The name of a header, or a part of a media type. */
  static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  private final Document document;
  private final SchemaRewriter schemas;
  private final Operation operation;
  private final String type;
  private final Collection<String> notes;
  private final Set<String> takenNames = new HashSet<>();
  private final PathRewriter path;
  private final Set<String> declaredInPath = new HashSet<>();
  private final List<String> cookies = new ArrayList<>();
  private final JsonArray parameters = new JsonArray();
  private final JsonObject fields = new JsonObject();
  private final JsonArray requiredFields = new JsonArray();

  /**
   * Rewrites the parameters of an operation.
   *
   * @param type the start of the names of their classes
   * @param notes gets a line for each parameter that cannot be bound
   */
  ParameterRewriter(
      Document document,
      SchemaRewriter schemas,
      Operation operation,
      String type,
      Collection<String> notes) {
    this.document = document;
    this.schemas = schemas;
    this.operation = operation;
    this.type = type;
    this.notes = notes;
    path = new PathRewriter(operation.path(), name -> javaName(name, takenNames));
    declared().forEach(this::rewrite);
    path.names()
        .forEach(
            (name, javaName) -> {
              if (!declaredInPath.contains(name)) {
                add(
                    "path",
                    javaName,
                    name,
                    true,
                    description(name, null),
                    SchemaJson.ofType("string"));
              }
            });
    if (!cookies.isEmpty()) {
      String format = JavadocText.code(String.join("; ", cookies));
      add(
          "header",
          javaName("cookie", takenNames),
          "Cookie",
          false,
          "The cookies. Format: " + format + ".",
          SchemaJson.ofType("string"));
    }
  }

  /** {@return a Java name like {@code name} that differs from those taken} */
  static String javaName(String name, Set<String> taken) {
    return JavaNames.unique(
        JavaNames.member(name), free -> taken.add(free.toLowerCase(Locale.ROOT)));
  }

  JsonArray parameters() {
    return parameters;
  }

  PathRewriter path() {
    return path;
  }

  /** {@return the number of parameters, the fields of a form included} */
  int count() {
    return takenNames.size();
  }

  /**
   * {@return an object whose properties are the parts or fields of a form} Null if the schema does
   * not list them. A field is sent as a parameter in the query would be.
   */
  @Nullable JsonObject formFields(JsonLocation form) {
    MergedSchema schema =
        form.object().has("schema") ? schemas.meaning(form.child("schema")) : null;
    if (schema == null || schema.properties.isEmpty() || !schema.variants.isEmpty()) {
      return null;
    }
    boolean isMultipart = form.name().toLowerCase(Locale.ROOT).startsWith("multipart/");
    JsonObject encodings = member(form.object(), "encoding");
    schema.properties.forEach(
        (name, property) -> {
          JsonObject encoding = member(encodings, name).deepCopy();
          boolean isRequired = schema.required.contains(name);
          MergedSchema meaning = schemas.meaning(property);
          if (meaning.readOnly) {
            return; // the server's
          }
          if (isMultipart) {
            addPart(name, encoding, meaning, isRequired);
          } else {
            boolean hasStyle = encoding.has("style") || encoding.has("explode");
            if (meaning.isOfType("object") && !hasStyle && !encoding.has("contentType")) {
              encoding.addProperty("contentType", "application/json"); // the default of OpenAPI
            }
            addValue("form", encoding, property, name, isRequired, property);
          }
        });
    JsonObject object = SchemaJson.object("type", "object", "properties", fields);
    object.add("required", requiredFields);
    return object;
  }

  /** Adds a part, which the caller makes: only the caller knows the name of a file, for example. */
  private void addPart(String name, JsonObject encoding, MergedSchema meaning, boolean isRequired) {
    JsonObject part = SchemaJson.ofType("string");
    boolean isList = meaning.isOfType("array");
    if (isList || meaning.isOfType("object") && encoding.has("style")) {
      part.addProperty("x-list", true);
    }
    MergedSchema one = isList && meaning.items != null ? schemas.meaning(meaning.items) : meaning;
    String type = CanonicalJson.string(encoding.get("contentType"));
    if (type == null && one.isOfType("object")) {
      type = "application/json"; // the default of OpenAPI
    }
    String description =
        "%s Name: %s.%s"
            .formatted(
                description(name, meaning.origin),
                JavadocText.code(name),
                type == null ? "" : " Content type: " + JavadocText.code(type) + ".");
    add("form", javaName(name, takenNames), name, isRequired, description, part);
  }

  private static JsonObject member(JsonObject object, String name) {
    return object.get(name) instanceof JsonObject member ? member : new JsonObject();
  }

  /** {@return the parameters: those of the operation replace those of its path item} */
  private List<JsonLocation> declared() {
    Map<String, JsonLocation> found = new LinkedHashMap<>();
    for (JsonLocation holder : List.of(operation.item(), operation.location())) {
      if (holder.object().has("parameters")) {
        for (JsonLocation each : holder.child("parameters").elements()) {
          JsonLocation parameter = document.dereference(each);
          found.put(parameter.object().get("in") + " " + parameter.object().get("name"), parameter);
        }
      }
    }
    return List.copyOf(found.values());
  }

  private void rewrite(JsonLocation parameter) {
    JsonObject source = parameter.object();
    String name = String.valueOf(CanonicalJson.string(source.get("name")));
    String in = String.valueOf(CanonicalJson.string(source.get("in")));
    JsonLocation schema = source.has("schema") ? parameter.child("schema") : null;
    boolean isRequired = CanonicalJson.isTrue(source.get("required"));
    switch (in) {
      case "cookie" -> cookies.add(name + "=value");
      case "path" -> {
        String javaName = path.names().get(name);
        if (javaName != null && declaredInPath.add(name)) {
          String style = style(source, in);
          path.prefix(
              name, style.equals("matrix") ? ";" + name + "=" : style.equals("label") ? "." : "");
          addText(in, javaName, source, schema, name, true, parameter);
        }
      }
      case "query" -> addValue(in, source, schema, name, isRequired, parameter);
      case "header" -> {
        if (!name.matches(TOKEN)) {
          notes.add(parameter.pointer() + " is not bound: no header can have its name.");
        } else if (!IGNORED_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
          addText(in, javaName(name, takenNames), source, schema, name, isRequired, parameter);
        }
      }
      default -> notes.add(parameter.pointer() + " is not bound: a parameter in " + in + ".");
    }
  }

  private static String style(JsonObject source, String in) {
    String style = CanonicalJson.string(source.get("style"));
    return style != null ? style : in.equals("path") || in.equals("header") ? "simple" : "form";
  }

  private static boolean explodes(JsonObject source, String style) {
    return source.has("explode")
        ? CanonicalJson.isTrue(source.get("explode"))
        : style.equals("form");
  }

  /**
   * Adds a parameter in the query or a field of a form.
   *
   * @param source the parameter or the encoding, which say how the value is written
   */
  private void addValue(
      String in,
      JsonObject source,
      @Nullable JsonLocation schema,
      String name,
      boolean isRequired,
      @Nullable JsonLocation described) {
    String style = style(source, in);
    boolean isDeep = style.equals("deepObject");
    boolean isSpread = isDeep || style.equals("form") && explodes(source, style);
    MergedSchema meaning =
        schema == null || hasJsonContent(source) ? null : schemas.meaning(schema);
    if (isSpread && meaning != null && isObject(meaning)) {
      addProperties(in, meaning, name, isRequired, isDeep, described);
    } else if (isDeep && meaning != null && !meaning.variants.isEmpty()) {
      addMap(in, name, name, true, described);
    } else if (isSpread && schema != null && meaning != null && meaning.isOfType("array")) {
      // A list is a repeated parameter.
      JsonObject list = schemas.rewrite(schema, type + JavaNames.words(name));
      list.add("items", text(list.getAsJsonObject("items")));
      list.remove("description");
      add(in, javaName(name, takenNames), name, isRequired, description(name, described), list);
    } else {
      addText(in, javaName(name, takenNames), source, schema, name, isRequired, described);
    }
  }

  /** {@return whether the schema allows objects only, each variant of it included} */
  private boolean isObject(MergedSchema schema) {
    return schema.isOfType("object")
        || !schema.variants.isEmpty()
            && schema.variants.stream().allMatch(each -> isObject(schemas.meaning(each)));
  }

  /** Adds a parameter for each property of an object, and one for all others that it may have. */
  private void addProperties(
      String in,
      MergedSchema schema,
      String name,
      boolean isRequired,
      boolean isDeep,
      @Nullable JsonLocation described) {
    JsonObject source = new JsonObject();
    schema.properties.forEach(
        (property, location) -> {
          String sent = isDeep ? name + "[" + property + "]" : property;
          MergedSchema part = schemas.meaning(location);
          boolean isNeeded = isRequired && schema.required.contains(property);
          if (part.readOnly) {
            return;
          }
          if (isDeep && part.isOfType("object")) {
            addMap(in, sent, name + " " + property, true, location); // any depth
          } else if (part.isOfType("object")) {
            notes.add(
                location.pointer()
                    + " is not bound: no rule says how an object within the parameter "
                    + name
                    + " is sent.");
          } else {
            addValue(in, source, location, sent, isNeeded, location);
          }
        });
    boolean isOpen = schema.additional != null || !schema.variants.isEmpty();
    if (isOpen || schema.properties.isEmpty()) {
      addMap(in, name, name, isDeep, described);
    }
  }

  /** Adds a parameter for members with any names; Retrofit takes no null for it. */
  private void addMap(
      String in, String name, String javaName, boolean isDeep, @Nullable JsonLocation described) {
    String format = isDeep ? " Format of a name: " + JavadocText.code(name + "[name]") + "." : "";
    JsonObject map =
        SchemaJson.object(
            "type", "object", "additionalProperties", SchemaJson.ofType("string"), "x-map", true);
    add(
        in,
        javaName(javaName, takenNames),
        name,
        true,
        description(name, described) + format + " An empty map leaves it out.",
        map);
  }

  /** Adds a parameter that is one text. A caller joins several values as the document asks. */
  private void addText(
      String in,
      String javaName,
      JsonObject source,
      @Nullable JsonLocation schema,
      String name,
      boolean isRequired,
      @Nullable JsonLocation described) {
    String description = description(name, described);
    JsonObject text = hasJsonContent(source) ? new JsonObject() : SchemaJson.ofType("string");
    if (schema != null && !hasJsonContent(source)) {
      MergedSchema meaning = schemas.meaning(schema);
      boolean isObject = meaning.isOfType("object");
      if (isObject || meaning.isOfType("array")) {
        String style = style(source, in);
        String format = format(style, explodes(source, style), isObject, name);
        description += " Format: " + JavadocText.code(format) + ".";
      }
      text = text(schemas.rewrite(schema, type + JavaNames.words(name)));
    }
    add(in, javaName, name, isRequired, description, text);
  }

  /** {@return whether a value is sent as a JSON text} Raw JSON in Java writes itself as one. */
  private static boolean hasJsonContent(JsonObject source) {
    String type = CanonicalJson.string(source.get("contentType"));
    return type != null && OperationRewriter.isJson(type)
        || member(source, "content").keySet().stream().anyMatch(OperationRewriter::isJson);
  }

  private static String format(String style, boolean explodes, boolean isObject, String name) {
    String separator =
        switch (style) {
          case "pipeDelimited" -> "|";
          case "spaceDelimited" -> " ";
          case "label" -> explodes ? "." : ",";
          case "matrix" -> explodes ? ";" : ",";
          default -> ",";
        };
    if (isObject) {
      String sign = explodes ? "=" : separator;
      return "key" + sign + "value" + separator + "key2" + sign + "value2";
    }
    return "a" + separator + (style.equals("matrix") && explodes ? name + "=" : "") + "b";
  }

  private static String description(String name, @Nullable JsonLocation stated) {
    String text =
        stated == null || !(stated.json() instanceof JsonObject object)
            ? null
            : CanonicalJson.string(object.get("description"));
    return text == null
        ? "The " + JavadocText.code(name) + " parameter."
        : JavadocText.sentences(text);
  }

  private void add(
      String in,
      String javaName,
      String name,
      boolean isRequired,
      String description,
      JsonObject schema) {
    JavaNames.requireFits(name, operation.title());
    boolean isInPath = in.equals("path");
    boolean isField = in.equals("form");
    boolean isMap = schema.has("x-map");
    // The generator takes what is said of a field from its schema.
    JsonObject target = isField ? beside(schema) : SchemaJson.object("name", javaName, "in", in);
    boolean mayBeLeftOut = !isRequired && !isMap;
    target.addProperty(
        "description", mayBeLeftOut ? description + " Null leaves it out." : description);
    target.addProperty("x-name", isInPath ? javaName : JavaNames.literal(name));
    if (isRequired && !isInPath) {
      target.addProperty(NOT_NULL, true);
    }
    if (Constraints.areIn(schema)) {
      target.addProperty("x-bounded", true);
    }
    if (isField) {
      fields.add(javaName, target);
      if (isRequired) {
        requiredFields.add(javaName);
      }
      return;
    }
    target.addProperty("required", isRequired);
    for (Map.Entry<String, JsonElement> member : schema.entrySet()) {
      if (OpenApiGrammar.isExtension(member.getKey())) {
        target.add(member.getKey(), member.getValue());
      }
    }
    target.add("schema", schema);
    parameters.add(target);
  }

  /** {@return the schema in a form that other members can stand beside} */
  private static JsonObject beside(JsonObject schema) {
    if (!schema.has("$ref")) {
      return schema;
    }
    JsonArray one = new JsonArray();
    one.add(schema);
    JsonObject wrapper = new JsonObject();
    wrapper.add("allOf", one);
    return wrapper;
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
}
