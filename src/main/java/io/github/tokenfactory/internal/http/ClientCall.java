package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.RequestOptions;
import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.TokenFactoryException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import okhttp3.Request;
import okio.Timeout;
import org.jspecify.annotations.Nullable;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Invocation;
import retrofit2.Response;

/**
 * A Retrofit call that goes through the client: with its key, retries, deadline, limits and errors.
 *
 * @param <T> the body of the response
 */
public final class ClientCall<T> implements Call<T> {
  private final CallRegistry calls;
  private final Call<T> call;
  private final boolean hasBody;
  private final boolean streaming;
  private @Nullable RetryingCall<T, ?> started;
  private boolean cancelled;

  /**
   * Wraps a call that has not started.
   *
   * @param hasBody whether a success must have a body
   * @param streaming whether the call ends with the headers of the response
   */
  public ClientCall(CallRegistry calls, Call<T> call, boolean hasBody, boolean streaming) {
    this.calls = calls;
    this.call = call;
    this.hasBody = hasBody;
    this.streaming = streaming;
  }

  /**
   * {@return this call, ready to start}
   *
   * @param options the settings of this call, or null for those in its {@code @Tag} parameter
   * @param reader makes the result
   * @throws InvalidRequestException if an argument is not valid
   */
  public synchronized <R> RetryingCall<T, R> prepare(
      @Nullable RequestOptions options, RetryingCall.Reader<T, R> reader) {
    if (started != null) {
      throw new IllegalStateException("Already executed.");
    }
    Request request = validRequest();
    RequestOptions tagged = options == null ? request.tag(RequestOptions.class) : options;
    CallSettings settings =
        calls
            .defaults()
            .with(tagged == null ? RequestOptions.none() : tagged, request.method(), streaming);
    RetryingCall<T, R> prepared =
        new RetryingCall<>(calls, call, settings, (response, info) -> read(response, info, reader));
    started = prepared;
    if (cancelled) {
      throw new CancelledException(
          "The call was cancelled before it started: nothing was sent.", ResponseInfo.none(0));
    }
    return prepared;
  }

  private Request validRequest() {
    Request request;
    try {
      request = call.request();
    } catch (RuntimeException e) {
      // Retrofit's own message names the method; others may quote an argument.
      String message = String.valueOf(e.getMessage());
      boolean isRetrofits = e.getCause() == null && message.contains("\n    for method ");
      Throwable origin = e.getCause() == null ? e : e.getCause();
      throw new InvalidRequestException(
          "Invalid request, nothing was sent: "
              + (isRetrofits ? message : "an argument caused " + origin.getClass().getName())
              + ".");
    }
    Invocation invocation = request.tag(Invocation.class);
    if (invocation != null) {
      calls.validator().validate(invocation);
    }
    return request;
  }

  private <R> R read(Response<T> response, ResponseInfo info, RetryingCall.Reader<T, R> reader) {
    if (hasBody && response.body() == null && response.code() != 204 && response.code() != 205) {
      throw new InvalidResponseException("there is no JSON value in it");
    }
    return reader.read(response, info);
  }

  @Override
  public Response<T> execute() {
    return prepare(null, (response, info) -> response).await();
  }

  @Override
  public void enqueue(Callback<T> callback) {
    Objects.requireNonNull(callback, "callback");
    RetryingCall<T, Response<T>> prepared;
    try {
      prepared = prepare(null, (response, info) -> response);
    } catch (TokenFactoryException e) {
      callback.onFailure(this, e);
      return;
    }
    prepared
        .start()
        .whenComplete(
            (response, error) -> calls.run("A callback", () -> finish(callback, response, error)));
  }

  private void finish(
      Callback<T> callback, @Nullable Response<T> response, @Nullable Throwable error) {
    if (response != null) {
      callback.onResponse(this, response);
    } else {
      callback.onFailure(this, error instanceof CompletionException ? error.getCause() : error);
    }
  }

  @Override
  public synchronized boolean isExecuted() {
    return started != null;
  }

  @Override
  public void cancel() {
    RetryingCall<T, ?> running;
    synchronized (this) {
      cancelled = true;
      running = started;
    }
    if (running != null) {
      running.cancel("The call was cancelled.");
    }
  }

  @Override
  public synchronized boolean isCanceled() {
    return cancelled;
  }

  @Override
  public ClientCall<T> clone() {
    return new ClientCall<>(calls, call.clone(), hasBody, streaming);
  }

  @Override
  public Request request() {
    return call.request();
  }

  @Override
  public Timeout timeout() {
    return call.timeout();
  }
}
