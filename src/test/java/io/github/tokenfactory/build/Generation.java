package io.github.tokenfactory.build;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.openapitools.codegen.DefaultGenerator;
import org.openapitools.codegen.config.CodegenConfigurator;

/** Helps to run the generator as the build does, in this process and on any document. */
public final class Generation {
  public static final Path DOCUMENT = Path.of("openapi.json");
  public static final Path SETTINGS = Path.of("generated-sources-config.yaml");
  public static final Path TEMPLATES = Path.of("templates");

  private Generation() {}

  /** {@return the sources generated for the pinned document, by simple class name} */
  public static Map<String, String> ofPinned() {
    return of(DOCUMENT, "POST /v1/embeddings", settings -> {});
  }

  /** {@return the generated sources by simple class name} */
  public static Map<String, String> of(
      Path document, String operations, Consumer<CodegenConfigurator> change) {
    try {
      Path input = Files.createTempDirectory("generator-input");
      try {
        return of(document, operations, SETTINGS, input, change);
      } finally {
        delete(input);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the same, with other settings; what the generator is given is in {@code input}} */
  public static Map<String, String> of(
      Path document,
      String operations,
      Path projectSettings,
      Path input,
      Consumer<CodegenConfigurator> change) {
    try {
      Path output = Files.createTempDirectory("generated");
      try {
        PrepareGeneratorInput.main(
            new String[] {
              document.toString(),
              operations,
              projectSettings.toString(),
              input.toString(),
              output.toString()
            });
        CodegenConfigurator settings =
            CodegenConfigurator.fromFile(input.resolve("settings.yaml").toString());
        settings
            .setGeneratorName("java")
            .setInputSpec(input.resolve("openapi.json").toString())
            .setTemplateDir(TEMPLATES.toString())
            .setOutputDir(output.toString())
            .addGlobalProperty("quiet", "true");
        change.accept(settings);
        DefaultGenerator generator = new DefaultGenerator();
        generator.setGenerateMetadata(false);
        for (String kept : new String[] {"apis", "models"}) {
          generator.setGeneratorPropertyDefault(kept, "true");
        }
        for (String left :
            new String[] {"supportingFiles", "apiDocs", "apiTests", "modelDocs", "modelTests"}) {
          generator.setGeneratorPropertyDefault(left, "false");
        }
        generator.opts(settings.toClientOptInput()).generate();
        OrganizeImports.main(new String[] {input.toString(), output.toString()});
        return sources(output.resolve("src"));
      } finally {
        delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compiles sources as strictly as the build does; fails with the compiler's words. */
  public static void compile(Map<String, String> sources, Path output) throws IOException {
    List<SimpleJavaFileObject> files = new ArrayList<>();
    sources.forEach(
        (name, source) ->
            files.add(
                new SimpleJavaFileObject(
                    URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                  @Override
                  public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return source;
                  }
                }));
    StringWriter said = new StringWriter();
    List<String> options =
        List.of(
            "-Xlint:all",
            "-Xdoclint:all,-missing",
            "-Werror",
            "-proc:none",
            "--release",
            "17",
            "-d",
            output.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    if (!ToolProvider.getSystemJavaCompiler()
        .getTask(said, null, null, options, null, files)
        .call()) {
      throw new AssertionError(said.toString());
    }
  }

  private static Map<String, String> sources(Path directory) throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
      }
    }
    return sources;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }

  /** {@return whether the package of a class is left out, since its operation is not bound} */
  public static boolean isLeftOut(String className) {
    String folder = className.substring(0, className.lastIndexOf('.')).replace('.', '/');
    return folder.startsWith("io/github/tokenfactory")
        && !hasFiles(Path.of("target/classes", folder))
        && !hasFiles(Path.of("target/drift-classes", folder));
  }

  private static boolean hasFiles(Path folder) {
    String[] names = folder.toFile().list();
    return names != null && names.length > 0;
  }
}
