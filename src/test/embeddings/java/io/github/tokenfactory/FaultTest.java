package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.CLOSE;
import static io.github.tokenfactory.FaultServer.RESET;
import static io.github.tokenfactory.FaultServer.answer;
import static io.github.tokenfactory.FaultServer.gzip;
import static io.github.tokenfactory.FaultServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.tokenfactory.FaultServer.Step;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.errors.AuthenticationException;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.NotFoundException;
import io.github.tokenfactory.errors.RateLimitException;
import io.github.tokenfactory.errors.ServerException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault of a server, with blocking and asynchronous calls and both forms of vectors: the
 * result or the error, and the number of requests.
 */
class FaultTest {
  private static final String KEY = "k3y-0f-the-caller";
  private static final String TEXT = "secret text of the caller";
  private static final float[] FIRST = {1, -2.5f, 0.5f, 4};
  private static final float[] SECOND = {-1, 1e-3f, 3.25f, 0};
  private static final byte[] BOMB = bomb();

  enum CallStyle {
    SYNC,
    ASYNC;

    EmbeddingResult call(TokenFactoryClient client, EmbeddingRequest request) {
      if (this == SYNC) {
        return EmbeddingsService.of(client).create(request);
      }
      try {
        return EmbeddingsService.of(client).createAsync(request, RequestOptions.none()).join();
      } catch (CompletionException e) {
        throw (RuntimeException) e.getCause();
      }
    }
  }

  enum VectorForm {
    FLOAT,
    BASE64;

    String vector(float... elements) {
      if (this == FLOAT) {
        return Arrays.toString(elements);
      }
      ByteBuffer bytes = ByteBuffer.allocate(4 * elements.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(elements);
      return "\"" + Base64.getEncoder().encodeToString(bytes.array()) + "\"";
    }

    String item(String index, float... elements) {
      return "{\"object\":\"embedding\",\"index\":"
          + index
          + ",\"embedding\":"
          + vector(elements)
          + "}";
    }

    String body(String... items) {
      return "{\"object\":\"list\",\"model\":\"m\",\"data\":["
          + String.join(",", items)
          + "],\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":0,\"total_tokens\":2},\"service_tier\":\"default\"}";
    }

    String good() {
      return body(item("0", FIRST), item("1", SECOND));
    }
  }

  /**
   * What the server does, and the expected outcome: {@code error} is null for a result, {@code
   * sent} is the number of requests.
   */
  record Fault(
      String name,
      Function<VectorForm, List<Step>> script,
      Class<? extends TokenFactoryException> error,
      int sent) {
    @Override
    public String toString() {
      return name;
    }
  }

  // Unusual but valid responses.

  private static Fault accepted(String name, Function<VectorForm, Step> step) {
    return new Fault("accepts " + name, form -> List.of(step.apply(form)), null, 1);
  }

  private static Fault acceptedBody(String name, Function<VectorForm, String> body) {
    return accepted(name, form -> answer(200, body.apply(form), "Content-Type: application/json"));
  }

  // Temporary faults: a later attempt succeeds, or the call fails after three attempts.

  private static List<Fault> retried(
      String name, Class<? extends TokenFactoryException> error, Function<VectorForm, Step> step) {
    return List.of(
        new Fault(
            "retries after " + name,
            form -> List.of(step.apply(form), step.apply(form), good(form)),
            null,
            3),
        new Fault(
            "fails after three times " + name,
            form -> Collections.nCopies(3, step.apply(form)),
            error,
            3));
  }

  // Permanent faults: one request and an error.

  private static Fault refused(
      String name, Class<? extends TokenFactoryException> error, Function<VectorForm, Step> step) {
    return new Fault("refuses " + name, form -> List.of(step.apply(form)), error, 1);
  }

  private static Fault refusedBody(String name, Function<VectorForm, String> body) {
    return refused(
        name,
        InvalidResponseException.class,
        form -> answer(200, body.apply(form), "Content-Type: application/json"));
  }

  private static Step good(VectorForm form) {
    return answer(200, form.good(), "Content-Type: application/json");
  }

  private static Step cut(VectorForm form, Step end) {
    String body = form.good();
    return Step.raw(
            head(200)
                + "Content-Length: "
                + body.length()
                + "\r\n\r\n"
                + body.substring(0, body.length() / 2))
        .then(end);
  }

