package io.github.tokenfactory.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSyntaxException;
import com.google.gson.LongSerializationPolicy;
import com.google.gson.ReflectionAccessFilter.FilterResult;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingVector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of every generated model, tested with the models of the pinned document. */
class GeneratedModelsTest {
  private static final Gson GSON = new Gson();

  private static final String FULL_RESPONSE =
      """
      {"object":"list","model":"m","usage":{"completion_tokens":0,"prompt_tokens":8,"total_tokens":9007199254740993,\
      "prompt_tokens_details":{"cached_tokens":4,"audio":null}},\
      "data":[{"object":"embedding","embedding":[0.5,-1.0],"index":0,"extra":{"a":[null,{"b":null}]}},\
      {"object":"embedding","embedding":"AACAPwAAIMA=","index":1}],\
      "service_tier":"some-new-tier","id":"embd-1","created":1.10,"system_fingerprint":null}\
      """;

  private static final String FULL_REQUEST =
      """
      {"model":"m","input":["a","b"],"encoding_format":"float","user":"u","service_tier":"flex","dimensions":4096,\
      "truncate":"END","hints":{"a":null}}\
      """;

  static Stream<Gson> gsons() {
    return Stream.of(
        new Gson(),
        new GsonBuilder().addReflectionAccessFilter(type -> FilterResult.BLOCK_ALL).create(),
        new GsonBuilder().serializeNulls().create(),
        new GsonBuilder().setFieldNamingPolicy(FieldNamingPolicy.UPPER_CAMEL_CASE).create(),
        new GsonBuilder().setLongSerializationPolicy(LongSerializationPolicy.STRING).create(),
        new GsonBuilder().excludeFieldsWithoutExposeAnnotation().create(),
        new GsonBuilder().registerTypeAdapter(String.class, new Shouting()).create());
  }

