package io.github.tokenfactory;

import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.internal.http.CallRegistry;
import io.github.tokenfactory.internal.http.ClientCall;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import okhttp3.Request;
import okio.Timeout;
import org.jspecify.annotations.Nullable;
import retrofit2.Call;
import retrofit2.CallAdapter;
import retrofit2.Callback;
import retrofit2.Response;
import retrofit2.Retrofit;

/**
 * Adds this library's typed errors to a {@link Retrofit} of your own, for every return type that it
 * supports.
 *
 * <p>With it, {@code execute()} throws a {@link TokenFactoryException} for an unsuccessful
 * response, and {@code enqueue} calls {@code onFailure}. It adds nothing else: your {@code
 * OkHttpClient} sends the call, without a key, headers, retries, a deadline or validation of this
 * library. Add it before other call adapter factories; {@link TokenFactoryConverterFactory} shows
 * how. Safe for use by several threads.
 *
 * <p>{@link TokenFactoryClient#create} uses it with all of the client's abilities.
 */
public final class TokenFactoryCallAdapterFactory extends CallAdapter.Factory {
  private final @Nullable CallRegistry calls;

  /** Passes calls through the client of {@code calls}; if that is null, adds typed errors only. */
  TokenFactoryCallAdapterFactory(@Nullable CallRegistry calls) {
    this.calls = calls;
  }

  /** {@return a factory that adds typed errors} */
  public static TokenFactoryCallAdapterFactory create() {
    return new TokenFactoryCallAdapterFactory(null);
  }

  @Override
  public CallAdapter<?, ?> get(Type returnType, Annotation[] annotations, Retrofit retrofit) {
    return wrapped(retrofit.nextCallAdapter(this, returnType, annotations), annotations);
  }

  /** Leaves the return type to the next adapter, which gets the wrapped call. */
  private <T, R> CallAdapter<T, R> wrapped(CallAdapter<T, R> next, Annotation[] annotations) {
    Type bodyType = next.responseType();
    return new CallAdapter<>() {
      @Override
      public Type responseType() {
        return bodyType;
      }

      @Override
      public R adapt(Call<T> call) {
        return next.adapt(
            calls == null
                ? new TypedErrorCall<>(call)
                : new ClientCall<>(calls, call, bodyType, annotations));
      }
    };
  }

  private record TypedErrorCall<T>(Call<T> call) implements Call<T> {
    @Override
    public Response<T> execute() throws IOException {
      Response<T> response = call.execute();
      if (!response.isSuccessful()) {
        throw TokenFactoryException.of(response);
      }
      return response;
    }

    @Override
    public void enqueue(Callback<T> callback) {
      call.enqueue(
          new Callback<>() {
            @Override
            public void onResponse(Call<T> call, Response<T> response) {
              if (response.isSuccessful()) {
                callback.onResponse(TypedErrorCall.this, response);
              } else {
                callback.onFailure(TypedErrorCall.this, TokenFactoryException.of(response));
              }
            }

            @Override
            public void onFailure(Call<T> call, Throwable error) {
              callback.onFailure(TypedErrorCall.this, error);
            }
          });
    }

    @Override
    public boolean isExecuted() {
      return call.isExecuted();
    }

    @Override
    public void cancel() {
      call.cancel();
    }

    @Override
    public boolean isCanceled() {
      return call.isCanceled();
    }

    @Override
    public Call<T> clone() {
      return new TypedErrorCall<>(call.clone());
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
}
