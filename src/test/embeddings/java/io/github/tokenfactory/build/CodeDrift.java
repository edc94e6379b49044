package io.github.tokenfactory.build;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.annotations.SerializedName;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.DocumentParser;
import io.github.tokenfactory.internal.openapi.Slicer;
import io.github.tokenfactory.json.MultipleOf;
import io.github.tokenfactory.json.ObjectAdapter;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import retrofit2.http.Body;
import retrofit2.http.Header;
import retrofit2.http.Headers;
import retrofit2.http.POST;
import retrofit2.http.Query;

/** Helps to compare the compiled classes, generated and handwritten, with a document. */
final class CodeDrift {
  private static final String REGENERATE = "run ./mvnw compile";
  private static final String MODEL = "io.github.tokenfactory.model.";

  private static final GeneratorSettings SETTINGS = settings();

  /** For each handwritten class: the Java type of a variant, and the helper that makes it. */
  private static final Map<String, Map<String, String>> HELPERS =
      Map.of(
          "EmbeddingInput",
          Map.of(
              "String", "text",
              "List<String>", "texts",
              "List<Long>", "tokens",
              "List<List<Long>>", "tokenArrays"),
          "EmbeddingVector",
          Map.of("List<Double>", "of", "String", "ofBase64"));

  private final JsonObject schemas;
  private final List<String> differences = new ArrayList<>();

  private CodeDrift(JsonObject schemas) {
    this.schemas = schemas;
  }

  /**
   * {@return what the classes do not have as {@code document} has it, each with its place and what
   * to edit}
   */
  static List<String> differences(JsonObject document) {
    JsonObject rewritten = rewritten(document);
    CodeDrift drift =
        new CodeDrift(rewritten.getAsJsonObject("components").getAsJsonObject("schemas"));
    drift.schemas();
    drift.operations(rewritten.getAsJsonObject("paths"));
    return drift.differences;
  }

  /** {@return what the generator is given for all operations of {@code document}} */
  static JsonObject rewritten(JsonObject document) {
    Document whole = DocumentParser.parse(document.toString());
    return PrepareGeneratorInput.rewrite(SETTINGS, Slicer.slice(whole, whole.operations()));
  }

