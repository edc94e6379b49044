package io.github.tokenfactory.drift;

import static io.github.tokenfactory.drift.Mutations.add;
import static io.github.tokenfactory.drift.Mutations.array;
import static io.github.tokenfactory.drift.Mutations.json;
import static io.github.tokenfactory.drift.Mutations.object;
import static io.github.tokenfactory.drift.Mutations.set;
import static io.github.tokenfactory.drift.Mutations.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Rewrites documents without changing their meaning. Independent of the code under test. */
final class Rewrites {
  /** Rewrites one schema of a document in place; returns false if that is not possible. */
  interface Rewrite {
    boolean apply(JsonObject schema, JsonObject document, Random random);
  }

  /** A list, because the order of a set differs between runs, and a seed would not repeat a run. */
  private static final List<String> DOCUMENTED =
      List.of("title", "description", "example", "examples", "$comment", "externalDocs");

  private Rewrites() {}

  static Map<String, Rewrite> ofSchemas() {
    Map<String, Rewrite> all = new LinkedHashMap<>();
    for (String kind : List.of("allOf", "anyOf", "oneOf")) {
      all.put("wrap in " + kind, (s, d, r) -> !s.has("discriminator") && wrap(s, kind));
      all.put(
          "unwrap " + kind,
          (s, d, r) ->
              s.size() == 1
                  && s.has(kind)
                  && s.getAsJsonArray(kind).size() == 1
                  && replace(s, s.getAsJsonArray(kind).get(0).getAsJsonObject()));
      all.put("shuffle " + kind, (s, d, r) -> shuffle(s, kind, r));
    }
    for (String keyword : List.of("enum", "required", "type")) {
      all.put("shuffle " + keyword, (s, d, r) -> shuffle(s, keyword, r));
    }
    all.put(
        "null by type",
        (s, d, r) ->
            is31(d)
                && nullable(s)
                && text(variant(s), "type") != null
                && !variant(s).has("enum")
                && !variant(s).has("const")
                && unwrapNull(s, v -> set(v, "type", json("['" + text(v, "type") + "', 'null']"))));
    all.put(
        "null by nullable",
        (s, d, r) ->
            nullable(s)
                && text(variant(s), "type") != null
                && unwrapNull(s, v -> set(v, "nullable", json("true"))));
    all.put(
        "null by oneOf",
        (s, d, r) -> nullable(s) && !s.has("oneOf") && set(s, "oneOf", s.remove("anyOf")));
    all.put(
        "null from type",
        (s, d, r) ->
            s.get("type") instanceof JsonArray types
                && types.size() == 2
                && types.contains(json("'null'"))
                && set(s, "type", types.get(types.get(0).equals(json("'null'")) ? 1 : 0))
                && wrapNull(s));
    all.put(
        "null from nullable",
        (s, d, r) ->
            s.has("nullable")
                && s.get("nullable").getAsBoolean()
                && !s.has("$ref")
                && s.remove("nullable") != null
                && wrapNull(s));
    all.put(
        "bare reference",
        (s, d, r) ->
            is31(d)
                && s.has("allOf")
                && s.getAsJsonArray("allOf").size() == 1
                && !s.has("$ref")
                && s.getAsJsonArray("allOf").get(0).getAsJsonObject().has("$ref")
                && set(
                    s,
                    "$ref",
                    s.remove("allOf").getAsJsonArray().get(0).getAsJsonObject().get("$ref")));
    all.put(
        "wrapped reference",
        (s, d, r) ->
            is31(d)
                && s.has("$ref")
                && !s.has("allOf")
                && s.size() > 1
                && set(s, "allOf", list(reference(s.remove("$ref")))));
    all.put(
        "inline",
        (s, d, r) ->
            !isNamedVariant(s, d)
                && s.keySet().equals(Set.of("$ref"))
                && component(s, d) != null
                && !component(s, d).toString().contains("$ref")
                && replace(s, component(s, d).deepCopy()));
    all.put(
        "extract",
        (s, d, r) -> {
          String name = "Extracted" + object(object(d, "components"), "schemas").size();
          JsonObject copy = new JsonObject();
          s.entrySet().forEach(e -> copy.add(e.getKey(), e.getValue()));
          if (s.has("discriminator") || isNamedVariant(s, d)) {
            return false;
          }
          object(object(d, "components"), "schemas").add(name, copy);
          return replace(s, reference(new JsonPrimitive("#/components/schemas/" + name)));
        });
    all.put(
        "redundant type beside reference",
        (s, d, r) ->
            is31(d)
                && s.has("$ref")
                && component(s, d) != null
                && text(component(s, d), "type") != null
                && !s.has("type")
                && !component(s, d).has("nullable")
                && set(s, "type", component(s, d).get("type")));
    all.put(
        "redundant content beside reference",
        (s, d, r) -> {
          if (!is31(d)
              || !s.keySet().equals(Set.of("$ref"))
              || component(s, d) == null
              || component(s, d).has("discriminator")
              || component(s, d).has("additionalProperties")
              || component(s, d).has("unevaluatedProperties")) {
            return false;
          }
          component(s, d).deepCopy().entrySet().stream()
              .filter(e -> !s.has(e.getKey()))
              .forEach(e -> s.add(e.getKey(), e.getValue()));
          return true;
        });
    all.put(
        "false by default",
        (s, d, r) ->
            meaningful(s, d)
                && fresh(
                    s,
                    List.of("deprecated", "readOnly", "writeOnly", "uniqueItems").get(r.nextInt(4)),
                    json("false")));
    all.put("nullable false", (s, d, r) -> meaningful(s, d) && fresh(s, "nullable", json("false")));
    all.put(
        "zero by default",
        (s, d, r) ->
            meaningful(s, d)
                && fresh(
                    s,
                    List.of("minItems", "minLength", "minProperties").get(r.nextInt(3)),
                    json("0")));
    all.put("empty by default", (s, d, r) -> meaningful(s, d) && fresh(s, "required", json("[]")));
    all.put("no properties", (s, d, r) -> meaningful(s, d) && fresh(s, "properties", json("{}")));
    all.put(
        "anything in addition",
        (s, d, r) ->
            meaningful(s, d)
                && !s.has("unevaluatedProperties")
                && fresh(s, "additionalProperties", json(r.nextBoolean() ? "true" : "{}")));
    all.put(
        "any items",
        (s, d, r) ->
            meaningful(s, d)
                && !s.has("prefixItems")
                && !s.has("unevaluatedItems")
                && fresh(s, "items", json(r.nextBoolean() ? "true" : "{}")));
    all.put("extension", (s, d, r) -> set(s, "x-fresh", json("{'$ref': 'nowhere', 'type': 3}")));
    all.put(
        "words",
        (s, d, r) -> set(s, DOCUMENTED.get(r.nextInt(DOCUMENTED.size())), json("'fresh'")));
    all.put(
        "no words",
        (s, d, r) -> DOCUMENTED.stream().filter(word -> s.remove(word) != null).count() > 0);
    all.put(
        "const as enum",
        (s, d, r) -> s.has("const") && !s.has("enum") && set(s, "enum", list(s.remove("const"))));
    all.put(
        "enum as const",
        (s, d, r) ->
            s.has("enum")
                && s.getAsJsonArray("enum").size() == 1
                && !s.has("const")
                && !s.has("nullable")
                && set(s, "const", ((JsonArray) s.remove("enum")).get(0)));
    all.put(
        "enum twice",
        (s, d, r) ->
            s.has("enum") && add(s.getAsJsonArray("enum"), s.getAsJsonArray("enum").get(0)));
    all.put(
        "variant twice",
        (s, d, r) ->
            s.has("anyOf")
                && add(s.getAsJsonArray("anyOf"), s.getAsJsonArray("anyOf").get(0).deepCopy()));
    all.put(
        "member twice",
        (s, d, r) ->
            s.has("allOf")
                && add(s.getAsJsonArray("allOf"), s.getAsJsonArray("allOf").get(0).deepCopy()));
    for (String kind : List.of("anyOf", "oneOf", "allOf")) {
      all.put(
          "nest " + kind,
          (s, d, r) ->
              s.has(kind)
                  && !s.has("discriminator")
                  && s.getAsJsonArray(kind).size() > 2
                  && nest(s, kind));
    }
    all.put(
        "numbers",
        (s, d, r) -> {
          for (String keyword : List.copyOf(s.keySet())) {
            if (s.get(keyword) instanceof JsonPrimitive number && number.isNumber()) {
              s.add(
                  keyword,
                  json(
                      number.getAsString()
                          + (number.getAsString().contains(".")
                              ? "0"
                              : r.nextBoolean() ? ".0" : "e0")));
            }
          }
          return true;
        });
    all.put(
        "split",
        (s, d, r) -> {
          if (!s.has("properties")
              || s.has("type") && !"object".equals(text(s, "type"))
              || s.size() > 5
              || s.has("$ref")
              || !Set.of("type", "properties", "required", "title", "description")
                  .containsAll(s.keySet())) {
            return false;
          }
          JsonObject one = json("{'type': 'object', 'properties': {}}").getAsJsonObject();
          JsonObject other = one.deepCopy();
          s.getAsJsonObject("properties")
              .entrySet()
              .forEach(
                  p ->
                      (r.nextBoolean() ? one : other)
                          .getAsJsonObject("properties")
                          .add(p.getKey(), p.getValue()));
          if (s.has("required")) {
            (r.nextBoolean() ? one : other).add("required", s.remove("required"));
          }
          s.remove("properties");
          if (s.has("type")) {
            return set(s, "allOf", list(one, other));
          }
          one.remove("type");
          other.remove("type");
          return set(s, "allOf", list(one, other));
        });
    all.put(
        "definitions",
        (s, d, r) -> is31(d) && fresh(s, "$defs", json("{'unused': {'type': 'string'}}")));
    all.put(
        "exclusive bound as number", (s, d, r) -> is31(d) && s.has("exclusiveMinimum") && false);
    return all;
  }

