package io.github.tokenfactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

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
        .socketFactory(new ChannelSocketFactory(!https))
        .connectTimeout(Duration.ofSeconds(10))
        // The call's own timeout ends a silence, at no cost for each read; over HTTP/2, which
        // shares connections, a ping finds it.
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .pingInterval(Duration.ofSeconds(15));
  }

  /**
   * {@return whether a call may be made on the thread that waits for it, which saves two switches
   * of threads} Interrupting that thread must end the call: it closes the socket, which is a
   * channel's, unless it goes through SOCKS; which over HTTP/2 would end other calls, too; and
   * there must be no need to look up an address, which nothing ends.
   */
  static BooleanSupplier servesItsCaller(OkHttpClient http, HttpUrl url) {
    if (url.isHttps()) {
      return () -> false;
    }
    for (Proxy proxy : http.proxySelector().select(url.uri())) {
      if (proxy.type() == Proxy.Type.SOCKS) {
        return () -> false;
      }
    }
    return () -> http.connectionPool().idleConnectionCount() > 0;
  }

  private static final class ChannelSocketFactory extends SocketFactory {
    private final boolean collects;

    ChannelSocketFactory(boolean collects) {
      this.collects = collects;
    }

    @Override
    public Socket createSocket() throws IOException {
      return new ChannelSocket(collects);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return createSocket(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return createSocket(InetAddress.getByName(host), port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return connect(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return connect(
          new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    private Socket connect(InetSocketAddress remote, @Nullable InetSocketAddress local)
        throws IOException {
      Socket socket = createSocket();
      try {
        socket.bind(local);
        socket.connect(remote);
        return socket;
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }
  }
}
