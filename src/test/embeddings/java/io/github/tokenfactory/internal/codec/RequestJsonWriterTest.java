package io.github.tokenfactory.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.TokenFactoryConverterFactory;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retrofit2.Converter;
import retrofit2.Retrofit;

/** Checks that request bodies have the bytes that Gson writes, and the length that they state. */
class RequestJsonWriterTest {
  private static final Converter<EmbeddingRequest, RequestBody> CONVERTER = converter();
  private static final Gson PLAIN = new GsonBuilder().disableHtmlEscaping().create();
  private static final int BUFFER = 8 << 10;

  /** Pieces of texts: characters of each UTF-8 length, with the first and the last of each. */
  private static final String[] PIECES =
      ("a,Zz9, ,\u007f,\u0080,é,ÿ,\u07ff,\u0800,€,日本語,\ufffd,\uffff,\ud800\udc00,😀,\udbff\udfff,"
              + "\",\\,/,\n,\r,\t,\b,\f,\u0000,\u0001,\u001f,',<&=>,\ud83d,\ude22,\ude00\ud83d")
          .split(",");

  @Test
  void writesTextsLikeGson() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      int kinds = 1 + random.nextInt(PIECES.length);
      List<String> texts = new ArrayList<>();
      for (int j = random.nextInt(5); j >= 0; j--) {
        texts.add(text(random, random.nextInt(40), kinds));
      }
      assertThatItWrites(EmbeddingInput.texts(texts));
      assertThatItWrites(EmbeddingInput.text(texts.get(0)));
    }
  }

  @Test
  void writesEachCharacterLikeGsonAtAnyPosition() throws IOException {
    for (String piece : PIECES) {
      for (int before = 0; before < 9; before++) {
        for (int after = 0; after < 9; after += 4) {
          String text = "x".repeat(before) + piece + "y".repeat(after);
          assertThatItWrites(EmbeddingInput.text(text));
          assertThatItWrites(EmbeddingInput.texts("plain", text, "é"));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "é", "€", "😀", "\"", "\u0001", "\ud83d"})
  void writesAcrossBuffersLikeGson(String piece) throws IOException {
    for (int length = BUFFER - 60; length <= BUFFER + 10; length++) {
      assertThatItWrites(EmbeddingInput.texts("a".repeat(length) + piece, piece, "b"));
    }
    assertThatItWrites(EmbeddingInput.text(piece.repeat(5 * BUFFER)));
    assertThatItWrites(EmbeddingInput.texts("a".repeat(5 * BUFFER), piece, "b".repeat(BUFFER)));
  }

  @Test
  void writesEmptyListsAndEmptyTexts() throws IOException {
    assertThatItWrites(EmbeddingInput.texts());
    assertThatItWrites(EmbeddingInput.text(""));
    assertThatItWrites(EmbeddingInput.texts("", "", "a", ""));
  }

  /** The lower bytes of these characters are a quote, a backslash and a line feed. */
  @ParameterizedTest
  @ValueSource(strings = {"\udc22", "\udc5c", "\ud80a", "\ud822,\ud822", "a\udc22"})
  void writesHalfASurrogatePairAsAQuestionMark(String text) throws IOException {
    EmbeddingInput input = EmbeddingInput.texts("plain", text);

    String json = new String(json(EmbeddingRequest.builder().input(input).build()), UTF_8);

    assertThat(json)
        .isEqualTo(
            """
            {"input":["plain","%s"]}\
            """
                .formatted(text.replaceAll("[\ud800-\udfff]", "?")));
  }

  /** Gson escapes these characters for old JavaScript; JSON does not need that. */
  @ParameterizedTest
  @ValueSource(strings = {"\u2028", "\u2029", "a\u2028b", "a\u2028\"", "é\u2029\n"})
  void writesLineSeparatorsThatReadBackUnchanged(String text) throws IOException {
    EmbeddingRequest request =
        EmbeddingRequest.builder().input(EmbeddingInput.texts(text, "a")).build();

    String json = new String(json(request), UTF_8);

    assertThat(JsonParser.parseString(json)).isEqualTo(PLAIN.toJsonTree(request));
  }

  @Test
  void writesTokensOfAnyNumberOfDigits() throws IOException {
    List<Integer> borders = new ArrayList<>(List.of(0, Integer.MAX_VALUE, Integer.MIN_VALUE));
    for (long power = 1; power < Integer.MAX_VALUE; power *= 10) {
      for (int near = -1; near <= 1; near++) {
        borders.add((int) power + near);
        borders.add((int) -power + near);
      }
    }
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      borders.add((1 << bit) - 1);
      borders.add(1 << bit);
    }
    for (int token : borders) {
      assertThatItWrites(EmbeddingInput.tokens(token));
      assertThatItWrites(EmbeddingInput.tokens(7, token, token, 12));
    }
    assertThatItWrites(EmbeddingInput.tokens(borders.stream().mapToInt(i -> i).toArray()));
    assertThatItWrites(EmbeddingInput.tokens(IntStream.rangeClosed(-1_100, 110_000).toArray()));
  }

  @Test
  void writesTokensAcrossBuffersLikeGson() throws IOException {
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      int[][] arrays = new int[random.nextInt(8)][];
      for (int j = 0; j < arrays.length; j++) {
        int bits = 1 + random.nextInt(Integer.SIZE);
        arrays[j] = random.ints(random.nextInt(2_000)).map(any -> any >> bits - 1).toArray();
      }
      assertThatItWrites(EmbeddingInput.tokenArrays(arrays));
    }
    for (int length = BUFFER / 12 - 10; length < BUFFER / 12 + 10; length++) {
      int[] longest = new int[length];
      Arrays.fill(longest, Integer.MIN_VALUE);
      assertThatItWrites(EmbeddingInput.tokens(longest));
      assertThatItWrites(EmbeddingInput.tokenArrays(longest, new int[0], longest));
    }
  }

  @Test
  void writesNoTokens() throws IOException {
    assertThatItWrites(EmbeddingInput.tokens());
    assertThatItWrites(EmbeddingInput.tokenArrays());
    assertThatItWrites(EmbeddingInput.tokenArrays(new int[0], new int[] {1}, new int[0]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "0.10",
        "[]",
        "[[]]",
        "[1,\"a\"]",
        "[\"é\",null,\"\\\"\"]",
        "[1.0,2]",
        "[12345678901234567890,1e400]",
        "{\"text\":\"é\\u0000\",\"größe\":[null,{}]}"
      })
  void writesInputOfAnyFormLikeGson(String json) throws IOException {
    assertThatItWrites(EmbeddingInput.json(JsonParser.parseString(json)));
  }

  @Test
  void writesAllPropertiesLikeGson() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      JsonObject object = new JsonObject();
      object.addProperty(text(random, 5, PIECES.length), text(random, 5, PIECES.length));
      object.add("null", null);
      EmbeddingRequest.Builder request =
          EmbeddingRequest.builder()
              .model(text(random, 5, PIECES.length))
              .input(EmbeddingInput.texts(text(random, 30, 3), text(random, 3, 3)))
              .user(random.nextBoolean() ? null : text(random, 5, PIECES.length))
              .dimensions(random.nextBoolean() ? null : random.nextLong())
              .unknown(text(random, 5, PIECES.length), object)
              .unknown("x", new JsonPrimitive(random.nextGaussian()))
              .unknown("y", new JsonPrimitive(text(random, 500, 3)));
      assertThatItWrites(request.build());
    }
  }

  @Test
  void refusesValuesThatJsonCannotRepresent() {
    EmbeddingRequest request =
        EmbeddingRequest.builder().unknown("x", new JsonPrimitive(Double.NaN)).build();

    assertThatIllegalArgumentException().isThrownBy(() -> body(request));
  }

  @Test
  void writesTheSameAfterAFailedWrite() throws IOException {
    RequestBody body =
        body(EmbeddingRequest.builder().input(EmbeddingInput.tokens(new int[10 * BUFFER])).build());
    BufferedSink broken =
        Okio.buffer(
            new ForwardingSink(new Buffer()) {
              @Override
              public void write(Buffer source, long byteCount) throws IOException {
                throw new IOException("broken");
              }
            });

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> body.writeTo(broken));

    assertThat(bytes(body)).hasSize((int) body.contentLength()).isEqualTo(bytes(body));
  }

  /** {@return a random text of the first {@code kinds} pieces} */
  private static String text(Random random, int length, int kinds) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(PIECES[random.nextInt(kinds)]);
    }
    return text.toString();
  }

  private static void assertThatItWrites(EmbeddingInput input) throws IOException {
    assertThatItWrites(EmbeddingRequest.builder().model("m").input(input).build());
  }

  private static void assertThatItWrites(EmbeddingRequest request) throws IOException {
    String expected = PLAIN.toJson(request);
    byte[] json = json(request);
    if (!Arrays.equals(json, expected.getBytes(UTF_8))) {
      assertThat(new String(json, UTF_8)).isEqualTo(expected);
    }
  }

  /** {@return the body that the client sends} */
  static RequestBody body(EmbeddingRequest request) throws IOException {
    return Objects.requireNonNull(CONVERTER.convert(request));
  }

  /**
   * {@return the bytes of the body, after checking that they are repeatable and their length right}
   */
  private static byte[] json(EmbeddingRequest request) throws IOException {
    RequestBody body = body(request);
    byte[] json = bytes(body);
    assertThat(body.contentLength()).isEqualTo(json.length);
    assertThat(Arrays.equals(bytes(body), json)).isTrue();
    return json;
  }

  private static byte[] bytes(RequestBody body) throws IOException {
    Buffer buffer = new Buffer();
    body.writeTo(buffer);
    return buffer.readByteArray();
  }

  @SuppressWarnings("unchecked") // the contract of Retrofit's factories
  private static Converter<EmbeddingRequest, RequestBody> converter() {
    Annotation[] none = new Annotation[0];
    return (Converter<EmbeddingRequest, RequestBody>)
        Objects.requireNonNull(
            TokenFactoryConverterFactory.create()
                .requestBodyConverter(
                    EmbeddingRequest.class,
                    none,
                    none,
                    new Retrofit.Builder().baseUrl("http://localhost/").build()));
  }
}
