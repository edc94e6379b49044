package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecDriftTest {
  private static final String PINNED = Documents.text("openapi.json");

  /** Schema before, schema after, and the classification in a request and in a response. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: string | type: [string, 'null'] | EXTENDS | BREAKS",
        "type: [string, 'null'] | type: string | BREAKS | ALTERS",
        "type: number | type: integer | BREAKS | ALTERS",
        "type: integer | type: number | EXTENDS | BREAKS",
        "type: string | type: boolean | BREAKS | BREAKS",
        "type: string | anyOf: [{type: string}, {type: boolean}] | EXTENDS | BREAKS",
        "anyOf: [{type: string}, {type: boolean}] | type: string | BREAKS | ALTERS",
        "enum: [a] | enum: [a, b] | EXTENDS | EXTENDS",
        "enum: [a, b] | enum: [a] | BREAKS | ALTERS",
        "properties: {} | properties: {a: {type: string}} | EXTENDS | EXTENDS",
        "properties: {} | {properties: {a: {type: string}}, required: [a]} | BREAKS | EXTENDS",
        "properties: {a: {type: string}} | properties: {} | BREAKS | BREAKS",
        "properties: {a: {}} | {properties: {a: {}}, required: [a]} | BREAKS | ALTERS",
        "{properties: {a: {}}, required: [a]} | properties: {a: {}} | EXTENDS | BREAKS",
        "maximum: 5 | maximum: 7 | EXTENDS | ALTERS",
        "maximum: 5 | maximum: 3 | BREAKS | ALTERS",
        "minLength: 5 | {} | EXTENDS | ALTERS",
        "{} | pattern: a | BREAKS | ALTERS",
        "{} | default: a | ALTERS | ALTERS",
        "{} | deprecated: true | ALTERS | ALTERS",
        "{} | title: a | DOCUMENTATION | DOCUMENTATION",
      })
  void classifiesRequestsAndResponsesDifferently(
      String was, String is, Change.Effect request, Change.Effect response) {
    DriftReport onRequest = compare(request(was), request(is));
    DriftReport onResponse = compare(response(was), response(is));

    assertThat(onRequest.changes()).hasSize(1).first().returns(request, Change::effect);
    assertThat(onResponse.changes()).hasSize(1).first().returns(response, Change::effect);
  }

  @Test
  void reportsASharedSchemaOnceWithItsWorstEffect() {
    DriftReport report =
        compare(
            OpenApiDocument.parse(PINNED),
            OpenApiDocument.parse(PINNED.replace("\"flex\",\n          \"no", "\"no")));

    assertThat(report.changes())
        .singleElement()
        .returns("ServiceTier", Change::place)
        .returns(Change.Effect.BREAKS, Change::effect);
  }

  @Test
  void namesTheSuccessorOfAnOperation() {
    DriftReport byId = compare(PINNED, PINNED.replace("/v1/embeddings", "/v2/embeddings"));
    DriftReport byMessages =
        compare(
            PINNED, PINNED.replace("\"post\"", "\"put\"").replace("create_embeddings_v1", "make"));
    DriftReport gone =
        compare(
            PINNED,
            PINNED.replaceAll("(?s)\"paths\": .*\"components\"", "\"paths\": {}, \"components\""));

    assertThat(byId.changes()).singleElement().returns("POST /v2/embeddings", Change::is);
    assertThat(byMessages.changes()).singleElement().returns("PUT /v1/embeddings", Change::is);
    assertThat(gone.changes()).singleElement().returns("operation removed", Change::what);
  }

  @Test
  void reportsRenamedComponentsAndPathParametersAsNotices() {
    DriftReport renamed =
        compare(
            PINNED,
            PINNED
                .replace("/schemas/Usage\"", "/schemas/Tokens\"")
                .replace("\"Usage\": {", "\"Tokens\": {"));
    DriftReport parameter =
        compare(
            OpenApiDocument.parse(path("id").replace("NAME", "id")),
            OpenApiDocument.parse(path("x").replace("NAME", "x")));

    assertThat(renamed.hasDrift()).isFalse();
    assertThat(renamed.changes())
        .singleElement()
        .returns(Change.Effect.NOTICE, Change::effect)
        .returns("Tokens", Change::is);
    assertThat(parameter.hasDrift()).isFalse();
    assertThat(parameter.changes())
        .singleElement()
        .returns("id", Change::was)
        .returns("x", Change::is);
    assertThat(
            compare(path("id").replace("NAME", "id"), path("x").replace("NAME", "id")).hasDrift())
        .isTrue();
  }

  private static String path(String name) {
    return """
    openapi: 3.0.0
    paths: {'/a/{%s}': {get: {parameters: [{name: NAME, in: path, required: true, schema: {type: string}}]}}}
    """
        .formatted(name);
  }

  @Test
  void reportsOperationsThatOnlyThePublishedDocumentHas() {
    DriftReport report =
        SpecDrift.compare(
            OpenApiDocument.parse(PINNED),
            OpenApiDocument.parse(
                PINNED.replace("\"paths\": {", "\"paths\": {\"/v1/rerank\": {\"post\": {}},")),
            List.of("*"));

    assertThat(report.hasDrift()).isFalse();
    assertThat(report.changes()).singleElement().returns("POST /v1/rerank", Change::is);
  }

  @Test
  void readsKeywordsBesideAReferenceIn31Only() {
    String was = "schema: {$ref: '#/components/schemas/A'}";
    String is = "schema: {$ref: '#/components/schemas/A', required: [a]}";
    OpenApiDocument old = SliceTest.operation(was, "A: {properties: {a: {type: string}}}");
    OpenApiDocument now = SliceTest.operation(is, "A: {properties: {a: {type: string}}}");

    assertThat(compare(old, now).hasDrift()).isTrue();
    assertThat(compare(as30(old), as30(now)).hasDrift()).isFalse();
    assertThat(compare(as30(old), as30(now)).hasDocumentationChanges()).isTrue();
  }

  private static OpenApiDocument as30(OpenApiDocument document) {
    return OpenApiDocument.parse(document.toCanonicalJson().replace("3.1.0", "3.0.3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "oneOf: [{type: string}, {type: boolean}] | anyOf: [{type: string}, {type: boolean}]",
        "{minimum: 5, exclusiveMinimum: 5} | {minimum: 5}",
        "{type: [string, integer], minLength: 2} | {type: [string, integer]}",
        "properties: {a: {title: T}} | properties: {title: {title: T}, a: {title: T}}",
        "default: {title: a} | default: {title: b}",
        "const: {description: a} | const: {description: b}",
        "{properties: {a: {type: string}}, additionalProperties: false} | {properties: {a: {type:"
            + " string}}}",
        "allOf: [{properties: {a: {}}, additionalProperties: false}, {properties: {b: {}}}] |"
            + " {properties: {a: {}, b: {}}, additionalProperties: false}",
        "default: 9007199254740993 | default: 9007199254740992",
        "enum: ['1'] | enum: [1]",
        "items: {type: string} | items: {type: string, nullable: true}",
        "{type: string, allOf: [{type: string, minLength: 1}]} | {type: string, allOf: [{type:"
            + " string, minLength: 2}]}",
        "{enum: [a], allOf: [{enum: [a, b]}]} | {enum: [a], allOf: [{enum: [a, b, c]}]}",
      })
  void reportsDrift(String was, String is) {
    assertThat(compare(request(was), request(is)).hasDrift()).isTrue();
    assertThat(compare(request(is), request(was)).hasDrift()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: [string, integer] | anyOf: [{type: integer}, {type: string}]",
        "{type: [string, 'null'], minLength: 2} | anyOf: [{type: 'null'}, {type: string, minLength:"
            + " 2}]",
        "{type: string, nullable: true, enum: [a]} | anyOf: [{type: string, enum: [a]}, {type:"
            + " 'null'}]",
        "anyOf: [{enum: [a]}, {const: null}] | oneOf: [{const: a}, {enum: [null]}]",
        "anyOf: [{anyOf: [{type: string}, {type: 'null'}]}, {type: integer}] | anyOf: [{type:"
            + " integer}, {type: string}, {type: 'null'}]",
        "{minimum: 5, exclusiveMinimum: true} | exclusiveMinimum: 5.0",
        "{minimum: 5, exclusiveMinimum: false} | minimum: 5",
        "allOf: [{required: [a]}, {properties: {a: {type: string}}}] | {properties: {a: {type:"
            + " string}}, required: [a]}",
        "allOf: [{properties: {a: {}}, additionalProperties: false}, {required: [a]}] |"
            + " {properties: {a: {}}, additionalProperties: false, required: [a]}",
        "allOf: [{properties: {a: {minLength: 1}}}, {properties: {a: {type: string}}}] |"
            + " properties: {a: {type: string, minLength: 1}}",
        "items: {} | items: true",
        "{} | true",
        "{properties: {a: {}}, x-foo: 1} | {properties: {a: true}, x-foo: 2}",
        "type: [string, integer, number, boolean, object, array, 'null'] | {}",
        "type: [integer, number] | type: number",
        "default: {a: 1, b: 2} | default: {b: 2.0, a: 1e0}",
        "$ref: '#/components/schemas/Alias' | {type: string, format: date}",
        "items: {$ref: '#/components/schemas/Tree'} | items: {properties: {children: {items: {$ref:"
            + " '#/components/schemas/Tree'}}}}",
      })
  void findsNoDrift(String was, String is) {
    assertThat(compare(request(was), request(is)).toText()).startsWith("No drift");
    assertThat(compare(request(is), request(was)).toText()).startsWith("No drift");
  }

  @Test
  void comparesRecursiveSchemas() {
    String pets =
        """
        Pet: {oneOf: [{$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Cat'}], properties: {kind: {type: string}}}
        Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {bark: {type: string}}}]}
        Cat: {allOf: [{$ref: '#/components/schemas/Pet'}]}
        """;
    OpenApiDocument document =
        SliceTest.operation("schema: {$ref: '#/components/schemas/Pet'}", pets);
    OpenApiDocument changed =
        SliceTest.operation(
            "schema: {$ref: '#/components/schemas/Pet'}",
            pets.replace("bark: {type: string", "bark: {type: boolean"));

    assertThat(compare(document, document).hasDrift()).isFalse();
    assertThat(compare(document, changed).hasDrift()).isTrue();
    OpenApiDocument cycle =
        SliceTest.operation(
            "schema: {$ref: '#/components/schemas/A'}",
            "A: {allOf: [{$ref: '#/components/schemas/A'}]}");
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(document, cycle))
        .withMessageStartingWith("published document: ")
        .returns(Reason.REFERENCE_CYCLE, CannotCheckException::reason);
  }

  @Test
  void comparesLongChainsOfSchemasQuickly() {
    StringBuilder schemas = new StringBuilder("A0: {anyOf: [{type: string}, {type: integer}]}\n");
    for (int i = 1; i <= 300; i++) {
      String below = "{$ref: '#/components/schemas/A" + (i - 1) + "'}";
      schemas.append(
          "A%d: {properties: {a: %s, b: %s}, items: {anyOf: [%s, {allOf: [%s]}]}}%n"
              .formatted(i, below, below, below, below));
    }
    String root = "schema: {$ref: '#/components/schemas/A300'}";
    OpenApiDocument was = SliceTest.operation(root, schemas.toString());
    OpenApiDocument is =
        SliceTest.operation(root, schemas.toString().replace("integer", "boolean"));

    assertThat(compare(was, is).changes()).singleElement().returns("A0[anyOf 2]", Change::place);
  }

  @Test
  void comparesDeepAndWideSchemas() {
    StringBuilder deep = new StringBuilder("{type: string}");
    for (int i = 0; i < 185; i++) {
      deep.insert(0, "{items: ").append("}");
    }
    StringBuilder wide = new StringBuilder("oneOf: [");
    for (int i = 0; i < 300; i++) {
      wide.append(
          "{type: object, properties: {a%d: {type: string}, b: {const: %d}}}, ".formatted(i, i));
    }
    wide.append("{}]");

    assertThat(
            compare(request(deep.toString()), request(deep.toString().replace("string", "integer")))
                .changes())
        .hasSize(1);
    assertThat(
            compare(request(wide.toString()), request(wide.toString().replace("string", "integer")))
                .changes())
        .hasSize(300);
  }

  /** Equal text has another meaning if the targets of its references differ. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: integer | type: number",
        "key: {type: apiKey | key: {type: http",
        "url: https://a.example | url: https://b.example",
        "openapi: 3.1.0 | openapi: 3.0.0",
        "Cat: {properties: {c: {}}} | Cat: {properties: {d: {}}}",
        "default: wide | default: narrow",
      })
  void comparesEqualReferencesByTheirTargets(String was, String is) {
    String document =
        """
        openapi: 3.1.0
        servers: [{url: https://a.example}]
        security: [{key: []}]
        paths:
          /a:
            get:
              responses: {'200': {$ref: '#/components/responses/Pets'}}
              callbacks: {done: {$ref: '#/components/callbacks/Done'}}
        components:
          securitySchemes: {key: {type: apiKey, name: k, in: header}}
          callbacks: {Done: {'{$url}': {post: {requestBody: {content: {a/b: {schema: {type: string}}}}}}}}
          responses: {Pets: {description: '', content: {a/b: {schema: {$ref: '#/components/schemas/Pet'}}}}}
          schemas:
            Pet: {discriminator: {propertyName: kind, mapping: {cat: Cat}}, properties: {of: {$ref: '#/components/schemas/Of%6C'}, size: {$ref: '#/components/schemas/Size', minLength: 1}}}
            Cat: {properties: {c: {}}}
            Ofl: {type: array, items: {$ref: '#/components/schemas/Ofl/$defs/deep'}, $defs: {deep: {type: integer}}}
            Size: {default: wide}
        """;
    assertThat(document).contains(was);
    assertThat(compare(document, document).changes()).isEmpty();
    assertThat(compare(document, document.replace(was, is)).hasDrift()).isTrue();
    assertThat(compare(document.replace(was, is), document).hasDrift()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"servers: [[]]", "servers: [3]", "security: {}", "security: [[]]", "servers: {}"})
  void namesBrokenServersAndSecurity(String member) {
    String document = "openapi: 3.1.0\n%s\npaths: {/a: {get: {}}}";

    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(document.formatted("x-a: 1"), document.formatted(member)))
        .returns(Reason.MALFORMED, CannotCheckException::reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "properties: {a: 3} | properties/a",
        "items: text | items",
        "anyOf: [null] | anyOf/0",
        "properties: {a: {$ref: '#/components/schemas/Gone'}} | '#/components/schemas/Gone'",
      })
  void namesTheDocumentAndTheLocationThatCannotBeChecked(String schema, String says) {
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(request("{}"), request(schema)))
        .withMessageStartingWith("published document: ")
        .withMessageContaining(says);
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(request(schema), request("{}")))
        .withMessageStartingWith("pinned document: ")
        .withMessageContaining(says);
  }

  private static OpenApiDocument request(String schema) {
    return SliceTest.operation(
        "schema: "
            + (schema.startsWith("{") || !schema.contains(":") ? schema : "{" + schema + "}"),
        """
        Alias: {$ref: '#/components/schemas/Date'}
        Date: {type: string, format: date}
        Tree: {properties: {children: {items: {$ref: '#/components/schemas/Tree'}}}}
        """);
  }

  private static OpenApiDocument response(String schema) {
    return OpenApiDocument.parse(
        request(schema)
            .toCanonicalJson()
            .replace("\"requestBody\": {", "\"responses\": {\"200\": {\"description\": \"\",")
            .replace("\"responses\": {}", "\"x\": 0")
            .replace("\n      },\n      \"x\": 0", "}},\n      \"x-y\": 0")
            .replace("\n        },\n        \"x\": 0", "}},\n        \"x-y\": 0"));
  }

  private static DriftReport compare(String was, String is) {
    return compare(OpenApiDocument.parse(was), OpenApiDocument.parse(is));
  }

  private static DriftReport compare(OpenApiDocument was, OpenApiDocument is) {
    return SpecDrift.compare(was, is, was.operations());
  }
}