  private static String chunks(String body, int size) {
    StringBuilder chunked = new StringBuilder();
    for (int i = 0; i < body.length(); i += size) {
      String chunk = body.substring(i, Math.min(body.length(), i + size));
      chunked
          .append(Integer.toHexString(chunk.length()))
          .append("\r\n")
          .append(chunk)
          .append("\r\n");
    }
    return chunked.toString();
  }

  private static Step chunked(String chunks) {
    return Step.raw(head(200, "Transfer-Encoding: chunked") + "\r\n" + chunks);
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  private static Step closeDelimited(String body) {
    return Step.raw(head(200) + "\r\n" + body).then(CLOSE);
  }

  static List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    faults.addAll(
        List.of(
            accepted("a plain response", FaultTest::good),
            acceptedBody(
                "vectors out of order",
                form -> form.body(form.item("1", SECOND), form.item("0", FIRST))),
            acceptedBody(
                "indices as strings",
                form -> form.body(form.item("\"1\"", SECOND), form.item("\"0\"", FIRST))),
            acceptedBody(
                "indices as 1.0",
                form -> form.body(form.item("1.0", SECOND), form.item("0.0", FIRST))),
            acceptedBody(
                "null for all indices",
                form -> form.body(form.item("null", FIRST), form.item("null", SECOND))),
            acceptedBody(
                "nothing but vectors",
                form ->
                    "{\"data\":[{\"embedding\":"
                        + form.vector(FIRST)
                        + "},{\"embedding\":"
                        + form.vector(SECOND)
                        + "}]}"),
            acceptedBody(
                "usage as strings and 8.0",
                form ->
                    form.good()
                        .replace(":2,", ":\"2\",")
                        .replace("total_tokens\":2", "total_tokens\":8.0")),
            acceptedBody(
                "unknown members and values",
                form -> form.good().replace("\"default\"", "\"new\",\"x\":[{\"y\":null}]")),
            acceptedBody("a BOM", form -> "\uFEFF" + form.good()),
            acceptedBody(
                "white space around", form -> "\r\n \t" + form.good() + " \n\n\t ".repeat(10_000)),
            acceptedBody(
                "white space within",
                form -> form.good().replace(",", " ,\n  ").replace(":", "\t: ")),
            accepted("no content type", form -> answer(200, form.good())),
            accepted(
                "HTML as content type",
                form -> answer(200, form.good(), "Content-Type: text/html; charset=utf-16")),
            accepted(
                "nonsense as content type",
                form -> answer(200, form.good(), "Content-Type: ;;=json")),
            accepted("status 201", form -> answer(201, form.good())),
            accepted(
                "a response after 100 Continue",
                form -> Step.raw(head(100) + "\r\n").then(good(form))),
            accepted(
                "a response in chunks of one byte",
                form -> chunked(chunks(form.good(), 1) + "0\r\n\r\n")),
            accepted(
                "chunks with extensions and trailers",
                form ->
                    chunked(
                        chunks(form.good(), 9).replaceFirst("\r\n", ";a=b\r\n")
                            + "0\r\nX: y\r\n\r\n")),
            accepted("one byte at a time", FaultTest::dripped),
            accepted(
                "a response that ends with its connection", form -> closeDelimited(form.good())),
            accepted(
                "HTTP/1.0", form -> Step.raw("HTTP/1.0 200 OK\r\n\r\n" + form.good()).then(CLOSE)),
            accepted("gzip", form -> answer(200, gzip(form.good()), "Content-Encoding: gzip")),
            accepted("a connection closed after the response", form -> good(form).then(CLOSE)),
            accepted(
                "hundreds of headers",
                form -> answer(200, form.good(), "X-Filler: 0123456789\r\n".repeat(500) + "X: y")),
            new Fault(
                "follows a 307 at home",
                form -> List.of(answer(307, "", "Location: /elsewhere"), good(form)),
                null,
                2),
            new Fault(
                "follows a 308 at home",
                form -> List.of(answer(308, "moved", "Location: ?x=y"), good(form)),
                null,
                2)));

    faults.addAll(
        retried("a connection reset before the response", TransportException.class, form -> RESET));
    faults.addAll(
        retried(
            "a connection closed before the response", TransportException.class, form -> CLOSE));
    faults.addAll(
        retried(
            "a connection reset in the headers",
            TransportException.class,
            form -> Step.raw("HTTP/1.1 200 OK\r\nContent-").then(RESET)));
    faults.addAll(
        retried(
            "a connection closed in the status line",
            TransportException.class,
            form -> Step.raw("HTTP/1.").then(CLOSE)));
    faults.addAll(
        retried(
            "a status line that is none",
            TransportException.class,
            form -> Step.raw("SSH-2.0 " + TEXT + KEY + "\r\n\r\n").then(CLOSE)));
    faults.addAll(
        retried("half a body, closed", TransportException.class, form -> cut(form, CLOSE)));
    faults.addAll(
        retried("half a body, reset", TransportException.class, form -> cut(form, RESET)));
    faults.addAll(
        retried(
            "no body though there should be",
            TransportException.class,
            form -> Step.raw(head(200) + "Content-Length: 9\r\n\r\n").then(CLOSE)));
    faults.addAll(
        retried(
            "chunks without an end",
            TransportException.class,
            form -> chunked(chunks(form.good(), 99)).then(CLOSE)));
    faults.addAll(
        retried(
            "a chunk that is too short",
            TransportException.class,
            form -> chunked("fff\r\n" + form.good().substring(9)).then(CLOSE)));
    faults.addAll(
        retried(
            "a chunk without a size",
            TransportException.class,
            form -> chunked("4\r\n{\"a\"\r\n" + TEXT + KEY + "\r\n").then(CLOSE)));
    faults.addAll(
        retried(
            "half a body that ends with its connection",
            InvalidResponseException.class,
            form -> closeDelimited(form.good().substring(0, 150))));
    faults.addAll(
        retried(
            "half a gzip body",
            TransportException.class,
            form ->
                Step.raw(head(200, "Content-Encoding: gzip") + "\r\n")
                    .then(e -> e.send(half(gzip(form.good()))))
                    .then(CLOSE)));
    faults.addAll(
        retried(
            "gzip that is none",
            TransportException.class,
            form -> answer(200, form.good(), "Content-Encoding: gzip")));
    for (int status : new int[] {500, 501, 502, 503, 504, 520, 529, 599}) {
      faults.addAll(
          retried(
              "status " + status,
              ServerException.class,
              form -> answer(status, "{\"detail\":\"busy\"}")));
    }
    faults.addAll(retried("status 408", ApiException.class, form -> answer(408, "")));
    faults.addAll(
        retried(
            "status 408 and closed",
            ApiException.class,
            form -> answer(408, "", "Connection: close").then(CLOSE)));
    faults.addAll(retried("status 409", ApiException.class, form -> answer(409, "conflict")));
    faults.addAll(
        retried("status 429", RateLimitException.class, form -> answer(429, "slow down")));
    faults.addAll(
        retried(
            "status 503 with Retry-After: 0",
            ServerException.class,
            form -> answer(503, "", "Retry-After: 0")));
    faults.addAll(
        retried(
            "status 503 with Retry-After: 99999999999999999999",
            ServerException.class,
            form -> answer(503, "", "Retry-After: 99999999999999999999")));
    faults.addAll(
        retried(
            "status 503 with half a body",
            ServerException.class,
            form -> Step.raw(head(503) + "Content-Length: 100\r\n\r\nbusy").then(CLOSE)));
    faults.addAll(
        retried(
            "status 400 with x-should-retry",
            BadRequestException.class,
            form -> answer(400, "", "x-should-retry: true")));

    faults.addAll(
        List.of(
            refused(
                "status 400",
                BadRequestException.class,
                form -> answer(400, "{\"error\":\"bad\"}")),
            refused(
                "status 401",
                AuthenticationException.class,
                form -> answer(401, "", "WWW-Authenticate: Bearer")),
            refused("status 403", AuthenticationException.class, form -> answer(403, "")),
            refused(
                "status 404",
                NotFoundException.class,
                form -> answer(404, "<html><title>404</title></html>")),
            refused("status 413", BadRequestException.class, form -> answer(413, "")),
            refused(
                "status 422", BadRequestException.class, form -> answer(422, "{\"detail\":[]}")),
            refused("status 407", ApiException.class, form -> answer(407, "")),
            refused("status 418", ApiException.class, form -> answer(418, "")),
            refused("status 421", ApiException.class, form -> answer(421, "")),
            refused("status 304", ApiException.class, form -> answer(304, "")),
            refused(
                "status 500 with x-should-retry: false",
                ServerException.class,
                form -> answer(500, "", "x-should-retry: false")),
            refused(
                "status 429 with an hour to wait",
                RateLimitException.class,
                form -> answer(429, "", "Retry-After: 3600")),
            refused(
                "a 301 at home",
                ApiException.class,
                form -> answer(301, "", "Location: /elsewhere")),
            refused(
                "a 302 at home",
                ApiException.class,
                form -> answer(302, "", "Location: /elsewhere")),
            refused(
                "a 303 at home",
                ApiException.class,
                form -> answer(303, "", "Location: /elsewhere")),
            refused(
                "a 307 to another host",
                ApiException.class,
                form -> answer(307, "", "Location: http://localhost:1/")),
            refused(
                "a 308 to another scheme",
                ApiException.class,
                form -> answer(308, "", "Location: https://127.0.0.1/")),
            refused("a 307 to nowhere", ApiException.class, form -> answer(307, "")),
            refused(
                "a 307 to nonsense",
                ApiException.class,
                form -> answer(307, "", "Location: http://[::")),
            new Fault(
                "refuses a redirect in circles",
                form -> Collections.nCopies(6, answer(307, "", "Location: ?again")),
                ApiException.class,
                6),
            refused(
                "no content", InvalidResponseException.class, form -> Step.raw(head(204) + "\r\n")),
            refused("an empty body", InvalidResponseException.class, form -> answer(200, "")),
            refused(
                "a body that is larger than it says",
                InvalidResponseException.class,
                form -> Step.raw(head(200) + "Content-Length: 50\r\n\r\n" + form.good())),
            refused("a body of unbounded size", InvalidResponseException.class, FaultTest::endless),
            refused(
                "a size without bounds",
                InvalidResponseException.class,
                form -> Step.raw(head(200) + "Content-Length: 99999999999\r\n\r\n{")),
            refused(
                "a gzip bomb",
                InvalidResponseException.class,
                form -> answer(200, BOMB, "Content-Encoding: gzip"))));
    faults.addAll(
        List.of(
            refusedBody("white space alone", form -> " \n "),
            refusedBody("null", form -> "null"),
            refusedBody("a list", form -> "[]"),
            refusedBody("text", form -> "OK " + TEXT),
            refusedBody("HTML", form -> "\n <!DOCTYPE html><html>" + TEXT + KEY + "</html>"),
            refusedBody(
                "an error with success",
                form -> "{\"error\":{\"message\":\"" + TEXT + KEY + "\",\"type\":\"overloaded\"}}"),
            refusedBody(
                "a bare error with success",
                form -> "{\"object\":\"error\",\"message\":\"" + TEXT + "\",\"code\":400}"),
            refusedBody("half the JSON", form -> form.good().substring(0, 150)),
            refusedBody("something after the JSON", form -> form.good() + "\n" + TEXT),
            refusedBody("two JSON values in one body", form -> form.good() + form.good()),
            refusedBody("names without quotes", form -> form.good().replace("\"data\"", "data")),
            refusedBody("a text as its own name", form -> "{\"" + TEXT + KEY + "\":tru"),
            refusedBody("a missing vector", form -> form.body(form.item("0", FIRST))),
            refusedBody(
                "a vector too many",
                form ->
                    form.body(
                        form.item("0", FIRST), form.item("1", SECOND), form.item("2", FIRST))),
            refusedBody(
                "an index twice", form -> form.body(form.item("1", FIRST), form.item("1", SECOND))),
            refusedBody(
                "an index out of range",
                form -> form.body(form.item("1", FIRST), form.item("2", SECOND))),
            refusedBody(
                "a negative index",
                form -> form.body(form.item("-1", FIRST), form.item("0", SECOND))),
            refusedBody(
                "an index of 0.5",
                form -> form.body(form.item("0.5", FIRST), form.item("1", SECOND))),
            refusedBody(
                "an index of true",
                form -> form.body(form.item("true", FIRST), form.item("1", SECOND))),
            refusedBody(
                "an index of 2^64",
                form ->
                    form.body(form.item("18446744073709551616", FIRST), form.item("1", SECOND))),
            refusedBody(
                "an index for one vector alone",
                form -> form.body(form.item("null", FIRST), form.item("1", SECOND))),
            refusedBody(
                "vectors of unequal length",
                form -> form.body(form.item("0", FIRST), form.item("1", 1, 2, 3))),
            refusedBody(
                "vectors of other dimensions",
                form -> form.body(form.item("0", 1, 2), form.item("1", 3, 4))),
            refusedBody("an empty vector", form -> form.body(form.item("0"), form.item("1"))),
            refusedBody("a null vector", form -> form.good().replace(form.vector(SECOND), "null")),
            refusedBody("a null item", form -> form.body(form.item("0", FIRST), "null")),
            refusedBody(
                "a null element", form -> form.good().replace(form.vector(SECOND), "[1,null,2,3]")),
            refusedBody("a NaN", form -> form.good().replace(form.vector(SECOND), "[1,NaN,2,3]")),
            refusedBody(
                "an infinite element",
                form -> form.good().replace(form.vector(SECOND), "[1,1e39,2,3]")),
            refusedBody(
                "base64 of a NaN",
                form ->
                    form.good()
                        .replace(
                            form.vector(SECOND), VectorForm.BASE64.vector(1, Float.NaN, 2, 3))),
            refusedBody(
                "base64 of no whole floats",
                form -> form.good().replace(form.vector(SECOND), "\"AACAPwA=\"")),
            refusedBody(
                "what is not base64",
                form -> form.good().replace(form.vector(SECOND), "\"" + TEXT + "\"")),
            refusedBody("nesting without end", form -> "{\"x\":" + "[".repeat(500_000)),
            refusedBody(
                "nesting with an end",
                form ->
                    form.good()
                        .replace(
                            "\"list\"", "\"list\",\"x\":" + "[".repeat(500) + "]".repeat(500)))));
    return faults;
  }

