package io.github.tokenfactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** The HTTP client of those who bring none, tuned for calls to one server with large bodies. */
final class DefaultHttpClient {
  private static final int MAX_REQUESTS = 256;
  private static final int MAX_IDLE_CONNECTIONS = 64;

  private DefaultHttpClient() {}

  /** {@return a builder of a client that makes its calls on {@code workers}} */
  static OkHttpClient.Builder builder(boolean https, ExecutorService workers) {
    Dispatcher dispatcher = new Dispatcher(workers);
    dispatcher.setMaxRequests(MAX_REQUESTS);
    dispatcher.setMaxRequestsPerHost(MAX_REQUESTS);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool(MAX_IDLE_CONNECTIONS, 5, TimeUnit.MINUTES))
        // Trust in certificates takes long to load, and a client goes to one server only.
        .connectionSpecs(List.of(https ? ConnectionSpec.MODERN_TLS : ConnectionSpec.CLEARTEXT))
        .socketFactory(new NoDelaySocketFactory())
        .connectTimeout(Duration.ofSeconds(10))
        // The call's own timeout ends a silence, at no cost for each read; over HTTP/2, which
        // shares connections, a ping finds it.
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .pingInterval(Duration.ofSeconds(15));
  }

  /**
   * Makes sockets that send at once: otherwise the last segment of a request waits until the server
   * acknowledges the one before, which servers like to put off.
   */
  private static final class NoDelaySocketFactory extends SocketFactory {
    private final SocketFactory sockets = SocketFactory.getDefault();

    private static Socket noDelay(Socket socket) throws IOException {
      socket.setTcpNoDelay(true);
      return socket;
    }

    @Override
    public Socket createSocket() throws IOException {
      return noDelay(sockets.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return noDelay(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return noDelay(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return noDelay(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return noDelay(sockets.createSocket(host, port, localHost, localPort));
    }
  }
}
