package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.annotations.JsonAdapter;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import jakarta.validation.Constraint;
import jakarta.validation.Valid;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import retrofit2.http.Body;

/**
 * Writes down what GraalVM's native image cannot see in the compiled classes, because only
 * reflection reaches it: the adapters that Gson creates, the models that are validated, the
 * constraints of this library, the services that Retrofit implements, and the bundled document.
 */
public final class WriteReachabilityMetadata {
  private static final String PACKAGE = "io.github.tokenfactory.";

  private final JsonArray reflection = new JsonArray();

  private WriteReachabilityMetadata() {}

  /**
   * Writes the metadata.
   *
   * @param args the directory of the compiled classes, and the file to write to
   */
  public static void main(String[] args) throws IOException, ReflectiveOperationException {
    WriteReachabilityMetadata metadata = new WriteReachabilityMetadata();
    for (Class<?> type : classes(Path.of(args[0]))) {
      metadata.add(type);
    }
    JsonArray resources = new JsonArray();
    resources.add(SchemaJson.object("glob", "META-INF/tokenfactory/openapi.json"));
    JsonObject json = SchemaJson.object("reflection", metadata.reflection, "resources", resources);
    Path file = Path.of(args[1]);
    Files.createDirectories(file.getParent());
    PullDocument.replace(file, CanonicalJson.canonical(json));
  }

  private static List<Class<?>> classes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve(PACKAGE.replace('.', '/')))) {
      return files
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .sorted()
          .<Class<?>>map(file -> load(file.replace(".class", "").replace('/', '.')))
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, WriteReachabilityMetadata.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("Not on the class path of the build: " + name, e);
    }
  }

  private void add(Class<?> type) {
    JsonAdapter adapter = type.getAnnotation(JsonAdapter.class);
    if (adapter != null) {
      addConstructor(adapter.value());
    }
    Constraint constraint = type.getAnnotation(Constraint.class);
    if (constraint != null) {
      addMembers(type, "allDeclaredMethods");
      for (Class<?> validator : constraint.validatedBy()) {
        addConstructor(validator);
      }
    }
    if (type.getPackageName().equals(PACKAGE + "api") && type.isInterface()) {
      addProxy(type);
      Set<Class<?>> validated = new LinkedHashSet<>();
      for (Method operation : type.getDeclaredMethods()) {
        for (Parameter parameter : operation.getParameters()) {
          if (parameter.isAnnotationPresent(Body.class)) {
            collectValidated(parameter.getParameterizedType(), validated);
          }
        }
      }
      validated.forEach(
          model ->
              addMembers(
                  model, "allDeclaredConstructors", "allDeclaredFields", "allDeclaredMethods"));
    }
  }

  /** Collects the models that {@code type} names, and those that validation reaches from them. */
  private static void collectValidated(Type type, Set<Class<?>> validated) {
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        collectValidated(argument, validated);
      }
    } else if (type instanceof Class<?> model
        && model.isAnnotationPresent(JsonAdapter.class)
        && validated.add(model)) {
      for (Method getter : model.getDeclaredMethods()) {
        if (getter.isAnnotationPresent(Valid.class)) {
          collectValidated(getter.getGenericReturnType(), validated);
        }
      }
    }
  }

  private void addConstructor(Class<?> type) {
    JsonArray methods = new JsonArray();
    methods.add(SchemaJson.object("name", "<init>", "parameterTypes", new JsonArray()));
    reflection.add(SchemaJson.object("type", type.getName(), "methods", methods));
  }

  private void addMembers(Class<?> type, String... members) {
    JsonObject entry = SchemaJson.object("type", type.getName());
    Stream.of(members).forEach(each -> entry.addProperty(each, true));
    reflection.add(entry);
  }

  private void addProxy(Class<?> type) {
    JsonArray interfaces = new JsonArray();
    interfaces.add(type.getName());
    reflection.add(SchemaJson.object("type", SchemaJson.object("proxy", interfaces)));
  }
}
