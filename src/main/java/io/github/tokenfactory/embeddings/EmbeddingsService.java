package io.github.tokenfactory.embeddings;

import io.github.tokenfactory.RequestOptions;
import io.github.tokenfactory.ResponseReader;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.internal.http.CallPreparer;
import io.github.tokenfactory.internal.http.ClientCall;
import io.github.tokenfactory.internal.http.InternalAccess;
import io.github.tokenfactory.model.Embedding;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import retrofit2.Call;

/**
 * Turns texts or tokens into vectors: {@code POST /v1/embeddings}.
 *
 * <p>It is a short caller of {@link TokenFactoryClient#call}: it asks for base64, allows repeats and
 * checks that the response has one vector for each input. Immutable and safe for use by several
 * threads. Every method fails with a {@link io.github.tokenfactory.errors.TokenFactoryException}
 * whose type says what to do about it. Temporary failures are retried, within one timeout for the
 * whole call.
 *
 * <p>The asynchronous methods complete their future with the same errors; completing or cancelling
 * the future cancels the call. Dependent stages may run on the client's threads: use the {@code
 * ...Async} methods of the future for work that takes long.
 */
public final class EmbeddingsService {
  private static final String BASE64 = "base64";
  private static final long FIRST_BYTES = 1 << 20;
  // 8,192 numbers of 17 digits, a line each.
  private static final long DEFAULT_BYTES_PER_VECTOR = 512 << 10;

  static {
    InternalAccess.grant(EmbeddingsService.class, EmbeddingsService::preparer);
  }

  private final TokenFactoryClient client;
  private final boolean base64;
  private final long maxBytesPerVector;

  private EmbeddingsService(TokenFactoryClient client, boolean base64, long maxBytesPerVector) {
    this.client = client;
    this.base64 = base64;
    this.maxBytesPerVector = maxBytesPerVector;
  }

  /** {@return the embeddings operation of {@code client}} */
  public static EmbeddingsService of(TokenFactoryClient client) {
    return new EmbeddingsService(client, true, DEFAULT_BYTES_PER_VECTOR);
  }

  /**
   * {@return a service that asks for vectors as base64, the default, or as numbers}
   *
   * <p>Base64 is smaller and faster. Both forms are read whatever the server sends, and a request's
   * own {@code encoding_format} takes precedence.
   *
   * @param base64 false for a server that fails on base64
   */
  public EmbeddingsService withBase64(boolean base64) {
    return new EmbeddingsService(client, base64, maxBytesPerVector);
  }

  /**
   * {@return a service that accepts this many bytes of a response for each vector; 512 KB unless set}
   *
   * <p>A server that sends more than its vectors can need must not fill the memory of its clients.
   * The response as a whole gets a megabyte more, and at most what {@link
   * io.github.tokenfactory.TokenFactoryClientBuilder#maxResponseBytes} allows.
   *
   * @param maxBytesPerVector more than 0
   */
  public EmbeddingsService withMaxBytesPerVector(long maxBytesPerVector) {
    if (maxBytesPerVector <= 0) {
      throw new IllegalArgumentException(
          "maxBytesPerVector must be more than 0, not " + maxBytesPerVector + ".");
    }
    return new EmbeddingsService(client, base64, maxBytesPerVector);
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
   * Sends {@code request}; asks for base64 unless the request or this service says otherwise.
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
   * @param options settings that take precedence over the client's
   * @return one vector for each input, in their order
   */
  public EmbeddingResult create(EmbeddingRequest request, RequestOptions options) {
    return client.call(operation(request), limited(request, options), reader(request));
  }

  /**
   * Embeds {@code input} with {@code model} without blocking; cancelling the future cancels the
   * call.
   *
   * @param model the id of a model that the server has
   * @param input what to embed
   * @return the vectors to come, one for each input, in their order
   */
  public CompletableFuture<EmbeddingResult> createAsync(String model, EmbeddingInput input) {
    return createAsync(request(model, input), RequestOptions.none());
  }

  /**
   * Sends {@code request} without blocking; cancelling the future cancels the call.
   *
   * @param request what to embed, and how
   * @return the vectors to come, one for each input, in their order
   */
  public CompletableFuture<EmbeddingResult> createAsync(EmbeddingRequest request) {
    return createAsync(request, RequestOptions.none());
  }

  /**
   * Sends {@code request} without blocking; cancelling the future cancels the call.
   *
   * @param request what to embed, and how
   * @param options settings that take precedence over the client's
   * @return the vectors to come, one for each input, in their order
   */
  public CompletableFuture<EmbeddingResult> createAsync(
      EmbeddingRequest request, RequestOptions options) {
    return client.callAsync(operation(request), limited(request, options), reader(request));
  }

  /** {@return the client that this service calls} */
  public TokenFactoryClient client() {
    return client;
  }

  private static EmbeddingRequest request(String model, EmbeddingInput input) {
    return EmbeddingRequest.builder().model(model).input(input).build();
  }

  private Function<TokenFactoryApi, Call<EmbeddingResponse>> operation(EmbeddingRequest request) {
    boolean asksForForm =
        request.getEncodingFormat() != null || request.unknown().containsKey("encoding_format");
    EmbeddingRequest sent =
        base64 && !asksForForm ? request.toBuilder().encodingFormat(BASE64).build() : request;
    return api -> api.createEmbeddings(sent, null); // the client adds the project
  }

  private RequestOptions limited(EmbeddingRequest request, RequestOptions options) {
    RequestOptions.Builder limited = options.toBuilder().safeToRepeat(true);
    int expected = size(request);
    if (options.maxResponseBytes() == null && expected >= 0) {
      limited.maxResponseBytes(FIRST_BYTES + expected * maxBytesPerVector);
    }
    return limited.build();
  }

  private static ResponseReader<EmbeddingResponse, EmbeddingResult> reader(
      EmbeddingRequest request) {
    int expected = size(request);
    Long dimensions = request.getDimensions();
    return (response, info) -> EmbeddingResult.of(response, expected, dimensions, info);
  }

  private static int size(EmbeddingRequest request) {
    EmbeddingInput input = request.getInput();
    return input == null ? -1 : input.size();
  }

  private CallPreparer<EmbeddingRequest, EmbeddingResult> preparer() {
    TokenFactoryApi api = client.create(TokenFactoryApi.class);
    return (request, options) ->
        ((ClientCall<EmbeddingResponse>) operation(request).apply(api))
            .prepare(
                limited(request, options),
                (response, info) -> reader(request).read(response.body(), info));
  }
}
