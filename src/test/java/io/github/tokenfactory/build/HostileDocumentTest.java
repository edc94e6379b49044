package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.DocumentParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents that ask for more than there is, or that hide what they say. */
@Timeout(60)
class HostileDocumentTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{type: number, multipleOf: 1e999999999}       | number is too large at #/components/schemas/C0",
        "{type: integer, minimum: -1e999999999}        | number is too large at #/components/schemas/C0",
        "{type: string, maxLength: 1e999999999}        | number is too large at #/components/schemas/C0",
        "{type: integer, enum: [1, 1e999999999]}       | number is too large at #/components/schemas/C0",
        "{type: number, const: 1e-999999999}           | number is too large at #/components/schemas/C0",
      })
  void namesThePlaceOfAnAbsurdNumber(String schema, String message) {
    assertThatThrownBy(() -> generate("    C0: " + schema)).hasMessageContaining(message);
  }

  @Test
  void limitsNoTextToMoreThanJavaHasRoomFor() throws IOException {
    String source =
        generate(
                "    C0: {type: object, properties: {a: {type: string, maxLength: 9223372036854775807}}}")
            .get("C0");

    assertThat(source).doesNotContain("@Size");
  }

  @Test
  void namesThePlaceOfAClassThatIsTooLarge() {
    assertThatThrownBy(
            () -> generate("    C0: {type: object, properties: {" + list(5_000, "p%d: {}") + "}}"))
        .hasMessage(
            "#/components/schemas/C0 has 5000 properties or values; a Java class has room for 1500");
    assertThatThrownBy(() -> generate("    C0: {enum: [" + list(6_000, "v%d") + "]}"))
        .hasMessageContaining("#/components/schemas/C0 has 6000 properties or values");
    assertThatThrownBy(() -> generate("    C0: {enum: [a, " + "b".repeat(70_000) + "]}"))
        .hasMessage(
            "A name or value of 70000 characters is too long for Java at #/components/schemas/C0");
    assertThatThrownBy(
            () ->
                generate("    C0: {type: object, properties: {? " + "b".repeat(70_000) + " : {}}}"))
        .hasMessageContaining("70000 characters is too long for Java at #/components/schemas/C0");
  }

  @Test
  void compilesTheLargestClassesThatItAllows() throws IOException {
    Generation.compile(
        generate(
            "    C0: {type: object, properties: {"
                + list(1_499, "property%d: {type: string}")
                + ", e: {enum: ["
                + list(4_000, "value%d")
                + "]}}}"),
        directory);
  }

  @Test
  void namesTheOperationThatHasTooManyParameters() {
    String parameters =
        "parameters: [" + list(255, "{name: p%d, in: query, schema: {type: string}}") + "], ";
    String document = document("    C0: {}").replace("responses:", parameters + "responses:");

    assertThatThrownBy(() -> generate(Files.writeString(directory.resolve("d.yaml"), document)))
        .hasMessage("GET /x has more parameters than a method of Java can have.");
  }

  @Test
  void endsALongChainOfReferences() {
    String chain =
        lines(3_000, i -> "    C%d: {$ref: '#/components/schemas/C%d'}".formatted(i, i + 1));
    String nested =
        lines(
            3_000,
            i ->
                "    C%d: {type: object, properties: {a: {$ref: '#/components/schemas/C%d'}}}"
                    .formatted(i, i + 1));

    assertThatThrownBy(() -> generate(chain + "    C3000: {}"))
        .hasMessageContaining("More than 100 references follow each other");
    assertThatThrownBy(() -> generate(nested + "    C3000: {}"))
        .hasMessageContaining("nests too deeply");
  }

  @Test
  void readsManyNestedUnions() throws IOException {
    String unions =
        lines(
            40,
            i ->
                "    C%d: {oneOf: [{$ref: '#/components/schemas/C%d'}, {$ref: '#/components/schemas/C%d'}, {type: array, items: {$ref: '#/components/schemas/C%d'}}]}"
                    .formatted(i, i + 1, i + 1, i + 1));

    assertThat(generate(unions + "    C40: {type: string}")).containsKey("C0");
  }

  @Test
  void refusesYamlThatAliasesMakeLarge() {
    String merged =
        "x0: &a0 {"
            + list(200, "k%d: v")
            + "}\n"
            + lines(2_000, i -> "x%d: &a%d {<<: *a%d, n%d: v}".formatted(i + 1, i + 1, i, i));

    assertThatThrownBy(() -> DocumentParser.parse(merged))
        .isInstanceOf(CannotCheckException.class)
        .hasMessageContaining("the YAML aliases expand to more than");
  }

  /** Indented, 6 MB of nested lists would be more than a text can be. */
  @Test
  void goesOnFromThePinnedDocumentWhateverWasPulled() throws IOException {
    String nest = "[".repeat(390) + "]".repeat(390);
    Path pulled =
        Files.writeString(
            directory.resolve("nested.json"),
            "{\"openapi\":\"3.1.0\",\"x-a\":[" + (nest + ",").repeat(7_500) + "[]]}");

    PullDocument.main(
        new String[] {
          pulled.toString(),
          "auto",
          "offline=false",
          "false",
          Generation.DOCUMENT.toString(),
          "*",
          directory.resolve("published").toString()
        });

    assertThat(directory.resolve("published")).isNotEmptyDirectory(); // it, or why it is not there
  }

  @ParameterizedTest
  @CsvSource({"paths: {}", "'webhooks: {a: {post: {responses: {}}}}'"})
  void refusesADocumentWithoutOperations(String rest) throws IOException {
    Path document =
        Files.writeString(
            directory.resolve("none.yaml"),
            "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n" + rest);

    assertThatThrownBy(() -> Generation.of(document, "*", settings -> {}))
        .hasMessage(document + " has no operations to bind: it has no paths, or webhooks only.");
  }

  /** YAML 1.1, in which the generator reads its settings, takes these for other values. */
  @Test
  void namesPropertiesAsTheyAreWritten() throws IOException {
    String names = "on off yes no y n true false null ~ 1e3 0x1F 2026-11-28 1:30 = <<";
    String properties =
        java.util.Arrays.stream(names.split(" "))
            .map(name -> CanonicalJson.quote(name) + ": {type: string}")
            .collect(Collectors.joining(", "));
    String hidden = "\"a\\u202eb\": {type: string}, \"c\\u0085d\": {}, \"e\\u2028f\": {}";

    Map<String, String> sources =
        generate("    C0: {type: object, properties: {" + properties + ", " + hidden + "}}");

    Generation.compile(sources, directory);
    assertThat(sources.get("C0"))
        .contains(
            "@SerializedName(\"on\")", "@SerializedName(\"1e3\")", "String on;", "String no;");
  }

  @Test
  void showsNoHiddenCharacters() throws IOException {
    Map<String, String> sources =
        generate(
            """
                C0:
                  type: object
                  description: "a \\u202e b \\u2066 c \\u0085 d \\u2028 e \\u200b"
                  properties:
                    "p\\u202e": {description: "\\u202e", default: "\\u202e", enum: ["\\u202e", "\\u2028"]}
            """);

    assertThat(sources.values())
        .allSatisfy(source -> assertThat(source).doesNotContainPattern("[\\p{Cf}\\p{Zl}\\x{85}]"));
    Generation.compile(sources, directory);
  }

  private static String lines(int count, IntFunction<String> line) {
    return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining("\n", "", "\n"));
  }

  private static String list(int count, String format) {
    return IntStream.range(0, count).mapToObj(format::formatted).collect(Collectors.joining(", "));
  }

  private static String document(String schemas) {
    return """
        openapi: 3.1.0
        info: {title: Hostile, version: "1"}
        paths:
          /x: {get: {operationId: x, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/C0"}}}}}}}
        components:
          schemas:
        """
        + schemas;
  }

  private Map<String, String> generate(String schemas) throws IOException {
    return generate(Files.writeString(directory.resolve("document.yaml"), document(schemas)));
  }

  private static Map<String, String> generate(Path document) {
    return Generation.of(document, "*", settings -> {});
  }
}
