package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenApiDocumentTest {
  private static final String MINIMAL = "{\"openapi\": \"3.1.0\", \"paths\": {}}";

  static Stream<Arguments> texts() {
    String deep = "[".repeat(10_000) + "]".repeat(10_000);
    return Stream.of(
        Arguments.of("", Reason.UNREADABLE, "empty"),
        Arguments.of(" \n", Reason.UNREADABLE, "empty"),
        Arguments.of("{\"openapi\": \"3.1.0\", \"paths\": {}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of(MINIMAL + " {}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of(
            "{\"openapi\": \"3.1.0\", \"openapi\": \"3.1.0\"}",
            Reason.UNREADABLE,
            "Duplicate name \"openapi\""),
        Arguments.of(
            "{\"openapi\": \"3.1.0\", \"a\": {\"b\": 1, \"b\": 1}}",
            Reason.UNREADABLE,
            "line 1, column"),
        Arguments.of("{\"openapi\": \"3.1.0\", \"a\": NaN}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of("{\"openapi\": \"3.1.0\", \"a\": [1,]}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of("{\"openapi\": \"3.1.0\", \"a\": 01}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of("{\"openapi\": \"3.1.0\", \"a\": TRUE}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of(
            "{\"openapi\": \"3.1.0\", \"a\": \"\t\"}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of(
            "{\"openapi\": \"3.1.0\", \"a\": \"\\ud800\"}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of("{\"openapi\": \"3.1.0\", 'a': 1}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of("{\"openapi\": \"3.1.0\" /* why */}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of("{openapi: 3.1.0}", Reason.UNREADABLE, "not valid JSON"),
        Arguments.of(
            "{\"openapi\": \"3.1.0\", \"a\": " + deep + "}", Reason.UNREADABLE, "deeper than"),
        Arguments.of(deep, Reason.UNREADABLE, "deeper than"),
        Arguments.of("<!DOCTYPE html><html>", Reason.NOT_OPENAPI, "HTML"),
        Arguments.of("{\"detail\": \"Not Found\"}", Reason.NOT_OPENAPI, "Not Found"),
        Arguments.of("[]", Reason.NOT_OPENAPI, "an array"),
        Arguments.of("\"text\"", Reason.NOT_OPENAPI, "single value"),
        Arguments.of("null", Reason.NOT_OPENAPI, "single value"),
        Arguments.of("{\"swagger\": \"2.0\"}", Reason.NOT_OPENAPI, "Swagger \"2.0\""),
        Arguments.of("{\"openapi\": \"4.0.0\"}", Reason.NOT_OPENAPI, "4.0.0"),
        Arguments.of("{\"openapi\": 3.1}", Reason.NOT_OPENAPI, "3.1"),
        Arguments.of("{\"openapi\": \"3.10.0\"}", Reason.NOT_OPENAPI, "3.10.0"),
        Arguments.of("{\"openapi\": \"3.1.0\", \"paths\": []}", Reason.MALFORMED, "#/paths"),
        Arguments.of("not found", Reason.NOT_OPENAPI, "not found"),
        Arguments.of("a: [1", Reason.UNREADABLE, "not valid YAML"),
        Arguments.of(
            "openapi: 3.1.0\na: 1\na: 2\n", Reason.UNREADABLE, "Duplicate name \"a\" at line 3"),
        Arguments.of("openapi: 3.1.0\na: .nan\n", Reason.UNREADABLE, ".nan"),
        Arguments.of("openapi: 3.1.0\na: !!binary aGk=\n", Reason.UNREADABLE, "binary"),
        Arguments.of("openapi: 3.1.0\n? [a]\n: 1\n", Reason.UNREADABLE, "key"),
        Arguments.of("openapi: 3.1.0\n---\nopenapi: 3.1.0\n", Reason.UNREADABLE, "more than one"),
        Arguments.of("openapi: 3.1.0\na: &a [*a]\n", Reason.UNREADABLE, "alias"),
        Arguments.of("openapi: 3.1.0\na: " + deep, Reason.UNREADABLE, "deeper than"),
        Arguments.of(bomb(), Reason.UNREADABLE, "expand"));
  }

  private static String bomb() {
    StringBuilder yaml = new StringBuilder("openapi: 3.1.0\na0: &a0 [x, x]\n");
    for (int i = 1; i < 60; i++) {
      yaml.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
    }
    return yaml.toString();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void refusesTextThatIsNotADocument(String text, Reason reason, String says) {
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> OpenApiDocument.parse(text.getBytes(StandardCharsets.UTF_8)))
        .withMessageContaining(says)
        .returns(reason, CannotCheckException::reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32", "ISO-8859-1"})
  void refusesOtherCharsets(String charset) {
    byte[] bytes = MINIMAL.replace("{}", "{\"/é\": {}}").getBytes(Charset.forName(charset));

    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> OpenApiDocument.parse(bytes))
        .withMessageContaining("UTF-8")
        .returns(Reason.UNREADABLE, CannotCheckException::reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.0.0", "3.0.4", "3.1.0", "3.1.2", "3.2.0"})
  void readsTheSupportedVersions(String version) {
    assertThat(OpenApiDocument.parse(MINIMAL.replace("3.1.0", version)).operations()).isEmpty();
  }

  @Test
  void skipsAByteOrderMark() {
    assertThat(
            OpenApiDocument.parse(("\uFEFF" + MINIMAL).getBytes(StandardCharsets.UTF_8))
                .operations())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "on, \"on\"",
    "no, \"no\"",
    "2024-01-01, \"2024-01-01\"",
    "true, true",
    "~, null",
    "1.50, 1.50",
    "1e3, 1e3",
    "0x1F, 31",
    "+7, 7",
    ".5, 0.5",
    "'''1''', \"1\"",
    "!!str 1, \"1\"",
    "12345678901234567890123, 12345678901234567890123",
    "1_000, \"1_000\""
  })
  void readsYamlWithTheCoreSchema(String yaml, String json) {
    OpenApiDocument document =
        OpenApiDocument.parse("openapi: 3.1.0\ninfo:\n  200: " + yaml + "\n");

    assertThat(document.toCanonicalJson())
        .isEqualTo(
            "{\n  \"openapi\": \"3.1.0\",\n  \"info\": {\n    \"200\": " + json + "\n  }\n}\n");
  }

  @Test
  void mergesYamlKeys() {
    OpenApiDocument document =
        OpenApiDocument.parse(
            """
            openapi: 3.1.0
            x-base: &base {a: 1, b: 2}
            info:
              <<: *base
              a: 3
            """);

    assertThat(document.document.root().get("info")).hasToString("{\"a\":3,\"b\":2}");
  }

  @Test
  void writesCanonicalJson() {
    String canonical =
        """
        {
          "openapi": "3.1.0",
          "x-é": [
            1.50,
            -0,
            1e400,
            12345678901234567890,
            {},
            [],
            null,
            true,
            "a\\"\\\\\\n\\u0001\u007f/<"
          ],
          "paths": {}
        }
        """;

    assertThat(OpenApiDocument.parse(canonical).toCanonicalJson()).isEqualTo(canonical);
  }

  @Test
  void writesThePinnedDocumentUnchanged() {
    String pinned = Documents.text("openapi.json");

    assertThat(OpenApiDocument.parse(pinned).toCanonicalJson()).isEqualTo(pinned);
    assertThat(
            OpenApiDocument.parse(pinned).slice(List.of("POST /v1/embeddings")).toCanonicalJson())
        .isEqualTo(pinned);
  }

  @Test
  void listsOperations() {
    assertThat(OpenApiDocument.parse(Documents.text("everything-3.1.json")).operations())
        .containsExactly("POST /v1/things/{id}/{part}", "GET /v1/things/{id}/{part}");
  }
}
