package io.github.tokenfactory.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.TokenFactoryClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * A fake embeddings service on a free port of this machine.
 *
 * <p>By default it responds like the service: one vector for each input, with the format and the
 * dimensions of the request, created by {@link EmbeddingModel#ofWords} for every model id. Requests
 * that do not match the published document are recorded as {@link Violation} and get the error that
 * FastAPI sends. For the other requests, the first of these decides:
 *
 * <ol>
 *   <li>the replies {@linkplain #enqueue queued} for the next requests,
 *   <li>the {@linkplain #rateLimit rate limit},
 *   <li>the {@linkplain #when rules}, the latest first.
 * </ol>
 *
 * <p>Safe for use by several threads.
 */
public final class EmbeddingsServer implements AutoCloseable {
  private static final String PATH = "/v1/embeddings";

  static {
    // Headers and body leave as two segments. Without TCP_NODELAY, the second waits 40 ms for the
    // acknowledgement of the first.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** Loads the document once for all servers. */
  private static final class Published {
    static final Contract CONTRACT = Contract.ofClient();
  }

  private record Rule(Predicate<ReceivedRequest> applies, Reply reply) {}

  private final HttpServer http;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "embeddings-server");
            thread.setDaemon(true);
            return thread;
          });
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Embedder embedder = new Embedder();
  private final LongSupplier nanoTime;

  private final Queue<Reply> script = new ArrayDeque<>();
  private final Deque<Rule> rules = new ArrayDeque<>();
  private final List<ReceivedRequest> requests = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private RateLimit rateLimit;
  private long replies;

  private EmbeddingsServer(HttpServer http, LongSupplier nanoTime) {
    this.http = http;
    this.nanoTime = nanoTime;
    this.rateLimit = unlimited();
  }

  /** {@return a started server} */
  public static EmbeddingsServer start() {
    return start(System::nanoTime);
  }

  static EmbeddingsServer start(LongSupplier nanoTime) {
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
      EmbeddingsServer server = new EmbeddingsServer(http, nanoTime);
      http.createContext("/", server::handle);
      http.setExecutor(server.threads);
      http.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("The fake service cannot listen: " + e.getMessage(), e);
    }
  }

  private RateLimit unlimited() {
    return new RateLimit(1_000_000, 1_000_000_000, Duration.ofMinutes(1), nanoTime);
  }

  /** {@return the base URL, {@code http://127.0.0.1:<port>/}} */
  public String baseUrl() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/";
  }

  /** {@return a builder of clients for this server, with a key and the base URL} */
  public TokenFactoryClientBuilder clientBuilder() {
    return TokenFactoryClient.builder().apiKey("test").baseUrl(baseUrl());
  }

  /**
   * Adds a model; only added models exist from then on.
   *
   * @param id the model id in requests
   * @param model creates the vectors
   * @return this server
   */
  public EmbeddingsServer model(String id, EmbeddingModel model) {
    embedder.add(id, model);
    return this;
  }

  /**
   * Sets the rate limit. Requests beyond it get a 429 that says when to retry; the headers of all
   * responses say what remains.
   *
   * @param requests requests in each window
   * @param tokens tokens in each window
   * @param window the time from the first request until the limits reset
   * @return this server
   */
  public synchronized EmbeddingsServer rateLimit(long requests, long tokens, Duration window) {
    rateLimit = new RateLimit(requests, tokens, window, nanoTime);
    return this;
  }

  /**
   * Queues a reply for each of the next requests.
   *
   * @param replies the replies in the order of the requests
   * @return this server
   */
  public synchronized EmbeddingsServer enqueue(Reply... replies) {
    script.addAll(List.of(replies));
    return this;
  }

  /**
   * Adds a rule: the reply to all requests that match a condition.
   *
   * @param applies the condition, such as {@code request -> request.size() > 64}
   * @param reply the reply to each of them
   * @return this server
   */
  public synchronized EmbeddingsServer when(Predicate<ReceivedRequest> applies, Reply reply) {
    rules.push(new Rule(applies, reply));
    return this;
  }

  /** {@return all requests so far, in order} */
  public synchronized List<ReceivedRequest> requests() {
    return List.copyOf(requests);
  }

  /** {@return where requests did not match the published document} */
  public synchronized List<Violation> violations() {
    return List.copyOf(violations);
  }

  /** {@return the {@link #violations}, which are then cleared; for tests that expect them} */
  public synchronized List<Violation> takeViolations() {
    List<Violation> taken = violations();
    violations.clear();
    return taken;
  }

  /** Clears requests, violations, queued replies, rules and the rate limit; models stay. */
  public synchronized void reset() {
    script.clear();
    rules.clear();
    requests.clear();
    violations.clear();
    rateLimit = unlimited();
  }

  /** Stops the server at once; requests in flight get no response. */
  @Override
  public void close() {
    closed.countDown();
    http.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      ReceivedRequest request =
          new ReceivedRequest(
              exchange.getRequestMethod(),
              exchange.getRequestURI(),
              exchange.getRequestHeaders(),
              exchange.getRequestBody().readAllBytes());
      Reply reply;
      String body;
      try {
        reply = reply(request);
        body = reply.body(() -> embedder.response(request));
      } catch (Embedder.Refusal refusal) {
        reply = refusal.reply;
        body = reply.body();
      } catch (RuntimeException e) {
        reply =
            refuse(List.of(new Violation(500, List.of("test kit"), e.toString(), "failed")))
                .header("x-should-retry", "false");
        body = reply.body();
      }
      if (!reply.isDisconnect()) {
        send(exchange, reply, body.getBytes(StandardCharsets.UTF_8));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server was closed: end the connection
    }
  }

  private synchronized Reply reply(ReceivedRequest request) {
    requests.add(request);
    List<Violation> found = Published.CONTRACT.check(request);
    if (!found.isEmpty()) {
      return refuse(found);
    }
    Reply next = script.poll();
    if (next != null) {
      return next;
    }
    if (request.path().equals(PATH) && !rateLimit.take(embedder.count(request))) {
      return Reply.tooManyRequests(rateLimit.reset());
    }
    for (Rule rule : rules) {
      if (rule.applies.test(request)) {
        return rule.reply;
      }
    }
    return request.path().equals(PATH)
        ? Reply.embeddings()
        : Reply.detail(404, "The test kit has no default response for this operation.");
  }

  private synchronized Reply refuse(List<Violation> found) {
    violations.addAll(found);
    Violation first = found.get(0);
    return first.status() == 422
        ? Reply.invalid(found)
        : Reply.detail(first.status(), first.message());
  }

  private synchronized Map<String, String> headers() {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(rateLimit.headers());
    headers.put("Content-Type", "application/json");
    headers.put("x-request-id", "fake-" + ++replies);
    return headers;
  }

  private void send(HttpExchange exchange, Reply reply, byte[] body)
      throws IOException, InterruptedException {
    if (isClosedAfter(reply.delay())) {
      return;
    }
    Map<String, String> headers = headers();
    headers.putAll(reply.headers());
    headers.forEach(exchange.getResponseHeaders()::set);
    boolean isEmpty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(reply.status(), isEmpty ? -1 : body.length);
    if (isEmpty) {
      return;
    }
    // If less is sent than announced, closing the exchange ends the connection.
    int end = reply.isTruncated() ? body.length / 2 : body.length;
    OutputStream out = exchange.getResponseBody();
    for (int sent = 0; sent < end; sent += reply.chunk()) {
      if (sent > 0 && isClosedAfter(reply.pause())) {
        return;
      }
      out.write(body, sent, Math.min(reply.chunk(), end - sent));
      out.flush();
    }
  }

  private boolean isClosedAfter(Duration time) throws InterruptedException {
    return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
