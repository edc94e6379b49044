package io.github.tokenfactory.drift;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Changes documents: a list of significant single changes, and a walk over the places to apply
 * them. Independent of the code under test.
 */
public final class Mutations {
  /** Changes a value in place; returns false if that is not possible. */
  public interface Mutation extends Predicate<JsonObject> {}

  private static final List<String> MAPS =
      List.of("properties", "patternProperties", "dependentSchemas", "$defs");
  private static final List<String> LISTS = List.of("allOf", "anyOf", "oneOf", "prefixItems");
  private static final List<String> ONES =
      List.of(
          "items",
          "additionalProperties",
          "not",
          "if",
          "then",
          "else",
          "contains",
          "propertyNames",
          "contentSchema",
          "unevaluatedItems",
          "unevaluatedProperties");

  private Mutations() {}

  public static JsonElement json(String text) {
    return JsonParser.parseString(text.replace('\'', '"'));
  }

  /** Visits every schema object of a document with a readable path. */
  public static void schemas(JsonObject document, BiConsumer<String, JsonObject> visitor) {
    operations(
        document,
        (name, operation) -> {
          for (String key : List.of("parameters", "requestBody", "responses", "callbacks")) {
            if (operation.has(key)) {
              schemasBelow(name + "/" + key, operation.get(key), visitor);
            }
          }
        });
    if (document.get("components") instanceof JsonObject components) {
      components
          .entrySet()
          .forEach(
              kind ->
                  ((JsonObject) kind.getValue())
                      .entrySet()
                      .forEach(
                          component -> {
                            String path = kind.getKey() + "/" + component.getKey();
                            if (kind.getKey().equals("schemas")) {
                              schema(path, component.getValue(), visitor);
                            } else {
                              schemasBelow(path, component.getValue(), visitor);
                            }
                          }));
    }
  }

  public static void operations(JsonObject document, BiConsumer<String, JsonObject> visitor) {
    document
        .getAsJsonObject("paths")
        .entrySet()
        .forEach(
            path ->
                ((JsonObject) path.getValue())
                    .entrySet()
                    .forEach(
                        member -> {
                          if (List.of("get", "put", "post", "delete", "patch")
                              .contains(member.getKey())) {
                            visitor.accept(
                                member.getKey() + path.getKey(), (JsonObject) member.getValue());
                          }
                        }));
  }

