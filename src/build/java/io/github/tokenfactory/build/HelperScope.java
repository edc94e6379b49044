package io.github.tokenfactory.build;

import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Leaves out what needs the embeddings operation if it is not bound, or lacks a schema that has a
 * handwritten class: the packages, the test kit, their tests and the consumer projects.
 */
final class HelperScope {
  private static final String OPERATION = "POST /v1/embeddings";
  private static final List<String> PACKAGES = List.of("bulk", "embeddings");

  private HelperScope() {}

  /** {@return whether {@code document} has the operation} Others may use its schemas, too. */
  static boolean isBound(Document document) {
    return document.operations().stream().map(Operation::title).anyMatch(OPERATION::equals);
  }

  /** {@return properties for the build} */
  static String properties(boolean complete) {
    String packages =
        PACKAGES.stream()
            .map(name -> "io/github/tokenfactory/" + name + "/**")
            .collect(Collectors.joining(","));
    return """
        embeddings.excludes=%s
        embeddings.root=%s
        embeddings.testkit=%s
        embeddings.consumers=%s
        mdep.analyze.skip=%s
        """
        .formatted(
            complete ? "none" : packages,
            complete ? "src" : "none",
            complete ? "test-classes" : "none",
            complete ? "*" : "none",
            !complete); // what only the tests left out use would count as unused
  }

  /** Writes the module descriptor in {@code source} to {@code directory}; says what is left out. */
  static void write(Path source, Path directory, boolean complete) throws IOException {
    String module = Files.readString(source.resolve("module-info.java"));
    for (String name : complete ? List.<String>of() : PACKAGES) {
      module = module.replace("  exports io.github.tokenfactory." + name + ";\n", "");
    }
    PullDocument.replace(directory.resolve("module-info.java"), module);
    if (!complete) {
      System.out.println(
          "The embeddings operation is not bound: its packages, their tests, the test kit and the"
              + " consumer projects are left out.");
    }
  }
}
