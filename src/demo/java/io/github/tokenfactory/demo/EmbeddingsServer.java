package io.github.tokenfactory.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves {@code POST /v1/embeddings} of the published contract on the loopback interface, with real
 * vectors.
 *
 * <p>It answers errors as the real service does: FastAPI's {@code {"detail": ...}} with 401, 404,
 * 405, 413 or 422. The query parameter {@code ai_project_id} is accepted and changes nothing, and
 * so is {@code user}. Nothing is logged.
 */
final class EmbeddingsServer implements AutoCloseable {

  static final String PATH = "/v1/embeddings";

  static final int MAX_BODY_BYTES = 4 << 20;

  private static final int THREADS = 4;

  static {
    // Otherwise headers and body leave as two segments, and the second waits 40 ms for the first's
    // acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final MiniLmModel model;
  private final byte[] authorization;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  private EmbeddingsServer(MiniLmModel model, String apiKey, HttpServer http) {
    this.model = model;
    this.authorization = ("Bearer " + apiKey).getBytes(StandardCharsets.UTF_8);
    this.http = http;
  }

  /**
   * Starts on a free port of 127.0.0.1; the model stays the caller's to close, after the server.
   */
  static EmbeddingsServer start(MiniLmModel model, String apiKey) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    EmbeddingsServer server = new EmbeddingsServer(model, apiKey, http);
    http.createContext("/", server::handle);
    http.setExecutor(server.threads);
    http.start();
    return server;
  }

  /** Returns what a client takes as its base URL, {@code http://127.0.0.1:<port>}. */
  String baseUrl() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = read(exchange.getRequestBody());
      int status = 200;
      JsonElement answer;
      try {
        answer = answer(exchange, body);
      } catch (Refusal refusal) {
        status = refusal.status;
        answer = refusal.body();
      } catch (RuntimeException e) {
        status = 500;
        answer = new Refusal(status, "Internal Server Error").body();
      }
      byte[] json = answer.toString().getBytes(StandardCharsets.UTF_8);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, head ? -1 : json.length);
      if (!head) {
        exchange.getResponseBody().write(json);
      }
    }
  }

  /** Returns the body, or its first bytes where it is too long. */
  private static byte[] read(InputStream in) throws IOException {
    byte[] body = in.readNBytes(MAX_BODY_BYTES + 1);
    // Many clients listen only after they have sent everything: hear the rest out, without keeping
    // it.
    in.transferTo(OutputStream.nullOutputStream());
    return body;
  }

  /** Checks in FastAPI's order: path, method, key, body. */
  private JsonObject answer(HttpExchange exchange, byte[] body) throws Refusal {
    if (!exchange.getRequestURI().getPath().equals(PATH)) {
      throw new Refusal(404, "Not Found");
    }
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      throw new Refusal(405, "Method Not Allowed");
    }
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    // isEqual takes equally long whatever the header is, so that nobody can guess the key byte by
    // byte.
    if (header == null
        || !MessageDigest.isEqual(authorization, header.getBytes(StandardCharsets.UTF_8))) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      throw new Refusal(401, header == null ? "Not authenticated" : "Invalid API key");
    }
    if (body.length > MAX_BODY_BYTES) {
      throw new Refusal(413, "Request body is longer than " + MAX_BODY_BYTES + " bytes");
    }
    EmbeddingsRequest request = EmbeddingsRequest.parse(body, model);
    if (!request.model().equals(MiniLmModel.ID)) {
      throw new Refusal(404, "The model does not exist; this server has " + MiniLmModel.ID);
    }
    return embed(request);
  }

  private JsonObject embed(EmbeddingsRequest request) {
    JsonArray data = new JsonArray();
    int tokens = 0;
    for (int[] input : request.inputs()) {
      JsonObject item = new JsonObject();
      item.addProperty("object", "embedding");
      item.add(
          "embedding", encode(shorten(model.embed(input), request.dimensions()), request.base64()));
      item.addProperty("index", data.size());
      data.add(item);
      tokens += input.length;
    }
    JsonObject usage = new JsonObject();
    usage.addProperty("prompt_tokens", tokens);
    usage.addProperty("completion_tokens", 0);
    usage.addProperty("total_tokens", tokens);
    JsonObject answer = new JsonObject();
    answer.addProperty("object", "list");
    answer.add("data", data);
    answer.addProperty("model", MiniLmModel.ID);
    answer.add("usage", usage);
    // "auto" asks for the best tier available: here that is always the default one.
    answer.addProperty(
        "service_tier", request.serviceTier().equals("auto") ? "default" : request.serviceTier());
    return answer;
  }

  private static float[] shorten(float[] vector, int dimensions) {
    return dimensions == vector.length
        ? vector
        : MiniLmModel.unit(Arrays.copyOf(vector, dimensions));
  }

  private static JsonElement encode(float[] vector, boolean base64) {
    if (base64) {
      ByteBuffer bytes =
          ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      return new JsonPrimitive(Base64.getEncoder().encodeToString(bytes.array()));
    }
    JsonArray numbers = new JsonArray(vector.length);
    for (float x : vector) {
      numbers.add(x);
    }
    return numbers;
  }

  /** A request that gets an error: FastAPI's {@code {"detail": ...}}. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    final int status;
    private final transient JsonElement detail;

    Refusal(int status, String message) {
      this(status, new JsonPrimitive(message));
    }

    Refusal(int status, JsonElement detail) {
      this.status = status;
      this.detail = detail;
    }

    JsonObject body() {
      JsonObject body = new JsonObject();
      body.add("detail", detail);
      return body;
    }
  }
}