  private static Step dripped(VectorForm form) {
    return exchange -> {
      byte[] response =
          (head(200) + "Content-Length: " + form.good().length() + "\r\n\r\n" + form.good())
              .getBytes(StandardCharsets.ISO_8859_1);
      for (byte each : response) {
        exchange.send(new byte[] {each});
      }
    };
  }

  private static Step endless(VectorForm form) {
    return exchange -> {
      exchange.send(head(200) + "\r\n{\"x\":\"");
      byte[] filler = "x".repeat(1 << 16).getBytes(StandardCharsets.ISO_8859_1);
      while (true) {
        exchange.send(filler); // until the client closes the connection
      }
    };
  }

  private static byte[] bomb() {
    byte[] start = "{\"data\":[{\"embedding\":[".getBytes(StandardCharsets.UTF_8);
    byte[] spaces = Arrays.copyOf(start, 64 << 20);
    Arrays.fill(spaces, start.length, spaces.length, (byte) ' ');
    return gzip(spaces);
  }

  static Stream<Arguments> rows() {
    return faults().stream()
        .flatMap(
            fault ->
                Stream.of(CallStyle.values())
                    .flatMap(
                        style ->
                            Stream.of(VectorForm.values())
                                .map(form -> arguments(fault, style, form))));
  }

