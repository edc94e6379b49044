package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.CLOSE;
import static io.github.tokenfactory.FaultServer.RESET;
import static io.github.tokenfactory.FaultServer.answer;
import static io.github.tokenfactory.FaultServer.gzip;
import static io.github.tokenfactory.FaultServer.head;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.github.tokenfactory.FaultServer.Exchange;
import io.github.tokenfactory.FaultServer.Step;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.internal.http.CallRegistry;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Thousands of calls from many threads to a server with random faults: each call gets its own
 * vectors or its own error.
 */
class SoakTest {
  private static final int THREADS = 8;
  private static final int CALLS = 300;
  private static final int MAX_RETRIES = 40;

  private final Map<Integer, AtomicInteger> tries = new ConcurrentHashMap<>();

  @Test
  void everyCallGetsItsOwnResult() throws Exception {
    FakeScheduler scheduler = FakeScheduler.impatient();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    AtomicInteger started = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    CallListener listener =
        new CallListener() {
          @Override
          public void attemptStarted(Attempt attempt) {
            started.incrementAndGet();
            throw new IllegalStateException("a listener's own failure");
          }

          @Override
          public void attemptSucceeded(Attempt attempt) {
            ended.incrementAndGet();
          }

          @Override
          public void attemptFailed(Attempt attempt, TokenFactoryException error) {
            ended.incrementAndGet();
          }
        };
    java.util.logging.Logger log = java.util.logging.Logger.getLogger(CallRegistry.class.getName());
    log.setLevel(java.util.logging.Level.OFF);
    try (FaultServer server = new FaultServer().always(this::serve)) {
      TokenFactoryClient client =
          TokenFactoryClient.builder()
              .apiKey("k3y")
              .baseUrl(server.url())
              .maxRetries(MAX_RETRIES)
              .timeout(java.time.Duration.ofDays(1))
              .scheduler(scheduler)
              .listener(listener)
              .build();
      List<Future<Integer>> attempts = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread * CALLS;
        attempts.add(threads.submit(() -> run(client, first)));
      }
      int sent = 0;
      for (Future<Integer> each : attempts) {
        sent += each.get();
      }
      client.close();

      assertThat(server.allConnectionsEnd()).isTrue();
      TestClients.assertThatNoThreadIsLeft();
      assertThat(scheduler.deadlines()).isZero();
      assertThat(started).hasValue(sent);
      assertThat(ended).hasValue(sent);
      // The server does not see a request on a connection that it has just closed. OkHttp sends one
      // again by itself if the connection was not new.
      assertThat(server.exchanges()).hasSizeBetween(THREADS * CALLS, 2 * sent);
    } finally {
      threads.shutdownNow();
      log.setLevel(null);
    }
  }

  private int run(TokenFactoryClient client, int first) throws Exception {
    int attempts = 0;
    List<CompletableFuture<Integer>> asynchronous = new ArrayList<>();
    for (int id = first; id < first + CALLS; id++) {
      EmbeddingRequest request = request(id);
      if (id % 2 == 0) {
        int expected = id;
        asynchronous.add(
            EmbeddingsService.of(client)
                .createAsync(request, RequestOptions.none())
                .handle((result, error) -> check(expected, result, error == null ? null : error)));
      } else {
        try {
          attempts += check(id, EmbeddingsService.of(client).create(request), null);
        } catch (TokenFactoryException e) {
          attempts += check(id, null, e);
        }
      }
      if (asynchronous.size() > 10) {
        attempts += asynchronous.remove(0).get();
      }
    }
    for (CompletableFuture<Integer> future : asynchronous) {
      attempts += future.get();
    }
    return attempts;
  }

  private static EmbeddingRequest request(int id) {
    int[][] tokens = new int[1 + id % 3][];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = new int[] {id, i};
    }
    return EmbeddingRequest.builder()
        .model("m")
        .input(EmbeddingInput.tokenArrays(tokens))
        .encodingFormat(id % 5 < 2 ? "float" : "base64")
        .build();
  }

  /**
   * Every eleventh call always gets a wrong response and must fail; every other call must get its
   * own tokens as vectors.
   */
  private static int check(int id, EmbeddingResult result, Throwable error) {
    if (id % 11 == 0) {
      assertThat(error)
          .isInstanceOf(InvalidResponseException.class)
          .hasMessageContaining("asked for");
      return ((TokenFactoryException) error).info().attempts();
    }
    assertThat(error).isNull();
    assertThat(result.size()).isEqualTo(1 + id % 3);
    for (int i = 0; i < result.size(); i++) {
      assertThat(result.vector(i)).containsExactly(id, i);
    }
    assertThat(result.info().requestId()).isEqualTo("request-" + id);
    return result.info().attempts();
  }

  private void serve(Exchange exchange) throws IOException {
    var request = JsonParser.parseString(exchange.body).getAsJsonObject();
    JsonArray inputs = request.getAsJsonArray("input");
    int id = inputs.get(0).getAsJsonArray().get(0).getAsInt();
    int attempt = tries.computeIfAbsent(id, each -> new AtomicInteger()).incrementAndGet();
    // Seeded, so that a call gets the same faults whatever the order of the calls.
    Random random = new Random(31L * id + attempt);
    FaultTest.VectorForm form =
        request.get("encoding_format").getAsString().equals("float")
            ? FaultTest.VectorForm.FLOAT
            : FaultTest.VectorForm.BASE64;
    List<String> items = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      items.add(form.item(String.valueOf(i), id, i));
    }
    Collections.shuffle(items, random);
    if (id % 11 == 0) {
      items.remove(0);
    }
    step(form.body(items.toArray(new String[0])), "X-Request-Id: request-" + id, random)
        .serve(exchange);
  }

  private static Step step(String body, String header, Random random) {
    int half = random.nextInt(body.length());
    String length = "Content-Length: " + body.length() + "\r\n\r\n";
    return switch (random.nextInt(24)) {
      case 0 -> RESET;
      case 1 -> CLOSE;
      case 2 -> answer(503, "busy", "Retry-After: 1");
      case 3 -> answer(429, "{\"detail\":\"slow down\"}", "retry-after-ms: 3");
      case 4 -> answer(408, "", "Connection: close").then(CLOSE);
      case 5 -> Step.raw(head(200, header) + length + body.substring(0, half)).then(RESET);
      case 6 -> Step.raw(head(200, header) + length + body.substring(0, half)).then(CLOSE);
      case 7 ->
          Step.raw(head(200, header, "Transfer-Encoding: chunked") + "\r\nfff\r\n" + body)
              .then(CLOSE);
      case 8 -> Step.raw(head(200, header) + "\r\n" + body.substring(0, half)).then(CLOSE);
      case 9 -> answer(200, body, header).then(CLOSE); // without "Connection: close"
      case 10 -> answer(200, gzip(body), header, "Content-Encoding: gzip");
      case 11 ->
          Step.raw(
              head(200, header, "Transfer-Encoding: chunked")
                  + "\r\n"
                  + Integer.toHexString(body.length())
                  + "\r\n"
                  + body
                  + "\r\n0\r\n\r\n");
      case 12 -> Step.raw("nonsense\r\n").then(CLOSE);
      default -> answer(200, body, header);
    };
  }
}
