package io.github.tokenfactory.build;

import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.DocumentSource;
import io.github.tokenfactory.internal.openapi.Slicer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Prepares what the generator is given in place of the document: the bound operations alone, in
 * plain OpenAPI 3.0, under final Java names. All that depends on the document's style ends here, so
 * that templates stay simple.
 */
public final class PrepareGeneratorInput {
  private final GeneratorSettings settings;
  private final Document document;
  private final NameRegistry names;
  private final SchemaRewriter schemas;
  private final Set<String> notes = new LinkedHashSet<>();

  private PrepareGeneratorInput(GeneratorSettings settings, Document document) {
    this.settings = settings;
    this.document = document;
    names = new NameRegistry(document, settings.importedClasses().keySet());
    schemas = new SchemaRewriter(document, names, notes);
  }

  /**
   * Writes the generator's document and settings, what the client's jar holds of the document, and
   * properties for the build. A file that would not change is left alone.
   *
   * @param args the document, the operations (comma-separated), the settings to start from, the
   *     directory to write to, and the directory of the generated code
   */
  public static void main(String[] args) throws IOException {
    try {
      prepare(args);
    } catch (StackOverflowError | OutOfMemoryError e) {
      throw new IllegalArgumentException(
          "The document nests too deeply or is too large to generate from: " + args[0]);
    }
  }

  private static void prepare(String[] args) throws IOException {
    Document whole = DocumentSource.create().load(args[0]);
    List<String> operations = PullDocument.operations(args[1]);
    Document document = Slicer.slice(whole, whole.find(operations));
    if (document.operations().isEmpty()) {
      String why = operations.isEmpty() ? "none is named" : "it has no paths, or webhooks only";
      throw new IllegalArgumentException(args[0] + " has no operations to bind: " + why + ".");
    }
    if (whole.root().has("webhooks")) {
      System.out.println("Webhooks are not bound: they are requests that the server sends.");
    }
    Path config = Path.of(args[2]);
    GeneratorSettings settings = GeneratorSettings.load(config);
    PrepareGeneratorInput input = new PrepareGeneratorInput(settings, document);
    JsonObject rewritten = input.rewritten();
    input.notes.forEach(System.out::println);
    JavadocText.addLines(rewritten);
    Path directory = Path.of(args[3]);
    Path bundled = Files.createDirectories(directory.resolve("bundled"));
    write(directory.resolve("openapi.json"), rewritten);
    write(bundled.resolve("openapi.json"), document.root());
    JsonObject handwritten = input.handwrittenClasses();
    boolean isComplete =
        HelperScope.isBound(document) && handwritten.size() == settings.handwrittenClasses().size();
    write(bundled.resolve("handwritten-classes.json"), isComplete ? handwritten : new JsonObject());
    HelperScope.write(config.resolveSibling("src/main"), directory, settings, isComplete);
    GeneratorSettings used = isComplete ? settings : settings.withoutHandwrittenClasses();
    PullDocument.replace(
        directory.resolve("settings.yaml"), used.withNames(input.names.properties()));
    List<Path> files =
        List.of(
            config.resolveSibling("pom.xml"),
            config.resolveSibling("templates"),
            directory.resolve("openapi.json"),
            directory.resolve("settings.yaml"));
    boolean isUpToDate = GenerationState.isUpToDate(files, directory, Path.of(args[4]));
    PullDocument.replace(
        directory.resolve("build.properties"),
        HelperScope.properties(settings, isComplete) + "codegen.skip=" + isUpToDate + "\n");
  }

  private static void write(Path file, JsonObject json) throws IOException {
    PullDocument.replace(file, CanonicalJson.canonical(json));
  }

  /** {@return what the generator is given for {@code document}, for tests} */
  static JsonObject rewrite(GeneratorSettings settings, Document document) {
    return new PrepareGeneratorInput(settings, document).rewritten();
  }

  private JsonObject rewritten() {
    OperationRewriter operations = new OperationRewriter(document, schemas, notes);
    schemas.noteDialect(document.root(), "jsonSchemaDialect");
    document.operations().forEach(operations::rewrite);
    schemas.addComponents();
    schemas.components().asMap().forEach((name, each) -> describe(name, each.getAsJsonObject()));
    return SchemaJson.object(
        "openapi",
        "3.0.3",
        "info",
        SchemaJson.object("title", "generated", "version", "1"),
        "paths",
        operations.paths(),
        "components",
        SchemaJson.object("schemas", schemas.components()));
  }

  /** Describes a class that the document does not describe. */
  private static void describe(String name, JsonObject schema) {
    if (!schema.has("description")) {
      String kind = schema.has("enum") ? "enumeration" : schema.has("anyOf") ? "union" : "object";
      schema.addProperty("description", "The " + JavadocText.code(name) + " " + kind + ".");
    }
  }

  /** {@return the pointers of the schemas that have a handwritten class, each with its name} */
  private JsonObject handwrittenClasses() {
    JsonObject handwritten = new JsonObject();
    new TreeMap<>(names.classes())
        .forEach(
            (pointer, name) -> {
              if (settings.handwrittenClasses().containsKey(name)) {
                handwritten.add(pointer, settings.handwrittenClasses().get(name));
              }
            });
    return handwritten;
  }
}