  private static GeneratorSettings settings() {
    try {
      return GeneratorSettings.load(Generation.SETTINGS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void expect(String place, Object stated, Object present, String edit) {
    if (!stated.equals(present)) {
      differences.add(
          place + ": the document has " + stated + ", the code " + present + "; " + edit);
    }
  }

  private void schemas() {
    Set<String> stated = new TreeSet<>(schemas.keySet());
    stated.removeAll(SETTINGS.handwrittenClasses().keySet());
    Set<String> present = new TreeSet<>();
    for (String file : new File("target/classes/" + MODEL.replace('.', '/')).list()) {
      present.add(file.replaceFirst("[$.].*", ""));
    }
    present.remove("package-info");
    expect("the schemas", stated, present, REGENERATE);
    SETTINGS.handwrittenClasses().forEach((name, type) -> handwritten(name, type.getAsString()));
    stated.retainAll(present);
    for (String name : stated) {
      JsonObject schema = schemas.getAsJsonObject(name);
      Class<?> type = load(MODEL + name);
      if (schema.has("enum")) {
        enumeration(name, schema, type);
      } else if (schema.has("anyOf")) {
        expect(name + " variants", variants(schema), accessors(type), REGENERATE);
      } else {
        object(name, schema, type);
      }
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private void handwritten(String name, String type) {
    JsonObject schema = schemas.getAsJsonObject(name);
    Map<String, String> helpers = HELPERS.get(type);
    expect(
        name + " variants",
        schema == null || !schema.has("anyOf") ? "no union" : variants(schema),
        new TreeSet<>(helpers.keySet()),
        "give " + type + " a variant and a helper for each, and list them in CodeDrift");
    Method[] methods = load(SETTINGS.importedClasses().get(type).getAsString()).getMethods();
    for (String helper : helpers.values()) {
      expect(
          type + "." + helper,
          true,
          Stream.of(methods).anyMatch(method -> method.getName().equals(helper)),
          "add the helper to " + type);
    }
  }

  private Set<String> variants(JsonObject union) {
    Set<String> variants = new TreeSet<>();
    union.getAsJsonArray("anyOf").forEach(variant -> variants.add(type(variant.getAsJsonObject())));
    return variants;
  }

  private static Set<String> accessors(Class<?> type) {
    Set<String> accessors = new TreeSet<>();
    Arrays.stream(type.getMethods())
        .filter(method -> method.getName().startsWith("as") && !method.getName().equals("asJson"))
        .forEach(method -> accessors.add(type(method.getAnnotatedReturnType())));
    return accessors;
  }

  private void enumeration(String name, JsonObject schema, Class<?> type) {
    Map<String, String> stated = new TreeMap<>();
    for (int i = 0; i < schema.getAsJsonArray("enum").size(); i++) {
      stated.put(
          schema.getAsJsonArray("x-enum-varnames").get(i).getAsString(),
          schema.getAsJsonArray("x-enum-descriptions").get(i).getAsString());
    }
    Map<String, String> present = new TreeMap<>();
    try {
      for (Field field : type.getFields()) {
        Object value = type.getMethod("value").invoke(field.get(null));
        present.put(
            field.getName(),
            value instanceof String text ? '"' + JavaNames.literal(text) + '"' : value + "L");
      }
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
    expect(name + " values", stated, present, REGENERATE);
  }

  private void object(String name, JsonObject schema, Class<?> type) {
    Set<String> required = new TreeSet<>();
    if (schema.has("required")) {
      schema.getAsJsonArray("required").forEach(property -> required.add(property.getAsString()));
    }
    Map<String, String> stated = new TreeMap<>();
    if (schema.has("properties")) {
      schema
          .getAsJsonObject("properties")
          .entrySet()
          .forEach(
              property -> {
                JsonObject own = property.getValue().getAsJsonObject();
                boolean isAskedFor =
                    required.contains(property.getKey())
                        && !own.has("nullable")
                        && !own.has("x-read-only");
                String needed = isAskedFor ? "required " : "";
                if (own.has("x-write-only")) {
                  required.remove(property.getKey()); // not in responses
                }
                stated.put(
                    property.getKey(), needed + marks(referred(own)) + type(own) + pattern(own));
              });
    }
    Map<String, String> present = new TreeMap<>();
    for (Field field : type.getDeclaredFields()) {
      if (field.isAnnotationPresent(SerializedName.class)) {
        Method getter = getter(type, field);
        String needed = getter.isAnnotationPresent(NotNull.class) ? "required " : "";
        String pattern = pattern(getter);
        present.put(
            field.getAnnotation(SerializedName.class).value(),
            needed
                + marks(getter)
                + type(getter.getAnnotatedReturnType(), bounds(getter))
                + pattern);
      }
    }
    for (String property : all(stated.keySet(), present.keySet())) {
      expect(
          name + "." + property,
          stated.getOrDefault(property, "no property"),
          present.getOrDefault(property, "no property"),
          REGENERATE);
    }
    expect(name + " required", required, required(type), REGENERATE);
    expect(
        name + " additionalProperties",
        schema.has("x-additional") ? type(schema.getAsJsonObject("additionalProperties")) : "none",
        additional(type),
        REGENERATE);
  }

  /** A property of a deprecated type is deprecated, too. */
  private JsonObject referred(JsonObject own) {
    JsonObject reference =
        own.has("allOf") ? own.getAsJsonArray("allOf").get(0).getAsJsonObject() : own;
    boolean deprecated =
        reference.has("$ref")
            && schemas
                .getAsJsonObject(reference.get("$ref").getAsString().replaceFirst(".*/", ""))
                .has("deprecated");
    return deprecated
        ? schemas.getAsJsonObject(reference.get("$ref").getAsString().replaceFirst(".*/", ""))
        : own;
  }

  private static String marks(JsonObject schema) {
    return schema.has("deprecated") ? "deprecated " : "";
  }

  private static String marks(AnnotatedElement element) {
    return element.isAnnotationPresent(Deprecated.class) ? "deprecated " : "";
  }

  private static Set<String> required(Class<?> type) {
    try {
      Object adapter = load(type.getName() + "$Adapter").getConstructor().newInstance();
      return new TreeSet<>(
          adapter instanceof ObjectAdapter<?, ?> object ? object.required() : Set.of());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static String pattern(JsonObject schema) {
    return schema.has("x-pattern") ? " " + schema.get("x-pattern").getAsString() : "";
  }

  private static String pattern(AnnotatedElement element) {
    return element.isAnnotationPresent(Pattern.class)
        ? " " + JavaNames.literal(element.getAnnotation(Pattern.class).regexp())
        : "";
  }

  private static String additional(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().equals("additional"))
        .map(
            method ->
                ((AnnotatedParameterizedType) method.getAnnotatedReturnType())
                    .getAnnotatedActualTypeArguments()[1])
        .map(CodeDrift::type)
        .findFirst()
        .orElse("none");
  }

  private static Method getter(Class<?> type, Field field) {
    return Arrays.stream(type.getMethods())
        .filter(
            method ->
                method.getName().equalsIgnoreCase("get" + field.getName())
                    && method.getParameterCount() == 0)
        .findFirst()
        .orElseThrow(() -> new AssertionError(field + " has no getter"));
  }

  private void operations(JsonObject paths) {
    Map<String, String> stated = new TreeMap<>();
    for (Map.Entry<String, JsonElement> path : paths.entrySet()) {
      path.getValue()
          .getAsJsonObject()
          .entrySet()
          .forEach(
              operation ->
                  stated.put(
                      operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                      operation(operation.getValue().getAsJsonObject())));
    }
    Map<String, String> present = new TreeMap<>();
    for (Method method : TokenFactoryApi.class.getMethods()) {
      for (Annotation annotation : method.getAnnotations()) {
        if (annotation.annotationType().getPackage() == POST.class.getPackage()
            && annotation.annotationType().getSimpleName().matches("[A-Z]+")) {
          present.put(
              annotation.annotationType().getSimpleName() + " /" + value(annotation),
              operation(method));
        }
      }
    }
    for (String operation : all(stated.keySet(), present.keySet())) {
      expect(
          operation,
          stated.getOrDefault(operation, "no operation"),
          present.getOrDefault(operation, "no operation"),
          REGENERATE);
    }
  }

  private String operation(JsonObject operation) {
    Set<String> parameters = new TreeSet<>();
    for (JsonElement each : operation.getAsJsonArray("parameters")) {
      JsonObject parameter = each.getAsJsonObject();
      parameters.add(
          parameter.get("in").getAsString()
              + " "
              + parameter.get("x-name").getAsString()
              + " "
              + (parameter.get("required").getAsBoolean() ? "required " : "")
              + (parameter.has("x-not-null") ? "checked " : "")
              + type(parameter.getAsJsonObject("schema"))
              + pattern(parameter));
    }
    if (operation.has("requestBody")) {
      JsonObject body = operation.getAsJsonObject("requestBody");
      parameters.add(
          (body.get("required").getAsBoolean() ? "body required " : "body ") + content(body));
    }
    String headers =
        operation.has("x-headers") ? operation.get("x-headers").getAsString() + " " : "";
    String answer =
        operation.has("x-raw")
            ? "ResponseBody"
            : content(operation.getAsJsonObject("responses").getAsJsonObject("200"));
    return marks(operation)
        + headers
        + operation.get("operationId").getAsString()
        + parameters
        + " -> "
        + answer;
  }

  private String content(JsonObject holder) {
    if (!holder.has("content")) {
      return "Void";
    }
    Map.Entry<String, JsonElement> media =
        holder.getAsJsonObject("content").entrySet().iterator().next();
    return media.getKey().equals("application/json")
        ? type(media.getValue().getAsJsonObject().getAsJsonObject("schema"))
        : media.getKey();
  }

  private static String operation(Method method) {
    Set<String> parameters = new TreeSet<>();
    for (Parameter parameter : method.getParameters()) {
      String required =
          parameter.getAnnotatedType().isAnnotationPresent(Nullable.class) ? "" : "required ";
      for (Annotation annotation : parameter.getAnnotations()) {
        if (annotation instanceof Body) {
          parameters.add("body " + required + type(parameter.getAnnotatedType(), Set.of()));
        } else if (annotation instanceof Query || annotation instanceof Header) {
          String in = annotation.annotationType().getSimpleName().toLowerCase(Locale.ROOT);
          parameters.add(
              in
                  + " "
                  + value(annotation)
                  + " "
                  + required
                  + (parameter.isAnnotationPresent(NotNull.class) ? "checked " : "")
                  + type(parameter.getAnnotatedType(), bounds(parameter))
                  + pattern(parameter));
        }
      }
    }
    AnnotatedType answer =
        ((AnnotatedParameterizedType) method.getAnnotatedReturnType())
            .getAnnotatedActualTypeArguments()[0];
    Headers headers = method.getAnnotation(Headers.class);
    String stated =
        headers == null
            ? ""
            : Stream.of(headers.value()).map(JavaNames::quoted).collect(Collectors.joining(", "));
    return marks(method)
        + (headers == null ? "" : (headers.value().length == 1 ? stated : "{" + stated + "}") + " ")
        + method.getName()
        + parameters
        + " -> "
        + type(answer);
  }

  private static String value(Annotation annotation) {
    try {
      return (String) annotation.annotationType().getMethod("value").invoke(annotation);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static Set<String> all(Set<String> a, Set<String> b) {
    Set<String> all = new TreeSet<>(a);
    all.addAll(b);
    return all;
  }

  /** The Java type of a schema, with the bounds that stand beside it. */
  private String type(JsonObject schema) {
    if (schema.has("allOf")) {
      return type(schema.getAsJsonArray("allOf").get(0).getAsJsonObject());
    } else if (schema.has("$ref")) {
      String name = schema.get("$ref").getAsString().replaceFirst(".*/", "");
      JsonElement handwritten = SETTINGS.handwrittenClasses().get(name);
      return handwritten == null ? name : handwritten.getAsString();
    }
    String format = schema.has("format") ? schema.get("format").getAsString() : "";
    String type =
        switch (schema.has("type") ? schema.get("type").getAsString() : "") {
          case "array" ->
              (schema.has("uniqueItems") ? "Set<" : "List<")
                  + type(schema.getAsJsonObject("items"))
                  + ">";
          case "object" ->
              "Map<String, " + type(schema.getAsJsonObject("additionalProperties")) + ">";
          case "integer" -> "Long";
          case "number" -> format.equals("float") ? "Float" : "Double";
          case "boolean" -> "Boolean";
          case "string" ->
              switch (format) {
                case "date-time" -> "OffsetDateTime";
                case "date" -> "LocalDate";
                case "uuid" -> "UUID";
                case "uri" -> "URI";
                case "byte" -> "byte[]";
                default -> "String";
              };
          default -> "JsonElement";
        };
    Set<String> bounds = new TreeSet<>();
    for (String keyword :
        List.of("minLength", "maxLength", "minItems", "maxItems", "x-multiple-of")) {
      if (schema.has(keyword)) {
        bounds.add(
            keyword.replaceFirst("Length|Items", "")
                + " "
                + plain(schema.get(keyword).getAsString()));
      }
    }
    for (String side : List.of("minimum", "maximum")) {
      if (schema.has(side)) {
        boolean open = schema.get("exclusiveM" + side.substring(1)).getAsBoolean();
        bounds.add((open ? "open " : "") + side + " " + plain(schema.get(side).getAsString()));
      }
    }
    return type + (bounds.isEmpty() ? "" : bounds);
  }

  private static String plain(String number) {
    return new BigDecimal(number).stripTrailingZeros().toPlainString();
  }

  private static String type(AnnotatedType annotated) {
    return type(annotated, bounds(annotated));
  }

  private static String type(AnnotatedType annotated, Set<String> bounds) {
    Type type = annotated.getType();
    String name = type instanceof Class<?> plain ? plain.getSimpleName() : "";
    if (annotated instanceof AnnotatedParameterizedType generic) {
      List<String> arguments =
          Arrays.stream(generic.getAnnotatedActualTypeArguments()).map(CodeDrift::type).toList();
      name =
          ((Class<?>) ((ParameterizedType) type).getRawType()).getSimpleName()
              + "<"
              + String.join(", ", arguments)
              + ">";
    }
    return name + (bounds.isEmpty() ? "" : bounds);
  }

  private static Set<String> bounds(AnnotatedElement element) {
    Set<String> bounds = new TreeSet<>();
    for (Size size : element.getAnnotationsByType(Size.class)) {
      if (size.min() > 0 || size.max() == Integer.MAX_VALUE) {
        bounds.add("min " + size.min());
      }
      if (size.max() < Integer.MAX_VALUE) {
        bounds.add("max " + size.max());
      }
    }
    for (DecimalMin min : element.getAnnotationsByType(DecimalMin.class)) {
      bounds.add((min.inclusive() ? "" : "open ") + "minimum " + plain(min.value()));
    }
    for (DecimalMax max : element.getAnnotationsByType(DecimalMax.class)) {
      bounds.add((max.inclusive() ? "" : "open ") + "maximum " + plain(max.value()));
    }
    for (Min min : element.getAnnotationsByType(Min.class)) {
      bounds.add("minimum " + min.value());
    }
    for (Max max : element.getAnnotationsByType(Max.class)) {
      bounds.add("maximum " + max.value());
    }
    for (MultipleOf step : element.getAnnotationsByType(MultipleOf.class)) {
      bounds.add("x-multiple-of " + plain(step.value()));
    }
    return bounds;
  }
}
