package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of an OpenAPI 3.0 to 3.2 document are, so that a keyword is never taken for data
 * or data for a keyword: a property may be called {@code title} or {@code $ref}, and an {@code
 * example} may hold anything.
 */
public enum OpenApiGrammar {
  DOCUMENT,
  COMPONENTS,
  PATH_ITEM,
  OPERATION,
  CALLBACK,
  PARAMETER,
  REQUEST_BODY,
  RESPONSE,
  HEADER,
  MEDIA_TYPE,
  ENCODING,
  EXAMPLE,
  LINK,
  SECURITY_SCHEME,
  SCHEMA;

  /**
   * How the parts hang under their keyword; in FIELDS, names that start with {@code x-} are
   * extensions.
   */
  public enum Form {
    ONE,
    LIST,
    MAP,
    FIELDS
  }

  public record Slot(OpenApiGrammar kind, Form form) {
    /** Returns the parts that {@code value} holds, if that has the form that it should have. */
    List<JsonLocation> parts(JsonLocation value) {
      if (value.json() instanceof JsonArray && (form == Form.ONE || form == Form.LIST)) {
        return value.elements();
      }
      if (value.json() instanceof JsonObject && (form == Form.MAP || form == Form.FIELDS)) {
        return value.members(name -> form == Form.MAP || !isExtension(name));
      }
      return form == Form.ONE ? List.of(value) : List.of();
    }
  }

  static final List<String> METHODS =
      List.of("get", "put", "post", "delete", "options", "head", "patch", "trace", "query");

  /** What explains without changing anything: reported, but never drift. */
  static final Set<String> DOCUMENTATION =
      Set.of(
          "title",
          "summary",
          "description",
          "example",
          "examples",
          "externalDocs",
          "tags",
          "$comment");

  private final Map<String, Slot> slots = new HashMap<>();

  static {
    DOCUMENT.has(Form.FIELDS, PATH_ITEM, "paths").has(Form.ONE, COMPONENTS, "components");
    COMPONENTS
        .has(Form.MAP, SCHEMA, "schemas")
        .has(Form.MAP, RESPONSE, "responses")
        .has(Form.MAP, PARAMETER, "parameters")
        .has(Form.MAP, EXAMPLE, "examples")
        .has(Form.MAP, REQUEST_BODY, "requestBodies")
        .has(Form.MAP, HEADER, "headers")
        .has(Form.MAP, SECURITY_SCHEME, "securitySchemes")
        .has(Form.MAP, LINK, "links")
        .has(Form.MAP, CALLBACK, "callbacks")
        .has(Form.MAP, PATH_ITEM, "pathItems")
        .has(Form.MAP, MEDIA_TYPE, "mediaTypes");
    PATH_ITEM
        .has(Form.LIST, PARAMETER, "parameters")
        .has(Form.MAP, OPERATION, "additionalOperations");
    METHODS.forEach(method -> PATH_ITEM.has(Form.ONE, OPERATION, method));
    OPERATION
        .has(Form.LIST, PARAMETER, "parameters")
        .has(Form.ONE, REQUEST_BODY, "requestBody")
        .has(Form.FIELDS, RESPONSE, "responses")
        .has(Form.MAP, CALLBACK, "callbacks");
    for (OpenApiGrammar kind : List.of(PARAMETER, HEADER)) {
      kind.has(Form.ONE, SCHEMA, "schema")
          .has(Form.MAP, MEDIA_TYPE, "content")
          .has(Form.MAP, EXAMPLE, "examples");
    }
    REQUEST_BODY.has(Form.MAP, MEDIA_TYPE, "content");
    RESPONSE
        .has(Form.MAP, HEADER, "headers")
        .has(Form.MAP, MEDIA_TYPE, "content")
        .has(Form.MAP, LINK, "links");
    MEDIA_TYPE.has(Form.ONE, SCHEMA, "schema", "itemSchema").has(Form.MAP, EXAMPLE, "examples");
    for (OpenApiGrammar kind : List.of(MEDIA_TYPE, ENCODING)) {
      kind.has(Form.MAP, ENCODING, "encoding")
          .has(Form.LIST, ENCODING, "prefixEncoding")
          .has(Form.ONE, ENCODING, "itemEncoding");
    }
    ENCODING.has(Form.MAP, HEADER, "headers");
    SCHEMA
        .has(
            Form.MAP,
            SCHEMA,
            "properties",
            "patternProperties",
            "dependentSchemas",
            "$defs",
            "definitions")
        .has(Form.LIST, SCHEMA, "allOf", "anyOf", "oneOf", "prefixItems")
        .has(
            Form.ONE,
            SCHEMA,
            "items",
            "additionalItems",
            "unevaluatedItems",
            "contains",
            "contentSchema")
        .has(Form.ONE, SCHEMA, "additionalProperties", "unevaluatedProperties", "propertyNames")
        .has(Form.ONE, SCHEMA, "not", "if", "then", "else");
  }

  private OpenApiGrammar has(Form form, OpenApiGrammar kind, String... keywords) {
    for (String keyword : keywords) {
      slots.put(keyword, new Slot(kind, form));
    }
    return this;
  }

  /**
   * Returns what is under {@code keyword} of such an object, or {@code null} if that is plain data.
   */
  public @Nullable Slot slot(String keyword) {
    if (this == CALLBACK) {
      return keyword.startsWith("x-") ? null : new Slot(PATH_ITEM, Form.ONE);
    }
    return slots.get(keyword);
  }

  /** Visits the parts directly below such an object, in the order in which they are written. */
  void forEachPart(JsonLocation spot, BiConsumer<OpenApiGrammar, JsonLocation> visitor) {
    if (spot.json() instanceof JsonObject) {
      for (JsonLocation member : spot.members(keyword -> slot(keyword) != null)) {
        Slot slot = slot(member.name());
        slot.parts(member).forEach(part -> visitor.accept(slot.kind, part));
      }
    }
  }

  /** Returns what a pointer points at, or {@code null} if the grammar does not reach there. */
  static @Nullable OpenApiGrammar kindAt(String pointer) {
    OpenApiGrammar kind = DOCUMENT;
    List<String> tokens = JsonLocation.tokens(pointer);
    for (int i = 0; i < tokens.size(); i++) {
      Slot slot = kind.slot(tokens.get(i));
      i += slot == null || slot.form == Form.ONE ? 0 : 1;
      if (slot == null || i == tokens.size()) {
        return null;
      }
      kind = slot.kind;
    }
    return kind;
  }

  /** Returns the target that such an object names by {@code $ref}, or {@code null}. */
  public static @Nullable String reference(JsonElement json) {
    return json instanceof JsonObject object ? CanonicalJson.string(object.get("$ref")) : null;
  }

  /**
   * Returns the schemas that the discriminator of a schema names: reference or component name by
   * property value.
   */
  public static Map<String, String> mapping(JsonObject schema) {
    if (!(schema.get("discriminator") instanceof JsonObject discriminator)) {
      return Map.of();
    }
    Map<String, String> mapping = new TreeMap<>();
    if (discriminator.get("mapping") instanceof JsonObject targets) {
      targets.entrySet().forEach(entry -> put(mapping, entry.getKey(), entry.getValue()));
    }
    put(mapping, "(default)", discriminator.get("defaultMapping"));
    return mapping;
  }

  private static void put(Map<String, String> mapping, String value, @Nullable JsonElement target) {
    String name = CanonicalJson.string(target);
    if (name != null) {
      mapping.put(value, name);
    }
  }

  public static boolean isExtension(String keyword) {
    return keyword.startsWith("x-");
  }
}
