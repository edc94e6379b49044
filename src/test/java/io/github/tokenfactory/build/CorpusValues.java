package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.annotations.SerializedName;
import jakarta.validation.constraints.NotNull;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Makes values of generated classes from JSON, through their builders, and looks into values. */
final class CorpusValues {
  private static final Map<Class<?>, Function<JsonPrimitive, Object>> SCALARS =
      Map.ofEntries(
          Map.entry(String.class, JsonPrimitive::getAsString),
          Map.entry(Boolean.class, JsonPrimitive::getAsBoolean),
          Map.entry(Long.class, value -> value.getAsBigDecimal().longValueExact()),
          Map.entry(Integer.class, value -> value.getAsBigDecimal().intValueExact()),
          Map.entry(Double.class, JsonPrimitive::getAsDouble),
          Map.entry(Float.class, JsonPrimitive::getAsFloat),
          Map.entry(BigDecimal.class, JsonPrimitive::getAsBigDecimal),
          Map.entry(BigInteger.class, JsonPrimitive::getAsBigInteger),
          Map.entry(OffsetDateTime.class, value -> OffsetDateTime.parse(value.getAsString())),
          Map.entry(LocalDate.class, value -> LocalDate.parse(value.getAsString())),
          Map.entry(UUID.class, value -> UUID.fromString(value.getAsString())),
          Map.entry(URI.class, value -> URI.create(value.getAsString())),
          Map.entry(byte[].class, value -> Base64.getDecoder().decode(value.getAsString())));

  private final Set<JsonElement> untyped;

  /**
   * Makes and inspects values.
   *
   * @param untyped the JSON that may be raw, beside what the document allows to be anything
   */
  CorpusValues(Set<JsonElement> untyped) {
    this.untyped = untyped;
  }

