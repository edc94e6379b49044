package example;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.DimensionAwareEmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
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
import java.util.Set;

/**
 * An embedding model of the Token Factory for LangChain4j.
 *
 * <p>A single text, such as a query, is one call. Several texts are a bulk run: any number of
 * texts, with concurrent requests paced by the server's rate limits. The caller closes the client.
 */
public final class TokenFactoryEmbeddingModel extends DimensionAwareEmbeddingModel {
  private final TokenFactoryClient client;
  private final String modelName;
  private final EmbeddingRequestParameters defaults;

  /** Creates a model; if {@code dimensions} is null, the server chooses them. */
  public TokenFactoryEmbeddingModel(
      TokenFactoryClient client, String modelName, Integer dimensions) {
    this.client = client;
    this.modelName = modelName;
    this.defaults = EmbeddingRequestParameters.builder().dimensions(dimensions).build();
  }

  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    Integer dimensions = request.parameters().dimensions();
    var template =
        io.github.tokenfactory.model.EmbeddingRequest.builder()
            .model(modelName)
            .dimensions(dimensions == null ? null : dimensions.longValue())
            .build();
    List<String> texts = request.inputs().stream().map(input -> input.text()).toList();
    if (texts.size() == 1) {
      EmbeddingResult result =
          EmbeddingsService.of(client)
              .create(template.toBuilder().input(EmbeddingInput.text(texts.get(0))).build());
      Long tokens = result.usage() == null ? null : result.usage().getPromptTokens();
      return response(List.of(Embedding.from(result.vector(0))), tokens == null ? 0 : tokens);
    }
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    try {
      BulkProgress end =
          BulkEmbedder.builder(EmbeddingsService.of(client), template)
              .patience(Duration.ofMinutes(2))
              .build()
              .embedAll(texts, item -> embeddings.add(Embedding.from(item.vector())));
      return response(embeddings, end.tokens());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot happen: neither source nor sink does I/O
    }
  }

  private EmbeddingResponse response(List<Embedding> embeddings, long tokens) {
    return EmbeddingResponse.builder()
        .embeddings(embeddings)
        .modelName(modelName)
        .tokenUsage(tokens == 0 ? null : new TokenUsage((int) tokens))
        .build();
  }

  @Override
  public EmbeddingRequestParameters defaultRequestParameters() {
    return defaults;
  }

  @Override
  public Set<EmbeddingParameter<?>> supportedParameters() {
    return Set.of(EmbeddingRequestParameters.DIMENSIONS);
  }

  @Override
  protected Integer knownDimension() {
    return defaults.dimensions();
  }

  @Override
  public String modelName() {
    return modelName;
  }
}
