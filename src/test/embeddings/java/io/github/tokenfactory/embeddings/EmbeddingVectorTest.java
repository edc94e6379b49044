package io.github.tokenfactory.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two wire forms of a vector, and unknown forms. */
class EmbeddingVectorTest {
  private static final Gson GSON = new Gson();

  @Test
  void readsBothFormsToTheSameFloats() {
    float[] expected = {1.0f, -2.5f};

    assertThat(read("[1.0,-2.5]").toArray()).containsExactly(expected);
    assertThat(read("\"AACAPwAAIMA=\"").toArray()).containsExactly(expected);
    assertThat(read("[1,-25e-1]").toArray()).containsExactly(expected);
    assertThat(read("[1,-2.5]").dimensions()).isEqualTo(2);
    assertThat(read("\"AACAPwAAIMA=\"").dimensions()).isEqualTo(2);
  }

  @Test
  void writesTheFormItWasCreatedWith() {
    assertThat(GSON.toJson(EmbeddingVector.of(1.0f, -2.5f))).isEqualTo("[1.0,-2.5]");
    assertThat(GSON.toJson(EmbeddingVector.ofBase64(1.0f, -2.5f)))
        .isEqualTo("\"AACAPwAAIMA\\u003d\"");
    assertThat(GSON.toJson(EmbeddingVector.of())).isEqualTo("[]");
    assertThat(GSON.toJson(EmbeddingVector.ofBase64())).isEqualTo("\"\"");
  }

  @Test
  void survivesARoundTripInEitherForm() {
    float[] elements = {
      0f, -0f, Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 0.1f, 1 / 3f
    };

    for (EmbeddingVector vector :
        new EmbeddingVector[] {EmbeddingVector.of(elements), EmbeddingVector.ofBase64(elements)}) {
      EmbeddingVector back = GSON.fromJson(GSON.toJson(vector), EmbeddingVector.class);
      assertThat(back).isEqualTo(vector).hasSameHashCodeAs(vector);
      assertThat(back.toArray()).containsExactly(elements);
    }
  }

  @Test
  void readsEmptyVectors() {
    assertThat(read("[]").toArray()).isEmpty();
    assertThat(read("\"\"").toArray()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1023, 1024, 1025, 4096, 5000})
  void readsVectorsOfAnyLength(int dimensions) {
    String numbers =
        IntStream.range(0, dimensions)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(",", "[", "]"));

    float[] elements = read(numbers).toArray();

