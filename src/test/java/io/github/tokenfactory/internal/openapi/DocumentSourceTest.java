package io.github.tokenfactory.internal.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import io.github.tokenfactory.drift.Documents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentSourceTest {
  private static final byte[] DOCUMENT =
      Documents.text("openapi.json").getBytes(StandardCharsets.UTF_8);

  private final DocumentSource source = DocumentSource.create(Duration.ofSeconds(20), 1 << 20);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private HttpServer server;

  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void loadsFilesByPathAndUrl() throws IOException {
    Path file = Files.write(directory.resolve("a b.json"), DOCUMENT);

    assertThat(source.load(file.toString()).operations()).hasSize(1);
    assertThat(source.load(file.toUri().toString()).operations()).hasSize(1);
  }

  @Test
  void loadsOverHttpAndFollowsRedirects() {
    serve("/openapi.json", exchange -> answer(exchange, 200, DOCUMENT));
    serve(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/openapi.json");
          answer(exchange, 302, new byte[0]);
        });

    assertThat(
            CanonicalJson.canonical(source.load(url("/moved")).root())
                .getBytes(StandardCharsets.UTF_8))
        .isEqualTo(DOCUMENT);
  }

  @Test
  void readsCompressedResponses() {
    serve(
        "/openapi.json",
        exchange -> {
          ByteArrayOutputStream zipped = new ByteArrayOutputStream();
          try (OutputStream out = new GZIPOutputStream(zipped)) {
            out.write(DOCUMENT);
          }
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          answer(exchange, 200, zipped.toByteArray());
        });

    assertThat(source.load(url("/openapi.json")).operations()).hasSize(1);
  }

  @Test
  void refusesOtherStatuses() {
    serve("/gone", exchange -> answer(exchange, 404, DOCUMENT));

    refuses(url("/gone"), Reason.UNAVAILABLE, "status 404");
  }

  @Test
  void refusesErrorPages() {
    serve(
        "/page",
        exchange -> answer(exchange, 200, "<html>login</html>".getBytes(StandardCharsets.UTF_8)));

    refuses(url("/page"), Reason.NOT_OPENAPI, "HTML");
  }

  @Test
  void refusesADocumentThatIsTooLarge() throws IOException {
    serve("/large", exchange -> answer(exchange, 200, new byte[(1 << 20) + 1]));
    Path file = Files.write(directory.resolve("large"), new byte[(1 << 20) + 1]);

    refuses(url("/large"), Reason.UNAVAILABLE, "more than 1048576 bytes");
    refuses(file.toString(), Reason.UNAVAILABLE, "more than 1048576 bytes");
  }

  @Test
  void failsIfTheBodyArrivesTooSlowly() {
    serve(
        "/drip",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          await();
        });

    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> DocumentSource.create(Duration.ofMillis(300), 1 << 20).load(url("/drip")))
        .withMessageContaining("within 300 ms");
  }

  @Test
  void refusesATruncatedBody() {
    serve(
        "/half",
        exchange -> {
          exchange.sendResponseHeaders(200, DOCUMENT.length);
          exchange.getResponseBody().write(DOCUMENT, 0, 100);
          exchange.close();
        });

    refuses(url("/half"), Reason.UNAVAILABLE, "check the address");
  }

  @Test
  void namesALocationWithoutADocument() {
    String unused = url("/");
    server.stop(0);

    refuses(directory.resolve("none.json").toString(), Reason.UNAVAILABLE, "no such file");
    refuses(directory.toString(), Reason.UNAVAILABLE, "cannot be read");
    refuses("http://[", Reason.UNAVAILABLE, "not a URL");
    refuses("file:relative", Reason.UNAVAILABLE, "file:relative");
    refuses("a\0b", Reason.UNAVAILABLE, "neither a path nor a URL");
    refuses(unused, Reason.UNAVAILABLE, "check the address");
  }

  @Test
  void hidesCredentials() {
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> source.load("http://user:secret@localhost:1/a"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  private void refuses(String location, Reason reason, String says) {
    assertThatExceptionOfType(CannotCheckException.class)
        .isThrownBy(() -> source.load(location))
        .withMessageContaining(says)
        .returns(reason, CannotCheckException::reason);
  }

  private void serve(String path, HttpHandler handler) {
    server.createContext(path, handler);
  }

  private String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
