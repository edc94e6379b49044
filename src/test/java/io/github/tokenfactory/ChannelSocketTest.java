package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's socket is a socket like any other. */
class ChannelSocketTest {
  private static final int TIMEOUT_MILLIS = 10_000;

  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    server.setSoTimeout(TIMEOUT_MILLIS);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Socket connect(boolean collects) throws IOException {
    Socket socket = new ChannelSocket(collects);
    socket.connect(server.getLocalSocketAddress(), TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  @ParameterizedTest
  @CsvSource({"true, 0", "false, 0", "true, 10000", "false, 10000"})
  void carriesAnyNumberOfBytesInBothDirections(boolean collects, int timeout) throws Exception {
    byte[] sent = new byte[3_000_001];
    new Random(4711).nextBytes(sent);
    try (Socket client = connect(collects);
        Socket accepted = server.accept()) {
      client.setSoTimeout(timeout);
      CompletableFuture<Void> echo =
          CompletableFuture.runAsync(
              () -> {
                try {
                  accepted.getInputStream().transferTo(accepted.getOutputStream());
                  accepted.shutdownOutput();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      CompletableFuture<byte[]> received =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return client.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      OutputStream out = client.getOutputStream();
      for (int at = 0, count = 1; at < sent.length; at += count) {
        count = Math.min(7 * count, sent.length - at);
        out.write(sent, at, count);
      }
      client.shutdownOutput(); // which sends what is left

      assertThat(received.get()).isEqualTo(sent);
      echo.get();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sendsAtTheLatestWhenItIsFlushed(boolean collects) throws IOException {
    try (Socket client = connect(collects);
        Socket accepted = server.accept()) {
      client.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
      client.getOutputStream().flush();

      assertThat(accepted.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
    }
  }

  @Test
  void keepsItsOptions() throws IOException {
    try (Socket client = connect(true)) {
      assertThat(client.getTcpNoDelay()).isTrue();
      client.setTcpNoDelay(false);
      client.setKeepAlive(true);
      client.setReuseAddress(true);
      client.setOOBInline(true);
      client.setSoLinger(true, 3);
      client.setSoTimeout(1234);
      client.setTrafficClass(8);
      client.setSendBufferSize(20_000);
      client.setReceiveBufferSize(20_000);

      assertThat(client.getTcpNoDelay()).isFalse();
      assertThat(client.getKeepAlive()).isTrue();
      assertThat(client.getReuseAddress()).isTrue();
      assertThat(client.getOOBInline()).isTrue();
      assertThat(client.getSoLinger()).isEqualTo(3);
      assertThat(client.getSoTimeout()).isEqualTo(1234);
      assertThat(client.getTrafficClass()).isEqualTo(8);
      assertThat(client.getSendBufferSize()).isGreaterThanOrEqualTo(20_000);
      assertThat(client.getReceiveBufferSize()).isGreaterThanOrEqualTo(20_000);
      client.setSoLinger(false, 0);
      assertThat(client.getSoLinger()).isEqualTo(-1);
    }
  }

  @Test
  void knowsBothItsEnds() throws IOException {
    try (Socket client = new ChannelSocket(true)) {
      client.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      client.connect(server.getLocalSocketAddress());
      try (Socket accepted = server.accept()) {
        assertThat(client.getRemoteSocketAddress()).isEqualTo(server.getLocalSocketAddress());
        assertThat(client.getLocalSocketAddress()).isEqualTo(accepted.getRemoteSocketAddress());
        assertThat(client.isConnected() && client.isBound()).isTrue();
        assertThat(client).hasToString(plain(client));
      }
    }
  }

  private static String plain(Socket socket) {
    return "Socket[addr=%s,port=%d,localport=%d]"
        .formatted(socket.getInetAddress(), socket.getPort(), socket.getLocalPort());
  }

  @Test
  void stopsReadingAtItsTimeoutAndGoesOn() throws IOException {
    try (Socket client = connect(true);
        Socket accepted = server.accept()) {
      InputStream in = client.getInputStream();
      client.setSoTimeout(1);
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(in::read);

      client.setSoTimeout(TIMEOUT_MILLIS);
      accepted.getOutputStream().write('x');
      assertThat(in.read()).isEqualTo('x');
    }
  }

  @Test
  @Timeout(10)
  void readsWhatItHasWhetherThereIsATimeoutOrNot() throws IOException {
    try (Socket client = connect(true);
        Socket accepted = server.accept()) {
      InputStream in = client.getInputStream();
      client.setSoTimeout(0);
      accepted.getOutputStream().write("abc\u00ff".getBytes(StandardCharsets.ISO_8859_1));
      assertThat(in.read()).isEqualTo('a');
      assertThat(in.read(new byte[0])).isZero();

      client.setSoTimeout(1);
      assertThat(in.readNBytes(2)).asString().isEqualTo("bc");
      assertThat(in.read()).isEqualTo(0xFF);
      assertThat(in.available()).isZero();
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(in::read);

      client.setSoTimeout(0);
      accepted.getOutputStream().write('d');
      accepted.shutdownOutput();
      assertThat(in.read()).isEqualTo('d');
      assertThat(in.read()).isEqualTo(-1);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, TIMEOUT_MILLIS})
  void isClosedOnceAThreadThatReadsIsInterrupted(int timeout) throws IOException {
    try (Socket client = connect(true)) {
      client.setSoTimeout(timeout);
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(IOException.class).isThrownBy(client.getInputStream()::read);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void hasNoStreamsBeforeItIsConnectedNorAfterItIsClosed() throws IOException {
    Socket socket = new ChannelSocket(true);
    assertThatExceptionOfType(SocketException.class).isThrownBy(socket::getInputStream);
    assertThatExceptionOfType(SocketException.class).isThrownBy(socket::getOutputStream);
    socket.connect(server.getLocalSocketAddress());
    InputStream in = socket.getInputStream();
    socket.close();

    assertThatExceptionOfType(SocketException.class).isThrownBy(socket::getOutputStream);
    assertThatExceptionOfType(IOException.class).isThrownBy(in::read);
    assertThat(socket.isClosed()).isTrue();
  }
}