  /** Outside of schemas, every value named "schema" is a schema, except in examples. */
  private static void schemasBelow(
      String path, JsonElement value, BiConsumer<String, JsonObject> visitor) {
    if (value instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        schemasBelow(path + "/" + i, array.get(i), visitor);
      }
    } else if (value instanceof JsonObject object) {
      object
          .entrySet()
          .forEach(
              member -> {
                if (member.getKey().equals("schema")) {
                  schema(path + "/schema", member.getValue(), visitor);
                } else if (!member.getKey().startsWith("example")) {
                  schemasBelow(path + "/" + member.getKey(), member.getValue(), visitor);
                }
              });
    }
  }

  private static void schema(
      String path, JsonElement value, BiConsumer<String, JsonObject> visitor) {
    if (!(value instanceof JsonObject schema)) {
      return;
    }
    visitor.accept(path, schema);
    for (String key : MAPS) {
      if (schema.get(key) instanceof JsonObject map) {
        List.copyOf(map.entrySet())
            .forEach(
                entry ->
                    schema(path + "/" + key + "/" + entry.getKey(), entry.getValue(), visitor));
      }
    }
    for (String key : LISTS) {
      if (schema.get(key) instanceof JsonArray list) {
        for (int i = 0; i < list.size(); i++) {
          schema(path + "/" + key + "/" + i, list.get(i), visitor);
        }
      }
    }
    ONES.forEach(key -> schema(path + "/" + key, schema.get(key), visitor));
  }

  /** {@return changes of a schema that are always significant} */
  public static Map<String, Mutation> ofSchemas() {
    Map<String, Mutation> all = new LinkedHashMap<>();
    for (String type :
        List.of("string", "integer", "number", "boolean", "array", "object", "null")) {
      all.put(
          "type becomes " + type,
          s ->
              s.has("type")
                  && !json("'" + type + "'").equals(s.get("type"))
                  && set(s, "type", json("'" + type + "'")));
    }
    all.put("type removed", s -> s.has("type") && s.remove("type") != null);
    all.put(
        "type gains null",
        s ->
            text(s, "type") != null
                && !s.has("enum")
                && !s.has("const")
                && !text(s, "type").equals("null")
                && set(s, "type", json("['" + text(s, "type") + "', 'null']")));
    all.put("format added", s -> plain(s) && !s.has("format") && set(s, "format", json("'int64'")));
    all.put("format changed", s -> s.has("format") && set(s, "format", json("'other'")));
    all.put("format removed", s -> s.remove("format") != null);
    for (String keyword :
        List.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minContains",
            "maxContains")) {
      all.put(keyword + " added", s -> plain(s) && !s.has(keyword) && set(s, keyword, json("3")));
      all.put(
          keyword + " changed",
          s ->
              s.has(keyword)
                  && !(s.get(keyword).getAsJsonPrimitive().isBoolean())
                  && set(s, keyword, json("77")));
      all.put(
          keyword + " removed",
          s ->
              s.has(keyword) && !s.get(keyword).equals(json("false")) && s.remove(keyword) != null);
    }
    all.put(
        "exclusiveMinimum switched",
        s ->
            s.has("exclusiveMinimum")
                && s.get("exclusiveMinimum").getAsJsonPrimitive().isBoolean()
                && set(
                    s,
                    "exclusiveMinimum",
                    json(s.get("exclusiveMinimum").getAsBoolean() ? "false" : "true")));
    for (String keyword : List.of("pattern", "contentEncoding", "contentMediaType")) {
      all.put(
          keyword + " added", s -> plain(s) && !s.has(keyword) && set(s, keyword, json("'^a$'")));
      all.put(keyword + " changed", s -> s.has(keyword) && set(s, keyword, json("'^b$'")));
      all.put(keyword + " removed", s -> s.remove(keyword) != null);
    }
    for (String keyword : List.of("deprecated", "readOnly", "writeOnly", "uniqueItems")) {
      all.put(
          keyword + " flipped",
          s ->
              plain(s)
                  && set(
                      s,
                      keyword,
                      new JsonPrimitive(!(s.has(keyword) && s.get(keyword).getAsBoolean()))));
    }
    all.put(
        "default added", s -> plain(s) && !s.has("default") && set(s, "default", json("'fresh'")));
    all.put("default changed", s -> s.has("default") && set(s, "default", json("'fresh'")));
    all.put("default null", s -> plain(s) && !s.has("default") && set(s, "default", json("null")));
    all.put("default removed", s -> s.remove("default") != null);
    all.put(
        "enum added", s -> plain(s) && !s.has("enum") && set(s, "enum", json("['one', 'two']")));
    all.put("enum removed", s -> s.remove("enum") != null);
    all.put(
        "enum value added", s -> s.has("enum") && add(s.getAsJsonArray("enum"), json("'fresh'")));
    all.put(
        "enum value removed",
        s ->
            s.has("enum")
                && s.getAsJsonArray("enum").size() > 1
                && s.getAsJsonArray("enum").remove(0) != null);
    all.put(
        "enum value changed",
        s -> s.has("enum") && s.getAsJsonArray("enum").set(0, json("'fresh'")) != null);
    all.put(
        "const added",
        s -> plain(s) && !s.has("const") && !s.has("enum") && set(s, "const", json("'fresh'")));
    all.put("const changed", s -> s.has("const") && set(s, "const", json("'fresh'")));
    all.put("const removed", s -> s.remove("const") != null);
    all.put("required added", s -> plain(s) && add(array(s, "required"), json("'fresh'")));
    for (int i = 0; i < 5; i++) {
      int at = i;
      all.put(
          "required " + i + " removed",
          s ->
              s.has("required")
                  && s.getAsJsonArray("required").size() > at
                  && s.getAsJsonArray("required").remove(at) != null);
      all.put(
          "property " + i + " removed",
          s ->
              property(s, at) != null
                  && s.getAsJsonObject("properties").remove(property(s, at)) != null);
      all.put(
          "property " + i + " renamed",
          s -> property(s, at) != null && rename(s.getAsJsonObject("properties"), property(s, at)));
      all.put(
          "property " + i + " becomes required",
          s ->
              property(s, at) != null
                  && !array(s, "required").contains(new JsonPrimitive(property(s, at)))
                  && add(array(s, "required"), new JsonPrimitive(property(s, at))));
      for (String union : LISTS) {
        all.put(
            union + " member " + i + " removed",
            s ->
                s.has(union)
                    && s.getAsJsonArray(union).size() > at
                    && s.getAsJsonArray(union).remove(at) != null);
        all.put(
            union + " member " + i + " changed",
            s ->
                s.has(union)
                    && s.getAsJsonArray(union).size() > at
                    && s.getAsJsonArray(union).set(at, json("{'type': 'string', 'format': 'odd'}"))
                        != null);
      }
    }
    all.put(
        "property added",
        s -> plain(s) && set(object(s, "properties"), "fresh", json("{'type': 'string'}")));
    all.put(
        "property called title added",
        s ->
            s.has("properties")
                && !object(s, "properties").has("title")
                && set(object(s, "properties"), "title", json("{'type': 'string'}")));
    all.put(
        "property called x-foo added",
        s -> s.has("properties") && set(object(s, "properties"), "x-foo", json("{}")));
    all.put(
        "property called $ref added",
        s ->
            s.has("properties")
                && set(object(s, "properties"), "$ref", json("{'type': 'integer'}")));
    for (String union : List.of("anyOf", "oneOf")) {
      all.put(
          union + " member added",
          s ->
              s.has(union)
                  && add(s.getAsJsonArray(union), json("{'type': 'boolean', 'format': 'fresh'}")));
      all.put(
          union + " added",
          s ->
              plain(s)
                  && !s.has(union)
                  && set(s, union, json("[{'minLength': 7}, {'maxLength': 3}]")));
    }
    all.put(
        "anyOf becomes oneOf",
        s ->
            s.has("anyOf")
                && !s.has("oneOf")
                && variants(s) > 1
                && set(s, "oneOf", s.remove("anyOf")));
    all.put(
        "allOf member added",
        s -> s.has("allOf") && add(s.getAsJsonArray("allOf"), json("{'required': ['fresh']}")));
    all.put(
        "ref elsewhere",
        s -> s.has("$ref") && set(s, "$ref", json("'#/components/schemas/Elsewhere'")));
    all.put(
        "additionalProperties false",
        s ->
            plain(s)
                && !s.has("additionalProperties")
                && set(s, "additionalProperties", json("false")));
    all.put(
        "additionalProperties schema",
        s ->
            plain(s)
                && set(s, "additionalProperties", json("{'type': 'string', 'format': 'fresh'}")));
    all.put(
        "additionalProperties removed",
        s ->
            s.has("additionalProperties")
                && !s.get("additionalProperties").equals(json("true"))
                && s.remove("additionalProperties") != null);
    all.put("items removed", s -> s.has("items") && s.remove("items") != null);
    for (String keyword :
        List.of(
            "items",
            "contains",
            "propertyNames",
            "not",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema")) {
      all.put(
          keyword + " set",
          s -> plain(s) && set(s, keyword, json("{'type': 'string', 'format': 'fresh'}")));
      all.put(keyword + " gone", s -> s.has(keyword) && s.remove(keyword) != null);
    }
    all.put(
        "if added",
        s ->
            plain(s)
                && !s.has("if")
                && set(s, "if", json("{'minLength': 3}"))
                && set(s, "then", json("{'maxLength': 9}")));
    all.put("then changed", s -> s.has("then") && set(s, "then", json("{'maxLength': 999}")));
    all.put("else changed", s -> s.has("else") && set(s, "else", json("{'maxLength': 999}")));
    all.put("if changed", s -> s.has("if") && set(s, "if", json("{'maxLength': 999}")));
    all.put(
        "prefixItems added",
        s ->
            plain(s)
                && !s.has("prefixItems")
                && set(s, "prefixItems", json("[{'type': 'string'}]")));
    all.put(
        "patternProperties added",
        s -> plain(s) && set(object(s, "patternProperties"), "^fresh", json("{'type': 'string'}")));
    all.put(
        "dependentSchemas added",
        s -> plain(s) && set(object(s, "dependentSchemas"), "a", json("{'required': ['b']}")));
    all.put(
        "dependentRequired added",
        s -> plain(s) && set(object(s, "dependentRequired"), "fresh", json("['b']")));
    all.put(
        "discriminator added",
        s ->
            plain(s)
                && !s.has("discriminator")
                && set(s, "discriminator", json("{'propertyName': 'kind'}")));
    all.put(
        "discriminator changed",
        s ->
            s.has("discriminator")
                && set(s.getAsJsonObject("discriminator"), "propertyName", json("'other'")));
    all.put("discriminator removed", s -> s.remove("discriminator") != null);
    all.put(
        "mapping changed",
        s ->
            s.has("discriminator")
                && s.getAsJsonObject("discriminator").has("mapping")
                && rename(
                    s.getAsJsonObject("discriminator").getAsJsonObject("mapping"),
                    s.getAsJsonObject("discriminator")
                        .getAsJsonObject("mapping")
                        .keySet()
                        .iterator()
                        .next()));
    all.put(
        "xml added", s -> plain(s) && !s.has("xml") && set(s, "xml", json("{'name': 'fresh'}")));
    all.put("unknown keyword added", s -> plain(s) && set(s, "fresh", json("1")));
    return all;
  }

  /** {@return changes of an operation that are always significant} */
  public static Map<String, Mutation> ofOperations() {
    Map<String, Mutation> all = new LinkedHashMap<>();
    all.put("operationId changed", o -> set(o, "operationId", json("'fresh'")));
    all.put("operationId removed", o -> o.remove("operationId") != null);
    all.put("deprecated", o -> set(o, "deprecated", json("true")));
    all.put(
        "body optional",
        o -> o.has("requestBody") && object(o, "requestBody").remove("required") != null);
    all.put("body removed", o -> o.remove("requestBody") != null);
    all.put(
        "body media type renamed",
        o -> content(o) != null && rename(content(o), content(o).keySet().iterator().next()));
    all.put(
        "body media type added",
        o ->
            content(o) != null
                && set(content(o), "text/fresh", json("{'schema': {'type': 'string'}}")));
    all.put(
        "body encoding added",
        o ->
            content(o) != null
                && set(
                    first(content(o)), "encoding", json("{'a': {'contentType': 'text/plain'}}")));
    all.put(
        "parameter added",
        o ->
            add(
                array(o, "parameters"),
                json("{'name': 'fresh', 'in': 'query', 'schema': {'type': 'string'}}")));
    all.put(
        "header parameter added",
        o ->
            add(
                array(o, "parameters"),
                json(
                    "{'name': 'x-fresh', 'in': 'header', 'required': true, 'schema': {'type':"
                        + " 'string'}}")));
    for (int i = 0; i < 4; i++) {
      int at = i;
      Predicate<JsonObject> has =
          o -> array(o, "parameters").size() > at && !parameter(o, at).has("$ref");
      all.put(
          "parameter " + i + " removed",
          o -> array(o, "parameters").size() > at && array(o, "parameters").remove(at) != null);
      all.put(
          "parameter " + i + " renamed",
          o ->
              has.test(o)
                  && !parameter(o, at).get("in").getAsString().equals("path")
                  && set(parameter(o, at), "name", json("'fresh'")));
      all.put(
          "parameter " + i + " moved",
          o ->
              has.test(o)
                  && set(
                      parameter(o, at),
                      "in",
                      json(
                          parameter(o, at).get("in").getAsString().equals("cookie")
                              ? "'header'"
                              : "'cookie'")));
      all.put(
          "parameter " + i + " required",
          o ->
              has.test(o)
                  && !parameter(o, at).get("in").getAsString().equals("path")
                  && set(
                      parameter(o, at),
                      "required",
                      new JsonPrimitive(
                          !(parameter(o, at).has("required")
                              && parameter(o, at).get("required").getAsBoolean()))));
      all.put(
          "parameter " + i + " style",
          o -> has.test(o) && set(parameter(o, at), "style", json("'pipeDelimited'")));
      all.put(
          "parameter " + i + " explode",
          o ->
              has.test(o)
                  && !parameter(o, at).has("style")
                  && set(
                      parameter(o, at),
                      "explode",
                      new JsonPrimitive(
                          !List.of("query", "cookie")
                              .contains(parameter(o, at).get("in").getAsString()))));
      for (String flag : List.of("deprecated", "allowEmptyValue", "allowReserved")) {
        all.put(
            "parameter " + i + " " + flag,
            o -> has.test(o) && set(parameter(o, at), flag, json("true")));
      }
      all.put(
          "parameter " + i + " content",
          o ->
              has.test(o)
                  && parameter(o, at).has("schema")
                  && set(parameter(o, at), "content", json("{'application/json': {}}"))
                  && parameter(o, at).remove("schema") != null);
    }
    for (String status : List.of("200", "422", "default", "4XX")) {
      all.put(
          "response " + status + " removed",
          o -> object(o, "responses").size() > 1 && object(o, "responses").remove(status) != null);
      all.put(
          "response " + status + " header",
          o ->
              inline(object(o, "responses").get(status))
                  && set(
                      object(object(object(o, "responses"), status), "headers"),
                      "x-fresh",
                      json("{'schema': {'type': 'string'}}")));
      all.put(
          "response " + status + " media type",
          o ->
              inline(object(o, "responses").get(status))
                  && set(
                      object(object(object(o, "responses"), status), "content"),
                      "text/fresh",
                      json("{}")));
      all.put(
          "response " + status + " link",
          o ->
              inline(object(o, "responses").get(status))
                  && set(
                      object(object(object(o, "responses"), status), "links"),
                      "fresh",
                      json("{'operationId': 'a'}")));
      all.put(
          "response " + status + " renamed",
          o ->
              object(o, "responses").has(status)
                  && set(object(o, "responses"), "299", object(o, "responses").remove(status)));
    }
    all.put(
        "response added",
        o -> set(object(o, "responses"), "418", json("{'description': 'fresh'}")));
    all.put("security removed", o -> o.has("security") && set(o, "security", json("[]")));
    all.put("security optional", o -> o.has("security") && add(array(o, "security"), json("{}")));
    all.put(
        "security scopes",
        o ->
            o.has("security")
                && set(
                    array(o, "security").get(0).getAsJsonObject(),
                    "HTTPBearer",
                    json("['fresh']")));
    all.put(
        "servers overridden", o -> set(o, "servers", json("[{'url': 'https://fresh.example'}]")));
    all.put(
        "callback added",
        o ->
            set(
                object(o, "callbacks"),
                "fresh",
                json(
                    "{'{$request.body#/url}': {'post': {'responses': {'200': {'description':"
                        + " ''}}}}}")));
    all.put("unknown keyword", o -> set(o, "fresh", json("1")));
    return all;
  }

  /** {@return whether a schema constrains values itself} Another test is for references. */
  static boolean plain(JsonObject schema) {
    return !schema.has("$ref");
  }

  private static boolean inline(JsonElement response) {
    return response instanceof JsonObject object && !object.has("$ref");
  }

  private static long variants(JsonObject schema) {
    return schema.getAsJsonArray("anyOf").asList().stream()
        .filter(v -> !json("{'type': 'null'}").equals(v))
        .count();
  }

  private static JsonObject content(JsonObject operation) {
    return operation.get("requestBody") instanceof JsonObject body
            && body.get("content") instanceof JsonObject content
        ? content
        : null;
  }

  private static JsonObject parameter(JsonObject operation, int at) {
    return array(operation, "parameters").get(at).getAsJsonObject();
  }

  private static JsonObject first(JsonObject map) {
    return map.entrySet().iterator().next().getValue().getAsJsonObject();
  }

  private static String property(JsonObject schema, int at) {
    List<String> names =
        new ArrayList<>(
            schema.has("properties") ? schema.getAsJsonObject("properties").keySet() : List.of());
    return at < names.size() ? names.get(at) : null;
  }

  static String text(JsonObject object, String key) {
    return object.get(key) instanceof JsonPrimitive scalar && scalar.isString()
        ? scalar.getAsString()
        : null;
  }

  static boolean set(JsonObject object, String key, JsonElement value) {
    object.add(key, value);
    return true;
  }

  static boolean add(JsonArray array, JsonElement value) {
    array.add(value);
    return true;
  }

  static boolean rename(JsonObject map, String key) {
    return set(map, key + "_fresh", map.remove(key));
  }

  static JsonArray array(JsonObject object, String key) {
    if (!object.has(key)) {
      object.add(key, new JsonArray());
    }
    return object.getAsJsonArray(key);
  }

  static JsonObject object(JsonObject object, String key) {
    if (!object.has(key)) {
      object.add(key, new JsonObject());
    }
    return object.getAsJsonObject(key);
  }
}
