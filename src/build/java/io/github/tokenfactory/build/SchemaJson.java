package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import org.jspecify.annotations.Nullable;

/** Builds the JSON objects that the generator is given. */
final class SchemaJson {
  private static final String SCHEMAS = "#/components/schemas/";

  private SchemaJson() {}

  /** {@return an object with these members: a name, a value, a name, a value, and so on} */
  static JsonObject object(Object... members) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < members.length; i += 2) {
      Object value = members[i + 1];
      object.add(
          (String) members[i],
          value instanceof JsonElement json
              ? json
              : value instanceof Boolean flag
                  ? new JsonPrimitive(flag)
                  : new JsonPrimitive((String) value));
    }
    return object;
  }

  static JsonObject ofType(String type) {
    return object("type", type);
  }

  static JsonObject list(JsonObject items) {
    return object("type", "array", "items", items);
  }

  /** {@return a schema that becomes raw JSON in Java} */
  static JsonObject anything(@Nullable String why) {
    return why == null ? new JsonObject() : object("description", "Raw JSON: " + why);
  }

  /** {@return a reference to the class of this name} */
  static JsonObject reference(String className) {
    return object("$ref", SCHEMAS + className);
  }

  /** {@return the name of the class that a schema is a reference to, else null} */
  static @Nullable String className(JsonObject schema) {
    JsonElement reference = withoutWrapper(schema).get("$ref");
    return reference == null ? null : reference.getAsString().substring(SCHEMAS.length());
  }

  /**
   * {@return a reference without the {@code allOf} around it, which holds what is said beside it}
   * An element of a list has no Javadoc, and a wrapped one is not validated.
   */
  static JsonObject withoutWrapper(JsonObject schema) {
    return schema.get("allOf") instanceof JsonArray one ? one.get(0).getAsJsonObject() : schema;
  }

  /**
   * {@return a rewritten schema with what the document says beside its structure} In OpenAPI 3.0
   * nothing may stand beside a reference, so that is wrapped.
   */
  static JsonObject decorated(JsonObject rewritten, JsonObject schema, boolean nullable) {
    JsonObject extra = new JsonObject();
    String javadoc = javadoc(rewritten, schema);
    if (!javadoc.isEmpty()) {
      extra.addProperty("description", javadoc);
    }
    if (CanonicalJson.isTrue(schema.get("deprecated"))) {
      extra.addProperty("deprecated", true);
    }
    if (nullable || CanonicalJson.isTrue(rewritten.get("nullable"))) {
      extra.addProperty("nullable", true);
    }
    if (!rewritten.has("$ref")) {
      extra.asMap().forEach(rewritten::add);
      return rewritten;
    }
    if (extra.isEmpty()) {
      return rewritten;
    }
    JsonArray one = new JsonArray();
    one.add(rewritten);
    extra.add("allOf", one);
    return extra;
  }

  private static String javadoc(JsonObject rewritten, JsonObject schema) {
    String stated = CanonicalJson.string(schema.get("description"));
    String javadoc = stated == null ? "" : JavadocText.sentences(stated);
    if (rewritten.has("description") && !rewritten.has("$ref")) {
      javadoc = (javadoc + " " + rewritten.get("description").getAsString()).strip();
    }
    JsonElement value = schema.get("default");
    if (value != null && !value.isJsonNull() && !javadoc.contains("The default is ")) {
      javadoc += " The default is " + JavadocText.code(value.toString()) + ".";
    }
    return javadoc.strip();
  }
}
