package example;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.bulk.BulkEmbedder;
import io.github.tokenfactory.bulk.BulkProgress;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.AbstractEmbeddingModel;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;

/**
 * An embedding model of the Token Factory for Spring AI.
 *
 * <p>A single text, such as a query, is one call. Several texts are a bulk run: any number of
 * texts, with concurrent requests paced by the server's rate limits. The caller closes the client.
 */
public final class TokenFactoryEmbeddingModel extends AbstractEmbeddingModel {
  private final TokenFactoryClient client;
  private final String model;
  private final @Nullable Integer dimensions;

  /** Creates a model; if {@code dimensions} is null, the server chooses them. */
  public TokenFactoryEmbeddingModel(
      TokenFactoryClient client, String model, @Nullable Integer dimensions) {
    this.client = client;
    this.model = model;
    this.dimensions = dimensions;
  }

  @Override
  public EmbeddingResponse call(EmbeddingRequest request) {
    var template = template(request.getOptions());
    List<String> texts = request.getInstructions();
    if (texts.size() == 1) {
      EmbeddingResult result =
          EmbeddingsService.of(client)
              .create(template.toBuilder().input(EmbeddingInput.text(texts.get(0))).build());
      Long tokens = result.usage() == null ? null : result.usage().getPromptTokens();
      return response(
          template.getModel(),
          List.of(new Embedding(result.vector(0), 0)),
          tokens == null ? 0 : tokens);
    }
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    try {
      BulkProgress end =
          BulkEmbedder.builder(EmbeddingsService.of(client), template)
              .patience(Duration.ofMinutes(2))
              .build()
              .embedAll(
                  texts,
                  item -> embeddings.add(new Embedding(item.vector(), (int) item.position())));
      return response(template.getModel(), embeddings, end.tokens());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot happen: neither source nor sink does I/O
    }
  }

  private io.github.tokenfactory.model.EmbeddingRequest template(
      @Nullable EmbeddingOptions options) {
    String requestedModel = options == null ? null : options.getModel();
    Integer length = options == null ? null : options.getDimensions();
    length = length == null ? dimensions : length;
    return io.github.tokenfactory.model.EmbeddingRequest.builder()
        .model(requestedModel == null ? model : requestedModel)
        .dimensions(length == null ? null : length.longValue())
        .build();
  }

  private static EmbeddingResponse response(String model, List<Embedding> embeddings, long tokens) {
    return new EmbeddingResponse(
        embeddings,
        new EmbeddingResponseMetadata(
            model, tokens == 0 ? new EmptyUsage() : new DefaultUsage((int) tokens, 0)));
  }

  @Override
  public float[] embed(Document document) {
    return embed(getEmbeddingContent(document));
  }

  @Override
  public int dimensions() {
    return dimensions == null ? super.dimensions() : dimensions;
  }
}
