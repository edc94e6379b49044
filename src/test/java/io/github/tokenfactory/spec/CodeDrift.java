package io.github.tokenfactory.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.annotations.SerializedName;
import io.github.tokenfactory.EmbeddingInput;
import io.github.tokenfactory.EmbeddingVector;
import io.github.tokenfactory.MultipleOf;
import io.github.tokenfactory.api.TokenFactoryApi;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;
import retrofit2.http.Body;
import retrofit2.http.DELETE;
import retrofit2.http.GET;
import retrofit2.http.PATCH;
import retrofit2.http.POST;
import retrofit2.http.PUT;
import retrofit2.http.Query;

/**
 * Holds the compiled classes against a document: reads the document by itself, without the code that prepares it for the
 * generator, so that a mistake there shows, too.
 */
final class CodeDrift {
  private static final String REGENERATE = "run ./mvnw compile; if that does not help, see templates/README.md";
  private static final Map<String, Class<?>> TEXTS =
      Map.of("date-time", OffsetDateTime.class, "date", LocalDate.class, "uuid", java.util.UUID.class,
          "uri", java.net.URI.class, "byte", byte[].class);

  /** What each handwritten union has a helper for, and what to edit when the document has another. */
  private static final Map<Class<?>, Map<String, String>> HANDWRITTEN =
      Map.of(
          EmbeddingInput.class,
          Map.of("string", "text", "[string]", "texts", "[integer]", "tokens", "[[integer]]", "tokenArrays"),
          EmbeddingVector.class,
          Map.of("[number]", "of", "string", "ofBase64"));

  private final JsonObject document;
  private final List<String> differences = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  private CodeDrift(JsonObject document) {
    this.document = document;
  }

  /** {@return what the classes do not have as {@code document} has it, each with its place and what to edit} */
  static List<String> differences(JsonObject document) {
    CodeDrift drift = new CodeDrift(document);
    Set<Method> bound = new HashSet<>();
    for (Map.Entry<String, JsonElement> path : document.getAsJsonObject("paths").entrySet()) {
      for (String verb : List.of("get", "put", "post", "patch", "delete")) {
        if (path.getValue().getAsJsonObject().has(verb)) {
          drift.operation(verb, path.getKey(), path.getValue().getAsJsonObject(), bound);
        }
      }
    }
    Arrays.stream(TokenFactoryApi.class.getMethods())
        .filter(method -> !bound.contains(method))
        .forEach(method -> drift.report("TokenFactoryApi." + method.getName(), "no longer in the document", REGENERATE));
    return drift.differences;
  }

  private void report(String place, String what, String edit) {
    differences.add(place + ": " + what + "; " + edit);
  }

  private void operation(String verb, String path, JsonObject item, Set<Method> bound) {
    String place = verb.toUpperCase(java.util.Locale.ROOT) + " " + path;
    JsonObject operation = item.getAsJsonObject(verb);
    Method method =
        Arrays.stream(TokenFactoryApi.class.getMethods())
            .filter(each -> path.substring(1).equals(pathOf(each, verb)))
            .findFirst()
            .orElse(null);
    if (method == null) {
      report(place, "has no method on TokenFactoryApi", REGENERATE);
      return;
    }
    bound.add(method);
    if (method.isAnnotationPresent(Deprecated.class) != isTrue(operation.get("deprecated"))) {
      report(place, "deprecated differs", REGENERATE);
    }
    parameters(place, item, operation, method);
    Parameter body = only(method, Body.class);
    JsonObject requestBody = resolved(operation.getAsJsonObject("requestBody"));
    JsonObject content = requestBody == null ? null : requestBody.getAsJsonObject("content");
    if ((body == null) != (requestBody == null)) {
      report(place + " body", body == null ? "has no parameter" : "no longer in the document", REGENERATE);
    } else if (body != null) {
      nullness(place + " body", body, !isTrue(requestBody.get("required")));
      if (content.has("application/json")) {
        schema(place + " body", content.getAsJsonObject("application/json").get("schema"), body.getParameterizedType());
      } else if (body.getType() != RequestBody.class) {
        report(place + " body", "is no longer JSON but " + content.keySet(), REGENERATE);
      }
    }
    response(place, operation, method);
  }