  /** {@return rewrites of whole documents} */
  static Map<String, Rewrite> ofDocuments() {
    Map<String, Rewrite> all = new LinkedHashMap<>();
    all.put(
        "shuffle keys",
        (o, d, r) -> {
          shuffleKeys(d, r);
          return true;
        });
    all.put(
        "info",
        (o, d, r) -> set(d, "info", json("{'title': 'other', 'version': '" + r.nextInt() + "'}")));
    all.put(
        "unrelated path",
        (o, d, r) ->
            set(
                d.getAsJsonObject("paths"),
                "/fresh" + r.nextInt(9),
                json("{'get': {'responses': {'200': {'$ref': '#/nowhere'}}}}")));
    all.put(
        "unrelated component",
        (o, d, r) ->
            set(
                object(object(d, "components"), "schemas"),
                "Fresh" + r.nextInt(9),
                json("{'$ref': 'http://elsewhere/'}")));
    all.put(
        "unrelated scheme",
        (o, d, r) ->
            set(
                object(object(d, "components"), "securitySchemes"),
                "Fresh",
                json("{'type': 'openIdConnect'}")));
    all.put("tags", (o, d, r) -> set(d, "tags", json("[{'name': 'fresh'}]")));
    all.put("extension", (o, d, r) -> set(d, "x-fresh", json("1")));
    all.put(
        "trailing slash",
        (o, d, r) -> {
          array(d, "servers")
              .forEach(
                  s ->
                      s.getAsJsonObject()
                          .addProperty("url", s.getAsJsonObject().get("url").getAsString() + "/"));
          return true;
        });
    return all;
  }

