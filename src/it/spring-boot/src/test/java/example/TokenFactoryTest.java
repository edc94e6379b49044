package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.Gson;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.bulk.BulkException;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.errors.CancelledException;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class TokenFactoryTest {
  private static final int MAX_INPUTS = 256;

  private final MockWebServer server = new MockWebServer();
  private ConfigurableApplicationContext context;

  @BeforeEach
  void start() throws Exception {
    server.setDispatcher(
        new okhttp3.mockwebserver.Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return respond(
                new Gson().fromJson(request.getBody().readUtf8(), ReceivedRequest.class));
          }
        });
    server.start();
    context =
        SpringApplication.run(
            Application.class,
            "--spring.main.banner-mode=off",
            "--tokenfactory.api-key=key",
            "--tokenfactory.model=m",
            "--tokenfactory.base-url=" + server.url("/gateway"),
            "--tokenfactory.ai-project-id=project-1",
            "--tokenfactory.timeout=30s",
            "--tokenfactory.connect-timeout=2s",
            "--tokenfactory.max-retries=0");
  }

  @AfterEach
  void stop() throws Exception {
    context.close();
    server.shutdown();
  }

  private record ReceivedRequest(Object input, String model, Integer dimensions) {
    List<?> texts() {
      return input instanceof List<?> list ? list : List.of(input);
    }
  }

  /** {@return one vector and one token per text, or status 400 for too many texts or "poison"} */
  private static MockResponse respond(ReceivedRequest request) {
    List<?> texts = request.texts();
    if (texts.size() > MAX_INPUTS || texts.contains("poison")) {
      return new MockResponse().setResponseCode(400).setBody("{\"detail\": \"not these\"}");
    }
    int dimensions = request.dimensions() == null ? 64 : request.dimensions();
    List<Map<String, Object>> data =
        IntStream.range(0, texts.size())
            .mapToObj(
                i ->
                    Map.<String, Object>of(
                        "object",
                        "embedding",
                        "index",
                        i,
                        "embedding",
                        vector((String) texts.get(i), dimensions)))
            .toList();
    return new MockResponse()
        .setBody(
            """
            {"object": "list", "model": "%s", "data": %s, "usage": {"prompt_tokens": %d, "total_tokens": %3$d}}
            """
                .formatted(request.model(), new Gson().toJson(data), texts.size()));
  }

  /** {@return a vector that is near those of texts with the same words} */
  private static float[] vector(String text, int dimensions) {
    float[] vector = new float[dimensions];
    for (String word : text.split(" ")) {
      vector[Math.floorMod(word.hashCode(), dimensions)]++;
    }
    return vector;
  }

  private EmbeddingModel model() {
    return context.getBean(EmbeddingModel.class);
  }

  @Test
  void findsTheNearestText() {
    SimpleVectorStore store = SimpleVectorStore.builder(model()).build();
    store.add(
        List.of(
            new Document("the cat sat on the mat"),
            new Document("rain is expected tomorrow"),
            new Document("a ship left the harbour")));

    List<Document> found =
        store.similaritySearch(SearchRequest.builder().query("is rain expected").topK(1).build());

    assertThat(found).extracting(Document::getText).containsExactly("rain is expected tomorrow");
  }

  @Test
  void embedsMoreTextsThanOneRequestCanCarry() {
    List<String> texts = IntStream.range(0, 5_000).mapToObj(i -> "text " + i).toList();

    EmbeddingResponse response = model().embedForResponse(texts);

    assertThat(response.getResults()).hasSize(5_000);
    for (int i = 0; i < 5_000; i++) {
      assertThat(response.getResults().get(i).getIndex()).isEqualTo(i);
      assertThat(response.getResults().get(i).getOutput()).isEqualTo(vector("text " + i, 64));
    }
    assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(5_000);
    assertThat(server.getRequestCount()).isEqualTo(20);
  }

  @Test
  void requestsModelAndDimensionsAndReturnsTokenUsage() {
    EmbeddingOptions options = EmbeddingOptions.builder().model("other").dimensions(4).build();

    EmbeddingResponse one = model().call(new EmbeddingRequest(List.of("a cat"), options));

    assertThat(one.getMetadata().getModel()).isEqualTo("other");
    assertThat(one.getMetadata().getUsage().getTotalTokens()).isEqualTo(1);
    assertThat(one.getResult().getOutput()).isEqualTo(vector("a cat", 4));
    assertThat(model().call(new EmbeddingRequest(List.of("a cat", "a dog"), options)).getResults())
        .allMatch(embedding -> embedding.getOutput().length == 4);
    assertThat(model().dimensions()).isEqualTo(64);
  }

  @Test
  void throwsTheExceptionsOfTheClient() {
    assertThat(
            catchThrowableOfType(BadRequestException.class, () -> model().embed("poison")).detail())
        .isEqualTo("not these");
    assertThatThrownBy(() -> model().embed(List.of("a cat", "poison")))
        .isInstanceOf(BulkException.class)
        .hasCauseInstanceOf(BadRequestException.class);
  }

  @Test
  void configuresTheClientFromProperties() throws Exception {
    model().embed("a cat");

    RecordedRequest request = server.takeRequest();
    assertThat(request.getPath()).isEqualTo("/gateway/v1/embeddings?ai_project_id=project-1");
    assertThat(request.getHeader("Authorization")).isEqualTo("Bearer key");
    assertThat(context.getBean(TokenFactoryProperties.class).toString()).doesNotContain("key");
  }

  @Test
  void recordsATimerOfEachAttempt() {
    model().embed("a cat");
    assertThatThrownBy(() -> model().embed("poison")).isInstanceOf(BadRequestException.class);

    MeterRegistry registry = context.getBean(MeterRegistry.class);
    assertThat(
            registry
                .get("tokenfactory.attempts")
                .tags("status", "200", "outcome", "Success")
                .timer()
                .count())
        .isEqualTo(1);
    assertThat(
            registry
                .get("tokenfactory.attempts")
                .tags("status", "400", "outcome", "BadRequestException")
                .timer()
                .count())
        .isEqualTo(1);
  }

  @Test
  void closesTheClientWithTheContext() {
    TokenFactoryClient client = context.getBean(TokenFactoryClient.class);

    context.close();

    assertThatThrownBy(() -> EmbeddingsService.of(client).create("m", EmbeddingInput.text("a cat")))
        .isInstanceOf(CancelledException.class);
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void startsWithoutAServerAndWithoutAValidator() throws Exception {
    Process application =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Application.class.getName(),
                "--tokenfactory.api-key=key",
                "--tokenfactory.model=m",
                "--tokenfactory.base-url=http://127.0.0.1:1/")
            .redirectErrorStream(true)
            .start();
    String output = new String(application.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(application.waitFor()).as(output).isZero();
    assertThat(output)
        .contains(
            "io.github.tokenfactory.TokenFactoryClient ", "example.TokenFactoryEmbeddingModel ")
        .doesNotContain("org.hibernate.validator", "okhttp3.internal.connection.RealConnection ");
  }
}
