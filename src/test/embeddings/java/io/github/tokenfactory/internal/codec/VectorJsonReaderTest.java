package io.github.tokenfactory.internal.codec;

import static io.github.tokenfactory.internal.codec.Decoding.BYTE_BY_BYTE;
import static io.github.tokenfactory.internal.codec.Decoding.UNKNOWN_LENGTH;
import static io.github.tokenfactory.internal.codec.Decoding.WHOLE;
import static io.github.tokenfactory.internal.codec.Decoding.base64;
import static io.github.tokenfactory.internal.codec.Decoding.floats;
import static io.github.tokenfactory.internal.codec.Decoding.numbers;
import static io.github.tokenfactory.internal.codec.Decoding.pieces;
import static io.github.tokenfactory.internal.codec.Decoding.read;
import static io.github.tokenfactory.internal.codec.Decoding.readWithGson;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.internal.http.UnreadableResponseException;
import io.github.tokenfactory.json.ObjectAdapter;
import io.github.tokenfactory.model.Embedding;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading vectors from the bytes of a response, and error messages for those that are invalid. */
class VectorJsonReaderTest {
  private static final int BUFFER = 16 << 10;
  private static final int GSON_BUFFER = 1024;

  @ParameterizedTest
  @CsvSource({
    "1, 16",
    "1, 100",
    "2, 12",
    "3, 4096",
    "11, 12",
    "12, 12",
    "12, 13",
    "16, 16",
    "100, 1",
    "13, 0",
    "0, 13",
    "0, 100",
    "4096, 4095",
    "4095, 4096",
    "3071, 3072",
    "3073, 3072"
  })
  void readsAdjacentVectorsOfAnyLengths(int first, int second) throws IOException {
    float[] a = floats(first, 1);
    float[] b = floats(second, 2);
    for (String one : List.of(quoted(base64(a)), numbers(a))) {
      for (String other : List.of(quoted(base64(b)), numbers(b))) {
        byte[] json = data(one, other, one).getBytes(UTF_8);
        for (IntUnaryOperator pieces : List.of(WHOLE, BYTE_BY_BYTE, pieces(new Random(first)))) {
          List<Embedding> data = read(json, pieces, json.length).getData();
          assertThat(Arrays.equals(data.get(0).getEmbedding().toArray(), a)).isTrue();
          assertThat(Arrays.equals(data.get(1).getEmbedding().toArray(), b)).isTrue();
          assertThat(Arrays.equals(data.get(2).getEmbedding().toArray(), a)).isTrue();
        }
      }
    }
  }

