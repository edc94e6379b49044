package io.github.tokenfactory.internal.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** The HTTP client for users who bring none, tuned for large bodies to and from one server. */
public final class DefaultHttpClient {
  private static final int MAX_REQUESTS = 256;
  private static final int MAX_IDLE_CONNECTIONS = 64;

  private DefaultHttpClient() {}

  /** {@return a builder of a client that makes its calls on {@code workers}} */
  public static OkHttpClient.Builder builder(boolean https, ExecutorService workers) {
    Dispatcher dispatcher = new Dispatcher(workers);
    dispatcher.setMaxRequests(MAX_REQUESTS);
    dispatcher.setMaxRequestsPerHost(MAX_REQUESTS);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool(MAX_IDLE_CONNECTIONS, 5, TimeUnit.MINUTES))
        // Certificates take long to load, and a client talks to one server only.
        .connectionSpecs(List.of(https ? ConnectionSpec.MODERN_TLS : ConnectionSpec.CLEARTEXT))
        .addNetworkInterceptor(
            chain -> {
              // OkHttp writes a body in pieces; each goes out at once.
              chain.connection().socket().setTcpNoDelay(true);
              return chain.proceed(chain.request());
            })
        .connectTimeout(Duration.ofSeconds(10))
        // The timeout of the call ends a silence, without a cost for each read. Over HTTP/2, which
        // shares connections, a ping notices it.
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .pingInterval(Duration.ofSeconds(15));
  }
}
