package io.github.tokenfactory.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls the server with the JDK's HTTP client, independently of this library. */
class EmbeddingsServerTest {
  private static final String SENTENCE = "a cat sits on the mat";

  private final AtomicLong nanos = new AtomicLong();
  private final EmbeddingsServer server = EmbeddingsServer.start(nanos::get);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void respondsWithEveryPropertyOfTheDocument() throws Exception {
    JsonObject response = ok("\"" + SENTENCE + "\"", ", \"dimensions\": 1");

    response.getAsJsonArray("data").get(0).getAsJsonObject().remove("embedding");
    assertThat(response)
        .isEqualTo(
            JsonParser.parseString(
                """
                {"object": "list", "model": "m", "service_tier": "default",
                 "usage": {"prompt_tokens": 6, "completion_tokens": 0, "total_tokens": 6},
                 "data": [{"object": "embedding", "index": 0}]}
                """));
  }

  @Test
  void returnsTheSameVectorForAllFourFormsOfInput() throws Exception {
    String ids = Arrays.toString(EmbeddingModel.ofWords(1).tokenize(SENTENCE));
    float[] text = vectors(ok("\"" + SENTENCE + "\"", "")).get(0);

    for (String input : List.of(ids, "[\"" + SENTENCE + "\"]", "[" + ids + "]")) {
      JsonObject response = ok(input, "");
      assertThat(vectors(response)).containsExactly(text);
      assertThat(response.getAsJsonObject("usage").get("total_tokens").getAsInt()).isEqualTo(6);
    }
    assertThat(server.requests()).extracting(ReceivedRequest::size).containsOnly(1);
    assertThat(server.requests().get(0).texts()).containsExactly(SENTENCE);
    assertThat(server.requests().get(1).texts()).isEmpty();
    assertThat(Arrays.toString(server.requests().get(1).tokens().get(0))).isEqualTo(ids);
    assertThat(server.requests().get(2).tokens()).isEmpty();
  }

  @Test
  void returnsVectorsInOrder() throws Exception {
    List<float[]> vectors = vectors(ok("[\"one\", \"two\", \"one\"]", ""));

    assertThat(vectors).hasSize(3);
    assertThat(vectors.get(0)).isEqualTo(vectors.get(2)).isNotEqualTo(vectors.get(1));
  }