  @Test
  void decodesTheExampleOfTheDocument() throws IOException {
    EmbeddingResponse response = GSON.fromJson(documentExample(), EmbeddingResponse.class);

    assertThat(response.getObject()).isEqualTo("list");
    assertThat(response.getModel()).isEqualTo("BAAI/bge-en-icl");
    assertThat(response.getServiceTier()).isNull();
    assertThat(response.getUsage().getPromptTokens()).isEqualTo(8);
    assertThat(response.getUsage().getTotalTokens()).isEqualTo(8);
    assertThat(response.getUsage().getCompletionTokens()).isNull();
    assertThat(response.getData()).hasSize(1);
    assertThat(response.getData().get(0).getIndex()).isZero();
    assertThat(response.getData().get(0).getEmbedding().toArray())
        .containsExactly(0.0023064255f, -0.009327292f, -0.0028842222f);
    assertThat(response.unknown()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("gsons")
  void readsAndWritesTheSameWithAnyGson(Gson gson) {
    EmbeddingResponse response = gson.fromJson(FULL_RESPONSE, EmbeddingResponse.class);
    EmbeddingRequest request = gson.fromJson(FULL_REQUEST, EmbeddingRequest.class);

    assertThat(response).isEqualTo(GSON.fromJson(FULL_RESPONSE, EmbeddingResponse.class));
    assertThat(response.getUsage().getTotalTokens()).isEqualTo(9007199254740993L);
    assertThat(request.getDimensions()).isEqualTo(4096);
    assertThat(unescaped(gson.toJson(response))).isEqualTo(FULL_RESPONSE);
    assertThat(unescaped(gson.toJson(request))).isEqualTo(FULL_REQUEST);
    assertThat(gson.toJsonTree(response)).isEqualTo(JsonParser.parseString(FULL_RESPONSE));
    assertThat(gson.toJson(EmbeddingRequest.builder().model("m").build()))
        .isEqualTo("{\"model\":\"m\"}");
  }

  @Test
  void doesNotWriteUnsetProperties() {
    assertThat(GSON.toJson(EmbeddingRequest.builder().build())).isEqualTo("{}");
    assertThat(GSON.toJson(EmbeddingRequest.builder().model("m").user("u").user(null).build()))
        .isEqualTo("{\"model\":\"m\"}");
    assertThat(GSON.toJson(EmbeddingResponse.builder().build())).isEqualTo("{}");
    assertThat(
            GSON.toJson(
                Usage.builder().promptTokensDetails(PromptTokensDetails.builder().build()).build()))
        .isEqualTo("{\"prompt_tokens_details\":{}}");
  }

  @Test
  void writesSetPropertiesWithTheNamesOfTheDocument() {
    EmbeddingRequest request =
        EmbeddingRequest.builder()
            .model("m")
            .input(EmbeddingInput.texts("a", "b"))
            .encodingFormat("float")
            .user("u")
            .serviceTier(ServiceTier.FLEX)
            .dimensions(4096L)
            .unknown("truncate", new JsonPrimitive("END"))
            .unknown("hints", JsonParser.parseString("{\"a\":null}"))
            .build();

    assertThat(GSON.toJson(request)).isEqualTo(FULL_REQUEST);
  }

  @Test
  void keepsUnknownMembersReadable() {
    EmbeddingResponse response = GSON.fromJson(FULL_RESPONSE, EmbeddingResponse.class);

    assertThat(response.unknown()).containsOnlyKeys("id", "created", "system_fingerprint");
    assertThat(response.unknown().get("id").getAsString()).isEqualTo("embd-1");
    assertThat(response.unknown().get("system_fingerprint")).isEqualTo(JsonNull.INSTANCE);
    assertThat(
            response
                .getData()
                .get(0)
                .unknown()
                .get("extra")
                .getAsJsonObject()
                .get("a")
                .getAsJsonArray())
        .hasSize(2);
    assertThat(response.getUsage().getPromptTokensDetails().unknown()).containsOnlyKeys("audio");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "object", "Model", "unknown", "class", "Model ", "a.b", "$ref"})
  void keepsAnUnknownMemberOfAnyName(String name) {
    JsonObject json = new JsonObject();
    json.add(name, JsonParser.parseString("{\"deep\":[1,null,\"x\"]}"));

    EmbeddingRequest request = GSON.fromJson(json, EmbeddingRequest.class);

    assertThat(request.unknown()).containsOnlyKeys(name);
    assertThat(GSON.toJsonTree(request)).isEqualTo(json);
  }

  @Test
  void distinguishesAnExplicitNullFromAMissingProperty() {
    String json =
        """
        {"model":"m","encoding_format":null,"user":null}\
        """;
    EmbeddingRequest request = GSON.fromJson(json, EmbeddingRequest.class);

    assertThat(request.getEncodingFormat()).isNull();
    assertThat(request.unknown()).containsOnlyKeys("encoding_format", "user");
    assertThat(request).isNotEqualTo(EmbeddingRequest.builder().model("m").build());
    assertThat(GSON.toJson(request)).isEqualTo(json);
    assertThat(GSON.toJson(request.toBuilder().build())).isEqualTo(json);
    assertThat(
            EmbeddingRequest.builder()
                .model("m")
                .unknown("user", JsonNull.INSTANCE)
                .unknown("encoding_format", JsonNull.INSTANCE)
                .build())
        .isEqualTo(request)
        .hasSameHashCodeAs(request);
  }

  @Test
  void settingAPropertyReplacesAnExplicitNull() {
    EmbeddingRequest request = GSON.fromJson("{\"user\":null}", EmbeddingRequest.class);

    assertThat(GSON.toJson(request.toBuilder().user("u").build())).isEqualTo("{\"user\":\"u\"}");
    assertThat(GSON.toJson(request.toBuilder().user(null).build())).isEqualTo("{}");
  }

  @Test
  void anExplicitNullReplacesASetProperty() {
    EmbeddingRequest request =
        EmbeddingRequest.builder()
            .model("m")
            .encodingFormat("float")
            .unknown("encoding_format", JsonNull.INSTANCE)
            .build();

    assertThat(request.getEncodingFormat()).isNull();
    assertThat(GSON.toJson(request)).isEqualTo("{\"model\":\"m\",\"encoding_format\":null}");
  }

  @Test
  void keepsTheLastOfARepeatedMember() {
    assertThat(GSON.fromJson("{\"user\":\"a\",\"user\":\"b\"}", EmbeddingRequest.class).getUser())
        .isEqualTo("b");
    assertThat(GSON.fromJson("{\"user\":null,\"user\":\"b\"}", EmbeddingRequest.class).getUser())
        .isEqualTo("b");
    assertThat(GSON.fromJson("{\"user\":\"a\",\"user\":null}", EmbeddingRequest.class).getUser())
        .isNull();
  }

  @Test
  void keepsUnknownServiceTier() {
    EmbeddingResponse response =
        GSON.fromJson("{\"service_tier\":\"warp-speed\"}", EmbeddingResponse.class);

    assertThat(response.getServiceTier())
        .isEqualTo(ServiceTier.of("warp-speed"))
        .hasToString("warp-speed");
    assertThat(ServiceTier.listed()).doesNotContain(response.getServiceTier());
    assertThat(GSON.toJson(response)).isEqualTo("{\"service_tier\":\"warp-speed\"}");
    assertThat(GSON.toJson(ServiceTier.of("warp-speed"))).isEqualTo("\"warp-speed\"");
  }

  @Test
  void hasAConstantForEachServiceTier() {
    assertThat(ServiceTier.listed().stream().map(ServiceTier::value))
        .containsExactly("auto", "default", "over-limit", "flex", "no-limit");
    assertThat(ServiceTier.of("over-limit"))
        .isEqualTo(ServiceTier.OVER_LIMIT)
        .hasSameHashCodeAs(ServiceTier.OVER_LIMIT);
    assertThat(GSON.fromJson("\"flex\"", ServiceTier.class)).isEqualTo(ServiceTier.FLEX);
    assertThat(GSON.fromJson("null", ServiceTier.class)).isNull();
  }

  @Test
  void isEqualByValue() {
    EmbeddingResponse response = GSON.fromJson(FULL_RESPONSE, EmbeddingResponse.class);

    assertThat(response)
        .isEqualTo(GSON.fromJson(FULL_RESPONSE, EmbeddingResponse.class))
        .hasSameHashCodeAs(GSON.fromJson(FULL_RESPONSE, EmbeddingResponse.class))
        .isNotEqualTo(response.toBuilder().model("other").build())
        .isNotEqualTo(response.toBuilder().unknown("id", new JsonPrimitive("other")).build())
        .isNotEqualTo(response.toBuilder().data(List.of()).build())
        .isNotEqualTo(GSON.fromJson(FULL_REQUEST, EmbeddingRequest.class))
        .isNotEqualTo(null);
    assertThat(Usage.builder().build()).isNotEqualTo(PromptTokensDetails.builder().build());
  }

  @Test
  void toBuilderCopiesAllProperties() {
    EmbeddingResponse response = GSON.fromJson(FULL_RESPONSE, EmbeddingResponse.class);
    EmbeddingRequest request = GSON.fromJson(FULL_REQUEST, EmbeddingRequest.class);

    assertThat(response.toBuilder().build()).isEqualTo(response).isNotSameAs(response);
    assertThat(request.toBuilder().build()).isEqualTo(request);
    assertThat(request.toBuilder().dimensions(1L).build().getDimensions()).isEqualTo(1);
    assertThat(request.getDimensions()).isEqualTo(4096);
  }

  @Test
  void toStringShowsNeitherTextsNorVectors() {
    EmbeddingRequest request =
        EmbeddingRequest.builder()
            .model("m")
            .input(EmbeddingInput.texts("secret text"))
            .user("secret user")
            .dimensions(64L)
            .serviceTier(ServiceTier.FLEX)
            .unknown("query", new JsonPrimitive("secret member"))
            .unknown("encoding_format", JsonNull.INSTANCE)
            .build();
    Embedding embedding =
        Embedding.builder().embedding(EmbeddingVector.of(47.11f)).index(3L).build();
    ValidationError error =
        GSON.fromJson(
            "{\"loc\":[\"secret loc\"],\"msg\":\"secret msg\",\"input\":\"secret echo\"}",
            ValidationError.class);

    assertThat(request)
        .asString()
        .contains(
            "EmbeddingRequest",
            "dimensions=64",
            "service_tier=flex",
            "query",
            "encoding_format=null");
    assertThat(embedding).asString().contains("index=3");
    assertThat(
            List.of(
                request,
                embedding,
                error,
                EmbeddingResponse.builder().data(List.of(embedding)).build()))
        .allSatisfy(model -> assertThat(model).asString().doesNotContain("secret", "47.11"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"model":{"secret":1}}                                | EmbeddingResponse.model        | $.model
          {"model":true}                                        | EmbeddingResponse.model        | $.model
          {"data":"secret"}                                     | list                           | $.data
          {"data":{"secret":1}}                                 | list                           | $.data
          {"data":["secret"]}                                   | Embedding                      | $.data[0]
          {"data":[{"index":"secret"}]}                         | Embedding.index                | $.data[0].index
          {"data":[{"index":12.75}]}                            | Embedding.index                | $.data[0].index
          {"data":[{"index":0},{"index":99999999999999999999}]} | Embedding.index                | $.data[1].index
          {"data":[{"index":[1]}]}                              | Embedding.index                | $.data[0].index
          {"data":[{"embedding":["secret"]}]}                   | vector                         | $.data[0].embedding[0]
          {"usage":"secret"}                                    | Usage                          | $.usage
          {"usage":[]}                                          | Usage                          | $.usage
          {"usage":{"total_tokens":"secret"}}                   | Usage.total_tokens             | $.usage.total_tokens
          {"usage":{"prompt_tokens_details":5}}                 | PromptTokensDetails            | $.usage.prompt_tokens_details
          {"service_tier":["secret"]}                           | EmbeddingResponse.service_tier | $.service_tier
          """)
  void namesTheLocationOfAWrongTypeButNotTheValue(String json, String what, String path) {
    assertThatExceptionOfType(JsonSyntaxException.class)
        .isThrownBy(() -> GSON.fromJson(json, EmbeddingResponse.class))
        .withMessageContaining(what)
        .withMessageContaining("path " + path)
        .withNoCause()
        .satisfies(
            error -> assertThat(error.getMessage()).doesNotContain("secret", "12.75", "999999"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"secret\"]", "\"secret\"", "5"})
  void refusesJsonThatIsNotAnObject(String json) {
    assertThatExceptionOfType(JsonSyntaxException.class)
        .isThrownBy(() -> GSON.fromJson(json, EmbeddingResponse.class))
        .withMessageContaining("EmbeddingResponse")
        .satisfies(error -> assertThat(error.getMessage()).doesNotContain("secret"));
  }

  @Test
  void readsTheFastApiErrorWithItsMixedLocation() {
    String json =
        """
        {"detail":[{"loc":["body","input",0,-3,9007199254740993,"0"],"msg":"Field required","type":"missing",\
        "input":{"model":null},"ctx":{"error":{}},"url":"https://errors.pydantic.dev/2.11/v/missing"}]}\
        """;

    HTTPValidationError error = GSON.fromJson(json, HTTPValidationError.class);

    ValidationError detail = error.getDetail().get(0);
    assertThat(
            detail.getLoc().stream()
                .map(place -> place.asLong() == null ? place.asString() : place.asLong()))
        .containsExactly("body", "input", 0L, -3L, 9007199254740993L, "0");
    assertThat(detail.getLoc().get(0).asString()).isEqualTo("body");
    assertThat(detail.getLoc().get(0).asLong()).isNull();
    assertThat(detail.getLoc().get(2).asLong()).isZero();
    assertThat(detail.getLoc().get(2).asString()).isNull();
    assertThat(detail.getMsg()).isEqualTo("Field required");
    assertThat(detail.unknown()).containsOnlyKeys("input", "ctx", "url");
    assertThat(GSON.toJson(error)).isEqualTo(json);
  }

  @Test
  void keepsALocationThatIsNeitherStringNorInteger() {
    String json =
        """
        {"loc":[1.5,true,{"a":null},[1],null,12345678901234567890],"msg":"m","type":"t"}\
        """;

    ValidationError error = GSON.fromJson(json, ValidationError.class);

    assertThat(error.getLoc().get(0).asJson()).isEqualTo(new JsonPrimitive(1.5));
    assertThat(error.getLoc().get(2).asJson()).isEqualTo(JsonParser.parseString("{\"a\":null}"));
    assertThat(error.getLoc().get(4)).isNull();
    assertThat(GSON.toJson(error)).isEqualTo(json);
  }

  @Test
  void keepsErrorBodiesOfOtherServers() {
    String json =
        """
        {"object":"error","message":"no dimensions for this model","code":400}\
        """;

    HTTPValidationError error = GSON.fromJson(json, HTTPValidationError.class);

    assertThat(error.getDetail()).isNull();
    assertThat(error.unknown().get("message").getAsString())
        .isEqualTo("no dimensions for this model");
    assertThat(GSON.toJson(error)).isEqualTo(json);
  }

  @Test
  void returnsUnmodifiableCollections() {
    EmbeddingResponse read = GSON.fromJson(FULL_RESPONSE, EmbeddingResponse.class);
    EmbeddingResponse built =
        EmbeddingResponse.builder().data(new ArrayList<>(read.getData())).build();

    for (EmbeddingResponse response : List.of(read, built)) {
      assertThatThrownBy(() -> response.getData().clear())
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> response.unknown().put("x", JsonNull.INSTANCE))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void copiesTheCallersCollections() {
    List<Embedding> data = new ArrayList<>(List.of(Embedding.builder().index(0L).build()));
    JsonObject member = JsonParser.parseString("{\"a\":1}").getAsJsonObject();
    EmbeddingResponse.Builder builder = EmbeddingResponse.builder().data(data).unknown("x", member);
    EmbeddingResponse response = builder.build();

    data.clear();
    member.addProperty("a", 2);
    builder.model("other").unknown("y", JsonNull.INSTANCE);

    assertThat(GSON.toJson(response)).isEqualTo("{\"data\":[{\"index\":0}],\"x\":{\"a\":1}}");
  }

  @Test
  void returnsCopiesOfRawJson() {
    EmbeddingResponse response = GSON.fromJson("{\"x\":{\"a\":1}}", EmbeddingResponse.class);
    ValidationError error = GSON.fromJson("{\"loc\":[{\"a\":1}]}", ValidationError.class);

    response.unknown().get("x").getAsJsonObject().addProperty("a", 2);
    error.getLoc().get(0).asJson().getAsJsonObject().addProperty("a", 2);

    assertThat(GSON.toJson(response)).isEqualTo("{\"x\":{\"a\":1}}");
    assertThat(GSON.toJson(error)).isEqualTo("{\"loc\":[{\"a\":1}]}");
  }

  @Test
  void readsJsonNullAsNull() {
    assertThat(GSON.fromJson("null", EmbeddingResponse.class)).isNull();
    assertThat(GSON.toJson(null, EmbeddingResponse.class)).isEqualTo("null");
    assertThat(GSON.fromJson("{\"data\":[null]}", EmbeddingResponse.class).getData())
        .containsExactly((Embedding) null);
  }

  private static JsonElement documentExample() throws IOException {
    JsonElement json = JsonParser.parseString(Files.readString(Path.of("openapi.json")));
    for (String name :
        List.of(
            "paths",
            "/v1/embeddings",
            "post",
            "responses",
            "200",
            "content",
            "application/json",
            "example")) {
      json = json.getAsJsonObject().get(name);
    }
    return json;
  }

  /** {@return JSON without Gson's escapes for HTML} */
  private static String unescaped(String json) {
    return json.replace("\\u003d", "=");
  }

  /** An adapter that a user might register for strings. */
  private static final class Shouting extends TypeAdapter<String> {
    @Override
    public String read(JsonReader in) throws IOException {
      return in.nextString().toUpperCase(Locale.ROOT);
    }

    @Override
    public void write(JsonWriter out, String value) throws IOException {
      out.value(value.toUpperCase(Locale.ROOT));
    }
  }
}
