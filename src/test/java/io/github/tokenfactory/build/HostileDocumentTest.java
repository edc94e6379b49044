package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.DocumentParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents that ask for more than there is, or that hide what they say. */
@Timeout(180)
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

  /** Constraints of Jakarta take whole numbers that are not negative. */
  @Test
  void printsOnlySizesThatJavaHas() throws IOException {
    Map<String, String> sources =
        generate(
            """
                C0:
                  type: object
                  properties:
                    a: {type: string, minLength: 1.0, maxLength: 1e1}
                    b: {type: array, items: {}, maxItems: 2.5}
                    c: {type: string, maxLength: -1}
            """);

    Generation.compile(sources, directory);
    assertThat(sources.get("C0"))
        .contains("@Size(min = 1,", "@Size(max = 10,", "@Size(max = 2,")
        .doesNotContain("-1");
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
        .hasMessage("#/components/schemas/C0 has 5000 members; a Java class has room for 1500");
    assertThatThrownBy(() -> generate("    C0: {enum: [" + list(6_000, "v%d") + "]}"))
        .hasMessageContaining("#/components/schemas/C0 has 6000 members");
    assertThatThrownBy(
            () -> generate("    C0: {oneOf: [" + list(1_001, "{properties: {p%d: {}}}") + "]}"))
        .hasMessageContaining("#/components/schemas/C0 has 1001 members");
    assertThatThrownBy(
            () ->
                generate(
                    "    C0: {oneOf: [{properties: {a: {}}}, {properties: {b: {}}}], discriminator: {propertyName: t, mapping: {"
                        + list(2_001, "v%d: C1")
                        + "}}}\n    C1: {properties: {a: {}}}"))
        .hasMessageContaining("#/components/schemas/C0 has 2001 members");
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
                + list(1_498, "property%d: {type: string}")
                + ", e: {enum: ["
                + list(4_000, "value%d")
                + "]}, u: {$ref: '#/components/schemas/C1'}}}\n"
                + "    C1: {oneOf: ["
                + list(100, "{properties: {t: {}, p%d: {}}}")
                + "], discriminator: {propertyName: t, mapping: {"
                + list(2_000, "v%d: C2")
                + "}}}\n    C2: {properties: {t: {}, p0: {}}}"),
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
  void namesTheOperationWhoseNameIsTooLong() {
    String document =
        document("    C0: {}").replace("operationId: x", "operationId: " + "x".repeat(70_000));

    assertThatThrownBy(() -> generate(Files.writeString(directory.resolve("d.yaml"), document)))
        .hasMessage("A name or value of 70000 characters is too long for Java at GET /x");
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

  /** Each step doubles the paths through the document, which an example would write out. */
  @Test
  void generatesSharedSchemasOnce() throws IOException {
    String shared =
        lines(
            40,
            i ->
                "    C%d: {type: object, properties: {a: {$ref: '#/components/schemas/C%d'}, b: {$ref: '#/components/schemas/C%d'}}}"
                    .formatted(i, i + 1, i + 1));

    assertThat(generate(shared + "    C40: {type: string}")).containsKeys("C0", "C39");
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

  /** Indented, these would be more than a text can be. */
  @ParameterizedTest
  @CsvSource({"3_000, openapi.json", "7_500, not-checked.txt"})
  void goesOnFromThePinnedDocumentWhateverWasPulled(String count, String written)
      throws IOException {
    String nest = "[".repeat(390) + "]".repeat(390);
    int lists = Integer.parseInt(count.replace("_", ""));
    Path pulled =
        Files.writeString(
            directory.resolve("nested.json"),
            "{\"openapi\":\"3.1.0\",\"x-a\":[" + (nest + ",").repeat(lists) + "[]]}");

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

    assertThat(directory.resolve("published").resolve(written)).exists();
  }

  /** In a process of its own, since no test must run out of memory. */
  @ParameterizedTest
  @MethodSource("documentsThatNeedMuchMemory")
  void endsWithAMessageInLittleMemory(String document, String message) throws Exception {
    Path log = directory.resolve("log");
    Path file = Files.writeString(directory.resolve("d.yaml"), document);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-classpath",
            System.getProperty("java.class.path"),
            PrepareGeneratorInput.class.getName(),
            file.toString(),
            "*",
            Generation.SETTINGS.toString(),
            directory.resolve("input").toString(),
            directory.resolve("output").toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(log)
        .content()
        .contains(message)
        .doesNotContain("OutOfMemoryError", "StackOverflowError");
  }

  static Stream<Arguments> documentsThatNeedMuchMemory() {
    String chain =
        lines(
            3_000,
            i ->
                "    C%d: {type: object, properties: {a: {$ref: '#/components/schemas/C%d'}}}"
                    .formatted(i, i + 1));
    return Stream.of(
        Arguments.of(document(chain + "    C3000: {}"), "nests too deeply or is too large"),
        Arguments.of(
            "{\"openapi\": \"3.1.0\", \"x\": [" + "{},".repeat(1_400_000) + "{}]}",
            "the document needs more memory than there is"));
  }

  /** One line each; the rest is bound. */
  @Test
  void saysWhatIsNotBound() throws IOException {
    Path document =
        Files.writeString(
            directory.resolve("news.yaml"),
            """
            openapi: 3.2.0
            info: {title: t, version: "1"}
            jsonSchemaDialect: https://example.com/dialect
            webhooks: {w: {post: {responses: {"200": {description: ok}}}}}
            paths:
              /a:
                post:
                  operationId: a
                  parameters: [{name: q, in: querystring, content: {text/plain: {schema: {type: string}}}}]
                  callbacks: {c: {"{$request.body#/url}": {post: {responses: {"200": {description: ok}}}}}}
                  requestBody: {content: {application/json: {$ref: "#/components/mediaTypes/M"}}}
                  responses: {"200": {description: ok, content: {application/jsonl: {itemSchema: {type: string}}}}}
            components:
              mediaTypes: {M: {schema: {$ref: "#/components/schemas/U"}}}
              schemas:
                U: {oneOf: [{$ref: "#/components/schemas/V"}, {$ref: "#/components/schemas/W"}], discriminator: {propertyName: k, mapping: {v: V}, defaultMapping: W}}
                V: {type: object, properties: {k: {type: string, pattern: "a\\\\Z"}}}
                W: {type: object, $schema: "http://json-schema.org/draft-04/schema#", properties: {k: {type: integer}}}
            """);
    PrintStream out = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    Map<String, String> sources;
    try {
      sources = generate(document);
    } finally {
      System.setOut(out);
    }

    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .contains(
            "Webhooks are not bound: they are requests that the server sends.",
            "The dialect \"https://example.com/dialect\" is unknown: schemas are read as OpenAPI 3.1 has them.",
            "The dialect \"http://json-schema.org/draft-04/schema#\" is unknown: schemas are read as OpenAPI 3.1 has them.",
            "The callbacks of POST /a are not bound: the server sends them.",
            "#/paths/~1a/post/parameters/0 is not bound: a parameter in querystring.",
            "Items are not bound, but raw bytes, at #/paths/~1a/post/responses/200/content/application~1jsonl.",
            "The default variant for the discriminator \"k\" is not bound: all variants are tried.",
            "The pattern at #/components/schemas/V/properties/k is left out: Java reads it otherwise.");
    assertThat(sources.get("TokenFactoryApi")).contains("@Body U ");
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

  @Test
  void refusesAScopeThatMatchesNothing() {
    assertThatThrownBy(() -> Generation.of(Generation.DOCUMENT, " , ", settings -> {}))
        .hasMessage("openapi.json has no operations to bind: none is named.");
    assertThatThrownBy(() -> Generation.of(Generation.DOCUMENT, "GET /nowhere", settings -> {}))
        .hasMessageContaining("no operation \"GET /nowhere\"");
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
