package io.github.tokenfactory.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Responds to {@code POST /<workload>/...} over HTTP/1.1 with a body rendered beforehand. It runs
 * in a process of its own, so that the client's process spends time on the client only.
 *
 * <p>Prints its URL. Ends when its standard input ends, that is, with the process that started it.
 */
final class Server {
  private static final Map<String, byte[]> RESPONSES = new ConcurrentHashMap<>();

  private Server() {}

  public static void main(String[] args) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start(() -> acceptAll(server));
    System.out.println("http://127.0.0.1:" + server.getLocalPort());
    while (System.in.read() >= 0) {
      // nobody writes to it
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // the client ended without closing the connection
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void acceptAll(ServerSocket server) throws IOException {
    while (true) {
      Socket socket = server.accept();
      socket.setTcpNoDelay(true);
      start(() -> serve(socket));
    }
  }

  private static void serve(Socket socket) throws IOException {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      OutputStream out = socket.getOutputStream();
      byte[] sink = new byte[1 << 16];
      for (String line = readLine(in); line != null; line = readLine(in)) {
        String workload = line.split("/")[1];
        long length = 0;
        for (String header = readLine(in); !header.isEmpty(); header = readLine(in)) {
          String lower = header.toLowerCase(Locale.ROOT);
          if (lower.startsWith("content-length:")) {
            length = Long.parseLong(lower.substring("content-length:".length()).strip());
          } else if (lower.startsWith("transfer-encoding:")) {
            length = -1;
          }
        }
        if (length >= 0) {
          skip(in, length, sink);
        } else {
          skipChunks(in, sink);
        }
        out.write(RESPONSES.computeIfAbsent(workload, Server::response));
      }
    }
  }

  /** {@return a line without its line break, or null at the end of the stream} */
  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      line.append((char) c);
    }
    line.setLength(Math.max(0, line.length() - 1)); // \r
    return line.toString();
  }

  private static void skip(InputStream in, long length, byte[] sink) throws IOException {
    for (long left = length; left > 0; ) {
      int read = in.read(sink, 0, (int) Math.min(left, sink.length));
      if (read < 0) {
        throw new EOFException();
      }
      left -= read;
    }
  }

  private static void skipChunks(InputStream in, byte[] sink) throws IOException {
    long length;
    do {
      length = Long.parseLong(readLine(in), 16);
      skip(in, length + 2, sink); // includes the \r\n after the chunk
    } while (length > 0);
  }

  private static byte[] response(String workload) {
    try {
      byte[] body = Workload.named(workload).response();
      String head =
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      byte[] response = new byte[head.length() + body.length];
      System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, response, 0, head.length());
      System.arraycopy(body, 0, response, head.length(), body.length);
      return response;
    } catch (IOException e) {
      throw new IllegalStateException("The response of " + workload + " was not rendered", e);
    }
  }
}
