package io.github.tokenfactory.internal.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a text asks for is limited, whatever its length. */
@Timeout(60)
class DocumentParserTest {
  private static final String YAML = "openapi: 3.1.0\nx: ";

  static Stream<Arguments> documentsThatAskForTooMuch() {
    String text = "z".repeat(100_000);
    return Stream.of(
        Arguments.of("{\"x\":[" + "[],".repeat(2_000_000) + "[]]}", "more than 1500000 values"),
        Arguments.of(YAML + "[" + "a,".repeat(2_000_000) + "a]", "more than 1500000 values"),
        Arguments.of(YAML + "{a: ".repeat(500), "nested deeper than 400 levels"),
        Arguments.of("{\"x\":" + "[".repeat(500), "nested deeper than 400 levels"),
        Arguments.of(YAML + "0x" + "f".repeat(2_000_000), "a number of 2000002 characters"),
        Arguments.of(YAML + "+." + "1".repeat(2_000_000), "a number of 2000002 characters"),
        Arguments.of("{\"x\":" + "1".repeat(2_000_000) + "}", "not valid JSON at line 1"),
        Arguments.of(YAML + "&a " + text + "\ny: [" + "*a, ".repeat(1_000) + "]", "aliases expand"),
        Arguments.of(
            YAML + "&a {? " + text + " : 1}\ny: [" + "{<<: *a}, ".repeat(1_000) + "]",
            "aliases expand"),
        Arguments.of("swagger: " + text, "a Swagger \"zzz"));
  }

  @ParameterizedTest
  @MethodSource("documentsThatAskForTooMuch")
  void saysWhatIsTooMuch(String text, String message) {
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> DocumentParser.parse(text))
        .withMessageContaining(message)
        .matches(e -> e.getMessage().length() < 300, "is short");
  }

  /** The engine would copy what it has read again and again. */
  @Test
  void readsLongWordsAndGapsOfYaml() {
    String word = "z".repeat(3_000_000);
    Document document = DocumentParser.parse(YAML + " ".repeat(3_000_000) + word);

    assertThat(document.root().get("x").getAsString()).isEqualTo(word);
  }

  @Test
  void readsAliasesThatRepeatLittle() {
    String members = "{a: 1, b: [2, 3]}";
    Document document =
        DocumentParser.parse(YAML + "&a " + members + "\ny: [*a, *a]\nz: {<<: *a, b: 4}");

    assertThat(document.root().get("y"))
        .hasToString("[{\"a\":1,\"b\":[2,3]},{\"a\":1,\"b\":[2,3]}]");
    assertThat(document.root().get("z")).hasToString("{\"b\":4,\"a\":1}");
  }

  /** Indentation can make a text many times longer. */
  @Test
  void writesNoEndlessIndentation() {
    String nest = "[".repeat(390) + "]".repeat(390);
    Document document =
        DocumentParser.parse("{\"openapi\":\"3.1.0\",\"x\":[" + (nest + ",").repeat(3_000) + "1]}");

    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> CanonicalJson.canonical(document.root()))
        .withMessageStartingWith("indented, the document would have more than")
        .matches(e -> e.reason() == Reason.UNREADABLE);
  }
}
