package io.github.tokenfactory;

import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import retrofit2.Call;

/**
 * Turns texts or tokens into vectors: {@code POST /v1/embeddings}; get it from {@link
 * TokenFactoryClient#embeddings()}.
 *
 * <p>Safe for use by several threads. Every method fails with a {@link TokenFactoryException} whose
 * type says what to do about it. What may be better next time is tried again, within one timeout
 * for everything. The asynchronous methods complete their future with the same errors; whoever
 * completes or cancels that future first ends the call at once. What hangs on to the future may run
 * on the client's threads: use its {@code ...Async} methods for work that takes long.
 */
public final class EmbeddingsService {
  private static final String BASE64 = "base64";
  // What texts of 8,192 numbers take, written with 17 digits and a line each.
  private static final long BYTES_PER_VECTOR = 512 << 10;
  private static final long FIRST_BYTES = 1 << 20;
  private static final long MAX_BYTES = 256 << 20;

  private final TokenFactoryApi api;
  final Calls calls;
  private final @Nullable String aiProjectId;
  private final boolean base64;
  private final @Nullable Long maxResponseBytes;

  EmbeddingsService(TokenFactoryApi api, Calls calls, TokenFactoryClient.Builder settings) {
    this.api = api;
    this.calls = calls;
    this.aiProjectId = settings.aiProjectId;
    this.base64 = settings.base64;
    this.maxResponseBytes = settings.maxResponseBytes;
  }

  /**
   * Embeds {@code input} with {@code model}.
   *
   * @param model the id of a model that the server has, such as {@code Qwen/Qwen3-Embedding-8B}
   * @param input what to embed
   * @return one vector for each input, in their order
   */
  public EmbeddingResult create(String model, EmbeddingInput input) {
    return create(request(model, input));
  }

  /**
   * Sends {@code request}; base64 is asked for unless the request or the client says otherwise.
   *
   * @param request what to embed, and how
   * @return one vector for each input, in their order
   */
  public EmbeddingResult create(EmbeddingRequest request) {
    return create(request, RequestOptions.none());
  }

  /**
   * Sends {@code request} with settings for this call alone.
   *
   * @param request what to embed, and how
   * @param options settings that go before the client's
   * @return one vector for each input, in their order
   */
  public EmbeddingResult create(EmbeddingRequest request, RequestOptions options) {
    return call(request, options, calls.maxRetries).await();
  }

  /**
   * Embeds {@code input} with {@code model} without blocking; cancelling the future cancels the
   * call.
   *
   * @param model the id of a model that the server has
   * @param input what to embed
   * @return one vector for each input, in their order, once they are there
   */
  public CompletableFuture<EmbeddingResult> createAsync(String model, EmbeddingInput input) {
    return createAsync(request(model, input), RequestOptions.none());
  }

  /**
   * Sends {@code request} without blocking; cancelling the future cancels the call.
   *
   * @param request what to embed, and how
   * @return one vector for each input, in their order, once they are there
   */
  public CompletableFuture<EmbeddingResult> createAsync(EmbeddingRequest request) {
    return createAsync(request, RequestOptions.none());
  }

  /**
   * Sends {@code request} without blocking; cancelling the future cancels the call.
   *
   * @param request what to embed, and how
   * @param options settings that go before the client's
   * @return one vector for each input, in their order, once they are there
   */
  public CompletableFuture<EmbeddingResult> createAsync(
      EmbeddingRequest request, RequestOptions options) {
    try {
      return call(request, options, calls.maxRetries).start();
    } catch (TokenFactoryException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** {@return a call with {@code request} that is yet to be made, and not to be repeated} */
  RetriedCall<EmbeddingResponse, EmbeddingResult> once(EmbeddingRequest request) {
    return call(request, RequestOptions.none(), 0);
  }

  /**
   * {@return what embeds any number of texts with {@code model}, yet to be built}
   *
   * @param model the id of a model that the server has
   */
  public BulkEmbedder.Builder bulk(String model) {
    return bulk(EmbeddingRequest.builder().model(model).build());
  }

  /**
   * {@return what embeds any number of texts by requests like {@code template}, yet to be built}
   *
   * @param template a request without input
   * @throws IllegalArgumentException if it has one
   */
  public BulkEmbedder.Builder bulk(EmbeddingRequest template) {
    if (template.getInput() != null) {
      throw new IllegalArgumentException(
          "The template of a bulk run must have no input: the texts are given to each run.");
    }
    return new BulkEmbedder.Builder(this, template);
  }

  private static EmbeddingRequest request(String model, EmbeddingInput input) {
    return EmbeddingRequest.builder().model(model).input(input).build();
  }

  private RetriedCall<EmbeddingResponse, EmbeddingResult> call(
      EmbeddingRequest request, RequestOptions options, int maxRetries) {
    RequestValidator.validate(request);
    EmbeddingRequest sent =
        base64
                && request.getEncodingFormat() == null
                && !request.unknown().containsKey("encoding_format")
            ? request.toBuilder().encodingFormat(BASE64).build()
            : request;
    Call<EmbeddingResponse> call =
        api.createEmbeddings(
            sent, options.aiProjectId() == null ? aiProjectId : options.aiProjectId());
    try {
      call.request(); // makes the body, which must not fail once a connection is taken
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(
          "Invalid EmbeddingRequest, nothing was sent: JSON cannot carry it: " + e.getMessage());
    }
    int expected = request.getInput().size();
    Long dimensions = request.getDimensions();
    return new RetriedCall<>(
        calls,
        call,
        options.headers(),
        options.timeout(),
        maxResponseBytes(expected),
        maxRetries,
        (response, answer) -> EmbeddingResult.of(response, expected, dimensions, answer));
  }

  /**
   * A server that answers with more than vectors can need is broken, and must not take the memory
   * of its clients.
   */
  private long maxResponseBytes(int expected) {
    if (maxResponseBytes != null) {
      return maxResponseBytes;
    }
    return expected < 0
        ? MAX_BYTES
        : Math.min(MAX_BYTES, FIRST_BYTES + expected * BYTES_PER_VECTOR);
  }
}
