package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a change of a schema does to callers who send it, and to those who receive it. */
class VerdictTest {
  private static final List<String> ALL = List.of(OpenApiDocument.ALL_OPERATIONS);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // The same, written otherwise.
        "{const: a}                                  | {type: string, enum: [a]}               | none    | none",
        "{enum: [a, b]}                              | {type: string, enum: [a, b]}            | none    | none",
        "{oneOf: [{const: a, title: A}, {const: b}]} | {enum: [b, a]}                          | documentation | documentation",
        "{anyOf: [{enum: [1]}, {enum: [2]}, {type: 'null'}]} | {enum: [1, 2, null]}           | none    | none",
        "{type: string, format: byte}                | {type: string, contentEncoding: base64} | none    | none",
        "{type: string, format: binary}              | {type: string, contentMediaType: application/octet-stream} | none | none",
        "{type: string, minimum: 3, items: {}}       | {type: string}                          | none    | none",
        "{type: object, propertyNames: {type: string}} | {type: object}                        | none    | none",
        "{minContains: 2, then: {type: string}}      | {}                                      | none    | none",
        "{type: string, default: null}               | {type: string}                          | none    | none",
        "{$schema: 'https://json-schema.org/draft/2020-12/schema', $anchor: a} | {}            | none    | none",
        "{type: object, unevaluatedProperties: false} | {type: object, additionalProperties: false} | none | none",
        "{oneOf: [{type: string}, {oneOf: [{type: integer}, {type: boolean}]}]} | {oneOf: [{type: string}, {type: integer}, {type: boolean}]} | none | none",
        // What changes the meaning, but breaks nobody for certain.
        "{oneOf: [{type: string}, {type: integer}]}  | {anyOf: [{type: string}, {type: integer}]} | alters | alters",
        "{type: string, pattern: '[0-9]+'}           | {type: string, pattern: '\\d+'}         | alters  | alters",
        "{type: integer, format: int32, minimum: 0, maximum: 9} | {type: integer, minimum: 0, maximum: 9} | alters | alters",
        "{type: string, format: email}               | {type: string}                          | extends | breaks",
        "{type: integer, format: int32}              | {type: integer, format: int64}          | extends | breaks",
        "{type: number, multipleOf: 10}              | {type: number, multipleOf: 5}           | extends | alters",
        "{type: number, multipleOf: 5}               | {type: number, multipleOf: 10}          | breaks  | alters",
        "{oneOf: [{oneOf: [{type: string}, {minLength: 1}]}, {type: integer}]} | {oneOf: [{type: string}, {minLength: 1}, {type: integer}]} | breaks | breaks",
        "{type: object, required: [a], properties: {a: {type: string}}} | {type: object, required: [a, b], properties: {a: {type: string}, b: {type: string, readOnly: true}}} | alters | extends",
        "{type: object, properties: {a: {type: string, readOnly: true}}} | {type: object, required: [a], properties: {a: {type: string, readOnly: true}}} | alters | alters",
        "{type: object, properties: {a: {type: string}}} | {type: object, required: [a], properties: {a: {type: string}}} | breaks | alters",
      })
  void judges(String before, String after, String sent, String received) {
    assertThat(worst(request(before), request(after))).as("sent").isEqualTo(sent);
    assertThat(worst(response(before), response(after))).as("received").isEqualTo(received);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$ref: '#/components/schemas/T'}",
        "{anyOf: [{$ref: '#/components/schemas/T'}, {type: 'null'}]}",
        "{allOf: [{$ref: '#/components/schemas/T'}], description: words}",
        "{$ref: '#/components/schemas/T', description: words}",
        "{allOf: [{$ref: '#/components/schemas/T'}, {type: object, properties: {own: {}}}]}",
      })
  void judgesAComponentByTheMessagesThatItIsIn(String use) {
    String components =
        """

        components: {schemas: {T: {type: object, properties: {p: {type: [string, 'null']}}}}}
        """;
    String narrowed = components.replace("[string, 'null']", "string");

    assertThat(worst(request(use) + components, request(use) + narrowed)).isEqualTo("breaks");
    assertThat(worst(response(use) + components, response(use) + narrowed)).isEqualTo("alters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "parameters: [{name: q, in: query, schema: {type: string}}] | parameters: [{name: q, in: query, explode: false, schema: {type: string}}] | none",
        "parameters: [] | parameters: [{name: Accept, in: header, schema: {}}, {name: content-type, in: header, schema: {}}] | none",
        "operationId: a | operationId: b | alters",
        "servers: [{url: 'https://Api.Test:443/v1/'}] | servers: [{url: 'https://api.test/v1'}] | none",
      })
  void judgesAnOperation(String before, String after, String effect) {
    assertThat(worst(operation(before), operation(after))).isEqualTo(effect);
  }

  @Test
  void judgesResponsesThatAreNotDocumentedAnyMore() {
    String both = "{'200': {description: ok}, '404': {description: gone}}";

    assertThat(worst(responses(both), responses("{'200': {description: ok}}"))).isEqualTo("alters");
    assertThat(worst(responses(both), responses("{'404': {description: gone}}")))
        .isEqualTo("breaks");
  }

  @Test
  void comparesWebhooks() {
    String hook =
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nwebhooks: {made: {post: {requestBody: {content:"
            + " {application/json: {schema: {type: %s}}}}, responses: {}}}}";

    assertThat(worst(hook.formatted("string"), hook.formatted("string"))).isEqualTo("none");
    assertThat(worst(hook.formatted("string"), hook.formatted("integer"))).isEqualTo("breaks");
  }

  @Test
  void seesNoDriftBetweenADocumentAndItself() {
    String twins =
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n"
            + "  /x/{a}: {get: {responses: {'200': {description: one}}}}\n"
            + "  /x/{b}: {get: {responses: {'404': {description: two}}}}\n";

    assertThat(worst(twins, twins)).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{$ref: 5}", "{properties: []}", "{$dynamicRef: '#x'}"})
  void cannotCheckWhatIsNotASchema(String schema) {
    assertThatThrownBy(() -> worst(request("{}"), request(schema)))
        .isInstanceOf(CannotCheckException.class);
  }

  private static String worst(String before, String after) {
    List<Change> changes =
        SpecDrift.compare(OpenApiDocument.parse(before), OpenApiDocument.parse(after), ALL)
            .changes();
    return changes.isEmpty() ? "none" : changes.get(0).effect().name().toLowerCase(Locale.ROOT);
  }

  private static String request(String schema) {
    return operation("requestBody: {content: {application/json: {schema: " + schema + "}}}");
  }

  private static String response(String schema) {
    return responses(
        "{'200': {description: ok, content: {application/json: {schema: " + schema + "}}}}");
  }

  private static String responses(String responses) {
    return "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/x: {post: {responses: "
        + responses
        + "}}}";
  }

  private static String operation(String members) {
    return "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/x: {post: {responses: {}, "
        + members
        + "}}}";
  }
}
