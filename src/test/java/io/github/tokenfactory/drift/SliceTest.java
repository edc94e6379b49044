package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonObject;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceTest {
  private static final OpenApiDocument EVERYTHING =
      OpenApiDocument.parse(Documents.text("everything-3.1.json"));

  @Test
  void keepsOnlyWhatTheOperationNeeds() {
    OpenApiDocument document =
        OpenApiDocument.parse(
            """
            openapi: 3.1.0
            info: {version: '1', description: gone, title: T}
            tags: [{name: gone}]
            x-gone: 1
            paths:
              /other: {get: {responses: {'200': {$ref: '#/components/responses/Gone'}}}}
              /a/{id}:
                get: {responses: {}}
                parameters: [{$ref: '#/components/parameters/Id'}]
                post:
                  security: [{key: []}]
                  requestBody: {$ref: '#/components/requestBodies/Body'}
                  responses: {'200': {headers: {h: {$ref: '#/components/headers/H'}}, links: {l: {$ref: '#/components/links/L'}}}}
            components:
              schemas:
                Gone: {type: string}
                A/~b: {properties: {$ref: {type: string}, self: {$ref: '#/components/schemas/A~1~0b'}}}
                Id: {type: string, examples: [{$ref: '#/data'}]}
              links: {L: {operationId: x}}
              headers: {H: {schema: {$ref: '#/components/schemas/Id'}}, Gone: {}}
              securitySchemes: {key: {type: http, scheme: bearer}, gone: {type: http, scheme: basic}}
              parameters: {Id: {name: id, in: path, schema: {$ref: '#/components/schemas/Id'}}}
              requestBodies: {Body: {content: {application/json: {schema: {$ref: '#/components/schemas/A%7e1~0b'}}}}}
              responses: {Gone: {description: gone}}
            """);

    OpenApiDocument slice = document.slice(List.of("post /a/{id}"));

    assertThat(slice.document.root())
        .isEqualTo(
            OpenApiDocument.parse(
                    """
                    openapi: 3.1.0
                    info: {version: '1', title: T}
                    paths:
                      /a/{id}:
                        parameters: [{$ref: '#/components/parameters/Id'}]
                        post:
                          security: [{key: []}]
                          requestBody: {$ref: '#/components/requestBodies/Body'}
                          responses: {'200': {headers: {h: {$ref: '#/components/headers/H'}}, links: {l: {$ref: '#/components/links/L'}}}}
                    components:
                      schemas:
                        A/~b: {properties: {$ref: {type: string}, self: {$ref: '#/components/schemas/A~1~0b'}}}
                        Id: {type: string, examples: [{$ref: '#/data'}]}
                      links: {L: {operationId: x}}
                      headers: {H: {schema: {$ref: '#/components/schemas/Id'}}}
                      securitySchemes: {key: {type: http, scheme: bearer}}
                      parameters: {Id: {name: id, in: path, schema: {$ref: '#/components/schemas/Id'}}}
                      requestBodies: {Body: {content: {application/json: {schema: {$ref: '#/components/schemas/A%7e1~0b'}}}}}
                    """)
                .document
                .root());
    assertThat(slice.document.root().getAsJsonObject("components").keySet())
        .containsExactly(
            "schemas", "links", "headers", "securitySchemes", "parameters", "requestBodies");
  }

  @Test
  void slicingAgainChangesNothing() {
    for (List<String> operations :
        List.of(List.of("*"), List.of("getThing"), List.of("makeThing"))) {
      OpenApiDocument slice = EVERYTHING.slice(operations);

      assertThat(slice.slice(operations).toCanonicalJson()).isEqualTo(slice.toCanonicalJson());
    }
  }

  @Test
  void keepsTargetsOfReferencesOutsideOfComponents() {
    JsonObject slice = EVERYTHING.slice(List.of("getThing")).document.root();

    assertThat(slice.getAsJsonObject("paths").getAsJsonObject("/v1/things/{id}/{part}").keySet())
        .containsExactly("summary", "parameters", "get");
    assertThat(slice.getAsJsonObject("components").getAsJsonObject("schemas").keySet())
        .containsExactly("Thing", "Tree", "Peer", "Tier");
  }

  @Test
  void keepsSchemasOfADiscriminatorMapping() {
    OpenApiDocument document =
        operation(
            """
            schema: {$ref: '#/components/schemas/Pet'}
            """,
            """
            Pet: {discriminator: {propertyName: kind, mapping: {cat: Cat, dog: '#/components/schemas/Dog'}}}
            Cat: {type: object}
            Dog: {type: object}
            Cow: {type: object}
            """);

    assertThat(
            document
                .slice(List.of("*"))
                .document
                .root()
                .getAsJsonObject("components")
                .getAsJsonObject("schemas")
                .keySet())
        .containsExactly("Pet", "Cat", "Dog");
  }

  @Test
  void ignoresBrokenPartsThatItDoesNotNeed() {
    OpenApiDocument document =
        OpenApiDocument.parse(
            """
            openapi: 3.1.0
            paths:
              /broken: {$ref: 'https://example.com/paths.json'}
              /odd: 3
              /a: {get: {responses: {}}}
            components: {schemas: {Broken: {$ref: '#/nowhere'}}}
            """);

    assertThat(document.slice(List.of("GET /a")).operations()).containsExactly("GET /a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#/components/schemas/Gone | BROKEN_REFERENCE",
        "#/components/schemas/A/properties/0 | BROKEN_REFERENCE",
        "#anchor | BROKEN_REFERENCE",
        "# | BROKEN_REFERENCE",
        "http://example.com/a.json#/A | EXTERNAL_REFERENCE",
        "file:///etc/passwd | EXTERNAL_REFERENCE",
        "other.yaml#/A | EXTERNAL_REFERENCE",
        "#/components/schemas/Loop | REFERENCE_CYCLE",
        "#/components/schemas/Self | REFERENCE_CYCLE",
      })
  void refusesReferencesWithoutATarget(String ref, Reason reason) {
    OpenApiDocument document =
        operation(
            "schema: {items: {$ref: '" + ref + "'}}",
            """
            A: {type: object}
            Loop: {$ref: '#/components/schemas/Pool'}
            Pool: {$ref: '#/components/schemas/Loop'}
            Self: {$ref: '#/components/schemas/Self', description: me}
            """);

    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> document.slice(List.of("*")))
        .withMessageContaining("#/")
        .returns(reason, CannotCheckException::reason);
  }

  @Test
  void refusesUnknownOperations() {
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> EVERYTHING.slice(List.of("GET /v1/thing")))
        .withMessageContaining("GET /v1/thing")
        .returns(Reason.UNKNOWN_OPERATION, CannotCheckException::reason);
  }

  static OpenApiDocument operation(String mediaType, String schemas) {
    return OpenApiDocument.parse(
        """
        openapi: 3.1.0
        paths:
          /a:
            post:
              requestBody:
                content:
                  application/json:
                    %s
              responses: {}
        components:
          schemas:
        %s
        """
            .formatted(mediaType.strip(), schemas.indent(4)));
  }
}
