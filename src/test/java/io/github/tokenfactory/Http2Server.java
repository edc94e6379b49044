package io.github.tokenfactory;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.ByteString;
import okio.Okio;

/**
 * An HTTP/2 server without TLS that serves each request with the next step of its script, so that a
 * test decides which frames the client receives.
 */
final class Http2Server implements Closeable {
  /** What to do with one complete request. */
  interface Step {
    void serve(Stream stream) throws IOException;

    /** {@return the step that goes on with {@code next}} */
    default Step then(Step next) {
      return stream -> {
        serve(stream);
        next.serve(stream);
      };
    }
  }

  /** Closes the connection. */
  static final Step CLOSE = stream -> stream.socket.close();

  /** {@return the step that sends status 200 and this body} */
  static Step answer(String body) {
    return stream -> {
      stream.send(HEADERS, END_HEADERS, stream.id, new Buffer().writeByte(STATUS_200));
      stream.send(DATA, END_STREAM, stream.id, new Buffer().writeUtf8(body));
    };
  }

  /**
   * {@return the step that sends a GOAWAY frame} It says that the server processes no stream above
   * {@code lastStream}.
   */
  static Step goAway(int lastStream) {
    return stream ->
        stream.send(GOAWAY, 0, 0, new Buffer().writeInt(lastStream).writeInt(NO_ERROR));
  }

  /** One request: its connection, counted from 1, and its stream. */
  record Stream(int connection, int id, Socket socket, BufferedSink out) {
    private void send(int type, int flags, int stream, Buffer payload) throws IOException {
      Http2Server.send(out, type, flags, stream, payload);
    }
  }

  private static final ByteString PREFACE =
      ByteString.encodeUtf8("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int NO_ERROR = 0;

  /** The header {@code :status: 200}, from HPACK's static table. */
  private static final int STATUS_200 = 0x88;

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  private final Queue<Step> script = new ArrayDeque<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Stream> streams = new CopyOnWriteArrayList<>();

  Http2Server(Step... script) throws IOException {
    this.script.addAll(List.of(script));
    start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort() + "/";
  }

  /** {@return the complete requests so far} */
  List<Stream> streams() {
    return streams;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "http2-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        int connection = sockets.size();
        start(() -> serve(socket, connection));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket, int connection) {
    try (socket) {
      BufferedSource in = Okio.buffer(Okio.source(socket));
      BufferedSink out = Okio.buffer(Okio.sink(socket));
      if (!in.readByteString(PREFACE.size()).equals(PREFACE)) {
        throw new AssertionError("not HTTP/2");
      }
      send(out, SETTINGS, 0, 0, new Buffer());
      while (!socket.isClosed()) {
        int length = in.readByte() << 16 | in.readShort() & 0xffff;
        int type = in.readByte();
        int flags = in.readByte();
        int stream = in.readInt();
        in.skip(length);
        if (type == SETTINGS && (flags & ACK) == 0) {
          send(out, SETTINGS, ACK, 0, new Buffer());
        } else if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
          Stream request = new Stream(connection, stream, socket, out);
          streams.add(request);
          script.remove().serve(request);
        }
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static void send(BufferedSink out, int type, int flags, int stream, Buffer payload)
      throws IOException {
    int length = (int) payload.size();
    out.writeByte(length >> 16).writeShort(length).writeByte(type).writeByte(flags);
    out.writeInt(stream).write(payload, length);
    out.flush();
  }
}
