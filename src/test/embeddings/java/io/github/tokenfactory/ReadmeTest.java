package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonObject;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.bulk.BulkEmbedder;
import io.github.tokenfactory.bulk.ConsoleProgress;
import io.github.tokenfactory.drift.DriftReport;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.drift.SpecDrift;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.AuthenticationException;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.errors.RateLimitException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.EmbeddingResponse;
import io.github.tokenfactory.testing.EmbeddingsServer;
import io.github.tokenfactory.testing.EmbeddingsServerExtension;
import io.github.tokenfactory.testing.Reply;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.ResponseBody;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.QueueDispatcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.POST;
import retrofit2.http.Streaming;
import retrofit2.http.Tag;
import retrofit2.http.Url;

/** Compiles and runs the Java of the README, and measures the dependencies in its table. */
class ReadmeTest {
  private static final Pattern JAVA_BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)\\)");
  private static final Pattern XML_BLOCK = Pattern.compile("(?ms)^```xml\\n(.*?)^```");

  private final MockWebServer server = new MockWebServer();
  private String baseUrl;

  @BeforeEach
  void answer() throws IOException {
    server.start();
    baseUrl = server.url("/").toString();
    server.enqueue(
        new MockResponse()
            .setHeader("Content-Type", "application/json")
            .setBody(
                """
                {"object":"list","model":"m","service_tier":"default",
                 "usage":{"prompt_tokens":8,"completion_tokens":0,"total_tokens":8},
                 "data":[{"object":"embedding","index":0,"embedding":[0.5,0.25]},
                         {"object":"embedding","index":1,"embedding":"AACAPwAAAEA="}]}
                """));
  }

  @AfterEach
  void stop() throws IOException {
    server.shutdown();
  }

  /** Not run: it needs a key in the environment. */
  static void firstLines() {
    try (TokenFactoryClient client = TokenFactoryClient.fromEnv()) {
      EmbeddingResult result =
          EmbeddingsService.of(client)
              .create("Qwen/Qwen3-Embedding-8B", EmbeddingInput.texts("a cat", "a dog"));
      float[] cat = result.vector(0);
      float[] dog = result.vector(1);
      System.out.println(result.dimensions() + " dimensions, " + result.usage());
    }
  }

  @Test
  void sendsARequestWithEverythingSet() {
    try (TokenFactoryClient client =
        TokenFactoryClient.builder()
            .apiKey("key")
            .baseUrl(baseUrl)
            .aiProjectId("project-1")
            .build()) {
      EmbeddingRequest request =
          EmbeddingRequest.builder()
              .model("Qwen/Qwen3-Embedding-8B")
              .input(EmbeddingInput.tokenArrays(new int[] {9707, 1879}, new int[] {14990}))
              .dimensions(2L)
              .build();
      CompletableFuture<EmbeddingResult> future =
          EmbeddingsService.of(client)
              .createAsync(request, RequestOptions.builder().aiProjectId("project-2").build());
      List<float[]> vectors = future.join().vectors();
      assertThat(vectors).containsExactly(new float[] {0.5f, 0.25f}, new float[] {1, 2});
    }
  }

  /** Stands in for a metrics library and a vault. */
  private static final class Timer {
    private final List<String> records = new ArrayList<>();

    void record(Duration duration, String name, Object value) {
      assertThat(duration).isPositive();
      records.add(name + "=" + value);
    }
  }

  @Test
  void tellsAListener() {
    Timer timer = new Timer();
    Map<String, String> vault = Map.of("nebius", "key");
    CallListener metrics =
        new CallListener() {
          @Override
          public void attemptSucceeded(Attempt attempt) {
            timer.record(attempt.duration(), "status", attempt.status());
          }

          @Override
          public void attemptFailed(Attempt attempt, TokenFactoryException error) {
            timer.record(attempt.duration(), "error", error.getClass().getSimpleName());
          }
        };
    TokenFactoryClient client =
        TokenFactoryClient.builder()
            .apiKey(() -> vault.get("nebius")) // a rotated key is used from the next request on
            .baseUrl(baseUrl)
            .timeout(Duration.ofSeconds(30))
            .listener(metrics)
            .build();
    EmbeddingsService.of(client).create("m", EmbeddingInput.texts("a cat", "a dog"));
    client.close();
    assertThat(timer.records).containsExactly("status=200");
  }

  @Test
  void handlesErrors() {
    EmbeddingRequest request =
        EmbeddingRequest.builder().model("m").input(EmbeddingInput.texts("a cat", "a dog")).build();
    try (TokenFactoryClient client =
        TokenFactoryClient.builder().apiKey("key").baseUrl(baseUrl).build()) {
      assertThat(embed(client, request)).hasSize(2);
      server.enqueue(new MockResponse().setResponseCode(429).setHeader("Retry-After", "3600"));
      assertThat(embed(client, request)).isEmpty();
      server.enqueue(new MockResponse().setResponseCode(422).setBody("{\"detail\":\"too long\"}"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> embed(client, request))
          .withMessageContaining("too long");
    }
  }

  @Test
  void embedsACorpus(@TempDir Path folder) throws IOException {
    Path corpus = Files.writeString(folder.resolve("corpus"), "a cat\na dog\n");
    Path checkpoint = folder.resolve("checkpoint");
    TokenFactoryClient client = TokenFactoryClient.builder().apiKey("key").baseUrl(baseUrl).build();
    BulkEmbedder bulk =
        BulkEmbedder.builder(EmbeddingsService.of(client), "Qwen/Qwen3-Embedding-8B")
            .onFailure(BulkEmbedder.OnFailure.COLLECT)
            .checkpoint(checkpoint)
            .listener(ConsoleProgress.create())
            .build();
    try (Stream<String> lines = Files.lines(corpus)) {
      bulk.embedAll(
          lines::iterator,
          item -> {
            if (item.isEmbedded()) {
              store(item.position(), item.vector());
            }
          });
    }
    client.close();
    assertThat(stored).containsExactly(0L, 1L);
    assertThat(checkpoint).content().contains("[[0,1]]");
  }

  private final List<Long> stored = new ArrayList<>();

  private void store(long position, float[] vector) {
    assertThat(vector).hasSize(2);
    stored.add(position);
  }

  private static List<float[]> embed(TokenFactoryClient client, EmbeddingRequest request) {
    try {
      return EmbeddingsService.of(client).create(request).vectors();
    } catch (RateLimitException e) {
      Duration pause =
          e.info().retryAfter() == null ? Duration.ofMinutes(1) : e.info().retryAfter();
      return later(pause, request);
    } catch (BadRequestException e) {
      throw new IllegalArgumentException("Not embeddable: " + e.detail(), e); // may show your texts
    }
  }

  private static List<float[]> later(Duration pause, EmbeddingRequest request) {
    assertThat(pause).isEqualTo(Duration.ofHours(1));
    assertThat(request.getModel()).isEqualTo("m");
    return List.of();
  }

  @Test
  void servesARetrofitOfTheUsersOwn() throws IOException {
    OkHttpClient yourOkHttp = new OkHttpClient();
    Retrofit retrofit =
        new Retrofit.Builder()
            .baseUrl(baseUrl) // ends with a slash; a path prefix is kept
            .client(yourOkHttp) // adds the Authorization header
            .addCallAdapterFactory(
                TokenFactoryCallAdapterFactory.create()) // optional: typed errors
            .addConverterFactory(TokenFactoryConverterFactory.create()) // optional: faster
            .addConverterFactory(GsonConverterFactory.create())
            .build();
    TokenFactoryApi api = retrofit.create(TokenFactoryApi.class);
    EmbeddingRequest request =
        EmbeddingRequest.builder().model("m").input(EmbeddingInput.texts("a cat", "a dog")).build();
    EmbeddingResponse response = api.createEmbeddings(request, null).execute().body();
    float[] vector = response.getData().get(0).getEmbedding().toArray();
    assertThat(vector).containsExactly(0.5f, 0.25f);
    server.enqueue(new MockResponse().setResponseCode(429));
    assertThatExceptionOfType(RateLimitException.class)
        .isThrownBy(() -> api.createEmbeddings(request, null).execute());
  }

  @Test
  void givesTypedErrorsToAnyRetrofit() throws IOException {
    Retrofit retrofit =
        new Retrofit.Builder()
            .baseUrl(baseUrl)
            .addConverterFactory(TokenFactoryConverterFactory.create())
            .build();
    TokenFactoryApi api = retrofit.create(TokenFactoryApi.class);
    EmbeddingRequest request =
        EmbeddingRequest.builder().model("m").input(EmbeddingInput.text("a cat")).build();
    assertThat(checked(api.createEmbeddings(request, null)).getData()).hasSize(2);
    server.enqueue(new MockResponse().setResponseCode(401));
    assertThatExceptionOfType(AuthenticationException.class)
        .isThrownBy(() -> checked(api.createEmbeddings(request, null)));
  }

  private static EmbeddingResponse checked(Call<EmbeddingResponse> call) throws IOException {
    Response<EmbeddingResponse> response = call.execute();
    if (!response.isSuccessful()) {
      throw TokenFactoryException.of(response); // such as a RateLimitException
    }
    return response.body();
  }

  @Test
  void callsAnyOperation() {
    EmbeddingRequest request =
        EmbeddingRequest.builder().model("m").input(EmbeddingInput.texts("a cat", "a dog")).build();
    try (TokenFactoryClient client =
        TokenFactoryClient.builder().apiKey("key").baseUrl(baseUrl).build()) {
      EmbeddingResponse response =
          client.call(
              api -> api.createEmbeddings(request, null),
              RequestOptions.builder().timeout(Duration.ofSeconds(10)).safeToRepeat(true).build());
      assertThat(response.getData()).hasSize(2);
    }
  }

  record Model(String id) {}

  record Models(List<Model> data) {}

  interface ModelsService {
    @GET("v1/models")
    Call<Models> list();

    @POST("v1/rerank")
    CompletableFuture<JsonObject> rerank(@Body JsonObject request, @Tag RequestOptions options);

    @Streaming
    @GET
    Call<ResponseBody> download(@Url String path);
  }

  @Test
  void callsAnInterfaceTypedByHand() throws IOException {
    server.setDispatcher(new QueueDispatcher());
    server.enqueue(new MockResponse().setBody("{\"data\":[{\"id\":\"m\"}]}"));
    server.enqueue(new MockResponse().setResponseCode(500));
    server.enqueue(new MockResponse().setBody("{\"results\":[]}"));
    server.enqueue(new MockResponse().setBody("content"));
    JsonObject request = new JsonObject();
    RequestOptions options = RequestOptions.builder().safeToRepeat(true).build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TokenFactoryClient client =
        TokenFactoryClient.builder().apiKey("key").baseUrl(baseUrl).build()) {
      ModelsService service = client.create(ModelsService.class);
      Models models = service.list().execute().body();
      JsonObject ranking = service.rerank(request, options).join();
      try (ResponseBody file = service.download("v1/files/f-1/content").execute().body()) {
        file.byteStream().transferTo(out);
      }
      assertThat(models).isEqualTo(new Models(List.of(new Model("m"))));
      assertThat(ranking.has("results")).isTrue();
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("content");
    assertThat(server.getRequestCount()).isEqualTo(4);
  }

  @Test
  void comparesTwoDocuments() throws IOException {
    String url = Path.of("openapi.json").toUri().toString();
    DriftReport report =
        SpecDrift.compare(
            OpenApiDocument.bundled(), OpenApiDocument.load(url), List.of("POST /v1/embeddings"));
    assertFalse(report.hasDrift(), report::toText);
  }

  @Nested
  @ExtendWith(EmbeddingsServerExtension.class)
  class SearchTest {
    @Test
    void survivesABusyService(EmbeddingsServer server, TokenFactoryClient client) {
      server.enqueue(Reply.tooManyRequests(Duration.ofMillis(1)), Reply.disconnect());
      server.when(request -> request.size() > 64, Reply.detail(413, "too many inputs"));
      Search search = new Search(client); // your code
      search.add("The cat sat on the mat", "Interest rates rose again");
      assertEquals("The cat sat on the mat", search.best("Where is the cat?"));
      assertEquals(List.of("Where is the cat?"), server.requests().get(3).texts());
    }
  }

  /** Stands in for code that is to be tested. */
  private static final class Search {
    private final TokenFactoryClient client;
    private final Map<String, float[]> vectors = new HashMap<>();

    Search(TokenFactoryClient client) {
      this.client = client;
    }

    void add(String... texts) {
      List<float[]> embedded =
          EmbeddingsService.of(client).create("m", EmbeddingInput.texts(texts)).vectors();
      for (int i = 0; i < texts.length; i++) {
        vectors.put(texts[i], embedded.get(i));
      }
    }

    String best(String query) {
      float[] wanted =
          EmbeddingsService.of(client).create("m", EmbeddingInput.texts(query)).vector(0);
      return vectors.keySet().stream()
          .max(Comparator.comparingDouble(text -> dot(wanted, vectors.get(text))))
          .orElseThrow();
    }

    private static double dot(float[] a, float[] b) {
      return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }
  }

  @TestFactory
  Stream<DynamicTest> holdsOnlyJavaThatIsCompiledHere() throws IOException {
    String here =
        stripped(
            Files.readString(
                Path.of("src/test/embeddings/java/io/github/tokenfactory/ReadmeTest.java")));
    List<String> blocks =
        JAVA_BLOCK.matcher(readme()).results().map(block -> stripped(block.group(1))).toList();
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(3);
    return blocks.stream()
        .map(
            block ->
                DynamicTest.dynamicTest(
                    block.lines().findFirst().orElse(""), () -> assertThat(here).contains(block)));
  }

  @Test
  void linksToFilesThatAreThere() throws IOException {
    List<String> files =
        LINK.matcher(readme())
            .results()
            .map(link -> link.group(1))
            .filter(link -> !link.contains(":"))
            .toList();
    assertThat(files)
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(file -> assertThat(Path.of(file)).exists());
  }

  @Test
  void namesTheDependenciesThatAConsumerProjectHas() throws IOException {
    String consumers =
        stripped(
            Files.readString(Path.of("src/it/testkit/pom.xml"))
                + Files.readString(Path.of("src/it/drift/pom.xml")));
    List<String> blocks =
        XML_BLOCK.matcher(readme()).results().map(block -> stripped(block.group(1))).toList();
    assertThat(blocks)
        .isNotEmpty()
        .allSatisfy(
            block ->
                assertThat(consumers)
                    .contains(block.replace("0.1.0-SNAPSHOT", "${tokenfactory.version}")));
  }

  @Test
  void listsTheRuntimeDependenciesAsTheBuildMeasuresThem() throws IOException {
    StringBuilder table = new StringBuilder("| dependency | KB |\n| --- | ---: |\n");
    long total = 0;
    for (String jar :
        Files.readString(Path.of("target/runtime-classpath.txt"))
            .strip()
            .split(File.pathSeparator)) {
      long size = Files.size(Path.of(jar));
      total += size;
      table.append(
          "| %s | %d |\n"
              .formatted(
                  Path.of(jar).getFileName().toString().replace(".jar", ""), kilobytes(size)));
    }
    table.append(String.format(Locale.ROOT, "| all | %d |\n", kilobytes(total)));
    assertThat(readme()).contains(table);
    assertThat(total).isLessThan(3_800_000);
  }

  private static long kilobytes(long bytes) {
    return Math.round(bytes / 1000.0);
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  private static String stripped(String code) {
    return code.replaceAll("\\s", "");
  }
}
