package io.github.tokenfactory.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.tokenfactory.FakeScheduler;
import io.github.tokenfactory.TestClients;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.bulk.BulkEmbedder.OnFailure;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.AuthenticationException;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.ServerException;
import io.github.tokenfactory.internal.http.Scheduler;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bulk runs: batches, order, failures, rate limits, checkpoints, progress. */
class BulkEmbedderTest {
  private final MockWebServer server = new MockWebServer();
  private final FakeScheduler scheduler = FakeScheduler.impatient();
  private final List<List<String>> requests = new CopyOnWriteArrayList<>();
  private volatile Function<List<String>, MockResponse> responses = BulkEmbedderTest::embed;
  private TokenFactoryClient client;

  @BeforeEach
  void start() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            JsonObject body =
                JsonParser.parseString(request.getBody().readUtf8()).getAsJsonObject();
            List<String> texts = new ArrayList<>();
            body.getAsJsonArray("input").forEach(text -> texts.add(text.getAsString()));
            requests.add(texts);
            return responses.apply(texts);
          }
        });
    server.start();
    client = client(scheduler);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.shutdown();
  }

  private TokenFactoryClient client(Scheduler scheduler) {
    return TestClients.withScheduler(
            TokenFactoryClient.builder().apiKey("k3y").baseUrl(server.url("/").toString()),
            scheduler)
        .build();
  }

  private BulkEmbedder.Builder bulk() {
    return BulkEmbedder.builder(EmbeddingsService.of(client), "m").maxTexts(4).concurrency(3);
  }

  /** {@return a response whose vectors are the hash codes of the texts} */
  private static MockResponse embed(List<String> texts) {
    JsonArray data = new JsonArray();
    for (int i = 0; i < texts.size(); i++) {
      JsonArray vector = new JsonArray();
      vector.add((float) texts.get(i).hashCode());
      vector.add(1);
      JsonObject item = new JsonObject();
      item.add("embedding", vector);
      item.addProperty("index", i);
      data.add(item);
    }
    JsonObject usage = new JsonObject();
    usage.addProperty("prompt_tokens", 2 * texts.size());
    usage.addProperty("total_tokens", 2 * texts.size());
    JsonObject body = new JsonObject();
    body.add("data", data);
    body.add("usage", usage);
    return new MockResponse().setBody(body.toString());
  }

  private static MockResponse error(int status) {
    return new MockResponse().setResponseCode(status).setBody("{\"detail\":\"no\"}");
  }

  private static List<String> texts(int count) {
    return IntStream.range(0, count).mapToObj(i -> "text " + i).toList();
  }

  private static void assertVector(String text, float[] vector) {
    assertThat(vector).containsExactly((float) text.hashCode(), 1);
  }

  // Delivery.

  @Test
  void embedsACollection() {
    List<String> texts = texts(10);

    List<float[]> vectors = bulk().build().embedAll(texts);

    assertThat(vectors).hasSize(10);
    for (int i = 0; i < 10; i++) {
      assertVector(texts.get(i), vectors.get(i));
    }
    assertThat(requests)
        .containsExactlyInAnyOrder(texts.subList(0, 4), texts.subList(4, 8), texts.subList(8, 10));
    assertThat(bulk().build().embedAll(List.of())).isEmpty();
  }

  @Test
  void deliversInTheOrderOfTheTexts() throws IOException {
    CountDownLatch others = new CountDownLatch(2);
    responses =
        texts -> {
          if (texts.contains("text 0")) {
            awaitQuietly(others);
          } else {
            others.countDown();
          }
          return embed(texts);
        };
    List<Long> positions = new ArrayList<>();

    BulkProgress progress =
        bulk()
            .build()
            .embedAll(
                texts(12),
                item -> {
                  assertVector(item.text(), item.vector());
                  positions.add(item.position());
                });

    assertThat(positions).isEqualTo(LongStream.range(0, 12).boxed().toList());
    assertThat(progress.done()).isEqualTo(12);
    assertThat(progress.total()).isEqualTo(12);
    assertThat(progress.tokens()).isEqualTo(24);
    assertThat(progress.requests()).isEqualTo(3);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void deliversUnorderedItemsAsResponsesArrive() throws IOException {
    CountDownLatch first = new CountDownLatch(1);
    responses =
        texts -> {
          if (texts.contains("text 0")) {
            awaitQuietly(first);
          }
          return embed(texts);
        };
    List<Long> positions = new ArrayList<>();

    bulk()
        .ordered(false)
        .build()
        .embedAll(
            texts(12),
            item -> {
              positions.add(item.position());
              if (positions.size() == 8) {
                first.countDown();
              }
            });

    assertThat(positions.subList(8, 12)).containsExactly(0L, 1L, 2L, 3L);
    assertThat(positions).hasSize(12);
  }

  @Test
  void readsNoFurtherAheadThanTheWindow() {
    AtomicInteger read = new AtomicInteger();
    Iterator<String> endless = Stream.generate(() -> "t" + read.getAndIncrement()).iterator();

    try (Stream<BulkItem> items = bulk().maxTexts(50).build().stream(endless)) {
      assertThat(items.limit(100).map(BulkItem::position).toList())
          .isEqualTo(LongStream.range(0, 100).boxed().toList());
    }

    assertThat(read.get()).isLessThanOrEqualTo(100 + 2 * 3 * 50 + 1);
  }

  @Test
  void keepsTheSetNumberOfRequestsInFlight() throws IOException {
    assertThreeRequestsInFlight(client);
  }

  @Test
  void ignoresTheLimitsOfADispatcher() throws IOException {
    okhttp3.Dispatcher narrow = new okhttp3.Dispatcher();
    narrow.setMaxRequestsPerHost(1);
    try (TokenFactoryClient own =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url("/").toString())
            .httpClient(new OkHttpClient.Builder().dispatcher(narrow).build())
            .build()) {
      assertThreeRequestsInFlight(own);
    }
  }

  private void assertThreeRequestsInFlight(TokenFactoryClient client) throws IOException {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch together = new CountDownLatch(3);
    responses =
        texts -> {
          most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
          together.countDown();
          awaitQuietly(together);
          inFlight.decrementAndGet();
          return embed(texts);
        };

    BulkEmbedder.builder(EmbeddingsService.of(client), "m")
        .maxTexts(4)
        .concurrency(3)
        .build()
        .embedAll(texts(60), i -> {});

    assertThat(most).hasValue(3);
  }

  @Test
  void sendsRequestsWhileTheSinkWorks() throws IOException {
    CountDownLatch sent = new CountDownLatch(15);
    responses =
        texts -> {
          sent.countDown();
          return embed(texts);
        };
    AtomicInteger taken = new AtomicInteger();

    bulk()
        .build()
        .embedAll(
            texts(60),
            item -> {
              if (taken.getAndIncrement() == 12) {
                awaitQuietly(sent);
              }
            });

    assertThat(taken).hasValue(60);
  }

  @Test
  void keepsRequestsWithinTheSetSizes() {
    BulkEmbedder.Builder bulk = bulk().maxTexts(100);
    List<String> texts =
        List.of("a".repeat(60), "b".repeat(30), "é".repeat(10), "c".repeat(300), "d");

    bulk.maxBytes(100).concurrency(1).build().embedAll(texts);
    assertThat(requests).extracting(List::size).containsExactly(2, 1, 1, 1);

    requests.clear();
    bulk.maxBytes(1000).maxTokens(20).build().embedAll(texts);
    assertThat(requests)
        .extracting(List::size)
        .containsExactly(1, 4); // the first response corrects the token estimates
    assertThat(requests.stream().flatMap(List::stream)).containsExactlyElementsOf(texts);
  }

  // Failures.

  @Test
  void splitsTooLargeBatchesAndFailsARefusedTextAlone() throws IOException {
    responses =
        texts ->
            texts.contains("text 5") ? error(400) : texts.size() > 2 ? error(413) : embed(texts);
    List<BulkItem> items = new ArrayList<>();

    BulkProgress progress =
        bulk().onFailure(OnFailure.COLLECT).build().embedAll(texts(12), items::add);

    assertThat(items).extracting(BulkItem::position).isSorted().hasSize(12);
    assertThat(items).filteredOn(item -> !item.isEmbedded()).hasSize(1);
    assertThat(items.get(5).error()).isInstanceOf(BadRequestException.class);
    assertThatExceptionOfType(BadRequestException.class).isThrownBy(items.get(5)::vector);
    assertThat(progress.done()).isEqualTo(11);
    assertThat(progress.failed()).isEqualTo(1);
  }

  @Test
  void stopsAtARefusedTextAfterDeliveringEarlierOnes() {
    responses = texts -> texts.contains("text 5") ? error(422) : embed(texts);
    List<Long> positions = new ArrayList<>();

    BulkException error =
        catchThrowableOfType(
            BulkException.class,
            () -> bulk().build().embedAll(texts(12), item -> positions.add(item.position())));

    assertThat(error)
        .hasMessageContaining("The text at position 5 was refused")
        .hasCauseInstanceOf(BadRequestException.class);
    assertThat(error.info().status()).isEqualTo(422);
    assertThat(positions).contains(0L, 1L, 2L, 3L, 4L).doesNotContain(5L);
    assertThat(error.progress().done()).isLessThanOrEqualTo(positions.size());
  }

  @Test
  void endsAtOnceOnAnAuthenticationError() {
    responses = texts -> error(401);

    assertThatExceptionOfType(BulkException.class)
        .isThrownBy(() -> bulk().onFailure(OnFailure.COLLECT).build().embedAll(texts(100)))
        .withCauseInstanceOf(AuthenticationException.class);
    assertThat(requests).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void endsWhenTheFirstTextsAreAllRefused() {
    responses = texts -> error(400);

    assertThatExceptionOfType(BulkException.class)
        .isThrownBy(
            () -> bulk().onFailure(OnFailure.COLLECT).build().embedAll(texts(1000), item -> {}))
        .withMessageContaining("None of the first 8 texts");
    assertThat(requests).hasSizeLessThan(40);
  }

  @Test
  void retriesTemporaryFailuresAndIsolatesATextThatKeepsFailing() throws IOException {
    AtomicInteger failures = new AtomicInteger();
    responses =
        texts ->
            failures.getAndIncrement() < 6
                ? error(503)
                : texts.contains("text 9") ? error(500) : embed(texts);
    List<BulkItem> items = new ArrayList<>();

    bulk().onFailure(OnFailure.COLLECT).build().embedAll(texts(40), items::add);

    assertThat(items).hasSize(40);
    assertThat(items)
        .filteredOn(item -> !item.isEmbedded())
        .extracting(BulkItem::position)
        .containsExactly(9L);
  }

  @Test
  void endsWhenTheServerStaysDownBeyondPatience() {
    responses = texts -> error(503);

    assertThatExceptionOfType(BulkException.class)
        .isThrownBy(() -> bulk().patience(Duration.ofMinutes(5)).build().embedAll(texts(4)))
        .withCauseInstanceOf(ServerException.class)
        .withMessageContaining("for too long");
    assertThat(scheduler.waits().stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
  }

  @Test
  void spendsNoPatienceWhileTheSinkWorks() throws IOException {
    AtomicInteger received = new AtomicInteger();
    responses = texts -> received.getAndIncrement() == 1 ? error(503) : embed(texts);
    List<BulkItem> items = new ArrayList<>();

    bulk()
        .concurrency(1)
        .patience(Duration.ofMinutes(5))
        .build()
        .embedAll(
            texts(12),
            item -> {
              if (items.isEmpty()) {
                scheduler.afterWait(Duration.ofHours(1), () -> {});
              }
              items.add(item);
            });

    assertThat(items).hasSize(12).allMatch(BulkItem::isEmbedded);
  }

  @Test
  void rethrowsExceptionsOfTheCallersCode() {
    Iterator<String> broken =
        Stream.of("a", "b", "c").map(text -> text.equals("c") ? null : text).iterator();
    List<String> delivered = new ArrayList<>();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> bulk().build().embedAll(() -> broken, item -> delivered.add(item.text())))
        .withMessage("The text at position 2 is null.");
    assertThat(delivered).isSubsetOf("a", "b");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                bulk()
                    .build()
                    .embedAll(
                        texts(9),
                        item -> {
                          throw new IOException("disk full");
                        }))
        .withMessage("disk full");
  }

  @Test
  void endsWhenARequestThrowsAnError() throws IOException {
    try (TokenFactoryClient broken =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url("/").toString())
            .httpClient(
                new OkHttpClient.Builder()
                    .addInterceptor(
                        chain -> {
                          throw new AssertionError("broken");
                        })
                    .build())
            .build()) {
      assertThatExceptionOfType(BulkException.class)
          .isThrownBy(
              () ->
                  BulkEmbedder.builder(EmbeddingsService.of(broken), "m")
                      .build()
                      .embedAll(texts(4)))
          .withMessageContaining("java.lang.AssertionError");
    }
  }

  @Test
  void endsWhenTheClientIsClosed() {
    client.close();

    assertThatExceptionOfType(BulkException.class)
        .isThrownBy(() -> bulk().build().embedAll(texts(100)))
        .withMessageContaining("The client has been closed");
    assertThat(requests).isEmpty();
  }

  @Test
  void endsWhenTheClientIsClosedDuringAPause() throws Exception {
    responses = texts -> error(429).setHeader("Retry-After", "7");
    FakeScheduler patient = FakeScheduler.holding();
    TokenFactoryClient closed = client(patient);
    FutureTask<Throwable> run =
        new FutureTask<>(
            () ->
                catchThrowable(
                    () ->
                        BulkEmbedder.builder(EmbeddingsService.of(closed), "m")
                            .build()
                            .embedAll(texts(4))));
    new Thread(run).start();
    patient.takeHeld();

    closed.close();

    assertThat(run.get(10, TimeUnit.SECONDS))
        .isInstanceOf(BulkException.class)
        .hasMessageStartingWith("The client has been closed");
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    CountDownLatch stuck = new CountDownLatch(3);
    responses =
        texts -> {
          if (texts.contains("text 0")) {
            return embed(texts);
          }
          stuck.countDown();
          return new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE);
        };
    List<Long> positions = Collections.synchronizedList(new ArrayList<>());
    FutureTask<Boolean> run =
        new FutureTask<>(
            () -> {
              Throwable error =
                  catchThrowable(
                      () -> bulk().build().embedAll(texts(40), i -> positions.add(i.position())));
              assertThat(error)
                  .isInstanceOf(BulkException.class)
                  .hasCauseInstanceOf(CancelledException.class);
              return Thread.currentThread().isInterrupted();
            });
    Thread thread = new Thread(run);
    thread.start();
    awaitQuietly(stuck);

    thread.interrupt();

    assertThat(run.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(positions).containsExactly(0L, 1L, 2L, 3L);
  }

  // Rate limits.

  @Test
  void waitsAsLongAsTheServerAsks() {
    AtomicInteger refusals = new AtomicInteger();
    responses =
        texts ->
            refusals.getAndIncrement() == 1
                ? error(429).setHeader("Retry-After", "7")
                : embed(texts);

    assertThat(bulk().concurrency(1).build().embedAll(texts(12))).hasSize(12);

    assertThat(scheduler.waits()).containsExactly(Duration.ofSeconds(7));
    assertThat(requests).hasSize(4);
  }

  @Test
  void limitsWaitsToAYear() {
    AtomicInteger asked = new AtomicInteger();
    responses =
        texts ->
            switch (asked.getAndIncrement()) {
              case 1 -> error(503).setHeader("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT");
              case 2 ->
                  embed(texts)
                      .setHeader("x-ratelimit-remaining-requests", 0)
                      .setHeader("x-ratelimit-reset-requests", "1735689600000");
              default -> embed(texts);
            };

    assertThat(bulk().concurrency(1).build().embedAll(texts(16))).hasSize(16);
    assertThat(scheduler.waits()).contains(Duration.ofDays(365));
  }

  @Test
  void acceptsTheLargestSizes() {
    List<float[]> vectors =
        bulk()
            .maxTexts(Integer.MAX_VALUE)
            .maxBytes(Long.MAX_VALUE)
            .maxTokens(Long.MAX_VALUE)
            .concurrency(Integer.MAX_VALUE)
            .build()
            .embedAll(texts(12));

    assertThat(vectors).hasSize(12);
    assertThat(requests).containsExactly(texts(12));
  }

  // Checkpoints.

  @Test
  void resumesFromItsCheckpoint(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("done.json");
    responses = texts -> texts.contains("text 5") ? error(400) : embed(texts);
    List<String> delivered = new ArrayList<>();
    assertThatExceptionOfType(BulkException.class)
        .isThrownBy(
            () ->
                bulk().checkpoint(file).build().embedAll(texts(40), i -> delivered.add(i.text())));
    int first = delivered.size();
    requests.clear();
    responses = BulkEmbedderTest::embed;

    BulkProgress progress =
        bulk().checkpoint(file).build().embedAll(texts(40), i -> delivered.add(i.text()));

    assertThat(delivered).containsExactlyInAnyOrderElementsOf(texts(40));
    assertThat(requests.stream().mapToInt(List::size).sum()).isEqualTo(40 - first);
    assertThat(progress.done()).isEqualTo(40);
    assertThat(progress.resumed()).isEqualTo(first);
    assertThat(Files.readString(file)).endsWith("\"done\":[[0,39]]}");
    assertThat(folder).isDirectoryContaining(path -> path.equals(file));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void refusesACheckpointOfAnotherRequest(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("done.json");
    bulk().checkpoint(file).build().embedAll(texts(4));

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                BulkEmbedder.builder(EmbeddingsService.of(client), "another")
                    .checkpoint(file)
                    .build()
                    .embedAll(texts(4), item -> {}))
        .withMessageContaining("other requests");
    Files.writeString(file, "{\"done\":[[0");
    assertThatIllegalStateException()
        .isThrownBy(() -> bulk().checkpoint(file).build().embedAll(texts(4), item -> {}))
        .withMessageContaining("is not a checkpoint");
    assertThat(file).hasContent("{\"done\":[[0");
  }

  // Progress.

  @Test
  void reportsProgress() {
    List<BulkProgress> seen = new ArrayList<>();

    bulk().listener(seen::add).concurrency(1).build().embedAll(texts(12));

    assertThat(seen).extracting(BulkProgress::done).containsExactly(4L, 8L, 12L);
    assertThat(seen).extracting(BulkProgress::tokens).containsExactly(8L, 16L, 24L);
    assertThat(seen.get(2).remaining()).isIn(Duration.ZERO, null);
  }

  @Test
  void refusesATemplateWithInputAndASizeOfZero() {
    EmbeddingRequest request =
        EmbeddingRequest.builder().model("m").input(EmbeddingInput.text("a")).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> BulkEmbedder.builder(EmbeddingsService.of(client), request));
    assertThatIllegalArgumentException().isThrownBy(() -> bulk().maxTexts(0));
  }
}