  /** Texts that could be base64; the first is too short for the fast path. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789ABCDEF",
        "0123456789ABCDEF0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789ABCDEF"
      })
  void mistakesNoOtherTextForAVector(String text) throws IOException {
    for (String json :
        List.of(
            """
            {"data":[{"embedding":"AACAPw==","object":"%s"}]}\
            """,
            """
            {"data":[{"embedding":"AACAPw==","%s":1}]}\
            """,
            """
            {"data":[{"embedding":"AACAPw=="}],"%s":{}}\
            """,
            """
            {"data":[{"embedding":"AACAPw=="},{"embedding":"%s"}]}\
            """,
            """
            {"data":[{"object":"%s","embedding":"AACAPw=="}]}\
            """,
            """
            {"data":[{"%s":["%1$s"],"embedding":"AACAPw=="}]}\
            """,
            """
            {"data":[{"%s":[[1],"%1$s",[2]],"embedding":[1]}]}\
            """,
            """
            {"data":[{"embedding":[1],"object":"%s"}]}\
            """)) {
      byte[] bytes = json.formatted(text).getBytes(UTF_8);
      for (int cut = 1; cut <= bytes.length; cut++) {
        int first = cut;
        EmbeddingResponse read =
            read(bytes, before -> before == 0 ? first : BUFFER, UNKNOWN_LENGTH);
        assertThat(read.getData().get(0).getEmbedding().toArray())
            .as("%s after its first %d bytes", json, cut)
            .containsExactly(1);
        assertThat(read).isEqualTo(readWithGson(bytes));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {GSON_BUFFER, BUFFER / 2, BUFFER})
  void readsVectorsAcrossTheEdgesOfBuffers(int edge) throws IOException {
    float[] vector = floats(13, 1);
    String rest = data(quoted(base64(vector)), numbers(vector), "[1.0 , -2e-05]").substring(1);
    for (int length = edge - rest.length() - 9; length <= edge; length++) {
      byte[] json = ("{\"é\":\"" + "p".repeat(length) + "\"," + rest).getBytes(UTF_8);

      EmbeddingResponse read = read(json, WHOLE, length % 2 == 0 ? json.length : UNKNOWN_LENGTH);

      assertThat(read).as("after %d characters", length).isEqualTo(readWithGson(json));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AACAPwAAIMA=",
        "AACAPwAAIMA",
        "AACAPw\\u0041AIMA=",
        "AACAPwAAIMA\\u003d",
        "\\u0041\\u0041CAPwAAIMA="
      })
  void readsBase64WithEscapesAndWithoutPadding(String text) throws IOException {
    assertThat(vector(quoted(text))).containsExactly(1, -2.5f);
  }

  @Test
  void readsEscapesInLongBase64() throws IOException {
    float[] vector = floats(500, 7);
    String text = base64(vector);

    assertThat(text).contains("/");
    assertThat(vector(quoted(text.replace("/", "\\/")))).containsExactly(vector);
    assertThat(vector(quoted(text.replace("=", "")))).containsExactly(vector);
    assertThat(vector(quoted(text.replace("A", "\\u0041")))).containsExactly(vector);
    assertThat(vector(quoted(text.substring(0, 40) + text.substring(40).replace("/", "\\/"))))
        .containsExactly(vector);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\n", "\r\n", "\t", "\n      ", "                 "})
  void readsNumbersWithAnyWhiteSpace(String space) throws IOException {
    String numbers =
        Stream.of("0.5", "-1.25e-05", "3", "-0.0", "1E+2", "0.100000000000000001")
            .collect(Collectors.joining(space + "," + space, "[" + space, space + "]"));
    float[] elements = {0.5f, -1.25e-5f, 3, -0f, 100, 0.1f};

    assertThat(vector(numbers)).containsExactly(elements);
    assertThat(vector("[" + space + "]")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1023, 1024, 1025, BUFFER - 1, BUFFER, BUFFER + 1, 100_000})
  void readsNumbersOfAnyNumberOfDigits(int digits) throws IOException {
    assertThat(vector("[1,0." + "3".repeat(digits) + ",2]")).containsExactly(1, 1 / 3f, 2);
    assertThat(vector("[0." + "0".repeat(digits) + "]")).containsExactly(0);
  }

  @Test
  void skipsAByteOrderMark() throws IOException {
    byte[] json = ("\uFEFF" + data("[1]", "\"AACAPw==\"")).getBytes(UTF_8);

    for (IntUnaryOperator pieces : List.of(WHOLE, BYTE_BY_BYTE)) {
      EmbeddingResponse read = read(json, pieces, json.length);
      assertThat(read.getData())
          .allSatisfy(each -> assertThat(each.getEmbedding().toArray()).containsExactly(1));
    }
  }

  @Test
  void readsInvalidUtf8LikeGson() throws IOException {
    for (String bytes :
        List.of(
            "\u00ff",
            "\u00c3",
            "\u00c3(",
            "\u00e2\u0082",
            "\u00f0\u009f\u0098",
            "\u00ed\u00a0\u0080\u00ed\u00b0\u0080",
            "\u00c0\u00af",
            "\u00f5\u0080\u0080\u0080",
            "\u00e2\u0082\u00ac".repeat(40) + "\u00e2\u0082",
            "\u0080".repeat(131),
            "x" + "\u00f0\u009f\u0098\u0080".repeat(33) + "\u00f0\u009f")) {
      String json = "{\"" + bytes + "\":\"" + bytes + "\\n\",\"data\":[{\"embedding\":[1.5]}]}";
      byte[] latin1 = json.getBytes(ISO_8859_1);
      for (IntUnaryOperator pieces : List.of(WHOLE, BYTE_BY_BYTE, pieces(new Random(1)))) {
        assertThat(read(latin1, pieces, latin1.length)).isEqualTo(readWithGson(latin1));
      }
    }
  }

  @Test
  void readsNullAsNoVector() throws IOException {
    Embedding embedding = read(data("null"), WHOLE).getData().get(0);

    assertThat(embedding.getEmbedding()).isNull();
    assertThat(embedding.unknown()).containsKey("embedding");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"object":"list","data":[{"object":"embedding","embedding":[0.5,-1.25e-05,3],"index":0},\
        {"index":1,"embedding":"AACAPwAAIMA="}],"model":"m\\u00e9é€😀","usage":{"prompt_tokens":12,\
        "total_tokens":12,"free":true,"cost":null},"id":[[],{},-0.5e3,"\\"[\\\\"]}\
        """,
        """
        {
          "data" : [ {
            "embedding" : "AACAPwAAAEAAAEBAAACAQAAAoEAAAMBAAADgQAAAAEEAABBBAAAgQQAAMEEAAEBBAABQQQAAYEEAAHBB"
          }, {
            "embedding" : [ 1.0, 2.0, 3.5 ]
          } ]
        }\
        """
      })
  void reportsTruncatedResponsesAsEndingEarly(String json) throws IOException {
    byte[] whole = json.getBytes(UTF_8);
    assertThat(read(whole, WHOLE, UNKNOWN_LENGTH)).isEqualTo(readWithGson(whole));

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      for (IntUnaryOperator pieces : List.of(WHOLE, BYTE_BY_BYTE)) {
        for (long contentLength : new long[] {UNKNOWN_LENGTH, length, whole.length}) {
          UnreadableResponseException error =
              catchThrowableOfType(
                  UnreadableResponseException.class, () -> read(cut, pieces, contentLength));
          assertThat(error).as("the first %d bytes", length).isNotNull();
          assertThat(error.endsEarly())
              .as("%s after %d bytes", error.getMessage(), length)
              .isTrue();
        }
      }
    }
  }

  /** The reader looks ahead as far as the last vector was long, which may be beyond the end. */
  @Test
  void doesNotReportOtherMistakesAsEndingEarly() {
    String json = data(quoted(base64(floats(4096, 1))), quoted(base64(floats(50, 2))), "[1]");
    for (String wrong : List.of(json.replace("[1]", "[1 2]"), json.replace("\"},{", "\"};{"))) {
      UnreadableResponseException error =
          catchThrowableOfType(UnreadableResponseException.class, () -> read(wrong, WHOLE));
      assertThat(error).hasMessageStartingWith("it is not valid JSON");
      assertThat(error.endsEarly()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}", "[]", "null", "1", "x", "}", "]", ",", "\"", "\u0000", "\uFEFF", "é", "{", "["
      })
  void refusesContentAfterTheJson(String more) {
    assertThat(refusal(data("[1]") + " " + more)).isEqualTo("there is more after its JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[0.125,,4711]    | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,]         | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,null]     | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,\"4711\"] | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,[4711]]   | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,NaN]      | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,+4711]    | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,.4711]    | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,4711.]    | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,4711e]    | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,４７１１] | Not a number in a vector at path $.data[1].embedding[1]",
        "[0.125,4711e99]  | A number in a vector is not a finite 32-bit float at path"
            + " $.data[1].embedding[1]",
        "[null,4711]      | Not a number in a vector at path $.data[1].embedding[0]",
        "[04711]          | it is not valid JSON at path $.data[1].embedding[1]",
        "[4711 0.125]     | it is not valid JSON at path $.data[1].embedding[1]",
        "[4711f]          | it is not valid JSON at path $.data[1].embedding[1]",
        "[0.125,4711}     | it is not valid JSON at path $.data[1].embedding[2]",
        "[0.125:4711]     | it is not valid JSON at path $.data[1].embedding[1]",
        "[,4711]          | it is not valid JSON at path $.data[1].embedding[0]",
        "[NaN]            | it is not valid JSON at path $.data[1].embedding[0]",
        "\"4711!\"        | The vector is not base64 at path $.data[1].embedding",
        "\"4711é\"        | The vector is not base64 at path $.data[1].embedding",
        "\"47 11\"        | The vector is not base64 at path $.data[1].embedding",
        "\"4711=\"        | The vector is not base64 at path $.data[1].embedding",
        "\"4711\"         | The vector's base64 holds 3 bytes, not whole 32-bit floats, at path"
            + " $.data[1].embedding",
        "\"AACAfw==\"     | A number in a vector is not a finite 32-bit float at path"
            + " $.data[1].embedding"
      })
  void refusesInvalidVectors(String vector, String message) {
    assertThat(refusal(data("[1.0,2.0]", vector))).isEqualTo(message);
  }

  @Test
  void refusesInvalidLongVectors() {
    String good = base64(floats(4096, 1));
    for (String bad :
        List.of(
            good + "!",
            good.substring(0, 5000) + "\u00e9" + good.substring(5000),
            good.substring(0, 5000) + "\n" + good.substring(5000),
            good.substring(0, 5000) + "\\u0000" + good.substring(5000),
            good.substring(4),
            base64(new float[4095]) + base64(Float.NaN))) {
      assertThat(refusal(data(quoted(good), quoted(bad)))).endsWith(" at path $.data[1].embedding");
    }
  }

  /** Gson's own messages quote such contents. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"data\":[{\"index\":\"é path $.s3cr3t.x\"}]}",
        "{\"data\":[{\"index\":\"é at path $[4711].s3cr3t\"}]}",
        "{\"data\":[{\"index\":\" path $.s3cr3t\"}]}",
        "{\"data\":[{\"index\":\"4711.5\"}]}",
        "{\"data\":[{\"index\":4711.5}]}",
        "{\"data\":[{\"embedding\":\" path $.s3cr3t\"}]}",
        "{\"data\":{\" path $.s3cr3t\":4711}}",
        "{\"usage\":[\" path $.s3cr3t\"]}",
        "{\" path $.s3cr3t\":\"\\q\"}",
        "{\"x\":\"path $.s3cr3t\\ud\"}",
        "{\"x\": path $.s3cr3t}",
        "\"path $.s3cr3t\""
      })
  void keepsContentsOutOfMessages(String json) {
    assertThat(refusal(json)).doesNotContain("s3cr3t", "4711");
  }

  /** A model of another document: its adapter parses a number after reading the JSON. */
  @JsonAdapter(ForeignModel.Adapter.class)
  private record ForeignModel(long number) {
    private static final class Adapter extends TypeAdapter<ForeignModel> {
      private final TypeAdapter<?> numbers = ObjectAdapter.registry().apply(Long.class);

      @Override
      public ForeignModel read(JsonReader in) throws IOException {
        return new ForeignModel((Long) numbers.fromJsonTree(RawJson.ADAPTER.read(in)));
      }

      @Override
      public void write(JsonWriter out, ForeignModel value) {
        throw new UnsupportedOperationException();
      }
    }
  }

  @Test
  void keepsContentsOutOfMessagesOfAdapters() {
    ResponseBody body = ResponseBody.create("\"é path $.s3cr3t.x\"", null);

    assertThatExceptionOfType(UnreadableResponseException.class)
        .isThrownBy(() -> Decoding.converter(ForeignModel.class).convert(body))
        .withMessage("it is not what the document says at path $")
        .withNoCause();
  }

  @ParameterizedTest
  @MethodSource("nested")
  void refusesDeepNesting(String json) {
    assertThat(refusal(json)).startsWith("it is not valid JSON");
  }

  private static Stream<String> nested() {
    return Stream.of(
        "{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
        "{\"x\":" + "{\"x\":".repeat(100_000),
        "{\"data\":[{\"embedding\":" + "[".repeat(100_000),
        "{\"data\":[{\"embedding\":" + "{\"x\":[".repeat(100_000));
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  /** {@return a response with these vectors} */
  private static String data(String... vectors) {
    return Stream.of(vectors)
        .map(vector -> "{\"embedding\":" + vector + "}")
        .collect(Collectors.joining(",", "{\"data\":[", "]}"));
  }

  /** {@return the elements of {@code json}, read between two other vectors} */
  private static float[] vector(String json) throws IOException {
    String whole = data("[1.0,2.0]", json, "[3.0]");
    float[] elements = read(whole, WHOLE).getData().get(1).getEmbedding().toArray();
    assertThat(read(whole, BYTE_BY_BYTE)).isEqualTo(read(whole, WHOLE));
    return elements;
  }

  /** {@return the error message for an unreadable response, the same for all sizes of pieces} */
  private static String refusal(String json) {
    UnreadableResponseException error =
        catchThrowableOfType(UnreadableResponseException.class, () -> read(json, WHOLE));
    UnreadableResponseException again =
        catchThrowableOfType(UnreadableResponseException.class, () -> read(json, BYTE_BY_BYTE));
    assertThat(error).isNotNull().hasNoCause();
    assertThat(again).hasMessage(error.getMessage());
    return error.getMessage();
  }
}
