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
 * Says where the parts of an OpenAPI 3.0 to 3.2 document are, so that a keyword is never taken for
 * data, or data for a keyword: a property may be called {@code title} or {@code $ref}, and an
 * {@code example} may hold anything.
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

  /** How parts hang under their keyword: FIELDS is a MAP with extensions among its members. */
  public enum Form {
    ONE,
    LIST,
    MAP,
    FIELDS
  }

  /** What stands under a keyword. */
  public record Slot(OpenApiGrammar kind, Form form) {
    /** {@return the parts that {@code value} holds; none if it does not have this form} */
    List<JsonLocation> parts(JsonLocation value) {
      if (value.json() instanceof JsonArray && (form == Form.ONE || form == Form.LIST)) {
        return value.elements();
      }
      if (value.json() instanceof JsonObject && form == Form.MAP) {
        return value.members();
      }
      if (value.json() instanceof JsonObject && form == Form.FIELDS) {
        return fields(value);
      }
      return form == Form.ONE ? List.of(value) : List.of();
    }
  }

  static final Set<String> METHODS = keywords("get put post delete options head patch trace query");

  /** Keywords that explain without changing anything: reported, but never drift. */
  static final Set<String> DOCUMENTATION =
      keywords("title summary description example examples externalDocs tags $comment");

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
    PATH_ITEM.has(Form.LIST, PARAMETER, "parameters");
    PATH_ITEM.has(Form.MAP, OPERATION, "additionalOperations");
    PATH_ITEM.has(Form.ONE, OPERATION, String.join(" ", METHODS));
    OPERATION.has(Form.LIST, PARAMETER, "parameters").has(Form.ONE, REQUEST_BODY, "requestBody");
    OPERATION.has(Form.FIELDS, RESPONSE, "responses").has(Form.MAP, CALLBACK, "callbacks");
    for (OpenApiGrammar kind : List.of(PARAMETER, HEADER)) {
      kind.has(Form.ONE, SCHEMA, "schema").has(Form.MAP, MEDIA_TYPE, "content");
      kind.has(Form.MAP, EXAMPLE, "examples");
    }
    REQUEST_BODY.has(Form.MAP, MEDIA_TYPE, "content");
    RESPONSE.has(Form.MAP, HEADER, "headers").has(Form.MAP, MEDIA_TYPE, "content");
    RESPONSE.has(Form.MAP, LINK, "links");
    MEDIA_TYPE.has(Form.ONE, SCHEMA, "schema itemSchema").has(Form.MAP, EXAMPLE, "examples");
    for (OpenApiGrammar kind : List.of(MEDIA_TYPE, ENCODING)) {
      kind.has(Form.MAP, ENCODING, "encoding").has(Form.LIST, ENCODING, "prefixEncoding");
      kind.has(Form.ONE, ENCODING, "itemEncoding");
    }
    ENCODING.has(Form.MAP, HEADER, "headers");
    SCHEMA.has(Form.MAP, SCHEMA, "properties patternProperties dependentSchemas");
    SCHEMA.has(Form.MAP, SCHEMA, "$defs definitions");
    SCHEMA.has(Form.LIST, SCHEMA, "allOf anyOf oneOf prefixItems");
    SCHEMA.has(Form.ONE, SCHEMA, "items additionalItems unevaluatedItems contains");
    SCHEMA.has(Form.ONE, SCHEMA, "additionalProperties unevaluatedProperties propertyNames");
    SCHEMA.has(Form.ONE, SCHEMA, "contentSchema not if then else");
  }

  private OpenApiGrammar has(Form form, OpenApiGrammar kind, String keywords) {
    keywords(keywords).forEach(keyword -> slots.put(keyword, new Slot(kind, form)));
    return this;
  }

  /** {@return the keywords in a list that spaces separate} */
  public static Set<String> keywords(String list) {
    return Set.of(list.split(" "));
  }

  /**
   * {@return what stands under {@code keyword} of such an object, or null if that is plain data}
   */
  public @Nullable Slot slot(String keyword) {
    if (this == CALLBACK) {
      return isExtension(keyword) ? null : new Slot(PATH_ITEM, Form.ONE);
    }
    return slots.get(keyword);
  }

  /** Visits the parts directly below such an object, in the order of the document. */
  void forEachPart(JsonLocation location, BiConsumer<OpenApiGrammar, JsonLocation> visitor) {
    if (location.json() instanceof JsonObject) {
      for (JsonLocation member : location.members()) {
        Slot slot = slot(member.name());
        if (slot != null) {
          slot.parts(member).forEach(part -> visitor.accept(slot.kind, part));
        }
      }
    }
  }

  /** {@return what a pointer points at, or null if that is plain data} */
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

  /** {@return the target of an object's {@code $ref}, or null if it has none} */
  public static @Nullable String reference(JsonElement json) {
    return json instanceof JsonObject object ? CanonicalJson.string(object.get("$ref")) : null;
  }

  /**
   * {@return the schemas that the discriminator of a schema names: the value of the property to a
   * reference or component name}
   */
  public static Map<String, String> mapping(JsonObject schema) {
    Map<String, String> mapping = new TreeMap<>();
    if (schema.get("discriminator") instanceof JsonObject discriminator) {
      Map<String, JsonElement> targets = new TreeMap<>();
      if (discriminator.get("mapping") instanceof JsonObject written) {
        targets.putAll(written.asMap());
      }
      targets.put("(default)", discriminator.get("defaultMapping"));
      targets.forEach(
          (value, target) -> {
            String name = CanonicalJson.string(target);
            if (name != null) {
              mapping.put(value, name);
            }
          });
    }
    return mapping;
  }

  /** {@return the members of the object that has to be here, without extensions} */
  static List<JsonLocation> fields(JsonLocation location) {
    return location.members(name -> !isExtension(name));
  }

  public static boolean isExtension(String keyword) {
    return keyword.startsWith("x-");
  }
}