    assertThat(elements).hasSize(dimensions);
    assertThat(elements[0]).isZero();
    assertThat(elements[dimensions - 1]).isEqualTo(dimensions - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.00000017881393432617187499", // rounding to double first gives the next float
        "0.0023064255",
        "-0.009327292",
        "3.4028235e38",
        "1e-45",
        "1e-60",
        "-0.0",
        "16777217",
        "0.1000000000000000055511151231257827021181583404541015625"
      })
  void roundsAsFloatParseFloat(String number) {
    assertThat(read("[" + number + "]").toArray()).containsExactly(Float.parseFloat(number));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e39",
        "-4e38",
        "\"secret\"",
        "\"\"",
        "true",
        "[1]",
        "{}"
      })
  void refusesElementsThatAreNotFiniteFloats(String element) {
    JsonSyntaxException error = refusal("[0.125," + element + "]");

    assertThat(error).hasMessageContaining("$.data[1].embedding[1]");
    assertThat(trace(error)).doesNotContain("0.125", "1e39", "4e38", "secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "NaN", "1e39", "\"secret\"", "true"})
  void refusesAFirstElementThatIsNotAFiniteFloat(String element) {
    assertThat(refusal("[" + element + ",0.125]")).hasMessageContaining("$.data[1].embedding[0]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret!!", "AACAPw==AACAPw==", "AAC_Pw==", "AACA Pw==", "\\u0000", "é"})
  void refusesInvalidBase64(String text) {
    JsonSyntaxException error = refusal("\"" + text + "\"");

    assertThat(error).hasMessageContaining("base64").hasMessageContaining("$.data[1].embedding");
    assertThat(trace(error)).doesNotContain("secret", "AAC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AA==", "AACAPwA=", "AACAPwAA", "AACAPwAAIA=="})
  void refusesBase64OfPartialFloats(String text) {
    JsonSyntaxException error = refusal("\"" + text + "\"");

    assertThat(error)
        .hasMessageContaining("32-bit floats")
        .hasMessageContaining("$.data[1].embedding");
    assertThat(trace(error)).doesNotContain(text);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void refusesBase64OfNonFiniteFloats(float element) {
    byte[] bytes =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(element).array();

    assertThat(refusal("\"" + Base64.getEncoder().encodeToString(bytes) + "\""))
        .hasMessageContaining("$.data[1].embedding");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void refusesToBeCreatedWithNonFiniteFloats(float element) {
    assertThatIllegalArgumentException().isThrownBy(() -> EmbeddingVector.of(1, element));
    assertThatIllegalArgumentException().isThrownBy(() -> EmbeddingVector.ofBase64(1, element));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[[0.5,1],[2,null]]",
        "[{\"index\":3,\"value\":0.5,\"note\":null}]",
        "{\"indices\":[1],\"values\":[0.50],\"scale\":null}",
        "7",
        "true"
      })
  void keepsUnknownForms(String json) {
    EmbeddingVector vector = read(json);

    assertThat(vector.asJson()).isEqualTo(JsonParser.parseString(json));
    assertThat(GSON.toJson(vector)).isEqualTo(json);
    assertThat(vector)
        .isEqualTo(read(json))
        .hasSameHashCodeAs(read(json))
        .isNotEqualTo(EmbeddingVector.of());
    assertThatIllegalStateException().isThrownBy(vector::toArray).withMessageContaining("asJson()");
    assertThatIllegalStateException().isThrownBy(vector::dimensions);
  }

  @Test
  void hasNoJsonInKnownForms() {
    assertThat(read("[1]").asJson()).isNull();
    assertThat(read("\"AACAPw==\"").asJson()).isNull();
  }

  @Test
  void readsNullAsNoVector() {
    assertThat(GSON.fromJson("null", EmbeddingVector.class)).isNull();
    assertThat(GSON.toJson(null, EmbeddingVector.class)).isEqualTo("null");
  }

  @Test
  void isEqualByValue() {
    assertThat(EmbeddingVector.of(1, 2))
        .isEqualTo(EmbeddingVector.of(1, 2))
        .hasSameHashCodeAs(EmbeddingVector.of(1, 2))
        .isNotEqualTo(EmbeddingVector.of(2, 1))
        .isNotEqualTo(EmbeddingVector.of(1))
        .isNotEqualTo(null);
  }

  @Test
  void showsNoElements() {
    assertThat(EmbeddingVector.of(0.125f, 4711))
        .asString()
        .contains("2")
        .doesNotContain("125")
        .doesNotContain("4711");
    assertThat(EmbeddingVector.ofBase64(1, -2.5f)).asString().doesNotContain("AACAPw");
    assertThat(read("{\"values\":[4711]}"))
        .asString()
        .doesNotContain("4711")
        .doesNotContain("values");
  }

  @Test
  void copiesArraysInAndOut() {
    float[] given = {1, 2};
    EmbeddingVector numbers = EmbeddingVector.of(given);
    EmbeddingVector base64 = EmbeddingVector.ofBase64(given);

    given[0] = 9;
    numbers.toArray()[1] = 9;
    base64.toArray()[1] = 9;

    assertThat(numbers.toArray()).containsExactly(1, 2);
    assertThat(base64.toArray()).containsExactly(1, 2);
  }

  @Test
  void copiesItsJson() {
    EmbeddingVector vector = read("[[1]]");

    vector.asJson().getAsJsonArray().add("more");

    assertThat(GSON.toJson(vector)).isEqualTo("[[1]]");
  }

  private static EmbeddingVector read(String json) {
    return GSON.fromJson(json, EmbeddingVector.class);
  }

  /** {@return the error for a response with {@code json} as its second vector} */
  private static JsonSyntaxException refusal(String json) {
    String response =
        """
        {"object":"list","data":[
          {"object":"embedding","index":0,"embedding":[1.0]},
          {"object":"embedding","index":1,"embedding":%s}
        ]}\
        """
            .formatted(json);
    assertThatExceptionOfType(JsonSyntaxException.class)
        .isThrownBy(() -> GSON.fromJson(response, EmbeddingResponse.class));
    return catchThrowableOfType(
        JsonSyntaxException.class, () -> GSON.fromJson(response, EmbeddingResponse.class));
  }

  private static String trace(Throwable error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }
}
