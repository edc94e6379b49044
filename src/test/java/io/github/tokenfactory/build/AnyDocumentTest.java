package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.ReflectionAccessFilter;
import com.google.gson.annotations.JsonAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

/**
 * Generates from documents of many styles, compiles the result, and writes and reads a value of
 * each class.
 */
class AnyDocumentTest {
  private static final Gson GSON =
      new GsonBuilder()
          .addReflectionAccessFilter(type -> ReflectionAccessFilter.FilterResult.BLOCK_ALL)
          .create();
  private static final int DEPTH = 4;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @TestFactory
  Stream<DynamicContainer> bindsEachDocument() throws IOException {
    List<Path> documents;
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/documents"))) {
      documents = files.sorted().toList();
    }
    return documents.stream()
        .map(
            document ->
                DynamicContainer.dynamicContainer(
                    document.getFileName().toString(), tests(document)));
  }

  private Stream<DynamicTest> tests(Path document) {
    Map<String, String> sources = Generation.of(document, "*", settings -> {});
    Map<String, Class<?>> classes = new TreeMap<>();
    ClassLoader loader;
    try {
      Path output = Files.createDirectories(directory.resolve(document.getFileName()));
      Generation.compile(sources, output);
      loader =
          new URLClassLoader(
              new java.net.URL[] {output.toUri().toURL()}, getClass().getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve)
                throws ClassNotFoundException {
              boolean generated = name.matches("io\\.github\\.tokenfactory\\.(model|api)\\..*");
              synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null
                    ? loaded
                    : generated ? findClass(name) : super.loadClass(name, resolve);
              }
            }
          };
      for (String name : sources.keySet()) {
        if (!name.equals("TokenFactoryApi")) {
          classes.put(name, loader.loadClass("io.github.tokenfactory.model." + name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
    DynamicTest api =
        DynamicTest.dynamicTest(
            "The interface is one that Retrofit takes",
            () -> {
              Class<?> type = loader.loadClass("io.github.tokenfactory.api.TokenFactoryApi");
              new Retrofit.Builder()
                  .baseUrl("http://localhost/")
                  .addConverterFactory(GsonConverterFactory.create(GSON))
                  .validateEagerly(true)
                  .build()
                  .create(type);
            });
    return Stream.concat(
        Stream.of(api),
        classes.entrySet().stream()
            .flatMap(
                entry ->
                    Stream.of(
                        DynamicTest.dynamicTest(
                            entry.getKey() + " is not empty",
                            () -> assertNotEmpty(entry.getValue())),
                        DynamicTest.dynamicTest(
                            entry.getKey() + " goes there and back",
                            () -> assertRoundTrips(entry.getValue())),
                        DynamicTest.dynamicTest(
                            entry.getKey() + " keeps what it does not know",
                            () -> assertKeepsUnknown(entry.getValue())))));
  }

  private static void assertNotEmpty(Class<?> type) {
    assertThat(type.isAnnotationPresent(JsonAdapter.class)).isTrue();
    assertThat(
            Arrays.stream(type.getMethods()).filter(method -> method.getDeclaringClass() == type))
        .extracting(Method::getName)
        .anyMatch(name -> name.matches("(get|as(?!Json$)|value).*"));
  }

  private static void assertRoundTrips(Class<?> type) {
    for (Object sample : samples(type, DEPTH)) {
      String json = GSON.toJson(sample);
      Object read = GSON.fromJson(json, type);
      assertThat(read).as(json).isEqualTo(sample).hasSameHashCodeAs(sample);
      assertThat(GSON.toJson(read)).isEqualTo(json);
      assertThat(read.toString()).doesNotContain("a text");
    }
  }

  private static void assertKeepsUnknown(Class<?> type) {
    for (Object sample : samples(type, DEPTH)) {
      JsonElement json = JsonParser.parseString(GSON.toJson(sample));
      if (json instanceof JsonObject object && hasMethod(type, "unknown")) {
        object.add("x_new", JsonParser.parseString("{\"a\":[1.50,null,{\"b\":null}]}"));
        object.keySet().stream()
            .filter(name -> !name.equals("x_new"))
            .findFirst()
            .ifPresent(name -> object.add(name, null));
      } else if (hasMethod(type, "asJson")) {
        json = JsonParser.parseString("[[[{\"x_new\":[null,true]}],false],{\"y\":1e400}]");
      } else if (json instanceof JsonPrimitive value) {
        json = value.isString() ? new JsonPrimitive("a-new-value") : new JsonPrimitive(987654321);
      }
      Object read = GSON.fromJson(json, type);
      assertThat(JsonParser.parseString(GSON.toJson(read)))
          .as(type + " of " + json)
          .isEqualTo(json);
    }
  }

  private static boolean hasMethod(Class<?> type, String name) {
    return Arrays.stream(type.getMethods()).anyMatch(method -> method.getName().equals(name));
  }

  /**
   * {@return the methods by name} An empty object is the first variant that it fits, so samples
   * take that one, too.
   */
  private static List<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods()).sorted(Comparator.comparing(Method::getName)).toList();
  }

  /**
   * {@return values that together set each property, or take each variant or constant, of a
   * generated class}
   */
  private static List<Object> samples(Class<?> type, int depth) {
    try {
      if (hasMethod(type, "listed")) {
        return List.copyOf((List<?>) type.getMethod("listed").invoke(null));
      } else if (hasMethod(type, "asJson")) {
        Set<Object> variants = new LinkedHashSet<>();
        // Of a parent and its children only the parent is read from any text as discriminator.
        String parent = "of" + type.getSimpleName() + "Base";
        boolean isFamily = methods(type).stream().anyMatch(each -> each.getName().equals(parent));
        for (Method of : methods(type)) {
          if (Modifier.isStatic(of.getModifiers())
              && of.getName().startsWith(isFamily ? parent : "of")
              && !of.getName().equals("ofJson")
              && depth > 0) {
            variants.add(of.invoke(null, sample(of.getGenericParameterTypes()[0], depth - 1)));
          }
        }
        return List.copyOf(variants);
      }
      Object builder = type.getMethod("builder").invoke(null);
      for (Method set : methods(builder.getClass())) {
        if (set.getDeclaringClass() == builder.getClass()
            && set.getParameterCount() == 1
            && depth > 0) {
          set.invoke(builder, sample(set.getGenericParameterTypes()[0], depth - 1));
        } else if (set.getName().equals("additional") && depth > 0) {
          set.invoke(builder, "some_name", sample(set.getGenericParameterTypes()[1], depth - 1));
        }
      }
      return List.of(builder.getClass().getMethod("build").invoke(builder));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(type + ": " + e, e);
    }
  }

  private static Object sample(Type type, int depth) {
    if (type instanceof ParameterizedType generic) {
      Object element =
          sample(
              generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1], depth);
      boolean none = element == null;
      if (generic.getRawType() == Map.class) {
        return none ? Map.of() : Map.of("key", element);
      }
      return generic.getRawType() == Set.class
          ? none ? Set.of() : Set.of(element)
          : none ? List.of() : List.of(element);
    }
    Map<Class<?>, Object> scalars =
        Map.ofEntries(
            Map.entry(String.class, "a text"),
            Map.entry(Long.class, 12345678901L),
            Map.entry(Double.class, 0.25),
            Map.entry(Float.class, 0.5f),
            Map.entry(Boolean.class, true),
            Map.entry(BigDecimal.class, new BigDecimal("1.5")),
            Map.entry(OffsetDateTime.class, OffsetDateTime.parse("2026-11-22T10:00:00+01:00")),
            Map.entry(LocalDate.class, LocalDate.parse("2026-11-22")),
            Map.entry(UUID.class, UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8")),
            Map.entry(URI.class, URI.create("https://example.com/a?b=c")),
            Map.entry(byte[].class, new byte[] {1, 2, 3}),
            Map.entry(JsonElement.class, JsonParser.parseString("{\"any\":[1,null]}")));
    Object scalar = scalars.get(type);
    if (scalar != null) {
      return scalar;
    }
    assertThat((AnnotatedElement) type)
        .as("a type that the generator may use")
        .satisfies(t -> assertThat(t.isAnnotationPresent(JsonAdapter.class)).isTrue());
    List<Object> samples = samples((Class<?>) type, depth);
    return samples.isEmpty() ? null : samples.get(0);
  }
}
