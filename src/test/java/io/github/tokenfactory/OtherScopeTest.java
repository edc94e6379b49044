package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tokenfactory.build.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls operations of another scope through the client: generated, compiled and run here. */
class OtherScopeTest {
  private static final Path DOCUMENT =
      Path.of("src/test/resources/documents/rerank-and-models.yaml");

  private static final String MODELS =
      """
      {"object":"list","data":[{"id":"m","created":1}]}\
      """;
  private static final String RANKS =
      """
      {"results":[{"index":1,"relevance_score":0.5}]}\
      """;

  @Test
  void bindsOneOperationAlone(@TempDir Path directory) throws Exception {
    String list = "return \"\" + client.call(api -> api.listModels()).getData().get(0).getId();";
    try (FaultServer server = new FaultServer(answer(503, ""), answer(200, MODELS))) {
      assertThat(call(directory, "GET /v1/models", list, server)).isEqualTo("m");
      assertThat(server.exchanges())
          .hasSize(2) // a GET is repeated
          .allSatisfy(
              exchange -> {
                assertThat(exchange.line).isEqualTo("GET /v1/models HTTP/1.1");
                assertThat(exchange.headers).containsEntry("authorization", "Bearer k3y");
              });
    }
  }

  @Test
  void bindsAPostWithTypedResultsErrorsAndRetries(@TempDir Path directory) throws Exception {
    String rerank =
        """
        RerankRequest request =
            RerankRequest.builder().model("m").query("q").documents(List.of("a", "b")).build();
        List<Object> seen = new ArrayList<>();
        RerankResponse response = client.call(api -> api.rerank(request));
        seen.add(response.getResults().get(0).getRelevanceScore());
        try {
          client.call(api -> api.rerank(request));
        } catch (ServerException e) {
          seen.add(e.getMessage().contains("safeToRepeat"));
        }
        RequestOptions safe = RequestOptions.builder().safeToRepeat(true).build();
        seen.add(client.call(api -> api.rerank(request), safe).getResults().size());
        try {
          client.call(api -> api.rerank(request));
        } catch (BadRequestException e) {
          seen.add(e.validationIssues().get(0).location());
        }
        try {
          client.call(api -> api.rerank(request.toBuilder().query("").build()));
        } catch (InvalidRequestException e) {
          seen.add("nothing was sent");
        }
        seen.add(client.call(api -> api.listModels()).getData().get(0).getCreated());
        return seen.toString();
        """;
    String bad =
        """
        {"detail":[{"loc":["body","query"],"msg":"no","type":"value_error"}]}\
        """;
    try (FaultServer server =
        new FaultServer(
            answer(429, ""),
            answer(200, RANKS), // did nothing: repeated
            answer(500, ""), // may have been processed: not repeated
            answer(500, ""),
            answer(200, RANKS), // the caller says that it is safe
            answer(422, bad),
            answer(200, MODELS))) {
      assertThat(call(directory, "rerank_v1_rerank_post, GET /v1/models", rerank, server))
          .isEqualTo("[0.5, true, 1, body.query, nothing was sent, 1]");
      assertThat(server.exchanges()).hasSize(7);
      assertThat(server.exchanges().get(0).body)
          .isEqualTo(
              """
              {"model":"m","query":"q","documents":["a","b"]}\
              """);
    }
  }

  @Test
  void generatesEachClassIfAnotherOperationUsesTheSchemasOfEmbeddings(@TempDir Path directory)
      throws IOException {
    String moved =
        Files.readString(Generation.DOCUMENT).replace("\"/v1/embeddings\"", "\"/v2/embeddings\"");
    Path document = Files.writeString(directory.resolve("moved.json"), moved);

    Map<String, String> sources = Generation.of(document, "POST /v2/embeddings", settings -> {});

    assertThat(sources).containsKeys("EmbeddingRequestInput", "EmbeddingEmbedding");
    assertThat(sources.values())
        .noneMatch(source -> source.contains("io.github.tokenfactory.embeddings"));
    Generation.compile(sources, Files.createDirectory(directory.resolve("classes")));
  }

  private static String call(Path directory, String operations, String body, FaultServer server)
      throws Exception {
    return GeneratedCaller.call(DOCUMENT, operations, directory, body, server);
  }
}