  /** {@return rewrites of one operation} */
  static Map<String, Rewrite> ofOperations() {
    Map<String, Rewrite> all = new LinkedHashMap<>();
    all.put(
        "own security",
        (o, d, r) ->
            !o.has("security")
                && d.has("security")
                && set(o, "security", d.get("security").deepCopy()));
    all.put(
        "own servers",
        (o, d, r) ->
            !o.has("servers")
                && d.has("servers")
                && set(o, "servers", d.get("servers").deepCopy()));
    all.put(
        "words",
        (o, d, r) -> set(o, "description", json("'fresh'")) && set(o, "tags", json("['fresh']")));
    all.put("extension", (o, d, r) -> set(o, "x-fresh", json("[]")));
    all.put("deprecated false", (o, d, r) -> fresh(o, "deprecated", json("false")));
    all.put("no callbacks", (o, d, r) -> fresh(o, "callbacks", json("{}")));
    all.put("shuffle parameters", (o, d, r) -> shuffle(o, "parameters", r));
    all.put("shuffle security", (o, d, r) -> shuffle(o, "security", r));
    all.put(
        "parameter defaults",
        (o, d, r) -> {
          for (JsonElement element : array(o, "parameters")) {
            JsonObject p = element.getAsJsonObject();
            if (!p.has("$ref")) {
              String in = p.get("in").getAsString();
              boolean form = in.equals("query") || in.equals("cookie");
              fresh(
                  p,
                  "explode",
                  new JsonPrimitive(
                      p.has("style") ? p.get("style").getAsString().equals("form") : form));
              fresh(p, "style", new JsonPrimitive(form ? "form" : "simple"));
              fresh(p, "required", json("false"));
              fresh(p, "allowReserved", json("false"));
              fresh(p, "deprecated", json("false"));
            }
          }
          return true;
        });
    all.put(
        "extract parameter",
        (o, d, r) -> array(o, "parameters").size() > 0 && extract(array(o, "parameters"), d));
    all.put(
        "extract body",
        (o, d, r) ->
            o.has("requestBody")
                && !o.getAsJsonObject("requestBody").has("$ref")
                && set(
                    object(object(d, "components"), "requestBodies"),
                    "Body" + object(object(d, "components"), "requestBodies").size(),
                    o.get("requestBody"))
                && set(
                    o,
                    "requestBody",
                    reference(
                        new JsonPrimitive(
                            "#/components/requestBodies/Body"
                                + (object(object(d, "components"), "requestBodies").size() - 1)))));
    all.put(
        "response headers empty",
        (o, d, r) -> {
          object(o, "responses")
              .entrySet()
              .forEach(
                  e -> {
                    if (!e.getValue().getAsJsonObject().has("$ref")) {
                      fresh(e.getValue().getAsJsonObject(), "headers", json("{}"));
                      e.getValue().getAsJsonObject().add("description", json("'fresh'"));
                    }
                  });
          return true;
        });
    return all;
  }

