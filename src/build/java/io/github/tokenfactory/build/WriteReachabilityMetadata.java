package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.annotations.JsonAdapter;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import jakarta.validation.Constraint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes down what GraalVM's native image cannot see in the compiled classes, because only
 * reflection reaches it: the adapters that Gson creates, the constraints of this library, the
 * services that Retrofit implements, and the bundled document.
 */
public final class WriteReachabilityMetadata {
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
    try (Stream<Path> files = Files.walk(directory)) {
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
    boolean isService =
        Stream.of(type.getDeclaredMethods())
            .flatMap(method -> Stream.of(method.getAnnotations()))
            .anyMatch(each -> each.annotationType().getPackageName().equals("retrofit2.http"));
    if (isService) {
      addProxy(type);
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