  @ParameterizedTest(name = "{0} ({1}, {2})")
  @MethodSource("rows")
  void returnsVectorsOrTheErrorOfTheFault(Fault fault, CallStyle style, VectorForm form)
      throws Exception {
    FakeScheduler scheduler = FakeScheduler.impatient();
    try (FaultServer server = new FaultServer(fault.script.apply(form).toArray(new Step[0]))) {
      TokenFactoryClient client =
          TokenFactoryClient.builder()
              .apiKey(KEY)
              .baseUrl(server.url())
              .scheduler(scheduler)
              .build();
      EmbeddingRequest request =
          EmbeddingRequest.builder()
              .model("m")
              .input(EmbeddingInput.texts(TEXT, "b"))
              .encodingFormat(form.name().toLowerCase(Locale.ROOT))
              .dimensions(4L)
              .build();
      if (fault.error == null) {
        assertThat(style.call(client, request).vectors()).containsExactly(FIRST, SECOND);
      } else {
        TokenFactoryException error =
            catchThrowableOfType(TokenFactoryException.class, () -> style.call(client, request));
        assertThat(error).isExactlyInstanceOf(fault.error);
        assertThat(TestClients.trace(error)).doesNotContain(KEY, TEXT, "secret");
        assertThat(error.info().body()).doesNotContain(KEY);
        assertThat(error.info().headers().toString()).doesNotContain(KEY);
        assertThat(error.info().attempts()).isEqualTo(scheduler.waits().size() + 1);
      }
      assertThat(server.exchanges()).hasSize(fault.sent);
      assertThat(server.exchanges())
          .allSatisfy(
              sent -> {
                assertThat(sent.line).startsWith("POST ");
                assertThat(sent.headers).containsEntry("authorization", "Bearer " + KEY);
                assertThat(sent.body)
                    .isEqualTo(server.exchanges().get(0).body)
                    .startsWith("{\"model\":\"m\"");
              });
      client.close();
      assertThat(server.allConnectionsEnd()).as("connections end").isTrue();
      TestClients.assertThatNoThreadIsLeft();
      assertThat(scheduler.deadlines()).isZero();
    }
  }

