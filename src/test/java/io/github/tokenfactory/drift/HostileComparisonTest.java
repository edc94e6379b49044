package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Small documents that mean more than can be compared. */
@Timeout(120)
class HostileComparisonTest {
  /** Each step of a path doubles the sets of schemas that apply together. */
  @Test
  void limitsHowManySchemasApplyTogether() {
    String schemas =
        "C0: {properties: {a: {allOf: [{$ref: '#/components/schemas/C0'}, {$ref: '#/components/schemas/C1'}]},"
            + " b: {$ref: '#/components/schemas/C0'}}}\n"
            + "    "
            + lines(
                1, 30, i -> "C%d: {properties: {a: %s, b: %s}}".formatted(i, to(i + 1), to(i + 1)))
            + "    C30: {type: string}";

    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(schemas, schemas.replace("C30: {type: string}", "C30: {}")))
        .withMessageContaining("schemas apply together in more than 20000 ways");
  }

  @Test
  void limitsHowFarDifferencesSpread() {
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(circle(1_201), circle(1_199)))
        .withMessageContaining("differ so much");
  }

  @Test
  void limitsHowOftenRecursiveSchemasAreToldApart() {
    String chain = circle(3_000).replace("C7: {", "C7: {type: object, ");

    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(chain, chain))
        .withMessageContaining("too many schemas refer to each other");
  }

  @Test
  void limitsHowManyVariantsArePaired() {
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(union(1_100, "a"), union(1_100, "b")))
        .withMessageEndingWith("too much to compare at #/components/schemas/C0/oneOf");
    assertThat(compare(union(1_100, "a"), union(1_100, "a")).changes()).isEmpty();
  }

  @Test
  void limitsHowManySchemasExtendOneWithADiscriminator() {
    String family =
        "C0: {discriminator: {propertyName: t}, properties: {t: {type: string}}}\n    "
            + lines(1, 1_100, i -> "C%d: {allOf: [%s]}".formatted(i, to(0)));

    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> compare(family, family))
        .withMessageContaining("more than 1000 schemas extend #/components/schemas/C0");
  }

  private static String to(int schema) {
    return "{$ref: '#/components/schemas/C" + schema + "'}";
  }

  private static String circle(int size) {
    return lines(0, size, i -> "C%d: {properties: {a: %s}}".formatted(i, to((i + 1) % size)));
  }

  private static String union(int size, String name) {
    return "C0: {oneOf: ["
        + lines(0, size, i -> "{type: object, properties: {%s%d: {}}},".formatted(name, i))
        + "]}";
  }

  private static String lines(int from, int to, IntFunction<String> line) {
    return IntStream.range(from, to).mapToObj(line).collect(Collectors.joining("\n    ", "", "\n"));
  }

  private static DriftReport compare(String was, String is) {
    return SpecDrift.compare(document(was), document(is), List.of("*"));
  }

  private static OpenApiDocument document(String schemas) {
    return OpenApiDocument.parse(
        """
        openapi: 3.1.0
        info: {title: Hostile, version: "1"}
        paths:
          /x: {get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/C0"}}}}}}}
        components:
          schemas:
        """
            + "    "
            + schemas);
  }
}
