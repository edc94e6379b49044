package io.github.tokenfactory.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Asks the server over HTTP, without the library, so that it is known to be right when the library
 * is tried on it.
 */
class EmbeddingsServerTest {

  private static final String SENTENCE = "a cat sits on the mat";

  private static MiniLmModel model;
  private static EmbeddingsServer server;
  private static HttpClient http;

  @BeforeAll
  static void start() throws IOException {
    model = MiniLmModel.load();
    server = EmbeddingsServer.start(model, "secret");
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterAll
  static void stop() {
    server.close();
    model.close();
  }

  @Test
  void answersWithEveryFieldOfTheContract() throws Exception {
    JsonObject answer = ok(body("\"" + SENTENCE + "\"", ""));

    assertThat(answer.keySet())
        .containsExactlyInAnyOrder("object", "data", "model", "usage", "service_tier");
    assertThat(answer.get("object").getAsString()).isEqualTo("list");
    assertThat(answer.get("model").getAsString()).isEqualTo(MiniLmModel.ID);
    assertThat(answer.get("service_tier").getAsString()).isEqualTo("default");
    assertThat(answer.get("usage"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"prompt_tokens": 8, "completion_tokens": 0, "total_tokens": 8}
                """));
    JsonObject item = answer.getAsJsonArray("data").get(0).getAsJsonObject();
    assertThat(item.keySet()).containsExactlyInAnyOrder("object", "embedding", "index");
    assertThat(item.get("object").getAsString()).isEqualTo("embedding");
    assertThat(item.get("index").getAsInt()).isZero();
  }

  @Test
  void tokenizesAsTheVocabularyOfBertDoes() {
    assertThat(model.tokenize(SENTENCE)).containsExactly(1037, 4937, 7719, 2006, 1996, 13523);
    assertThat(MiniLmModel.frame(new int[] {1037})).containsExactly(101, 1037, 102);
    assertThat(MiniLmModel.frame(new int[] {101, 1037, 102})).containsExactly(101, 1037, 102);
  }

  @Test
  void givesTheSameVectorForAllFourInputs() throws Exception {
    String ids = Arrays.toString(model.tokenize(SENTENCE));
    float[] text = vectors(ok(body("\"" + SENTENCE + "\"", ""))).get(0);

    assertThat(text).hasSize(384);
    assertThat(length(text)).isCloseTo(1, within(1e-6));
    for (String input : List.of(ids, "[\"" + SENTENCE + "\"]", "[" + ids + "]")) {
      JsonObject answer = ok(body(input, ""));
      assertThat(vectors(answer)).hasSize(1);
      assertThat(vectors(answer).get(0)).isEqualTo(text);
      assertThat(answer.getAsJsonObject("usage").get("total_tokens").getAsInt()).isEqualTo(8);
    }
  }

  @Test
  void answersListsInOrder() throws Exception {
    JsonObject texts = ok(body("[\"one\", \"two\", \"one\"]", ""));
    JsonObject tokens = ok(body("[[2028], [2048], [2028]]", ""));

    List<float[]> vectors = vectors(texts);
    assertThat(vectors).hasSize(3);
    assertThat(vectors.get(0)).isEqualTo(vectors.get(2)).isNotEqualTo(vectors.get(1));
    assertThat(texts).isEqualTo(tokens);
  }

  @Test
  void agreesBitForBitInBothFormats() throws Exception {
    List<float[]> numbers =
        vectors(ok(body("[\"one\", \"two\"]", ", \"encoding_format\": \"float\"")));
    List<float[]> base64 =
        vectors(ok(body("[\"one\", \"two\"]", ", \"encoding_format\": \"base64\"")));

    assertThat(base64).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(bits(base64.get(i))).isEqualTo(bits(numbers.get(i)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 383, 384})
  void cutsAndRescalesToTheDimensionsAskedFor(int dimensions) throws Exception {
    float[] whole = vectors(ok(body("\"one\"", ""))).get(0);
    float[] cut = vectors(ok(body("\"one\"", ", \"dimensions\": " + dimensions))).get(0);

    assertThat(cut).hasSize(dimensions);
    assertThat(length(cut)).isCloseTo(1, within(1e-6));
    assertThat(cosine(cut, Arrays.copyOf(whole, dimensions))).isCloseTo(1, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"auto, default", "default, default", "flex, flex", "no-limit, no-limit"})
  void answersTheTierUsed(String asked, String used) throws Exception {
    JsonObject answer = ok(body("\"one\"", ", \"service_tier\": \"" + asked + "\""));

    assertThat(answer.get("service_tier").getAsString()).isEqualTo(used);
  }

  @Test
  void takesNullsUserUnknownFieldsAndProject() throws Exception {
    String nulls =
        ", \"encoding_format\": null, \"dimensions\": null, \"user\": null, \"extra\": {}";
    JsonObject plain = ok(body("\"one\"", ""));

    assertThat(ok(body("\"one\"", nulls))).isEqualTo(plain);
    assertThat(ok(body("\"one\"", ", \"user\": \"u1\""))).isEqualTo(plain);
    HttpResponse<String> withProject =
        send("/v1/embeddings?ai_project_id=p%201", "POST", "secret", body("\"one\"", ""));
    assertThat(JsonParser.parseString(withProject.body())).isEqualTo(plain);
  }

  @Test
  void knowsWhichSentencesMeanTheSame() throws Exception {
    List<float[]> v =
        vectors(
            ok(
                body(
                    """
                    ["a cat sits on the mat", "a kitten rests on the rug", "stock markets fell",
                     "share prices dropped"]
                    """,
                    "")));

    assertThat(cosine(v.get(0), v.get(1)))
        .isGreaterThan(0.5)
        .isGreaterThan(cosine(v.get(0), v.get(2)) + 0.4);
    assertThat(cosine(v.get(2), v.get(3)))
        .isGreaterThan(0.5)
        .isGreaterThan(cosine(v.get(2), v.get(1)) + 0.4);
  }

  /**
   * The figures are those of the sentence-transformers documentation, made with the unrounded
   * weights.
   */
  @Test
  void scoresAsThePublishedModelDoes() throws Exception {
    List<float[]> v =
        vectors(
            ok(
                body(
                    """
                    ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
                    """,
                    "")));

    assertThat(cosine(v.get(0), v.get(1))).isCloseTo(0.6660, within(0.03));
    assertThat(cosine(v.get(0), v.get(2))).isCloseTo(0.1046, within(0.03));
    assertThat(cosine(v.get(1), v.get(2))).isCloseTo(0.1411, within(0.03));
  }

  @Test
  void refusesAMissingOrWrongKey() throws Exception {
    for (String key : Arrays.asList(null, "wrong", "secre", "secrets", "")) {
      HttpResponse<String> answer = send(EmbeddingsServer.PATH, "POST", key, body("\"one\"", ""));
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(detail(answer)).isNotBlank();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          `{"input": "a"}`                                              | model
          `{"model": null, "input": "a"}`                               | model
          `{"model": 1, "input": "a"}`                                  | model
          `{"model": "m"}`                                              | input
          `{"model": "m", "input": null}`                               | input
          `{"model": "m", "input": 1}`                                  | input
          `{"model": "m", "input": {}}`                                 | input
          `{"model": "m", "input": []}`                                 | input
          `{"model": "m", "input": [null]}`                             | input
          `{"model": "m", "input": [1, "a"]}`                           | input
          `{"model": "m", "input": [1.5]}`                              | input
          `{"model": "m", "input": [1.0]}`                              | input
          `{"model": "m", "input": [true]}`                             | input
          `{"model": "m", "input": [-1]}`                               | input
          `{"model": "m", "input": [30522]}`                            | input
          `{"model": "m", "input": [99999999999]}`                      | input
          `{"model": "m", "input": ["a", 1]}`                           | input,1
          `{"model": "m", "input": ["a", null]}`                        | input,1
          `{"model": "m", "input": [[1], "a"]}`                         | input,1
          `{"model": "m", "input": [[1], []]}`                          | input,1
          `{"model": "m", "input": [[1], [2], [30522]]}`                | input,2
          `{"model": "m", "input": "a", "encoding_format": "int8"}`     | encoding_format
          `{"model": "m", "input": "a", "encoding_format": 1}`          | encoding_format
          `{"model": "m", "input": "a", "dimensions": 0}`               | dimensions
          `{"model": "m", "input": "a", "dimensions": 385}`             | dimensions
          `{"model": "m", "input": "a", "dimensions": -1}`              | dimensions
          `{"model": "m", "input": "a", "dimensions": "64"}`            | dimensions
          `{"model": "m", "input": "a", "user": 1}`                     | user
          `{"model": "m", "input": "a", "service_tier": null}`          | service_tier
          `{"model": "m", "input": "a", "service_tier": "gold"}`        | service_tier
          `{"model": "m", "input": "a", "service_tier": "over-limit"}`  | service_tier
          `[]`                                                          | ``
          `"a"`                                                         | ``
          ``                                                            | ``
          `{"model": "m", "input": "a"`                                 | ``
          `{"model": "m", "input": "a"} x`                              | ``
          `{model: "m", input: "a"}`                                    | ``
          `{"model": "m", "input": "a",}`                               | ``
          """)
  void refusesABadBodyAndSaysWhere(String body, String location) throws Exception {
    String path = location.isEmpty() ? "body" : "body," + location;

    assertInvalid(post(BodyPublishers.ofString(body)), path);
  }

  @Test
  void refusesWhatIsTooLong() throws Exception {
    String manyTexts =
        String.join(",", Collections.nCopies(EmbeddingsRequest.MAX_INPUTS + 1, "\"a\""));
    String manyTokens = String.join(",", Collections.nCopies(511, "1037"));

    assertInvalid(post(body("[" + manyTexts + "]", "")), "body,input");
    assertInvalid(post(body("[" + manyTokens + "]", "")), "body,input");
    assertInvalid(post(body("[[1], [" + manyTokens + "]]", "")), "body,input,1");
    assertInvalid(post(body("[\"one\", \"" + "cat ".repeat(511) + "\"]", "")), "body,input,1");
  }

  @Test
  void takesTheLongestInputAndTheLastToken() throws Exception {
    String tokens = String.join(",", Collections.nCopies(510, "30521"));

    assertThat(
            ok(body("[" + tokens + "]", ""))
                .getAsJsonObject("usage")
                .get("prompt_tokens")
                .getAsInt())
        .isEqualTo(512);
  }

  @Test
  void refusesBytesThatAreNotUtf8() throws Exception {
    byte[] latin1 =
        "{\"model\": \"m\", \"input\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

    assertInvalid(post(BodyPublishers.ofByteArray(latin1)), "body");
  }

  @Test
  void refusesUnknownModelsAndPaths() throws Exception {
    HttpResponse<String> model =
        post(BodyPublishers.ofString("{\"model\": \"m\", \"input\": \"a\"}"));
    assertThat(model.statusCode()).isEqualTo(404);
    assertThat(detail(model)).contains(MiniLmModel.ID);

    for (String path :
        List.of("/", "/v1", "/v1/embeddings/", "/v1/embeddings/x", "/v2/embeddings")) {
      HttpResponse<String> answer = send(path, "POST", "secret", body("\"one\"", ""));
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(detail(answer)).isEqualTo("Not Found");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE"})
  void refusesOtherMethods(String method) throws Exception {
    HttpResponse<String> answer =
        send(EmbeddingsServer.PATH, method, "secret", BodyPublishers.noBody());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("POST");
    assertThat(detail(answer)).isEqualTo("Method Not Allowed");
  }

  @Test
  void refusesABodyOverTheLimitAndServesOn() throws Exception {
    HttpResponse<String> answer =
        post(BodyPublishers.ofByteArray(new byte[EmbeddingsServer.MAX_BODY_BYTES + 1_000_000]));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(detail(answer)).contains("4194304");
    ok(body("\"one\"", ""));
  }

  private static BodyPublisher body(String input, String more) {
    return BodyPublishers.ofString(
        "{\"model\": \"" + MiniLmModel.ID + "\", \"input\": " + input + more + "}");
  }

  private static JsonObject ok(BodyPublisher body) throws Exception {
    HttpResponse<String> answer = post(body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }

  private static HttpResponse<String> post(BodyPublisher body) throws Exception {
    return send(EmbeddingsServer.PATH, "POST", "secret", body);
  }

  private static HttpResponse<String> send(
      String path, String method, String key, BodyPublisher body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.baseUrl() + path)).method(method, body);
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String detail(HttpResponse<String> answer) {
    return JsonParser.parseString(answer.body()).getAsJsonObject().get("detail").getAsString();
  }

  private static void assertInvalid(HttpResponse<String> answer, String location) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    JsonArray details =
        JsonParser.parseString(answer.body()).getAsJsonObject().getAsJsonArray("detail");
    assertThat(details).hasSize(1);
    JsonObject detail = details.get(0).getAsJsonObject();
    List<String> steps = new ArrayList<>();
    detail.getAsJsonArray("loc").forEach(step -> steps.add(step.getAsString()));
    assertThat(String.join(",", steps)).isEqualTo(location);
    assertThat(detail.get("msg").getAsString()).isNotBlank();
    assertThat(detail.get("type").getAsString()).isNotBlank();
  }

  private static List<float[]> vectors(JsonObject answer) {
    List<float[]> vectors = new ArrayList<>();
    answer
        .getAsJsonArray("data")
        .forEach(
            item -> {
              assertThat(item.getAsJsonObject().get("index").getAsInt()).isEqualTo(vectors.size());
              vectors.add(decode(item.getAsJsonObject()));
            });
    return vectors;
  }

  private static float[] decode(JsonObject item) {
    if (item.get("embedding").isJsonArray()) {
      JsonArray numbers = item.getAsJsonArray("embedding");
      float[] vector = new float[numbers.size()];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = Float.parseFloat(numbers.get(i).getAsString());
      }
      return vector;
    }
    byte[] bytes = Base64.getDecoder().decode(item.get("embedding").getAsString());
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  private static int[] bits(float[] vector) {
    int[] bits = new int[vector.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(vector[i]));
    return bits;
  }

  private static double length(float[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  private static double cosine(float[] a, float[] b) {
    return dot(a, b) / length(a) / length(b);
  }

  private static double dot(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }
}
