package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be sent is one line that names the place; the rest is bound. */
class NotBoundTest {
  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: {title: Parts, version: "1"}
      servers: [{url: "https://a.example"}]
      paths:
        /q?kind={kind}: {get: {operationId: a, responses: {"204": {description: none}}}}
        /{x}?beta=true: {get: {operationId: b, responses: {"204": {description: none}}}}
        /c:
          get:
            operationId: c
            servers: [{url: "https://b.example"}]
            parameters:
              - {name: "no header", in: header, schema: {type: string}}
              - {name: x, in: moon, schema: {type: string}}
              - {name: o, in: query, schema: {type: object, properties: {i: {type: object}}}}
            requestBody: {content: {text/plain: {}}}
            responses: {"204": {description: none}}
        /d:
          put:
            operationId: d
            requestBody: {required: true, content: {"no type": {}}}
            responses: {"204": {description: none}}
          post:
            operationId: e
            requestBody: {required: true, content: {text/csv: {}, application/json: {}}}
            responses: {"204": {description: none}}
      """;

  @Test
  void namesWhatIsNotBoundAndBindsTheRest(@TempDir Path directory) throws Exception {
    Path document = Files.writeString(directory.resolve("parts.yaml"), DOCUMENT);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.out;
    Map<String, String> sources;
    try {
      System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
      sources = Generation.of(document, "*", settings -> {});
    } finally {
      System.setOut(before);
    }

    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .contains(
            "GET /q?kind={kind} is not bound: Retrofit cannot send a parameter there.",
            "GET /{x}?beta=true is not bound: Retrofit cannot send a parameter there.",
            "Servers of single operations are not used, all calls go to the base URL:"
                + " [{\"url\":\"https://b.example\"}]",
            "#/paths/~1c/get/parameters/0 is not bound: no header can have its name.",
            "#/paths/~1c/get/parameters/1 is not bound: a parameter in moon.",
            "#/paths/~1c/get/parameters/2/schema/properties/i is not bound: no rule says how an"
                + " object within the parameter o is sent.",
            "GET /c is bound without its body, which HTTP gives no meaning.",
            "PUT /d sends no type of its body: \"no type\" is no media type.",
            "POST /d is bound with a body of application/json, not with [text/csv].");
    assertThat(sources.get("TokenFactoryApi"))
        .contains("Call<Void> c();", "Call<Void> d(\n      @Body RequestBody body);", " e(");
  }
}
