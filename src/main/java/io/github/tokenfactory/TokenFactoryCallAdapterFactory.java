package io.github.tokenfactory;

import io.github.tokenfactory.errors.TokenFactoryException;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import okhttp3.Request;
import okio.Timeout;
import retrofit2.Call;
import retrofit2.CallAdapter;
import retrofit2.Callback;
import retrofit2.Response;
import retrofit2.Retrofit;

/**
 * Adds this library's typed errors to a {@link Retrofit} of your own, for every return type that it
 * supports.
 *
 * <pre>{@code
 * TokenFactoryApi api =
 *     new Retrofit.Builder()
 *         .baseUrl(baseUrl)
 *         .client(okHttpClient)
 *         .addCallAdapterFactory(TokenFactoryCallAdapterFactory.create())
 *         .addConverterFactory(TokenFactoryConverterFactory.create())
 *         .build()
 *         .create(TokenFactoryApi.class);
 * }</pre>
 *
 * <p>With it, {@code execute()} throws a {@link TokenFactoryException} for an unsuccessful
 * response, and {@code enqueue} calls {@code onFailure}. It adds nothing else: your {@code
 * OkHttpClient} sends the call, without a key, headers, retries, a deadline or validation of this
 * library. Add it before other call adapter factories. Safe for use by several threads.
 *
 * <p>{@link TokenFactoryClient#create} uses it with all of the client's abilities.
 */
public final class TokenFactoryCallAdapterFactory extends CallAdapter.Factory {
  /** Gives a call what it does not have by itself. */
  interface Wrapper {
    <T> Call<T> wrap(Call<T> call, Type bodyType, Annotation[] annotations);
  }

  private final Wrapper wrapper;

  TokenFactoryCallAdapterFactory(Wrapper wrapper) {
    this.wrapper = wrapper;
  }

  /** {@return a factory that adds typed errors} */
  public static TokenFactoryCallAdapterFactory create() {
    return new TokenFactoryCallAdapterFactory(TokenFactoryCallAdapterFactory::withTypedErrors);
  }

  private static <T> Call<T> withTypedErrors(
      Call<T> call, Type bodyType, Annotation[] annotations) {
    return new TypedErrorCall<>(call);
  }

  @Override
  public CallAdapter<?, ?> get(Type returnType, Annotation[] annotations, Retrofit retrofit) {
    return wrapped(retrofit.nextCallAdapter(this, returnType, annotations), annotations);
  }

  /** Leaves the return type to the next adapter, which gets the wrapped call. */
  private <T, R> CallAdapter<T, R> wrapped(CallAdapter<T, R> next, Annotation[] annotations) {
    return new CallAdapter<>() {
      @Override
      public Type responseType() {
        return next.responseType();
      }

      @Override
      public R adapt(Call<T> call) {
        return next.adapt(wrapper.wrap(call, responseType(), annotations));
      }
    };
  }

  private static final class TypedErrorCall<T> implements Call<T> {
    private final Call<T> call;

    TypedErrorCall(Call<T> call) {
      this.call = call;
    }

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