  /** Without a mapping, the name of a variant is sent, so it cannot be renamed. */
  private static boolean isNamedVariant(JsonObject schema, JsonObject document) {
    return !is31(document)
        && (schema.toString().contains("schemas/Left")
            || schema.toString().contains("schemas/Right"));
  }

  private static boolean extract(JsonArray parameters, JsonObject document) {
    JsonObject components = object(object(document, "components"), "parameters");
    String name = "P" + components.size();
    components.add(name, parameters.get(0));
    parameters.set(0, reference(new JsonPrimitive("#/components/parameters/" + name)));
    return true;
  }

  private static void shuffleKeys(JsonElement value, Random random) {
    if (value instanceof JsonArray array) {
      array.forEach(element -> shuffleKeys(element, random));
    } else if (value instanceof JsonObject object) {
      List<String> keys = new ArrayList<>(object.keySet());
      Collections.shuffle(keys, random);
      keys.forEach(key -> object.add(key, object.remove(key)));
      object.entrySet().forEach(member -> shuffleKeys(member.getValue(), random));
    }
  }

  private static boolean is31(JsonObject document) {
    return document.get("openapi").getAsString().startsWith("3.1");
  }

  /** In OpenAPI 3.0, keywords beside a reference have no meaning. */
  private static boolean meaningful(JsonObject schema, JsonObject document) {
    return is31(document) || !schema.has("$ref");
  }

