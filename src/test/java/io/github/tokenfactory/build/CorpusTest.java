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
      aspnet-openapi10-todo.json | POST /todos/{id}/attachments/all | several parts under one name cannot be sent
      aspnet-swashbuckle-fleet.json | POST /api/Vehicles | an optional body cannot be left out
      aspnet-swashbuckle-fleet.json | PATCH /api/Vehicles/{id} | an optional body cannot be left out
      aspnet-swashbuckle-fleet.json | GET /api/Vehicles/{id}/Trips | children of a discriminated parent are not read as themselves
      aspnet-swashbuckle-fleet.json | POST /api/Vehicles/{id}/Photo | several parts under one name cannot be sent
      drf-spectacular-library.yaml | * | a union of enumerations that are not all texts does not compile
      fastapi-pydantic1-shop.json | POST /products/{product_id}/images | several parts under one name cannot be sent
      fastapi-pydantic1-shop.json | POST /orders/{order_id}/cancel | an optional body cannot be left out
      fastapi-pydantic2-assistants.json | POST /v1/completions | the stream of events is not offered
      fastapi-pydantic2-assistants.json | POST /v1/threads/{thread_id}/run | an optional body cannot be left out
      go-huma-notes.json | PATCH /notes/{note-id} | the media type of the body is lost
      go-huma-notes.json | POST /import | several parts under one name cannot be sent
      handwritten-3.0-boards.yaml | GET /boards | an object in the query travels as one text
      handwritten-3.0-boards.yaml | POST /boards | a required property that is readOnly is asked for
      handwritten-3.0-boards.yaml | GET /boards/{board}/cards | children of a discriminated parent are not read as themselves
      handwritten-3.0-boards.yaml | POST /boards/{board}/cards | children of a discriminated parent are not read as themselves
      handwritten-3.0-boards.yaml | POST /cards/{card}/move | children of a discriminated parent are not read as themselves; a success without content is an error
      handwritten-3.0-lights.yaml | * | properties called on, off, yes and no do not compile
      handwritten-3.0-oddities.yaml | POST /1 | text/json is not read as JSON
      handwritten-3.0-oddities.yaml | POST /4 | lists and maps of bytes are not equal by value
      handwritten-3.0-oddities.yaml | GET /16 | a formatted text on the top level cannot be read
      handwritten-3.0-oddities.yaml | POST /17 | a formatted text on the top level cannot be read
      handwritten-3.0-payments.yaml | * | a variant that is only nullable does not compile
      handwritten-3.0-telephony.yaml | GET /v1/customers | an object in the query travels as one text
      handwritten-3.0-telephony.yaml | POST /v1/customers | an object in a form travels as one text
      handwritten-3.1-devices.yaml | * | a union of enumerations that are not all texts does not compile
      handwritten-3.1-storage.yaml | PUT /{bucket} | an optional body cannot be left out
      handwritten-3.1-storage.yaml | GET /{bucket} | an object in the query travels as one text
      handwritten-3.1-storage.yaml | DELETE /{bucket} | an optional body cannot be left out
      handwritten-3.1-storage.yaml | POST /batch | several parts under one name cannot be sent
      hono-zod-chat.json | PATCH /channels/{channel} | an optional body cannot be left out
      hono-zod-chat.json | POST /channels/{channel}/messages | several success answers are raw JSON
      laravel-scramble-blog.yaml | PUT /posts/{post} | an optional body cannot be left out
      laravel-scramble-blog.yaml | POST /posts/{post}/cover | several parts under one name cannot be sent
      nestjs-issues.json | POST /projects/{project}/issues/{id}/attachments/many | several parts under one name cannot be sent
      nestjs-issues.json | GET /users | an object in the query travels as one text
      odata-directory.yaml | GET /people | a number of format int64 is a Double
      odata-directory.yaml | POST /people | children of a discriminated parent are not read as themselves; a number of format int64 is a Double
      odata-directory.yaml | GET /people/{person-id} | a number of format int64 is a Double
      odata-directory.yaml | PATCH /people/{person-id} | children of a discriminated parent are not read as themselves; a number of format int64 is a Double
      odata-directory.yaml | POST /people/{person-id}/dir.move | a number of format int64 is a Double
      odata-directory.yaml | GET /people/dir.delta(token='{token}') | a number of format int64 is a Double
      operator-cluster.yaml | GET /apis/acme.io/v1/namespaces/{namespace}/widgets | lists and maps of bytes are not equal by value
      operator-cluster.yaml | POST /apis/acme.io/v1/namespaces/{namespace}/widgets | a body of */* is left raw; lists and maps of bytes are not equal by value
      operator-cluster.yaml | DELETE /apis/acme.io/v1/namespaces/{namespace}/widgets | an optional body cannot be left out; a body of */* is left raw
      operator-cluster.yaml | PATCH /apis/acme.io/v1/namespaces/{namespace}/widgets/{name} | the media type of the body is lost; lists and maps of bytes are not equal by value
      operator-cluster.yaml | DELETE /apis/acme.io/v1/namespaces/{namespace}/widgets/{name} | an optional body cannot be left out
      operator-cluster.yaml | GET /apis/acme.io/v1/namespaces/{namespace}/widgets/{name}/proxy/{path} | JSON of */* is left raw
      rails-rswag-events.yaml | POST /api/v1/events | the media type of the body is lost
      rails-rswag-events.yaml | PATCH /api/v1/events/{id} | the media type of the body is lost; an optional body cannot be left out
      rails-rswag-events.yaml | POST /api/v1/orders | an optional body cannot be left out
      rust-aide-graph.json | GET /nodes/{id} | uint64 does not fit
      rust-aide-graph.json | PUT /nodes/{id} | uint64 does not fit
      rust-aide-graph.json | GET /nodes | uint64 does not fit
      rust-aide-graph.json | POST /nodes | uint64 does not fit
      rust-aide-graph.json | POST /query | the stream of events is not offered
      rust-aide-graph.json | GET /stats | uint64 does not fit
      rust-utoipa-jobs.json | GET /jobs | uint64 does not fit
      rust-utoipa-jobs.json | POST /jobs | uint64 does not fit
      rust-utoipa-jobs.json | GET /jobs/{id} | uint64 does not fit
      rust-utoipa-jobs.json | PATCH /jobs/{id} | uint64 does not fit
      springdoc-bank-3.0.json | GET /api/accounts/{id} | JSON of */* is left raw
      springdoc-bank-3.0.json | PUT /api/accounts/{id} | JSON of */* is left raw
      springdoc-bank-3.0.json | PATCH /api/accounts/{id} | JSON of */* is left raw
      springdoc-bank-3.0.json | GET /api/accounts | JSON of */* is left raw
      springdoc-bank-3.0.json | POST /api/accounts | JSON of */* is left raw
      springdoc-bank-3.0.json | GET /api/accounts/{id}/transactions | JSON of */* is left raw
      springdoc-bank-3.0.json | POST /api/accounts/{id}/transactions | JSON of */* is left raw
      springdoc-bank-3.0.json | POST /api/accounts/{id}/scans | JSON of */* is left raw
      springdoc-bank-3.0.json | POST /api/accounts/{id}/notices | JSON of */* is left raw
      springdoc-bank-3.0.json | POST /api/accounts/{id}/documents | JSON of */* is left raw
      springdoc-bank-3.0.json | POST /api/accounts/search | JSON of */* is left raw
      springdoc-bank-3.0.json | POST /api/accounts/ids | JSON of */* is left raw
      springdoc-bank-3.0.json | GET /api/accounts/{id}/tree | JSON of */* is left raw
      springdoc-bank-3.0.json | GET /api/accounts/settings/{name} | JSON of */* is left raw
      springdoc-bank-3.0.json | GET /api/accounts/names | JSON of */* is left raw
      springdoc-bank-3.0.json | GET /api/accounts/export | JSON of */* is left raw
      springdoc-bank-3.0.json | GET /api/accounts/count | JSON of */* is left raw
      springdoc-bank-3.1.json | PUT /api/accounts/{id} | a required property that is readOnly is asked for
      springdoc-bank-3.1.json | PATCH /api/accounts/{id} | the media type of the body is lost
      springdoc-bank-3.1.json | POST /api/accounts | a required property that is readOnly is asked for
      springdoc-bank-3.1.json | POST /api/accounts/{id}/scans | several parts under one name cannot be sent
      springdoc-bank-3.1.json | GET /api/accounts/export | a formatted text on the top level cannot be read; an object in the query travels as one text
      typespec-parcels-3.0.yaml | POST /parcels/import | several parts under one name cannot be sent
      typespec-parcels-3.0.yaml | PATCH /parcels/{id} | the media type of the body is lost
      typespec-parcels-3.0.yaml | GET /parcels/{id}/events | children of a discriminated parent are not read as themselves
      typespec-parcels-3.0.yaml | POST /parcels/{id}/events | children of a discriminated parent are not read as themselves
      typespec-parcels-3.0.yaml | POST /parcels/{id}:reroute | several success answers are raw JSON
      typespec-parcels-3.1.yaml | POST /estimates | unevaluatedProperties do not type a map
      typespec-parcels-3.1.yaml | GET /parcels | unevaluatedProperties do not type a map
      typespec-parcels-3.1.yaml | POST /parcels | unevaluatedProperties do not type a map
      typespec-parcels-3.1.yaml | POST /parcels/import | several parts under one name cannot be sent
      typespec-parcels-3.1.yaml | GET /parcels/{id} | unevaluatedProperties do not type a map
      typespec-parcels-3.1.yaml | PATCH /parcels/{id} | the media type of the body is lost; unevaluatedProperties do not type a map
      typespec-parcels-3.1.yaml | GET /parcels/{id}/events | children of a discriminated parent are not read as themselves
      typespec-parcels-3.1.yaml | POST /parcels/{id}/events | children of a discriminated parent are not read as themselves
      typespec-parcels-3.1.yaml | POST /parcels/{id}:reroute | several success answers are raw JSON
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
