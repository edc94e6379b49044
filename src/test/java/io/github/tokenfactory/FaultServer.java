package io.github.tokenfactory;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/**
 * An HTTP/1.1 server on a raw socket that serves each request with the next step of its script, so
 * that a test decides which bytes the client receives. It records all requests.
 */
final class FaultServer implements Closeable {
  /** What to do with one request. The connection stays open unless the step closes it. */
  interface Step {
    void serve(Exchange exchange) throws IOException;

    /** {@return the step that sends these bytes unchanged} */
    static Step raw(String latin1) {
      return exchange -> exchange.send(latin1);
    }

    /** {@return the step that goes on with {@code next}} */
    default Step then(Step next) {
      return exchange -> {
        serve(exchange);
        next.serve(exchange);
      };
    }
  }

  /** Closes the connection. */
  static final Step CLOSE = exchange -> exchange.socket.close();

  /** Resets the connection. */
  static final Step RESET =
      exchange -> {
        exchange.socket.setSoLinger(true, 0);
        exchange.socket.close();
      };

  /** Does nothing until the client closes the connection. */
  static final Step HANG = Exchange::awaitClientGone;

  /** {@return the step that sends a response with this status, body and a Content-Length} */
  static Step answer(int status, String body, String... headers) {
    return answer(status, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  static Step answer(int status, byte[] body, String... headers) {
    return exchange -> {
      exchange.send(head(status, headers) + "Content-Length: " + body.length + "\r\n\r\n");
      exchange.send(body);
    };
  }

  static String head(int status, String... headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.toString();
  }

  static byte[] gzip(String text) {
    return gzip(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** One request and its connection. */
  static final class Exchange {
    final String line;
    final Map<String, String> headers;
    final String body;
    private final Socket socket;
    private final InputStream in;
    private final CountDownLatch clientGone = new CountDownLatch(1);

    private Exchange(
        String line, Map<String, String> headers, String body, Socket socket, InputStream in) {
      this.line = line;
      this.headers = headers;
      this.body = body;
      this.socket = socket;
      this.in = in;
    }

    void send(String latin1) throws IOException {
      send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /** Returns when the client has closed or reset the connection. */
    void awaitClientGone() {
      try {
        while (in.read() >= 0) {
          // ignore what it sends
        }
      } catch (IOException e) {
        // reset: gone
      }
      clientGone.countDown();
    }

    /** {@return whether {@link #awaitClientGone} has returned, within ten seconds} */
    boolean sawClientGo() throws InterruptedException {
      return clientGone.await(10, TimeUnit.SECONDS);
    }
  }

  private final ServerSocket listener =
      new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
  private final Queue<Step> script = new ArrayDeque<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
  private volatile Step always = null;

  FaultServer(Step... script) throws IOException {
    this.script.addAll(List.of(script));
    start(this::accept);
  }

  /** Serves every request after the end of the script with {@code step}. */
  FaultServer always(Step step) {
    always = step;
    return this;
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort() + "/";
  }

  int port() {
    return listener.getLocalPort();
  }

  /** {@return the complete requests so far} */
  List<Exchange> exchanges() {
    return exchanges;
  }

  int connections() {
    return sockets.size();
  }

  /** {@return whether the client has closed all connections} */
  boolean allConnectionsEnd() throws InterruptedException {
    boolean all = true;
    for (Thread thread : threads.subList(1, threads.size())) {
      thread.join(10_000);
      all &= !thread.isAlive();
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void start(Runnable work) {
    Thread thread = new Thread(work, "fault-server");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Exchange exchange = read(socket, in);
        Step step;
        synchronized (script) {
          exchanges.add(exchange);
          step = script.isEmpty() ? always : script.remove();
        }
        if (step == null) {
          throw new AssertionError("unexpected request");
        }
        step.serve(exchange);
        if (socket.isClosed()) {
          return;
        }
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static Exchange read(Socket socket, InputStream in) throws IOException {
    String line = line(in);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      headers.merge(
          header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT),
          header.substring(header.indexOf(':') + 1).strip(),
          (a, b) -> a + ", " + b);
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    return new Exchange(line, headers, new String(body, StandardCharsets.UTF_8), socket, in);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }
}