  private static boolean fresh(JsonObject object, String key, JsonElement value) {
    return !object.has(key) && set(object, key, value);
  }

  private static boolean wrap(JsonObject schema, String kind) {
    JsonObject inner = new JsonObject();
    schema.entrySet().forEach(member -> inner.add(member.getKey(), member.getValue()));
    return replace(schema, json("{'" + kind + "': []}").getAsJsonObject())
        && add(schema.getAsJsonArray(kind), inner);
  }

  private static boolean wrapNull(JsonObject schema) {
    return wrap(schema, "anyOf") && add(schema.getAsJsonArray("anyOf"), json("{'type': 'null'}"));
  }

  private static boolean nullable(JsonObject schema) {
    return schema.has("anyOf")
        && schema.getAsJsonArray("anyOf").size() == 2
        && schema.getAsJsonArray("anyOf").get(1).equals(json("{'type': 'null'}"));
  }

  private static JsonObject variant(JsonObject schema) {
    return schema.getAsJsonArray("anyOf").get(0).getAsJsonObject();
  }

  private static boolean unwrapNull(
      JsonObject schema, java.util.function.Predicate<JsonObject> change) {
    JsonObject variant = variant(schema);
    if (variant.keySet().stream().anyMatch(key -> schema.has(key))
        || schema.has("allOf")
        || schema.has("oneOf")
        || schema.has("nullable")
        || !schema.keySet().stream()
            .allMatch(
                key -> DOCUMENTED.contains(key) || key.equals("anyOf") || key.equals("default"))) {
      return false;
    }
    schema.remove("anyOf");
    variant.entrySet().forEach(member -> schema.add(member.getKey(), member.getValue()));
    return change.test(schema);
  }

  private static boolean nest(JsonObject schema, String kind) {
    JsonArray list = schema.getAsJsonArray(kind);
    JsonObject nested = new JsonObject();
    nested.add(kind, list(list.remove(list.size() - 1), list.remove(list.size() - 1)));
    return add(list, nested);
  }

  private static boolean shuffle(JsonObject object, String key, Random random) {
    if (!(object.get(key) instanceof JsonArray array) || array.size() < 2) {
      return false;
    }
    List<JsonElement> elements = new ArrayList<>(array.asList());
    Collections.shuffle(elements, random);
    return set(object, key, list(elements.toArray(JsonElement[]::new)));
  }

  private static JsonObject component(JsonObject schema, JsonObject document) {
    String ref = text(schema, "$ref");
    return ref.startsWith("#/components/schemas/") && ref.split("/").length == 4
        ? document
            .getAsJsonObject("components")
            .getAsJsonObject("schemas")
            .getAsJsonObject(ref.split("/")[3])
        : null;
  }

  private static boolean replace(JsonObject schema, JsonObject other) {
    List.copyOf(schema.keySet()).forEach(schema::remove);
    other.entrySet().forEach(member -> schema.add(member.getKey(), member.getValue()));
    return true;
  }

  private static JsonObject reference(JsonElement target) {
    JsonObject reference = new JsonObject();
    reference.add("$ref", target);
    return reference;
  }

  private static JsonArray list(JsonElement... elements) {
    JsonArray list = new JsonArray();
    for (JsonElement element : elements) {
      list.add(element == null ? JsonNull.INSTANCE : element);
    }
    return list;
  }
}
