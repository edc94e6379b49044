package io.github.tokenfactory;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.nio.channels.SocketChannel;

/**
 * A socket that asks the system for 64 KiB at a time, where OkHttp asks for 8, and that sends at
 * once: otherwise the last segment of a request waits until the server acknowledges the one before,
 * which servers like to put off. Being a channel's, it closes when a thread that uses it is
 * interrupted.
 */
final class ChannelSocket extends Socket {
  private static final int PORTION = 64 << 10;

  private final Channel channel;

  /**
   * Makes a socket that is not connected.
   *
   * @param collects whether what is written may wait for a flush: OkHttp flushes each request over
   *     HTTP/1, but not all that it writes over HTTP/2, and TLS need not at all
   */
  ChannelSocket(boolean collects) throws IOException {
    this(new Channel(collects));
    setTcpNoDelay(true);
  }

  private ChannelSocket(Channel channel) throws IOException {
    super(channel);
    this.channel = channel;
  }

  /** {@return the channel's stream itself: a socket's own does not flush it} */
  @Override
  public OutputStream getOutputStream() throws IOException {
    super.getOutputStream(); // fails unless there is one
    return channel.getOutputStream();
  }

  @Override
  public boolean isClosed() {
    return super.isClosed() || channel.socket.isClosed();
  }

  /** What a client's socket can do, done by a channel's, which allows no subclass. */
  private static final class Channel extends SocketImpl {
    private final Socket socket = SocketChannel.open().socket();
    private final boolean collects;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();

    Channel(boolean collects) throws IOException {
      this.collects = collects;
    }

    @Override
    protected void create(boolean stream) {
      // The channel is open.
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
      socket.bind(new InetSocketAddress(host, port));
      localport = socket.getLocalPort();
    }

    @Override
    protected void connect(String host, int port) throws IOException {
      connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress host, int port) throws IOException {
      connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(SocketAddress remote, int timeout) throws IOException {
      socket.connect(remote, timeout);
      address = socket.getInetAddress();
      port = socket.getPort();
      localport = socket.getLocalPort();
      try {
        in = new BufferedInputStream(socket.getInputStream(), PORTION);
        OutputStream sent = socket.getOutputStream();
        out = collects ? new BufferedOutputStream(sent, PORTION) : sent;
      } catch (OutOfMemoryError e) {
        socket.close(); // OkHttp closes it after an IOException only
        throw e;
      }
    }

    @Override
    protected void listen(int backlog) throws IOException {
      throw new SocketException("not a server's socket");
    }

    @Override
    protected void accept(SocketImpl accepted) throws IOException {
      throw new SocketException("not a server's socket");
    }

    @Override
    protected InputStream getInputStream() {
      return in;
    }

    @Override
    protected OutputStream getOutputStream() {
      return out;
    }

    @Override
    protected int available() throws IOException {
      return in.available();
    }

    @Override
    protected void shutdownInput() throws IOException {
      socket.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
      out.flush();
      socket.shutdownOutput();
    }

    @Override
    protected void close() throws IOException {
      socket.close();
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
      throw new SocketException("no urgent data");
    }

    @Override
    public Object getOption(int option) throws SocketException {
      return switch (option) {
        case SO_TIMEOUT -> socket.getSoTimeout();
        case TCP_NODELAY -> socket.getTcpNoDelay();
        case SO_KEEPALIVE -> socket.getKeepAlive();
        case SO_LINGER -> socket.getSoLinger();
        case SO_SNDBUF -> socket.getSendBufferSize();
        case SO_RCVBUF -> socket.getReceiveBufferSize();
        case SO_REUSEADDR -> socket.getReuseAddress();
        case SO_OOBINLINE -> socket.getOOBInline();
        case SO_BINDADDR -> socket.getLocalAddress();
        case IP_TOS -> socket.getTrafficClass();
        default -> throw new SocketException("no such option: " + option);
      };
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
      switch (option) {
        case SO_TIMEOUT -> socket.setSoTimeout((int) value);
        case TCP_NODELAY -> socket.setTcpNoDelay((boolean) value);
        case SO_KEEPALIVE -> socket.setKeepAlive((boolean) value);
        case SO_LINGER ->
            socket.setSoLinger(value instanceof Integer, value instanceof Integer s ? s : 0);
        case SO_SNDBUF -> socket.setSendBufferSize((int) value);
        case SO_RCVBUF -> socket.setReceiveBufferSize((int) value);
        case SO_REUSEADDR -> socket.setReuseAddress((boolean) value);
        case SO_OOBINLINE -> socket.setOOBInline((boolean) value);
        case IP_TOS -> socket.setTrafficClass((int) value);
        default -> throw new SocketException("no such option: " + option);
      }
    }
  }
}
