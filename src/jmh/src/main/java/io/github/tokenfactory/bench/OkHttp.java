package io.github.tokenfactory.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/** Creates the OkHttp clients that are compared: with default settings, and tuned. */
final class OkHttp {
  private OkHttp() {}

  static OkHttpClient stock() {
    return new OkHttpClient();
  }

  /**
   * {@return a client with TCP_NODELAY, without timeouts for single reads and writes, and without
   * compressed responses}
   */
  static OkHttpClient tuned() {
    return new OkHttpClient.Builder()
        .socketFactory(new NoDelay())
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .addInterceptor(new Uncompressed())
        .build();
  }

  private static final class Uncompressed implements Interceptor {
    @Override
    public Response intercept(Chain chain) throws IOException {
      return chain.proceed(
          chain.request().newBuilder().header("Accept-Encoding", "identity").build());
    }
  }

  /** OkHttp calls only the method without parameters. */
  private static final class NoDelay extends SocketFactory {
    @Override
    public Socket createSocket() throws IOException {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
