package io.github.tokenfactory.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import io.github.tokenfactory.build.Generation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Constraints of the document have the same meaning in Jakarta Validation. */
class ConstraintsTest {
  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: {title: Constraints, version: "1"}
      paths:
        /x:
          post:
            requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Constrained"}}}}
            responses: {"204": {description: none}}
      components:
        schemas:
          Constrained:
            type: object
            required: [needed, neededOrNull]
            properties:
              needed: {type: string}
              neededOrNull: {type: [string, "null"]}
              wide: {type: integer, minimum: -10000000000, maximum: 10000000000}
              open: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 1.5}
              step: {type: number, multipleOf: 0.01}
              even: {type: integer, multipleOf: 2}
              text: {type: string, minLength: 2, maxLength: 3}
              code: {type: string, pattern: '[A-Z]"\\d'}
              anchored: {type: string, pattern: '^ab$'}
              list: {type: array, items: {type: integer}, minItems: 1, maxItems: 2}
              unique: {type: array, items: {type: string}, uniqueItems: true, maxItems: 1}
              child: {$ref: "#/components/schemas/Child"}
              children: {type: array, items: {$ref: "#/components/schemas/Child"}}
          Child: {type: object, required: [name], properties: {name: {type: string}}}
      """;

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> meanTheSame() throws Exception {
    Path document = Files.writeString(directory.resolve("constraints.yaml"), DOCUMENT);
    Map<String, String> sources = Generation.of(document, "*", settings -> {});
    Path output = Files.createDirectory(directory.resolve("classes"));
    Generation.compile(sources, output);
    Class<?> type =
        new URLClassLoader(new URL[] {output.toUri().toURL()})
            .loadClass("io.github.tokenfactory.model.Constrained");
    Validator validator =
        Validation.byDefaultProvider()
            .configure()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()
            .getValidator();
    return Stream.of(
            List.of("\"wide\": 10000000000", ""),
            List.of("\"wide\": -10000000001", "wide"),
            List.of("\"wide\": 10000000001", "wide"),
            List.of("\"open\": 1.4", ""),
            List.of("\"open\": 0", "open"),
            List.of("\"open\": 1.5", "open"),
            List.of("\"step\": 0.29", ""),
            List.of("\"step\": 0.295", "step"),
            List.of("\"even\": 3", "even"),
            List.of("\"text\": \"ab\"", ""),
            List.of("\"text\": \"a\"", "text"),
            List.of("\"text\": \"abcd\"", "text"),
            List.of("\"code\": \"before A\\\"7 after\"", ""),
            List.of("\"code\": \"a\\\"7\"", "code"),
            List.of("\"anchored\": \"ab\"", ""),
            List.of("\"anchored\": \"cab\"", "anchored"),
            List.of("\"list\": [1, 2]", ""),
            List.of("\"list\": []", "list"),
            List.of("\"list\": [1, 2, 3]", "list"),
            List.of("\"unique\": [\"a\", \"a\"]", ""),
            List.of("\"unique\": [\"a\", \"b\"]", "unique"),
            List.of("\"child\": {\"name\": \"x\"}", ""),
            List.of("\"child\": {}", "child.name"),
            List.of("\"children\": [{\"name\": \"x\"}, {}]", "children[1].name"))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.get(0),
                    () -> {
                      Object value =
                          new Gson().fromJson("{\"needed\": \"\", " + row.get(0) + "}", type);
                      Set<ConstraintViolation<Object>> violations = validator.validate(value);
                      assertThat(violations)
                          .extracting(violation -> violation.getPropertyPath().toString())
                          .isEqualTo(row.get(1).isEmpty() ? List.of() : List.of(row.get(1)));
                    }));
  }
}
