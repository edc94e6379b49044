package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingVector;
import io.github.tokenfactory.model.Embedding;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.EmbeddingResponse;
import io.github.tokenfactory.model.HTTPValidationError;
import io.github.tokenfactory.model.ServiceTier;
import io.github.tokenfactory.model.ValidationError;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

/**
 * The generated interface in a user's own Retrofit with the stock Gson converter, without the
 * client of this library.
 */
class DropInTest {
  private static final EmbeddingRequest REQUEST =
      EmbeddingRequest.builder()
          .model("m")
          .input(EmbeddingInput.texts("a", "b"))
          .serviceTier(ServiceTier.FLEX)
          .build();

  private final MockWebServer server = new MockWebServer();
  private TokenFactoryApi api;

  @BeforeEach
  void start() throws IOException {
    server.start();
    api =
        new Retrofit.Builder()
            .baseUrl(server.url("/gateway/llm/"))
            .addConverterFactory(GsonConverterFactory.create())
            .build()
            .create(TokenFactoryApi.class);
  }

  @AfterEach
  void stop() throws IOException {
    server.shutdown();
  }

  @Test
  void sendsTheRequestUnchanged() throws IOException, InterruptedException {
    server.enqueue(new MockResponse().setBody("{}"));
    server.enqueue(new MockResponse().setBody("{}"));

    api.createEmbeddings(REQUEST, null).execute();
    api.createEmbeddings(REQUEST, "aiproject 1").execute();

    RecordedRequest first = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(first.getMethod()).isEqualTo("POST");
    assertThat(first.getPath()).isEqualTo("/gateway/llm/v1/embeddings");
    assertThat(first.getHeader("Content-Type")).startsWith("application/json");
    assertThat(first.getBody().readUtf8())
        .isEqualTo(
            """
            {"model":"m","input":["a","b"],"service_tier":"flex"}\
            """);
    assertThat(server.takeRequest(10, TimeUnit.SECONDS).getPath())
        .isEqualTo("/gateway/llm/v1/embeddings?ai_project_id=aiproject%201");
  }

  @Test
  void readsBothFormsOfVectorsAndKeepsUnknownProperties() throws IOException {
    String json =
        """
        {"object":"list","model":"m","usage":{"prompt_tokens":2,"total_tokens":2,"cost":null},\
        "data":[{"object":"embedding","embedding":[1.0,-2.5],"index":0},\
        {"object":"embedding","embedding":"AACAPwAAIMA=","index":1,"norm":1.10}],\
        "service_tier":"warp-speed","id":"embd-1"}\
        """;
    server.enqueue(new MockResponse().setBody(json));

    EmbeddingResponse response = api.createEmbeddings(REQUEST, null).execute().body();

    assertThat(
            response.getData().stream().map(Embedding::getEmbedding).map(EmbeddingVector::toArray))
        .containsExactly(new float[] {1, -2.5f}, new float[] {1, -2.5f});
    assertThat(response.getServiceTier()).isEqualTo(ServiceTier.of("warp-speed"));
    assertThat(response.getUsage().getPromptTokens()).isEqualTo(2);
    assertThat(response.getUsage().getCompletionTokens()).isNull();
    assertThat(response.unknown().get("id").getAsString()).isEqualTo("embd-1");
    assertThat(new Gson().toJson(response).replace("\\u003d", "=")).isEqualTo(json);
  }

  @Test
  void readsTheBodyOfAValidationError() throws IOException {
    String json =
        """
        {"detail":[{"loc":["body","dimensions",0],"msg":"Input should be a valid integer","type":"int_type","input":"x"}]}\
        """;
    server.enqueue(new MockResponse().setResponseCode(422).setBody(json));

    Response<EmbeddingResponse> response = api.createEmbeddings(REQUEST, null).execute();

    assertThat(response.code()).isEqualTo(422);
    HTTPValidationError error =
        new Gson().fromJson(response.errorBody().string(), HTTPValidationError.class);
    ValidationError detail = error.getDetail().get(0);
    assertThat(
            detail.getLoc().stream()
                .map(place -> place.asLong() == null ? place.asString() : place.asLong()))
        .containsExactly("body", "dimensions", 0L);
    assertThat(detail.getMsg()).isEqualTo("Input should be a valid integer");
    assertThat(detail.getType()).isEqualTo("int_type");
    assertThat(detail.unknown()).containsOnlyKeys("input");
    assertThat(new Gson().toJson(error)).isEqualTo(json);
  }
}