  private void response(String place, JsonObject operation, Method method) {
    Type returned = ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
    List<JsonElement> answers = new ArrayList<>();
    for (Map.Entry<String, JsonElement> response : operation.getAsJsonObject("responses").entrySet()) {
      JsonObject answer = resolved(response.getValue().getAsJsonObject());
      JsonObject content = answer.getAsJsonObject("content");
      JsonElement schema = content == null || !content.has("application/json") ? null
          : content.getAsJsonObject("application/json").get("schema");
      if (response.getKey().startsWith("2") && schema != null) {
        answers.add(schema);
      } else if (schema instanceof JsonObject object && object.has("$ref")) {
        named(place + " " + response.getKey(), object.get("$ref").getAsString());
      }
    }
    if (answers.isEmpty()) {
      if (returned != Void.class && returned != okhttp3.ResponseBody.class) {
        report(place + " response", "has no JSON any more", REGENERATE);
      }
    } else if (new HashSet<>(answers).size() == 1) {
      schema(place + " response", answers.get(0), returned);
    } else if (returned != JsonElement.class) {
      report(place + " response", "has several types", REGENERATE);
    }
  }

  private void named(String place, String ref) {
    try {
      Type type = Class.forName("io.github.tokenfactory.model." + ref.replaceFirst(".*/", ""));
      JsonObject schema = new JsonObject();
      schema.addProperty("$ref", ref);
      schema(place, schema, type);
    } catch (ClassNotFoundException e) {
      report(place, "the schema " + ref + " has no class", REGENERATE);
    }
  }

  private static @Nullable String pathOf(Method method, String verb) {
    return switch (verb) {
      case "get" -> method.isAnnotationPresent(GET.class) ? method.getAnnotation(GET.class).value() : null;
      case "put" -> method.isAnnotationPresent(PUT.class) ? method.getAnnotation(PUT.class).value() : null;
      case "post" -> method.isAnnotationPresent(POST.class) ? method.getAnnotation(POST.class).value() : null;
      case "patch" -> method.isAnnotationPresent(PATCH.class) ? method.getAnnotation(PATCH.class).value() : null;
      default -> method.isAnnotationPresent(DELETE.class) ? method.getAnnotation(DELETE.class).value() : null;
    };
  }

  private void parameters(String place, JsonObject item, JsonObject operation, Method method) {
    Map<String, JsonObject> stated = new TreeMap<>();
    for (JsonObject holder : List.of(item, operation)) {
      if (holder.has("parameters")) {
        for (JsonElement each : holder.getAsJsonArray("parameters")) {
          JsonObject parameter = resolved(each.getAsJsonObject());
          stated.put(parameter.get("in").getAsString() + " " + parameter.get("name").getAsString(), parameter);
        }
      }
    }
    Map<String, Parameter> present = new TreeMap<>();
    for (Parameter parameter : method.getParameters()) {
      for (Annotation annotation : parameter.getAnnotations()) {
        String in = annotation.annotationType().getSimpleName().toLowerCase(java.util.Locale.ROOT);
        if (Set.of("query", "header", "path").contains(in)) {
          String name = annotation instanceof Query query ? query.value() : in(annotation);
          present.put(in + " " + name, parameter);
        }
      }
    }
    for (String name : union(stated.keySet(), present.keySet())) {
      if (!present.containsKey(name) || !stated.containsKey(name)) {
        report(place + " " + name, present.containsKey(name) ? "no longer in the document" : "has no parameter", REGENERATE);
      } else {
        nullness(place + " " + name, present.get(name), !isTrue(stated.get(name).get("required")));
        schema(place + " " + name, stated.get(name).get("schema"), present.get(name).getParameterizedType());
      }
    }
  }