  @Test
  void opensANewConnectionIfTheServerClosedTheLast() throws Exception {
    FakeScheduler scheduler = FakeScheduler.impatient();
    Step closing = good(VectorForm.BASE64).then(CLOSE);
    try (FaultServer server = new FaultServer().always(closing);
        TokenFactoryClient client =
            TokenFactoryClient.builder()
                .apiKey(KEY)
                .baseUrl(server.url())
                .scheduler(scheduler)
                .build()) {
      for (int i = 1; i <= 10; i++) {
        assertThat(
                EmbeddingsService.of(client).create("m", EmbeddingInput.texts("a", "b")).vectors())
            .containsExactly(FIRST, SECOND);
        assertThat(server.exchanges()).hasSize(i);
      }
    }
  }

  @Test
  void doesNotReadExcessBytesAsTheNextResponse() throws Exception {
    FakeScheduler scheduler = FakeScheduler.impatient();
    Step longer =
        Step.raw(
            head(200)
                + "Content-Length: "
                + VectorForm.FLOAT.good().length()
                + "\r\n\r\n"
                + VectorForm.FLOAT.good()
                + "{}\r\n");
    try (FaultServer server = new FaultServer(longer, longer, good(VectorForm.FLOAT));
        TokenFactoryClient client =
            TokenFactoryClient.builder()
                .apiKey(KEY)
                .baseUrl(server.url())
                .scheduler(scheduler)
                .build()) {
      assertThat(EmbeddingsService.of(client).create("m", EmbeddingInput.texts("a", "b")).vectors())
          .containsExactly(FIRST, SECOND);
      EmbeddingResult second =
          EmbeddingsService.of(client).create("m", EmbeddingInput.texts("a", "b"));
      assertThat(second.vectors()).containsExactly(FIRST, SECOND);
    }
  }