  /** {@return a value of the type that holds this JSON} Fails if it has no place for a part. */
  Object build(Type type, JsonElement json) {
    if (type == JsonElement.class) {
      assertAnything(json);
      return json;
    }
    if (json.isJsonNull()) {
      return null;
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Map.class) {
        Map<String, Object> map = new LinkedHashMap<>();
        members(json).forEach((name, value) -> map.put(name, build(arguments[1], value)));
        return map;
      }
      assertThat(json.isJsonArray()).as("%s is a list, for %s", json, type).isTrue();
      Collection<Object> elements =
          generic.getRawType() == List.class ? new ArrayList<>() : new LinkedHashSet<>();
      json.getAsJsonArray().forEach(element -> elements.add(build(arguments[0], element)));
      return elements;
    }
    Class<?> raw = (Class<?>) type;
    try {
      if (has(raw, "builder")) {
        return object(raw, members(json));
      } else if (has(raw, "asJson")) {
        return union(raw, json);
      } else if (has(raw, "listed")) {
        Method of =
            Arrays.stream(raw.getMethods())
                .filter(method -> method.getName().equals("of"))
                .findFirst()
                .orElseThrow();
        return of.invoke(null, scalar(of.getParameterTypes()[0], json));
      }
      return scalar(raw, json);
    } catch (InvocationTargetException e) {
      throw new AssertionError(raw.getSimpleName() + " of " + json + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private void assertAnything(JsonElement json) {
    boolean isFree =
        json.isJsonNull()
            || json.equals(new JsonObject())
            || json.equals(new JsonArray())
            || json.toString().contains("\"anything\"")
            || untyped.contains(json)
            || json instanceof JsonArray array && untyped.containsAll(array.asList());
    assertThat(isFree).as("raw JSON for " + shown(json)).isTrue();
  }

  /** {@return the start of a JSON text} */
  static String shown(JsonElement json) {
    String text = String.valueOf(json);
    return text.length() < 300 ? text : text.substring(0, 300) + "...";
  }

  private static Map<String, JsonElement> members(JsonElement json) {
    assertThat(json.isJsonObject()).as("%s is an object", json).isTrue();
    return json.getAsJsonObject().asMap();
  }

  static boolean has(Class<?> type, String method) {
    return Arrays.stream(type.getMethods()).anyMatch(each -> each.getName().equals(method));
  }

  private Object object(Class<?> type, Map<String, JsonElement> members)
      throws ReflectiveOperationException {
    Map<String, Field> fields = new HashMap<>();
    for (Field field : type.getDeclaredFields()) {
      if (field.isAnnotationPresent(SerializedName.class)) {
        fields.put(field.getAnnotation(SerializedName.class).value(), field);
      }
    }
    Object builder = type.getMethod("builder").invoke(null);
    for (Map.Entry<String, JsonElement> member : members.entrySet()) {
      Field field = fields.get(member.getKey());
      if (field == null && member.getValue().equals(CorpusSamples.ANYTHING)) {
        builder
            .getClass()
            .getMethod("unknown", String.class, JsonElement.class)
            .invoke(builder, member.getKey(), member.getValue());
      } else if (field == null) {
        Method additional =
            Arrays.stream(builder.getClass().getMethods())
                .filter(CorpusValues::isAdditional)
                .findFirst()
                .orElseThrow(
                    () ->
                        new AssertionError(
                            type.getSimpleName() + " has no property " + member.getKey()));
        additional.invoke(
            builder,
            member.getKey(),
            build(additional.getGenericParameterTypes()[1], member.getValue()));
      } else if (member.getValue().isJsonNull()) {
        builder
            .getClass()
            .getMethod("unknown", String.class, JsonElement.class)
            .invoke(builder, member.getKey(), JsonNull.INSTANCE);
      } else {
        builder
            .getClass()
            .getMethod(field.getName(), field.getType())
            .invoke(builder, build(field.getGenericType(), member.getValue()));
      }
    }
    return builder.getClass().getMethod("build").invoke(builder);
  }

  private static boolean isAdditional(Method method) {
    return method.getName().equals("additional") && method.getParameterCount() == 2;
  }

  private Object union(Class<?> type, JsonElement json) throws ReflectiveOperationException {
    List<String> failures = new ArrayList<>();
    Method[] methods = type.getMethods();
    Arrays.sort(methods, Comparator.comparing(Method::getName));
    for (Method of : methods) {
      if (Modifier.isStatic(of.getModifiers()) && !of.getName().equals("ofJson")) {
        try {
          Object value = build(of.getGenericParameterTypes()[0], json);
          assertComplete(value);
          return of.invoke(null, value);
        } catch (AssertionError e) {
          failures.add(of.getName() + ": " + e.getMessage());
        }
      }
    }
    throw new AssertionError(
        type.getSimpleName() + " has no variant for " + shown(json) + failures);
  }

  /** Fails if a property is missing that is required, or an enumeration does not list a value. */
  private void assertComplete(Object value) throws ReflectiveOperationException {
    if (has(value.getClass(), "listed")) {
      assertListed(value);
    }
    if (has(value.getClass(), "builder")) {
      for (Method getter : value.getClass().getMethods()) {
        if (getter.isAnnotationPresent(NotNull.class)) {
          Object part = getter.invoke(value);
          assertThat(part).as("required " + getter.getName()).isNotNull();
          assertComplete(part);
        } else if (getter.getName().startsWith("get")
            && getter.getReturnType().getName().startsWith("io.github.tokenfactory.model.")
            && getter.invoke(value) != null) {
          assertComplete(getter.invoke(value));
        }
      }
    }
  }

  private static void assertListed(Object value) throws ReflectiveOperationException {
    List<?> listed = (List<?>) value.getClass().getMethod("listed").invoke(null);
    assertThat(listed.contains(value)).as("%s lists %s", value.getClass(), value).isTrue();
  }

  private static Object scalar(Class<?> type, JsonElement json) {
    assertThat(json.isJsonPrimitive()).as("%s is a %s", json, type.getSimpleName()).isTrue();
    JsonPrimitive value = json.getAsJsonPrimitive();
    Function<JsonPrimitive, Object> read = SCALARS.get(type);
    assertThat(read).as("a type that the generator may use: " + type).isNotNull();
    boolean isOfType =
        type == Boolean.class
            ? value.isBoolean()
            : Number.class.isAssignableFrom(type) ? value.isNumber() : value.isString();
    assertThat(isOfType).as("%s is a %s", json, type.getSimpleName()).isTrue();
    try {
      return read.apply(value);
    } catch (RuntimeException e) {
      throw new AssertionError(json + " is no " + type.getSimpleName() + ": " + e, e);
    }
  }

  /** Fails if a part of a value that was read is not typed: unknown, raw or not listed. */
  void assertTyped(Object value) {
    if (value instanceof JsonElement json) {
      assertAnything(json);
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(this::assertTyped);
    } else if (value instanceof Collection<?> elements) {
      elements.forEach(this::assertTyped);
    } else if (value != null && value.getClass().getName().contains("tokenfactory.model")) {
      try {
        assertModelTyped(value, value.getClass());
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void assertModelTyped(Object value, Class<?> type) throws ReflectiveOperationException {
    if (has(type, "listed")) {
      assertListed(value);
    } else if (has(type, "asJson")) {
      assertThat(type.getMethod("asJson").invoke(value)).as("raw " + type.getSimpleName()).isNull();
      for (Method as : type.getMethods()) {
        if (as.getName().startsWith("as") && as.getParameterCount() == 0) {
          assertTyped(as.invoke(value));
        }
      }
    } else {
      ((Map<?, ?>) type.getMethod("unknown").invoke(value))
          .forEach(
              (name, json) ->
                  assertThat(json)
                      .as("%s does not know %s", type.getSimpleName(), name)
                      .isIn(JsonNull.INSTANCE, CorpusSamples.ANYTHING));
      for (Method getter : type.getMethods()) {
        if (getter.getDeclaringClass() == type
            && getter.getParameterCount() == 0
            && getter.getName().matches("get.*|additional")) {
          assertTyped(getter.invoke(value));
        }
      }
    }
  }

  /** {@return whether two JSON values mean the same} Numbers are compared by value. */
  static boolean same(JsonElement a, JsonElement b) {
    if (a instanceof JsonObject one && b instanceof JsonObject other) {
      return one.keySet().equals(other.keySet())
          && one.keySet().stream().allMatch(name -> same(one.get(name), other.get(name)));
    } else if (a instanceof JsonArray one && b instanceof JsonArray other) {
      boolean same = one.size() == other.size();
      for (int i = 0; same && i < one.size(); i++) {
        same = same(one.get(i), other.get(i));
      }
      return same;
    } else if (a instanceof JsonPrimitive one
        && b instanceof JsonPrimitive other
        && one.isNumber()
        && other.isNumber()) {
      return one.getAsBigDecimal().compareTo(other.getAsBigDecimal()) == 0;
    }
    return a.equals(b);
  }
}
