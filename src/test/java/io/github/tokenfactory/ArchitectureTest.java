package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the packages to the direction that ARCHITECTURE.md draws. */
class ArchitectureTest {
  private static final String ROOT = "io.github.tokenfactory";
  private static final Path TARGET = Path.of("target");

  /** The packages that each package may use, without the common prefix. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("internal.openapi", Set.of()),
          Map.entry("internal.diff", Set.of("internal.openapi")),
          Map.entry("drift", Set.of("internal.diff", "internal.openapi")),
          Map.entry("build", Set.of("drift", "internal.diff", "internal.openapi")),
          Map.entry("internal.codec", Set.of()),
          Map.entry("json", Set.of("internal.codec")),
          Map.entry("model", Set.of("json")),
          Map.entry("api", Set.of("json", "model")),
          Map.entry("errors", Set.of()),
          Map.entry("internal.http", Set.of("errors", "json")),
          Map.entry("", Set.of("api", "errors", "internal.codec", "internal.http", "json")),
          Map.entry(
              "embeddings",
              Set.of("", "api", "errors", "internal.codec", "internal.http", "json", "model")),
          Map.entry("bulk", Set.of("", "embeddings", "errors", "internal.http", "model")));

  /** Types that a lower package uses all the same, each with its reason. */
  private static final Map<String, Set<String>> EXCEPTIONS =
      Map.of(
          // Every error carries the response, which callers get from the client as well.
          "errors", Set.of("ResponseInfo"),
          // The transport takes and returns the types that callers see: own ones would be copies.
          "internal.http", Set.of("CallListener", "RequestOptions", "ResponseInfo"),
          // Handwritten classes stand in for two unions of the document.
          "model", Set.of("EmbeddingInput", "EmbeddingVector"),
          // Wraps a checked exception of the check for the command line and the diff.
          "internal.openapi", Set.of("CannotCheckException"),
          "internal.diff", Set.of("CannotCheckException", "Change"));

  @Test
  void noPackageUsesOneAboveIt() {
    List<Path> classes =
        Stream.of("drift-classes", "build-classes", "classes").map(TARGET::resolve).toList();

    Set<String> wrong =
        new ClassFileImporter()
            .importPaths(classes).stream()
                .flatMap(ArchitectureTest::uses)
                .filter(Use::isWrong)
                .map(Use::toString)
                .collect(Collectors.toCollection(TreeSet::new));

    assertThat(wrong).as("uses against the direction of ARCHITECTURE.md").isEmpty();
  }

  @Test
  void theClientIsCompiledAgainstNeitherTheDriftCheckNorTheBuildsPrograms() {
    Set<String> packages =
        new ClassFileImporter()
            .importPath(TARGET.resolve("classes")).stream()
                .map(type -> name(type.getPackageName()))
                .collect(Collectors.toCollection(TreeSet::new));

    assertThat(packages)
        .doesNotContain("drift", "build", "internal.diff", "internal.openapi")
        .contains("", "errors", "internal.http", "json");
  }

  private record Use(JavaClass from, JavaClass to) {
    boolean isWrong() {
      String user = name(from.getPackageName());
      String used = name(to.getPackageName());
      return !user.equals(used)
          && !ALLOWED.getOrDefault(user, Set.of()).contains(used)
          && !EXCEPTIONS.getOrDefault(user, Set.of()).contains(outermost(to).getSimpleName());
    }

    @Override
    public String toString() {
      return outermost(from).getName() + " -> " + outermost(to).getName();
    }
  }

  private static Stream<Use> uses(JavaClass from) {
    return from.getDirectDependenciesFromSelf().stream()
        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
        .filter(to -> to.getPackageName().startsWith(ROOT))
        .map(to -> new Use(from, to));
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  private static String name(String packageName) {
    return packageName.equals(ROOT) ? "" : packageName.substring(ROOT.length() + 1);
  }
}
