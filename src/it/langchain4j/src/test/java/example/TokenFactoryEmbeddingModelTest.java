package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.Gson;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.bulk.BulkException;
import io.github.tokenfactory.errors.BadRequestException;
import java.util.List;
import java.util.stream.IntStream;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenFactoryEmbeddingModelTest {
  private static final int MAX_INPUTS = 256;

  private final MockWebServer server = new MockWebServer();
  private TokenFactoryClient client;

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
    client = TokenFactoryClient.builder().apiKey("key").baseUrl(server.url("/").toString()).build();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.shutdown();
  }

  private record ReceivedRequest(Object input, Integer dimensions) {
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
    List<Object> data =
        IntStream.range(0, texts.size())
            .<Object>mapToObj(
                i ->
                    java.util.Map.of(
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
            {"object": "list", "model": "m", "data": %s, "usage": {"prompt_tokens": %d, "total_tokens": %2$d}}
            """
                .formatted(new Gson().toJson(data), texts.size()));
  }

  /** {@return a vector that is near those of texts with the same words} */
  private static float[] vector(String text, int dimensions) {
    float[] vector = new float[dimensions];
    for (String word : text.split(" ")) {
      vector[Math.floorMod(word.hashCode(), dimensions)]++;
    }
    return vector;
  }

  private EmbeddingModel model(Integer dimensions) {
    return new TokenFactoryEmbeddingModel(client, "m", dimensions);
  }

  @Test
  void findsTheNearestText() {
    EmbeddingModel model = model(null);
    InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
    List<TextSegment> segments =
        List.of(
            TextSegment.from("the cat sat on the mat"),
            TextSegment.from("rain is expected tomorrow"),
            TextSegment.from("a ship left the harbour"));
    store.addAll(model.embedAll(segments).content(), segments);

    var found =
        store.search(
            EmbeddingSearchRequest.builder()
                .queryEmbedding(model.embed("is rain expected").content())
                .maxResults(1)
                .build());

    assertEquals("rain is expected tomorrow", found.matches().get(0).embedded().text());
  }

  @Test
  void embedsMoreTextsThanOneRequestCanCarry() {
    List<TextSegment> segments =
        IntStream.range(0, 5_000).mapToObj(i -> TextSegment.from("text " + i)).toList();

    Response<List<Embedding>> response = model(null).embedAll(segments);

    assertEquals(5_000, response.content().size());
    for (int i = 0; i < 5_000; i++) {
      assertArrayEquals(vector("text " + i, 64), response.content().get(i).vector());
    }
    assertEquals(5_000, response.tokenUsage().inputTokenCount());
    assertEquals(20, server.getRequestCount());
  }

  @Test
  void returnsTokenUsage() {
    assertEquals(1, model(null).embed("a cat").tokenUsage().totalTokenCount());
  }

  @Test
  void requestsDimensions() {
    EmbeddingModel model = model(8);

    assertEquals(8, model.dimension());
    assertEquals(0, server.getRequestCount());
    assertEquals(8, model.embed("a cat").content().dimension());
    assertEquals(
        4,
        model
            .embed(EmbeddingRequest.builder().inputs("a cat", "a dog").dimensions(4).build())
            .embeddings()
            .get(1)
            .dimension());
  }

  @Test
  void throwsTheExceptionsOfTheClient() {
    EmbeddingModel model = model(null);

    var one = assertThrows(BadRequestException.class, () -> model.embed("poison"));
    assertEquals("not these", one.detail());
    var many =
        assertThrows(
            BulkException.class,
            () -> model.embedAll(List.of(TextSegment.from("a cat"), TextSegment.from("poison"))));
    assertInstanceOf(BadRequestException.class, many.getCause());
  }
}
