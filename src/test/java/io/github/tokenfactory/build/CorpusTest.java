package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Binds whole documents as common frameworks print them, and as people write them: all compiles,
 * Retrofit accepts every method, and two calls of each operation travel as the document says.
 *
 * <p>The documents describe services that do not exist. Those of FastAPI (Pydantic 1), NestJS,
 * springdoc, tsoa, TypeSpec, Hono and Fastify were printed by these frameworks.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusTest {
  private static final Path DOCUMENTS = Path.of("src/test/resources/corpus");

  /** What fails today: a document, an operation or * for all of it, and what is wrong. */
  private static final String KNOWN =
      """
      drf-spectacular-library.yaml | GET /api/loans/ | the samples of an enumeration with an empty one and a null one are not valid
      drf-spectacular-library.yaml | PATCH /api/loans/{id}/ | the samples of an enumeration with an empty one and a null one are not valid
      drf-spectacular-library.yaml | POST /api/loans/ | the samples of an enumeration with an empty one and a null one are not valid
      drf-spectacular-library.yaml | PUT /api/loans/{id}/ | the samples of an enumeration with an empty one and a null one are not valid
      drf-spectacular-library.yaml | GET /api/loans/{id}/ | the samples of an enumeration with an empty one and a null one are not valid
      go-huma-notes.json | POST /notes | a length is counted in UTF-16 characters
      go-huma-notes.json | PUT /notes/{note-id} | a length is counted in UTF-16 characters
      handwritten-3.0-oddities.yaml | POST /4 | lists and maps of bytes are not equal by value
      handwritten-3.1-devices.yaml | POST /devices/{id}/commands | an enumeration of texts and numbers is raw JSON
      handwritten-3.1-devices.yaml | POST /devices | an enumeration of texts and numbers is not sampled
      operator-cluster.yaml | GET /apis/acme.io/v1/namespaces/{namespace}/widgets | lists and maps of bytes are not equal by value
      operator-cluster.yaml | PATCH /apis/acme.io/v1/namespaces/{namespace}/widgets/{name} | the media type of the body is lost; lists and maps of bytes are not equal by value
      operator-cluster.yaml | POST /apis/acme.io/v1/namespaces/{namespace}/widgets | a body of */* is left raw; lists and maps of bytes are not equal by value
      """;

  @TempDir static Path directory;

  private final List<Corpus> bound = new ArrayList<>();

  @AfterAll
  void close() throws IOException {
    for (Corpus each : bound) {
      each.close();
    }
  }

  @TestFactory
  Stream<DynamicContainer> speaksAsEachDocumentSays() throws IOException {
    return documents().stream()
        .map(document -> DynamicContainer.dynamicContainer(name(document), tests(document)));
  }

  private Stream<DynamicTest> tests(Path document) {
    String name = name(document);
    Corpus corpus;
    try {
      corpus = Corpus.bind(document, Files.createDirectory(directory.resolve(name)));
    } catch (Exception | AssertionError | LinkageError e) {
      return Stream.of(test(name, "*", () -> rethrow(e)));
    }
    bound.add(corpus);
    return Stream.concat(
        Stream.of(test(name, "*", () -> {})),
        corpus.operations().stream()
            .map(operation -> test(name, operation.toString(), () -> corpus.check(operation))));
  }

  private interface Check {
    void run() throws Exception;
  }

  /** {@return the test of an operation} If it is known to fail, it must fail. */
  private static DynamicTest test(String document, String operation, Check check) {
    boolean isKnown = isKnown(document, operation);
    String title = document + " " + operation;
    return DynamicTest.dynamicTest(
        title,
        () -> {
          try {
            check.run();
          } catch (Exception | AssertionError e) {
            if (isKnown) {
              return;
            }
            throw new AssertionError(title + ": " + e.getMessage(), e);
          }
          assertThat(isKnown).as(title + " no longer fails: remove it from KNOWN").isFalse();
        });
  }

  private static void rethrow(Throwable e) throws Exception {
    if (e instanceof Exception exception) {
      throw exception;
    }
    throw (Error) e;
  }

  private static boolean isKnown(String document, String operation) {
    return KNOWN.lines().anyMatch(line -> line.startsWith(document + " | " + operation + " | "));
  }

  @Test
  void knowsFaultsOfOperationsThatExist() throws IOException {
    List<String> all = new ArrayList<>();
    for (Path document : documents()) {
      all.add(name(document) + " | *");
      CorpusDocument.read(document)
          .operations()
          .forEach(operation -> all.add(name(document) + " | " + operation));
    }
    assertThat(KNOWN.lines())
        .allSatisfy(line -> assertThat(all).contains(line.substring(0, line.lastIndexOf(" | "))));
  }

  @Test
  void hasDocumentsOfManyStyles() throws IOException {
    long operations = 0;
    for (Path document : documents()) {
      operations += CorpusDocument.read(document).operations().size();
    }
    assertThat(documents()).hasSizeGreaterThanOrEqualTo(25);
    assertThat(operations).isGreaterThanOrEqualTo(320);
  }

  private static List<Path> documents() {
    try (Stream<Path> files = Files.list(DOCUMENTS)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path document) {
    return document.getFileName().toString();
  }
}
