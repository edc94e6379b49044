package io.github.tokenfactory.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire forms of inputs, as part of a request and with a default Gson. */
class EmbeddingInputTest {
  private static final Gson GSON = new Gson();

  static Stream<Arguments> forms() {
    return Stream.of(
        arguments(
            EmbeddingInput.text("a cat"),
            1,
            """
            {"model":"m","input":"a cat"}\
            """),
        arguments(
            EmbeddingInput.text(""),
            1,
            """
            {"model":"m","input":""}\
            """),
        arguments(
            EmbeddingInput.texts("a cat", "", "a dog"),
            3,
            """
            {"model":"m","input":["a cat","","a dog"]}\
            """),
        arguments(
            EmbeddingInput.tokens(0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE),
            1,
            """
            {"model":"m","input":[0,-1,2147483647,-2147483648]}\
            """),
        arguments(
            EmbeddingInput.tokenArrays(new int[] {1, 2}, new int[] {}, new int[] {3}),
            3,
            """
            {"model":"m","input":[[1,2],[],[3]]}\
            """),
        arguments(
            EmbeddingInput.tokenArrays(new int[][] {{}}),
            1,
            """
            {"model":"m","input":[[]]}\
            """));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void writesEachForm(EmbeddingInput input, int size, String json) {
    assertThat(GSON.toJson(request(input))).isEqualTo(json);
    assertThat(GSON.toJsonTree(request(input))).isEqualTo(JsonParser.parseString(json));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void readsBackEachForm(EmbeddingInput input, int size, String json) {
    assertThat(GSON.fromJson(json, EmbeddingRequest.class))
        .isEqualTo(request(input))
        .hasSameHashCodeAs(request(input));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void countsTheExpectedVectors(EmbeddingInput input, int size, String json) {
    assertThat(input.size()).isEqualTo(size);
  }

  @Test
  void distinguishesATextFromAListOfOneText() {
    assertThat(EmbeddingInput.text("a")).isNotEqualTo(EmbeddingInput.texts("a"));
    assertThat(GSON.toJson(EmbeddingInput.text("a"))).isEqualTo("\"a\"");
    assertThat(GSON.toJson(EmbeddingInput.texts("a"))).isEqualTo("[\"a\"]");
  }

  @Test
  void distinguishesTokensFromAListOfTokens() {
    assertThat(EmbeddingInput.tokens(1)).isNotEqualTo(EmbeddingInput.tokenArrays(new int[] {1}));
    assertThat(GSON.toJson(EmbeddingInput.tokens(1))).isEqualTo("[1]");
    assertThat(GSON.toJson(EmbeddingInput.tokenArrays(new int[] {1}))).isEqualTo("[[1]]");
  }

  @Test
  void writesEachEmptyInputAsAnEmptyArray() {
    assertThat(GSON.toJson(EmbeddingInput.texts())).isEqualTo("[]");
    assertThat(GSON.toJson(EmbeddingInput.tokens())).isEqualTo("[]");
    assertThat(GSON.toJson(EmbeddingInput.tokenArrays())).isEqualTo("[]");
    assertThat(rewrite("[]")).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "say \"hi\"\\",
        "tab\there\nand there",
        "\u0000\u0007",
        "naïve 猫 🐈 \u2028",
        "<a href='x'>&=",
        "null",
        "[1]"
      })
  void keepsAnyText(String text) {
    assertThat(read(GSON.toJson(EmbeddingInput.text(text)))).isEqualTo(EmbeddingInput.text(text));
    assertThat(
            JsonParser.parseString(GSON.toJson(EmbeddingInput.texts(text, text)))
                .getAsJsonArray()
                .get(1)
                .getAsString())
        .isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1,2147483648]",
        "[-2147483649]",
        "[12345678901234567890123]",
        "[[1],[2147483648]]",
        "[1e400]",
        "[1.5]"
      })
  void keepsTokenIdsThatAreNotInts(String json) {
    assertThat(read(json).size()).isEqualTo(-1);
    assertThat(rewrite(json)).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\":\"a\",\"image\":null,\"tags\":[null,{}]}",
        "[{\"text\":\"a\"}]",
        "[1,\"a\"]",
        "[\"a\",null]",
        "[1,null]",
        "[[\"a\"]]",
        "[[1],\"a\"]",
        "[[1],2]",
        "[[[1]]]",
        "[null]",
        "5",
        "true"
      })
  void keepsUnknownForms(String json) {
    EmbeddingInput input = read(json);

    assertThat(input.size()).isEqualTo(-1);
    assertThat(rewrite(json)).isEqualTo(json);
    assertThat(input)
        .isEqualTo(read(json))
        .hasSameHashCodeAs(read(json))
        .isEqualTo(EmbeddingInput.json(JsonParser.parseString(json)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void recognizesKnownFormsInJson(EmbeddingInput input, int size, String json) {
    assertThat(EmbeddingInput.json(JsonParser.parseString(json).getAsJsonObject().get("input")))
        .isEqualTo(input);
  }

  @Test
  void readsNullAsNoInput() {
    assertThat(GSON.fromJson("null", EmbeddingInput.class)).isNull();
    assertThat(GSON.toJson(null, EmbeddingInput.class)).isEqualTo("null");
  }

  @Test
  void isEqualByValue() {
    assertThat(EmbeddingInput.text("a"))
        .isEqualTo(EmbeddingInput.text("a"))
        .hasSameHashCodeAs(EmbeddingInput.text("a"));
    assertThat(EmbeddingInput.texts("a", "b"))
        .isEqualTo(EmbeddingInput.texts(List.of("a", "b")))
        .hasSameHashCodeAs(EmbeddingInput.texts(List.of("a", "b")))
        .isNotEqualTo(EmbeddingInput.texts("b", "a"));
    assertThat(EmbeddingInput.tokens(1, 2))
        .isEqualTo(EmbeddingInput.tokens(1, 2))
        .hasSameHashCodeAs(EmbeddingInput.tokens(1, 2))
        .isNotEqualTo(EmbeddingInput.tokens(2, 1));
    assertThat(EmbeddingInput.tokenArrays(new int[] {1}, new int[] {2}))
        .isEqualTo(EmbeddingInput.tokenArrays(new int[] {1}, new int[] {2}))
        .hasSameHashCodeAs(EmbeddingInput.tokenArrays(new int[] {1}, new int[] {2}))
        .isNotEqualTo(EmbeddingInput.tokenArrays(new int[] {1, 2}));
    assertThat(EmbeddingInput.text("a")).isNotEqualTo("a").isNotEqualTo(null);
  }

  @Test
  void showsNoContents() {
    assertThat(EmbeddingInput.text("secret")).asString().doesNotContain("secret");
    assertThat(EmbeddingInput.texts("secret", "b"))
        .asString()
        .contains("2")
        .doesNotContain("secret");
    assertThat(EmbeddingInput.tokens(4711)).asString().doesNotContain("4711");
    assertThat(EmbeddingInput.tokenArrays(new int[] {4711})).asString().doesNotContain("4711");
    assertThat(read("{\"text\":\"secret\"}"))
        .asString()
        .doesNotContain("secret")
        .doesNotContain("text\"");
  }

  @Test
  void copiesTheCallersArraysAndLists() {
    String[] texts = {"a", "b"};
    List<String> list = new ArrayList<>(List.of("a", "b"));
    int[] tokens = {1, 2};
    int[][] tokenArrays = {{1}, {2}};
    JsonArray json = JsonParser.parseString("[{\"text\":\"a\"}]").getAsJsonArray();
    List<EmbeddingInput> inputs =
        List.of(
            EmbeddingInput.texts(texts),
            EmbeddingInput.texts(list),
            EmbeddingInput.tokens(tokens),
            EmbeddingInput.tokenArrays(tokenArrays),
            EmbeddingInput.json(json));

    texts[0] = "x";
    list.clear();
    tokens[0] = 9;
    tokenArrays[0][0] = 9;
    tokenArrays[1] = new int[0];
    json.get(0).getAsJsonObject().addProperty("text", "x");

    assertThat(inputs.stream().map(GSON::toJson))
        .containsExactly(
            "[\"a\",\"b\"]", "[\"a\",\"b\"]", "[1,2]", "[[1],[2]]", "[{\"text\":\"a\"}]");
  }

  @Test
  void refusesNullTexts() {
    assertThatNullPointerException().isThrownBy(() -> EmbeddingInput.text(null));
    assertThatNullPointerException().isThrownBy(() -> EmbeddingInput.texts("a", null));
    assertThatNullPointerException()
        .isThrownBy(() -> EmbeddingInput.tokenArrays(new int[] {1}, null));
  }

  private static EmbeddingRequest request(EmbeddingInput input) {
    return EmbeddingRequest.builder().model("m").input(input).build();
  }

  private static EmbeddingInput read(String json) {
    return GSON.fromJson("{\"input\":" + json + "}", EmbeddingRequest.class).getInput();
  }

  private static String rewrite(String json) {
    String written = GSON.toJson(GSON.fromJson("{\"input\":" + json + "}", EmbeddingRequest.class));
    assertThat(written).startsWith("{\"input\":").endsWith("}");
    return written.substring("{\"input\":".length(), written.length() - 1);
  }
}
