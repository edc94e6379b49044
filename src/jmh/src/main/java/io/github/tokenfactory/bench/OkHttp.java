package io.github.tokenfactory.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/** OkHttp as it comes, and as fast as it can be set. */
final class OkHttp {
  private OkHttp() {}

  static OkHttpClient stock() {
    return new OkHttpClient();
  }

  /**
   * {@return a client that sends at once, keeps no books on each read and write, and does not ask
   * for compressed answers}
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

  /** OkHttp uses the first method alone. */
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
