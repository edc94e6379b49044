package io.github.tokenfactory;

import com.google.gson.JsonParseException;
import com.google.gson.stream.MalformedJsonException;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;

/**
 * Turns texts or tokens into vectors: {@code POST /v1/embeddings}; get it from {@link TokenFactoryClient#embeddings()}.
 *
 * <p>Safe for use by several threads. Every method fails with a {@link TokenFactoryException}: {@link
 * InvalidRequestException} before anything is sent, {@link ApiException} when the server refuses, {@link
 * TransportException} when no whole answer comes, {@link InvalidResponseException} when the answer cannot be trusted. The
 * asynchronous methods complete their future with the same errors.
 */
public final class EmbeddingsService {
  private static final String BASE64 = "base64";
  private static final long ERROR_BODY_LIMIT = 2_000;

  private final TokenFactoryApi api;
  private final @Nullable String aiProjectId;
  private final boolean base64;

  EmbeddingsService(TokenFactoryApi api, @Nullable String aiProjectId, boolean base64) {
    this.api = api;
    this.aiProjectId = aiProjectId;
    this.base64 = base64;
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
    Call<EmbeddingResponse> call = call(request, options);
    try {
      return result(request, call.execute());
    } catch (IOException | JsonParseException e) {
      throw failure(e);
    }
  }

  /**
   * Embeds {@code input} with {@code model} without blocking; cancelling the future cancels the call.
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
   * @param options settings that go before the client's
   * @return one vector for each input, in their order, once they are there
   */
  public CompletableFuture<EmbeddingResult> createAsync(EmbeddingRequest request, RequestOptions options) {
    CompletableFuture<EmbeddingResult> future = new CompletableFuture<>();
    Call<EmbeddingResponse> call;
    try {
      call = call(request, options);
    } catch (InvalidRequestException e) {
      future.completeExceptionally(e);
      return future;
    }
    future.whenComplete((result, error) -> call.cancel());
    call.enqueue(
        new Callback<EmbeddingResponse>() {
          @Override
          public void onResponse(Call<EmbeddingResponse> call, Response<EmbeddingResponse> response) {
            try {
              future.complete(result(request, response));
            } catch (IOException | RuntimeException e) {
              future.completeExceptionally(failure(e));
            }
          }

          @Override
          public void onFailure(Call<EmbeddingResponse> call, Throwable error) {
            future.completeExceptionally(failure(error));
          }
        });
    return future;
  }

  private static EmbeddingRequest request(String model, EmbeddingInput input) {
    return EmbeddingRequest.builder().model(model).input(input).build();
  }

  private Call<EmbeddingResponse> call(EmbeddingRequest request, RequestOptions options) {
    RequestValidator.validate(request);
    EmbeddingRequest sent =
        base64 && request.getEncodingFormat() == null && !request.unknown().containsKey("encoding_format")
            ? request.toBuilder().encodingFormat(BASE64).build()
            : request;
    Call<EmbeddingResponse> call =
        api.createEmbeddings(sent, options.aiProjectId() == null ? aiProjectId : options.aiProjectId());
    try {
      call.request(); // writes the body, which both ways to call then send
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(
          "Invalid EmbeddingRequest, nothing was sent: JSON cannot carry it: " + e.getMessage());
    }
    return call;
  }

  private static EmbeddingResult result(EmbeddingRequest request, Response<EmbeddingResponse> response)
      throws IOException {
    if (!response.isSuccessful()) {
      throw refusal(response.code(), response.errorBody());
    }
    EmbeddingResponse body = response.body();
    if (body == null) {
      throw new InvalidResponseException("The server answered " + response.code() + " without an object.", null);
    }
    return EmbeddingResult.of(body, request.getInput().size(), request.getDimensions());
  }

  private static ApiException refusal(int status, @Nullable ResponseBody errorBody) throws IOException {
    String body = "";
    if (errorBody != null) {
      BufferedSource source = errorBody.source();
      source.request(ERROR_BODY_LIMIT);
      body = source.getBuffer().readUtf8(Math.min(ERROR_BODY_LIMIT, source.getBuffer().size()));
      body = body.replaceFirst("\uFFFD+$", ""); // what the limit left of a character
    }
    // A server may repeat the key or the input in its body: that is for the caller to show, not for a log.
    return new ApiException(
        status, body, "The server answered " + status + advice(status) + (body.isEmpty() ? "." : "; body() has its reason."));
  }

  private static String advice(int status) {
    return switch (status) {
      case 401 -> " (check the API key)";
      case 403 -> " (the API key may not do this: check the project and its permissions)";
      case 404 -> " (check the base URL and the model's name)";
      case 429 -> " (rate limit: send less, or later)";
      default -> status >= 500 ? " (the server's own fault: try again later)" : "";
    };
  }

  private static TokenFactoryException failure(Throwable error) {
    if (error instanceof TokenFactoryException known) {
      return known;
    }
    if (error instanceof JsonParseException || error instanceof MalformedJsonException) {
      return new InvalidResponseException(
          "The server's answer is not what the document says: " + error.getMessage(), error);
    }
    return new TransportException(
        "No answer from the server: " + error + ". Check the network and the base URL.", error);
  }
}
