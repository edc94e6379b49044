package io.github.tokenfactory.bench;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import java.util.List;

/** This project's client with default settings. */
final class Ours implements Client {
  private final TokenFactoryClient client;
  private final EmbeddingsService embeddings;
  private final List<String> texts;
  private final int[][] tokens;

  Ours(Workload workload, String url) {
    this.client = TokenFactoryClient.builder().apiKey("key").baseUrl(url).build();
    embeddings = EmbeddingsService.of(client).withBase64(workload.base64());
    this.texts = workload.texts();
    this.tokens = workload.tokens() > 0 ? workload.tokenIds() : null;
  }

  @Override
  public Object call() {
    EmbeddingInput input =
        tokens == null ? EmbeddingInput.texts(texts) : EmbeddingInput.tokenArrays(tokens);
    return embeddings.create("m", input).vectors();
  }
}