  @Test
  void returnsTheSameBitsInBothFormats() throws Exception {
    JsonObject numbers = ok("[\"one\", \"two\"]", ", \"encoding_format\": \"float\"");
    JsonObject base64 = ok("[\"one\", \"two\"]", ", \"encoding_format\": \"base64\"");

    assertThat(base64.toString()).doesNotContain("\"embedding\":[").hasSizeLessThan(4_000);
    assertThat(vectors(base64)).containsExactlyElementsOf(vectors(numbers));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 256, 4096})
  void returnsTheRequestedDimensions(int dimensions) throws Exception {
    assertThat(vectors(ok("\"one\"", ", \"dimensions\": " + dimensions)).get(0))
        .hasSize(dimensions);
  }

  @ParameterizedTest
  @CsvSource({"auto, default", "default, default", "flex, flex", "no-limit, no-limit"})
  void namesTheServiceTierUsed(String requested, String used) throws Exception {
    JsonObject response = ok("\"one\"", ", \"service_tier\": \"" + requested + "\"");

    assertThat(response.get("service_tier").getAsString()).isEqualTo(used);
  }

  @Test
  void acceptsNullsUserUnknownPropertiesAndProject() throws Exception {
    String nulls =
        ", \"encoding_format\": null, \"dimensions\": null, \"user\": null, \"extra\": {}";
    JsonObject plain = ok("\"one\"", "");

    assertThat(ok("\"one\"", nulls)).isEqualTo(plain);
    assertThat(ok("\"one\"", ", \"user\": \"u1\"")).isEqualTo(plain);
    HttpResponse<String> withProject =
        send("v1/embeddings?x&ai_project_id=p%201", "POST", "secret", body("\"one\"", ""));
    assertThat(JsonParser.parseString(withProject.body())).isEqualTo(plain);
    assertThat(server.requests().get(3).query("ai_project_id")).isEqualTo("p 1");
    assertThat(server.requests().get(3).query("y")).isNull();
  }

  @Test
  void recordsRequests() throws Exception {
    ok("[\"one\", \"two\"]", "");

    ReceivedRequest request = server.requests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/v1/embeddings");
    assertThat(request.model()).isEqualTo("m");
    assertThat(request.texts()).containsExactly("one", "two");
    assertThat(request.header("authorization")).isEqualTo("Bearer secret");
    assertThat(request.header("x-none")).isNull();
    assertThat(request.body()).isEqualTo("{\"model\": \"m\", \"input\": [\"one\", \"two\"]}");
    assertThat(request.json()).isEqualTo(JsonParser.parseString(request.body()));
    assertThat(request).hasToString("ReceivedRequest{POST /v1/embeddings, 2 inputs}");
  }

  @Test
  void sendsRequestIdsAndRateLimits() throws Exception {
    HttpResponse<String> first = post(body("\"one two\"", ""));
    HttpResponse<String> second = post(body("\"one two\"", ""));

    assertThat(first.headers().firstValue("x-request-id")).isPresent();
    assertThat(second.headers().firstValue("x-request-id"))
        .isPresent()
        .isNotEqualTo(first.headers().firstValue("x-request-id"));
    assertThat(second.headers().firstValue("x-ratelimit-remaining-requests")).contains("999998");
    assertThat(second.headers().firstValue("x-ratelimit-remaining-tokens")).contains("999999996");
  }

  /** The last column is false for mistakes that the document does not rule out. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          `{"input": "a"}`                                              | model            | true
          `{"model": null, "input": "a"}`                               | model            | true
          `{"model": 1, "input": "a"}`                                  | model            | true
          `{"model": "m"}`                                              | input            | true
          `{"model": "m", "input": null}`                               | input            | true
          `{"model": "m", "input": 1}`                                  | input            | true
          `{"model": "m", "input": {}}`                                 | input            | true
          `{"model": "m", "input": [null]}`                             | input,0          | true
          `{"model": "m", "input": [1, "a"]}`                           | input,1          | true
          `{"model": "m", "input": [1.5]}`                              | input,0          | true
          `{"model": "m", "input": [true]}`                             | input,0          | true
          `{"model": "m", "input": ["a", 1]}`                           | input,1          | true
          `{"model": "m", "input": ["a", null]}`                        | input,1          | true
          `{"model": "m", "input": [[1], "a"]}`                         | input,1          | true
          `{"model": "m", "input": [[1], [2, "a"]]}`                    | input,1,1        | true
          `{"model": "m", "input": "a", "encoding_format": 1}`          | encoding_format  | true
          `{"model": "m", "input": "a", "dimensions": "64"}`            | dimensions       | true
          `{"model": "m", "input": "a", "user": 1}`                     | user             | true
          `{"model": "m", "input": "a", "service_tier": null}`          | service_tier     | true
          `{"model": "m", "input": "a", "service_tier": "gold"}`        | service_tier     | true
          `[]`                                                          | ``               | true
          `"a"`                                                         | ``               | true
          ``                                                            | ``               | true
          `{"model": "m", "input": "a"`                                 | ``               | true
          `{"model": "m", "input": "a"} x`                              | ``               | true
          `{model: "m", input: "a"}`                                    | ``               | true
          `{"model": "m", "input": "a",}`                               | ``               | true
          `{"model": "m", "input": []}`                                 | input            | false
          `{"model": "m", "input": [99999999999]}`                      | input,0          | false
          `{"model": "m", "input": [[1], []]}`                          | input,1          | false
          `{"model": "m", "input": "a", "encoding_format": "int8"}`     | encoding_format  | false
          `{"model": "m", "input": "a", "dimensions": 0}`               | dimensions       | false
          `{"model": "m", "input": "a", "dimensions": 99999999999}`     | dimensions       | false
          """)
  void refusesInvalidBodiesAndSaysWhere(String body, String location, boolean isViolation)
      throws Exception {
    String path = location.isEmpty() ? "body" : "body," + location;

    HttpResponse<String> response = post(BodyPublishers.ofString(body));

    assertInvalid(response, path);
    assertThat(server.violations()).hasSize(isViolation ? 1 : 0);
    assertThat(server.takeViolations())
        .isEqualTo(isViolation ? List.of(only(response)) : List.of());
    assertThat(server.violations()).isEmpty();
  }

  private static Violation only(HttpResponse<String> response) {
    JsonObject detail =
        JsonParser.parseString(response.body())
            .getAsJsonObject()
            .getAsJsonArray("detail")
            .get(0)
            .getAsJsonObject();
    List<Object> location = new ArrayList<>();
    for (var step : detail.getAsJsonArray("loc")) {
      location.add(
          step.getAsJsonPrimitive().isNumber() ? (Object) step.getAsInt() : step.getAsString());
    }
    return new Violation(
        422, location, detail.get("msg").getAsString(), detail.get("type").getAsString());
  }

  @Test
  void refusesBytesThatAreNotUtf8() throws Exception {
    byte[] latin1 =
        "{\"model\": \"m\", \"input\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

    assertInvalid(post(BodyPublishers.ofByteArray(latin1)), "body");
  }

  @Test
  void refusesOtherContentTypes() throws Exception {
    HttpRequest request =
        request("v1/embeddings", "POST", "secret", body("\"one\"", ""))
            .setHeader("Content-Type", "text/plain")
            .build();

    assertInvalid(http.send(request, BodyHandlers.ofString()), "header,content-type");
    assertThat(server.violations())
        .hasToString("[header.content-type: Content type should be application/json]");
  }

  @Test
  void refusesAMissingKey() throws Exception {
    for (String authorization : Arrays.asList(null, "Bearer", "Bearer ", "Basic abc", "secret")) {
      HttpRequest.Builder request = request("v1/embeddings", "POST", null, body("\"one\"", ""));
      if (authorization != null) {
        request.setHeader("Authorization", authorization);
      }
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(response.body()).isEqualTo("{\"detail\":\"Not authenticated\"}");
    }
    assertThat(server.violations())
        .hasSize(5)
        .extracting(Violation::toString)
        .containsOnly("header.authorization: Not authenticated");
  }

  @Test
  void refusesOtherPathsAndMethods() throws Exception {
    for (String path : List.of("", "v1", "v1/embeddings/", "v1/embeddings/x", "v1/v1/embeddings")) {
      HttpResponse<String> response = send(path, "POST", "secret", body("\"one\"", ""));
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.body()).isEqualTo("{\"detail\":\"Not Found\"}");
    }
    for (String method : List.of("GET", "PUT", "DELETE")) {
      HttpResponse<String> response =
          send("v1/embeddings", method, "secret", BodyPublishers.noBody());
      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.body()).isEqualTo("{\"detail\":\"Method Not Allowed\"}");
    }
    assertThat(server.violations()).hasSize(8);
  }

  @Test
  void usesOnlyTheModelsAdded() throws Exception {
    EmbeddingModel model =
        new EmbeddingModel() {
          @Override
          public int dimensions() {
            return 2;
          }

          @Override
          public int[] tokenize(String text) {
            if (text.length() > 3) {
              throw new IllegalArgumentException("Input is too long");
            }
            return text.chars().toArray();
          }

          @Override
          public float[] embed(int[] tokens, int dimensions) {
            if (tokens[0] == 7) {
              throw new IllegalArgumentException("Token 7 is not in the vocabulary");
            }
            return new float[] {tokens[0], dimensions};
          }
        };
    server.model("m", model);

    assertThat(vectors(ok("[\"a\", \"b\"]", "")))
        .containsExactly(new float[] {97, 2}, new float[] {98, 2});
    HttpResponse<String> tooLong = post(body("[\"a\", \"abcd\"]", ""));
    assertInvalid(tooLong, "body,input,1");
    assertThat(tooLong.body()).contains("Input is too long");
    assertInvalid(post(body("[[1], [2], [7]]", "")), "body,input,2");
    HttpResponse<String> unknown =
        post(BodyPublishers.ofString("{\"model\": \"x\", \"input\": \"a\"}"));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("{\"detail\":\"The model `x` does not exist.\"}");
    assertThat(server.violations()).isEmpty();
  }

  @Test
  void enforcesTheRateLimit() throws Exception {
    server.rateLimit(2, 5, Duration.ofMillis(1500));

    assertThat(limits(post(body("\"one two\"", "")))).isEqualTo("200 1 3 1.500 1.500");
    nanos.addAndGet(200_000_001);
    assertThat(limits(post(body("\"one two three\"", "")))).isEqualTo("429 0 3 1.300 1.300");
    assertThat(limits(post(body("\"one\"", "")))).isEqualTo("200 0 2 1.300 1.300");
    HttpResponse<String> refused = post(body("\"one\"", ""));
    assertThat(limits(refused)).isEqualTo("429 0 2 1.300 1.300");
    assertThat(refused.headers().firstValue("Retry-After")).contains("2");
    assertThat(refused.headers().firstValue("retry-after-ms")).contains("1300");
    assertThat(refused.headers().firstValue("x-ratelimit-over-limit")).contains("yes");
    nanos.addAndGet(1_299_999_999);
    assertThat(limits(post(body("\"a b c d e\"", "")))).isEqualTo("200 1 0 1.500 1.500");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.rateLimit(1, 1, Duration.ZERO))
        .withMessageContaining("PT0S");
  }

  private static String limits(HttpResponse<String> response) {
    StringBuilder limits = new StringBuilder().append(response.statusCode());
    for (String name :
        List.of("remaining-requests", "remaining-tokens", "reset-requests", "reset-tokens")) {
      limits.append(' ').append(response.headers().firstValue("x-ratelimit-" + name).orElse("?"));
    }
    return limits.toString();
  }

  @Test
  void repliesFromTheQueueThenByTheRules() throws Exception {
    server
        .when(request -> request.size() > 1, Reply.detail(400, "too many"))
        .when(request -> request.texts().contains("x"), Reply.detail(400, "no x"))
        .enqueue(Reply.of(418, "{}"));

    assertThat(post(body("[\"x\", \"y\"]", "")).statusCode()).isEqualTo(418);
    assertThat(post(body("[\"x\", \"y\"]", "")).body()).contains("no x");
    assertThat(post(body("[\"y\", \"y\"]", "")).body()).contains("too many");
    assertThat(post(body("\"y\"", "")).statusCode()).isEqualTo(200);
    server.enqueue(Reply.of(418, "{}")).rateLimit(1, 1, Duration.ofMinutes(1)).reset();
    assertThat(server.requests()).isEmpty();
    ok("[\"x\", \"y\"]", "");
    ok("[\"x\", \"y\"]", "");
    assertThat(server.requests()).hasSize(2);
  }

  /** Replies that a client must accept. */
  @Test
  void sendsUnusualButValidReplies() throws Exception {
    String base64 = ", \"encoding_format\": \"base64\"";
    server.enqueue(Reply.embeddings().reversed(), Reply.embeddings().asNumbers());

    JsonArray reversed = ok("[\"one\", \"two\"]", base64).getAsJsonArray("data");
    assertThat(reversed.get(0).getAsJsonObject().get("index").getAsInt()).isEqualTo(1);
    assertThat(reversed.get(1).getAsJsonObject().get("index").getAsInt()).isZero();
    JsonArray numbers = ok("\"one\"", base64).getAsJsonArray("data");
    assertThat(numbers.get(0).getAsJsonObject().get("embedding").isJsonArray()).isTrue();
  }

  @Test
  void reportsFailuresOfTheTestKit() throws Exception {
    server.when(
        request -> {
          throw new IllegalStateException("broken");
        },
        Reply.embeddings());

    assertThat(post(body("\"one\"", "")).statusCode()).isEqualTo(500);
    assertThat(server.violations())
        .hasToString("[test kit: java.lang.IllegalStateException: broken]");
  }

  private static BodyPublisher body(String input, String more) {
    return BodyPublishers.ofString("{\"model\": \"m\", \"input\": " + input + more + "}");
  }

  private JsonObject ok(String input, String more) throws Exception {
    HttpResponse<String> response = post(body(input, more));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(server.violations()).isEmpty();
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private HttpResponse<String> post(BodyPublisher body) throws Exception {
    return send("v1/embeddings", "POST", "secret", body);
  }

  private HttpResponse<String> send(String path, String method, String key, BodyPublisher body)
      throws Exception {
    return http.send(request(path, method, key, body).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path, String method, String key, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.baseUrl() + path))
            .method(method, body)
            .header("Content-Type", "application/json; charset=utf-8");
    return key == null ? request : request.header("Authorization", "Bearer " + key);
  }

  private static void assertInvalid(HttpResponse<String> response, String location) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
    JsonArray details =
        JsonParser.parseString(response.body()).getAsJsonObject().getAsJsonArray("detail");
    assertThat(details).hasSize(1);
    JsonObject detail = details.get(0).getAsJsonObject();
    List<String> steps = new ArrayList<>();
    detail.getAsJsonArray("loc").forEach(step -> steps.add(step.getAsString()));
    assertThat(String.join(",", steps)).isEqualTo(location);
    assertThat(detail.get("msg").getAsString()).isNotBlank();
    assertThat(detail.get("type").getAsString()).isNotBlank();
  }

  private static List<float[]> vectors(JsonObject response) {
    List<float[]> vectors = new ArrayList<>();
    for (var element : response.getAsJsonArray("data")) {
      JsonObject item = element.getAsJsonObject();
      assertThat(item.get("index").getAsInt()).isEqualTo(vectors.size());
      vectors.add(decode(item));
    }
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
    return Embedder.decode(item.get("embedding").getAsString());
  }
}