  @Test
  void sendsOnceWithMaxRetriesZero() throws Exception {
    for (Step step :
        List.of(
            RESET,
            CLOSE,
            answer(408, ""),
            answer(503, "", "Retry-After: 0"),
            cut(VectorForm.FLOAT, RESET))) {
      try (FaultServer server = new FaultServer(step);
          TokenFactoryClient client =
              TokenFactoryClient.builder()
                  .apiKey(KEY)
                  .baseUrl(server.url())
                  .maxRetries(0)
                  .build()) {
        TokenFactoryException error =
            catchThrowableOfType(
                TokenFactoryException.class,
                () -> EmbeddingsService.of(client).create("m", EmbeddingInput.text("a")));

        assertThat(error.info().attempts()).isEqualTo(1);
        assertThat(server.exchanges()).hasSize(1);
        assertThat(server.connections()).isEqualTo(1);
      }
    }
  }

  @Test
  void retriesIfTheConnectionIsRefused() throws IOException {
    FaultServer server = new FaultServer();
    String url = server.url();
    server.close();
    FakeScheduler scheduler = FakeScheduler.impatient();
    try (TokenFactoryClient client =
        TokenFactoryClient.builder()
            .apiKey(KEY)
            .baseUrl(url)
            .maxRetries(4)
            .scheduler(scheduler)
            .build()) {
      TransportException error =
          catchThrowableOfType(
              TransportException.class,
              () -> EmbeddingsService.of(client).create("m", EmbeddingInput.text("a")));

      assertThat(error.info().attempts()).isEqualTo(5);
      assertThat(error.info().status()).isZero();
      assertThat(scheduler.waits()).hasSize(4);
    }
  }
}
