package io.github.tokenfactory.embeddings;

import io.github.tokenfactory.RequestOptions;
import io.github.tokenfactory.ResponseReader;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.internal.http.ClientCall;
import io.github.tokenfactory.internal.http.InternalAccess;
import io.github.tokenfactory.internal.http.RetryingCall;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import retrofit2.Call;

/**
 * Embeds texts or token ids with {@code POST /v1/embeddings}.
 *
 * <p>It calls {@link TokenFactoryClient#call}, asks for base64, marks requests as safe to repeat,
 * and checks that the response has one vector for each input. Every method fails with a {@link
 * io.github.tokenfactory.errors.TokenFactoryException} whose type tells what to do. Temporary
 * failures are retried within the timeout, which applies to the whole call. Immutable and safe for
 * use by several threads.
 *
 * <p>The asynchronous methods complete their futures with the same errors. Completing or cancelling
 * a future cancels its call. Dependent stages may run on the client's threads: use the {@code
 * ...Async} methods of the future for long work.
 */
public final class EmbeddingsService {
  private static final String BASE64 = "base64";
  private static final long MAX_BYTES_BESIDE_VECTORS = 1 << 20;
  // Enough for 8,192 numbers of 17 digits, each on a line of its own.
  private static final long DEFAULT_MAX_BYTES_PER_VECTOR = 512 << 10;

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

  /** {@return a service that calls {@code client}, with default settings} */
  public static EmbeddingsService of(TokenFactoryClient client) {
    return new EmbeddingsService(client, true, DEFAULT_MAX_BYTES_PER_VECTOR);
  }

  /**
   * {@return a service that asks for base64, as by default, or leaves the form to the server}
   *
   * <p>Base64 is smaller and faster than numbers. The service reads both forms, whichever it asked
   * for. The {@code encoding_format} of a request takes precedence.
   *
   * @param base64 false for a server that fails on base64
   */
  public EmbeddingsService withBase64(boolean base64) {
    return new EmbeddingsService(client, base64, maxBytesPerVector);
  }

  /**
   * {@return a service that accepts responses of so many bytes for each vector; 512 KiB by default}
   *
   * <p>The limit protects the memory of the client. A response may have 1 MiB more in all, but
   * never more than {@link io.github.tokenfactory.TokenFactoryClientBuilder#maxResponseBytes}
   * allows.
   *
   * @param maxBytesPerVector more than 0
   */
  public EmbeddingsService withMaxBytesPerVector(long maxBytesPerVector) {
    if (maxBytesPerVector <= 0) {
      throw new IllegalArgumentException(
          "maxBytesPerVector must be more than 0, not " + maxBytesPerVector + ".");
    }
    // No array holds more, and the limit of all vectors must fit into a long.
    return new EmbeddingsService(client, base64, Math.min(maxBytesPerVector, Integer.MAX_VALUE));
  }

  /**
   * Embeds {@code input} with {@code model}.
   *
   * @param model a model id of the server, such as {@code Qwen/Qwen3-Embedding-8B}
   * @param input the texts or token ids
   * @return one vector for each input, in the order of the inputs
   */
  public EmbeddingResult create(String model, EmbeddingInput input) {
    return create(request(model, input));
  }

  /** Sends {@code request}; returns one vector for each input, in the order of the inputs. */
  public EmbeddingResult create(EmbeddingRequest request) {
    return create(request, RequestOptions.none());
  }

  /** Sends {@code request}; the options take precedence over the client's settings. */
  public EmbeddingResult create(EmbeddingRequest request, RequestOptions options) {
    return client.call(operation(request), limited(request, options), reader(request));
  }

  /** Embeds {@code input} with {@code model} without blocking. */
  public CompletableFuture<EmbeddingResult> createAsync(String model, EmbeddingInput input) {
    return createAsync(request(model, input), RequestOptions.none());
  }

  /** Sends {@code request} without blocking. */
  public CompletableFuture<EmbeddingResult> createAsync(EmbeddingRequest request) {
    return createAsync(request, RequestOptions.none());
  }

  /** Sends {@code request} without blocking; the options take precedence over the settings. */
  public CompletableFuture<EmbeddingResult> createAsync(
      EmbeddingRequest request, RequestOptions options) {
    return client.callAsync(operation(request), limited(request, options), reader(request));
  }

  /** {@return the client that sends the requests} */
  public TokenFactoryClient client() {
    return client;
  }

  private static EmbeddingRequest request(String model, EmbeddingInput input) {
    return EmbeddingRequest.builder().model(model).input(input).build();
  }

  private Function<TokenFactoryApi, Call<EmbeddingResponse>> operation(EmbeddingRequest request) {
    boolean hasFormat =
        request.getEncodingFormat() != null || request.unknown().containsKey("encoding_format");
    EmbeddingRequest sent =
        base64 && !hasFormat ? request.toBuilder().encodingFormat(BASE64).build() : request;
    return api -> api.createEmbeddings(sent, null); // the client adds the project id
  }

  private RequestOptions limited(EmbeddingRequest request, RequestOptions options) {
    RequestOptions.Builder limited = options.toBuilder().safeToRepeat(true);
    int size = size(request);
    if (options.maxResponseBytes() == null && size >= 0) {
      limited.maxResponseBytes(MAX_BYTES_BESIDE_VECTORS + size * maxBytesPerVector);
    }
    return limited.build();
  }

  private static ResponseReader<EmbeddingResponse, EmbeddingResult> reader(
      EmbeddingRequest request) {
    int size = size(request);
    Long dimensions = request.getDimensions();
    return (response, info) -> EmbeddingResult.of(response, size, dimensions, info);
  }

  private static int size(EmbeddingRequest request) {
    EmbeddingInput input = request.getInput();
    return input == null ? -1 : input.size();
  }

  private BiFunction<EmbeddingRequest, RequestOptions, RetryingCall<?, EmbeddingResult>>
      preparer() {
    TokenFactoryApi api = client.create(TokenFactoryApi.class);
    return (request, options) ->
        ((ClientCall<EmbeddingResponse>) operation(request).apply(api))
            .prepare(
                limited(request, options),
                (response, info) -> reader(request).read(response.body(), info));
  }
}
