package io.github.tokenfactory.build;

import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Leaves out what needs the embeddings operation if it is not bound, or lacks a schema that has a
 * handwritten class: the packages, the test kit, their tests and the consumer projects.
 */
final class HelperScope {
  private static final String OPERATION = "POST /v1/embeddings";
  private static final String API = "io.github.tokenfactory.api";
  private static final String MODEL = "io.github.tokenfactory.model";
  private static final String CLIENT = "io/github/tokenfactory/TokenFactoryClient.java";
  private static final List<String> PACKAGES = List.of("bulk", "embeddings");

  private HelperScope() {}

  /** {@return whether {@code document} has the operation} Others may use its schemas, too. */
  static boolean isBound(Document document) {
    return document.operations().stream().map(Operation::title).anyMatch(OPERATION::equals);
  }

  /** {@return properties for the build} */
  static String properties(GeneratorSettings settings, boolean complete) {
    List<String> excludes = new ArrayList<>();
    if (!complete) {
      PACKAGES.forEach(name -> excludes.add("io/github/tokenfactory/" + name + "/**"));
    }
    if (!settings.apiPackage().equals(API)) {
      excludes.add(CLIENT); // a copy takes its place
    }
    return """
        embeddings.excludes=%s
        embeddings.root=%s
        embeddings.consumers=%s
        mdep.analyze.skip=%s
        """
        .formatted(
            excludes.isEmpty() ? "none" : String.join(",", excludes),
            complete ? "src" : "none",
            complete ? "*" : "none",
            !complete); // what only the tests left out use would count as unused
  }

  /**
   * Writes the module descriptor and the sources that name the generated packages, if the settings
   * name others; says what is left out.
   */
  static void write(Path sources, Path directory, GeneratorSettings settings, boolean complete)
      throws IOException {
    String module = Files.readString(sources.resolve("module/module-info.java"));
    for (String name : complete ? List.<String>of() : PACKAGES) {
      module = module.replace("  exports io.github.tokenfactory." + name + ";\n", "");
    }
    module =
        module
            .replace("exports " + API + ";", "exports " + settings.apiPackage() + ";")
            .replace("exports " + MODEL + ";", "exports " + settings.modelPackage() + ";");
    PullDocument.replace(directory.resolve("module-info.java"), module);
    // Below a folder of its own, which the exclusion of the original does not match.
    Path copy = directory.resolve("renamed/sources").resolve(CLIENT);
    if (settings.apiPackage().equals(API)) {
      Files.deleteIfExists(copy);
    } else {
      Files.createDirectories(copy.getParent());
      String client = Files.readString(sources.resolve("java").resolve(CLIENT));
      PullDocument.replace(
          copy, client.replace("import " + API + ".", "import " + settings.apiPackage() + "."));
    }
    if (!complete) {
      System.out.println(
          "The embeddings operation is not bound: its packages, their tests, the test kit and the"
              + " consumer projects are left out.");
    }
  }
}
