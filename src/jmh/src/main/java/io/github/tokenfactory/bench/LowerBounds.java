package io.github.tokenfactory.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Okio;

/** Clients that send a prepared request and discard the response: no client can be faster. */
final class LowerBounds {
  private LowerBounds() {}

  /** A socket without an HTTP client. */
  static final class RawSocket implements Client {
    private final byte[] request;
    private final byte[] buffer = new byte[1 << 16];
    private final Socket socket;

    RawSocket(Workload workload, String url) throws IOException {
      URI uri = URI.create(url);
      byte[] body = workload.request();
      byte[] head =
          ("POST "
                  + uri.getPath()
                  + "v1/embeddings HTTP/1.1\r\nHost: "
                  + uri.getAuthority()
                  + "\r\nContent-Type: application/json\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      request = new byte[head.length + body.length];
      System.arraycopy(head, 0, request, 0, head.length);
      System.arraycopy(body, 0, request, head.length, body.length);
      socket = new Socket(uri.getHost(), uri.getPort());
      socket.setTcpNoDelay(true);
    }

    @Override
    public Object call() throws IOException {
      socket.getOutputStream().write(request);
      InputStream in = socket.getInputStream();
      // The server writes head and body together, so the first read contains the whole head.
      int read = in.read(buffer);
      String head = new String(buffer, 0, read, StandardCharsets.US_ASCII);
      int bodyStart = head.indexOf("\r\n\r\n") + 4;
      String lower = head.substring(0, bodyStart).toLowerCase(Locale.ROOT);
      int value = lower.indexOf("content-length:") + "content-length:".length();
      long length = Long.parseLong(lower.substring(value, lower.indexOf('\r', value)).strip());
      long left = length - (read - bodyStart);
      while (left > 0) {
        left -= in.read(buffer, 0, (int) Math.min(left, buffer.length));
      }
      return length;
    }
  }

  /** OkHttp without anything on top. */
  static final class OkHttp implements Client {
    private final OkHttpClient http;
    private final Request request;

    OkHttp(Workload workload, String url, OkHttpClient http) {
      this.http = http;
      this.request =
          new Request.Builder()
              .url(url + "v1/embeddings")
              .post(RequestBody.create(workload.request(), MediaType.get("application/json")))
              .build();
    }

    @Override
    public Object call() throws IOException {
      try (Response response = http.newCall(request).execute()) {
        return response.body().source().readAll(Okio.blackhole());
      }
    }
  }
}