  private static String in(Annotation annotation) {
    try {
      return (String) annotation.annotationType().getMethod("value").invoke(annotation);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private void nullness(String place, Parameter parameter, boolean optional) {
    if (optional != parameter.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
      report(place, optional ? "is optional now" : "is required now", REGENERATE);
    }
  }

  private static @Nullable Parameter only(Method method, Class<? extends Annotation> annotation) {
    return Arrays.stream(method.getParameters()).filter(p -> p.isAnnotationPresent(annotation)).findFirst().orElse(null);
  }

  /** {@return the schema with references followed, single members unwrapped, and null taken out} */
  private JsonObject plain(JsonElement json) {
    JsonObject schema = json instanceof JsonObject object ? resolved(object) : new JsonObject();
    Map<String, JsonElement> own = new LinkedHashMap<>(schema.asMap());
    own.keySet().removeAll(Set.of("title", "description", "examples", "example", "default"));
    for (String union : List.of("allOf", "anyOf", "oneOf")) {
      if (own.get(union) instanceof JsonArray members) {
        List<JsonElement> rest = members.asList().stream().filter(member -> !isNull(member)).toList();
        if (rest.size() == 1) {
          own.remove(union);
          plain(rest.get(0)).entrySet().forEach(member -> own.putIfAbsent(member.getKey(), member.getValue()));
        }
      }
    }
    if (own.get("type") instanceof JsonArray types) {
      List<JsonElement> rest = types.asList().stream().filter(type -> !type.getAsString().equals("null")).toList();
      if (rest.size() == 1) {
        own.put("type", rest.get(0));
      }
    }
    JsonObject plain = new JsonObject();
    own.forEach(plain::add);
    return plain;
  }

  private boolean isNullable(JsonElement json) {
    JsonObject schema = json instanceof JsonObject object ? resolved(object) : new JsonObject();
    boolean types = schema.get("type") instanceof JsonArray array && array.toString().contains("\"null\"");
    return types
        || isTrue(schema.get("nullable"))
        || Stream.of("anyOf", "oneOf")
            .anyMatch(union -> schema.get(union) instanceof JsonArray members && members.asList().stream().anyMatch(CodeDrift::isNull));
  }

  private static boolean isNull(JsonElement member) {
    return member instanceof JsonObject schema && schema.has("type") && schema.get("type").toString().equals("\"null\"");
  }

  private static boolean isTrue(@Nullable JsonElement json) {
    return json != null && json.isJsonPrimitive() && json.getAsBoolean();
  }

  private @Nullable JsonObject resolved(@Nullable JsonObject object) {
    if (object == null || !object.has("$ref")) {
      return object;
    }
    JsonObject target = document;
    for (String step : object.get("$ref").getAsString().substring(2).split("/")) {
      target = target.getAsJsonObject(step);
    }
    JsonObject both = resolved(target).deepCopy();
    object.entrySet().stream().filter(member -> !member.getKey().equals("$ref")).forEach(member -> both.add(member.getKey(), member.getValue()));
    return both;
  }

  private void schema(String place, JsonElement json, Type type) {
    JsonObject schema = plain(json);
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      if (generic.getRawType() == Map.class) {
        expect(place, "object", schema);
      } else {
        expect(place, "array", schema);
        boolean unique = isTrue(schema.get("uniqueItems"));
        if (unique != (generic.getRawType() == Set.class)) {
          report(place, "uniqueItems differs", REGENERATE);
        }
        schema(place + "[]", schema.get("items"), element);
      }
    } else if (HANDWRITTEN.containsKey(type)) {
      handwritten(place, schema, (Class<?>) type);
    } else if (((Class<?>) type).getPackageName().equals("io.github.tokenfactory.model")) {
      generated(place, schema, (Class<?>) type);
    } else if (scalar(schema) != type) {
      report(place, "is " + form(schema) + ", not " + ((Class<?>) type).getSimpleName(), REGENERATE);
    }
  }

  private void expect(String place, String type, JsonObject schema) {
    if (!schema.has("type") || !schema.get("type").toString().equals('"' + type + '"')) {
      report(place, "is " + form(schema) + ", not " + type, REGENERATE);
    }
  }

  private Type scalar(JsonObject schema) {
    if (schema.has("enum") || schema.has("const") || schema.has("anyOf") || schema.has("oneOf") || schema.has("allOf") || schema.has("properties")) {
      return Object.class; // a class of its own
    }
    String format = schema.has("format") ? schema.get("format").getAsString() : "";
    return switch (schema.has("type") ? schema.get("type").toString() : "") {
      case "\"string\"" -> TEXTS.getOrDefault(format, String.class);
      case "\"integer\"" -> Long.class;
      case "\"number\"" -> format.equals("float") ? Float.class : Double.class;
      case "\"boolean\"" -> Boolean.class;
      case "" -> JsonElement.class;
      default -> Object.class;
    };
  }

  private void handwritten(String place, JsonObject schema, Class<?> type) {
    Map<String, String> helpers = HANDWRITTEN.get(type);
    Set<String> variants = new TreeSet<>();
    if (schema.get("anyOf") instanceof JsonArray members) {
      members.forEach(member -> variants.add(form(plain(member))));
    } else {
      variants.add(form(schema));
    }
    for (String variant : union(variants, helpers.keySet())) {
      if (!helpers.containsKey(variant)) {
        report(place, "may be " + variant + " now", "add a helper and a variant to " + type.getSimpleName());
      } else if (!variants.contains(variant)) {
        report(place, "is no longer " + variant, "deprecate " + type.getSimpleName() + "." + helpers.get(variant));
      }
    }
    for (String helper : helpers.values()) {
      if (Arrays.stream(type.getMethods()).noneMatch(method -> method.getName().equals(helper))) {
        report(place, "has no helper " + helper, "add it to " + type.getSimpleName());
      }
    }
  }

  /** A schema's type in short, whatever else it says: {@code [[integer]]}. */
  private String form(JsonObject schema) {
    List<String> beside = schema.keySet().stream().filter(k -> !Set.of("type", "items").contains(k)).sorted().toList();
    String type = !schema.has("type") ? "anything"
        : schema.get("type").toString().equals("\"array\"") ? "[" + form(plain(schema.get("items"))) + "]"
            : schema.get("type").toString().replace("\"", "");
    return beside.isEmpty() ? type : type + " with " + beside;
  }

  private void generated(String place, JsonObject schema, Class<?> type) {
    if (!seen.add(place.replaceFirst(".*\\.", "") + type)) {
      return;
    }
    String name = type.getSimpleName();
    if (method(type, "listed") != null) {
      enumeration(name, schema, type);
    } else if (method(type, "asJson") != null) {
      union(name, schema, type);
    } else {
      object(name, schema, type);
    }
  }

  private void enumeration(String name, JsonObject schema, Class<?> type) {
    Set<String> stated = new TreeSet<>();
    if (schema.get("enum") instanceof JsonArray values) {
      values.forEach(value -> stated.add(value.toString()));
    }
    Set<String> listed = new TreeSet<>();
    try {
      for (Object constant : (List<?>) type.getMethod("listed").invoke(null)) {
        Object value = type.getMethod("value").invoke(constant);
        listed.add(value instanceof String text ? new com.google.gson.JsonPrimitive(text).toString() : value.toString());
      }
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
    if (!stated.equals(listed)) {
      report(name, "has the values " + stated + ", not " + listed, REGENERATE);
    }
    expect(name, type.getRecordComponents() == null && listed.toString().contains("\"") ? "string" : "integer", schema);
  }

  private void union(String name, JsonObject schema, Class<?> type) {
    Set<String> present =
        Arrays.stream(type.getMethods())
            .filter(method -> method.getName().startsWith("as") && !method.getName().equals("asJson"))
            .map(method -> method.getGenericReturnType().getTypeName())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> stated = new TreeSet<>();
    JsonElement members = schema.has("anyOf") ? schema.get("anyOf") : schema.get("oneOf");
    if (members instanceof JsonArray array) {
      array.forEach(member -> stated.add(scalar(plain(member)).getTypeName()));
    }
    if (!stated.equals(present)) {
      report(name, "has the variants " + stated + ", not " + present, REGENERATE);
    }
  }

  private void object(String name, JsonObject schema, Class<?> type) {
    Map<String, Field> fields = new LinkedHashMap<>();
    for (Field field : type.getDeclaredFields()) {
      if (field.isAnnotationPresent(SerializedName.class)) {
        fields.put(field.getAnnotation(SerializedName.class).value(), field);
      }
    }
    if (schema.has("type")) {
      expect(name, "object", schema);
    }
    Set<String> required = new TreeSet<>();
    if (schema.get("required") instanceof JsonArray names) {
      names.forEach(each -> required.add(each.getAsString()));
    }
    boolean typed = schema.get("additionalProperties") instanceof JsonObject extra && !extra.isEmpty();
    if (typed != (method(type, "additional") != null)) {
      report(name, "additionalProperties differs", REGENERATE);
    }
    JsonObject properties = schema.has("properties") ? schema.getAsJsonObject("properties") : new JsonObject();
    for (String property : union(properties.keySet(), fields.keySet())) {
      String place = name + "." + property;
      if (!fields.containsKey(property) || !properties.has(property)) {
        report(place, fields.containsKey(property) ? "no longer in the document" : "has no property", REGENERATE);
        continue;
      }
      Method getter = getter(type, fields.get(property));
      JsonElement json = properties.get(property);
      schema(place, json, getter.getGenericReturnType());
      boolean needed = required.contains(property) && !isNullable(json);
      if (needed != getter.isAnnotationPresent(NotNull.class)) {
        report(place, needed ? "is required now" : "may be left out or null now", REGENERATE);
      }
      if (getter.isAnnotationPresent(Deprecated.class) != isTrue(plain(json).get("deprecated"))) {
        report(place, "deprecated differs", REGENERATE);
      }
      bounds(place, plain(json), getter);
    }
  }

  private void bounds(String place, JsonObject schema, AnnotatedElement getter) {
    Set<String> stated = new TreeSet<>();
    schema.entrySet().stream()
        .filter(e -> Set.of("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf").contains(e.getKey()))
        .filter(e -> e.getValue().getAsJsonPrimitive().isNumber())
        .forEach(e -> stated.add(e.getKey().replace("exclusiveM", "m").replaceAll("Length|Items", "") + " " + e.getValue().getAsBigDecimal().stripTrailingZeros().toPlainString()));
    Set<String> present = new TreeSet<>();
    for (Size size : getter.getAnnotationsByType(Size.class)) {
      present.add(size.min() > 0 ? "min " + size.min() : "max " + size.max());
    }
    for (DecimalMin min : getter.getAnnotationsByType(DecimalMin.class)) {
      present.add("minimum " + new java.math.BigDecimal(min.value()).stripTrailingZeros().toPlainString());
    }
    for (DecimalMax max : getter.getAnnotationsByType(DecimalMax.class)) {
      present.add("maximum " + new java.math.BigDecimal(max.value()).stripTrailingZeros().toPlainString());
    }
    for (MultipleOf step : getter.getAnnotationsByType(MultipleOf.class)) {
      present.add("multipleOf " + new java.math.BigDecimal(step.value()).stripTrailingZeros().toPlainString());
    }
    stated.remove("min 0");
    if (!stated.equals(present)) {
      report(place, "has the bounds " + stated + ", not " + present, REGENERATE);
    }
    boolean pattern = schema.has("pattern");
    if (pattern != getter.isAnnotationPresent(jakarta.validation.constraints.Pattern.class)) {
      report(place, "pattern differs", REGENERATE);
    }
  }

  private static Method getter(Class<?> type, Field field) {
    String name = "get" + field.getName();
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().equalsIgnoreCase(name) && method.getParameterCount() == 0)
        .findFirst()
        .orElseThrow(() -> new AssertionError(type + " has no " + name));
  }

  private static @Nullable Method method(Class<?> type, String name) {
    return Arrays.stream(type.getMethods()).filter(method -> method.getName().equals(name)).findFirst().orElse(null);
  }

  private static Set<String> union(Set<String> a, Set<String> b) {
    Set<String> all = new TreeSet<>(a);
    all.addAll(b);
    return all;
  }
}
