package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.HANG;
import static io.github.tokenfactory.FaultServer.answer;
import static io.github.tokenfactory.FaultServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.tokenfactory.FaultServer.Exchange;
import io.github.tokenfactory.FaultServer.Step;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.DeadlineExceededException;
import io.github.tokenfactory.errors.ServerException;
import io.github.tokenfactory.errors.TokenFactoryException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Deadline, cancellation, interruption and closing of the client: each ends the call and closes its
 * connection at once, and nothing is sent afterwards.
 */
class StopTest {
  private static final EmbeddingInput INPUT = EmbeddingInput.text("a");
  private static final Step GOOD = answer(200, "{\"data\":[{\"embedding\":[1.0],\"index\":0}]}");

  /** The phase of a call in which the server stops responding. */
  enum Phase {
    BEFORE_THE_ANSWER(HANG),
    IN_THE_HEADERS(Step.raw("HTTP/1.1 200 OK\r\nContent-").then(HANG)),
    IN_THE_BODY(
        Step.raw(head(200) + "Content-Length: 999\r\n\r\n{\"data\":[{\"embedding\":[1.0,")
            .then(HANG)),
    IN_A_CHUNK(Step.raw(head(200, "Transfer-Encoding: chunked") + "\r\n9\r\n{\"data").then(HANG)),
    IN_AN_ERROR(Step.raw(head(503) + "Content-Length: 999\r\n\r\nbusy").then(HANG)),
    IN_A_WAIT(answer(503, "busy", "Connection: close").then(HANG));

    final Step step;

    Phase(Step step) {
      this.step = step;
    }
  }

  private final FakeScheduler scheduler = FakeScheduler.holding();
  private final BlockingQueue<Exchange> stuck = new LinkedBlockingQueue<>();
  private FaultServer server;
  private TokenFactoryClient client;

  @BeforeEach
  void start() throws IOException {
    server = new FaultServer();
    client =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url())
            .scheduler(scheduler)
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    assertThat(server.allConnectionsEnd()).as("connections end").isTrue();
    TestClients.assertThatNoThreadIsLeft();
    assertThat(scheduler.deadlines()).isZero();
    server.close();
  }

  private void stallIn(Phase phase) {
    server.always(
        exchange -> {
          stuck.add(exchange);
          phase.step.serve(exchange);
        });
  }

  /** Waits until the server has stopped responding in {@code phase}. */
  private Exchange reach(Phase phase) throws InterruptedException {
    Exchange exchange = stuck.poll(10, TimeUnit.SECONDS);
    assertThat(exchange).isNotNull();
    if (phase == Phase.IN_A_WAIT) {
      scheduler.takeHeld();
    }
    return exchange;
  }

  private void assertThatTheCallHasEnded(Exchange exchange) throws InterruptedException {
    assertThat(exchange.sawClientGo()).isTrue();
    assertThat(server.exchanges()).hasSize(1);
    assertThat(scheduler.deadlines()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void cancellingTheFutureEndsTheCall(Phase phase) throws Exception {
    stallIn(phase);
    CompletableFuture<EmbeddingResult> future =
        EmbeddingsService.of(client).createAsync("m", INPUT);
    Exchange exchange = reach(phase);

    assertThat(future.cancel(true)).isTrue();

    assertThat(future).isCancelled();
    assertThatTheCallHasEnded(exchange);
  }

  @ParameterizedTest
  @EnumSource
  void interruptingTheThreadEndsTheCall(Phase phase) throws Exception {
    stallIn(phase);
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    CompletableFuture<Throwable> error = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              error.complete(catchThrowable(() -> EmbeddingsService.of(client).create("m", INPUT)));
              flag.complete(Thread.currentThread().isInterrupted());
            });
    thread.start();
    Exchange exchange = reach(phase);

    thread.interrupt();

    assertThat(error.get(10, TimeUnit.SECONDS))
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("interrupted");
    assertThat(((TokenFactoryException) error.get()).info().attempts()).isEqualTo(1);
    assertThat(flag.get(10, TimeUnit.SECONDS)).as("interrupted").isTrue();
    assertThatTheCallHasEnded(exchange);
  }

  private FutureTask<Throwable> callOnAnOpenConnection(Phase phase) throws Exception {
    server.always(GOOD);
    EmbeddingsService.of(client).create("m", INPUT);
    stallIn(phase);
    return new FutureTask<>(
        () -> catchThrowable(() -> EmbeddingsService.of(client).create("m", INPUT)));
  }

  @ParameterizedTest
  @EnumSource
  void interruptingTheThreadEndsACallOnAnOpenConnection(Phase phase) throws Exception {
    FutureTask<Throwable> call = callOnAnOpenConnection(phase);
    Thread thread = new Thread(call);
    thread.start();
    Exchange exchange = reach(phase);

    thread.interrupt();

    assertThat(call.get(10, TimeUnit.SECONDS))
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("interrupted");
    assertThat(exchange.sawClientGo()).isTrue();
    assertThat(server.exchanges()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IN_A_WAIT")
  void deadlineEndsACallOnAnOpenConnection(Phase phase) throws Exception {
    FutureTask<Throwable> call = callOnAnOpenConnection(phase);
    new Thread(call).start();
    Exchange exchange = reach(phase);

    scheduler.passDeadline();

    assertThat(call.get(10, TimeUnit.SECONDS)).isInstanceOf(DeadlineExceededException.class);
    assertThat(exchange.sawClientGo()).isTrue();
    assertThat(server.exchanges()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void closingTheClientEndsTheCall(Phase phase) throws Exception {
    stallIn(phase);
    CompletableFuture<EmbeddingResult> future =
        EmbeddingsService.of(client).createAsync("m", INPUT);
    Exchange exchange = reach(phase);

    client.close();

    assertThat(future).isCompletedExceptionally();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(future::get)
        .withCauseInstanceOf(CancelledException.class);
    assertThatTheCallHasEnded(exchange);
    assertThatExceptionOfType(CancelledException.class)
        .isThrownBy(() -> EmbeddingsService.of(client).create("m", INPUT))
        .withMessageContaining("closed");
    assertThat(server.exchanges()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IN_A_WAIT")
  void deadlineEndsTheCall(Phase phase) throws Exception {
    stallIn(phase);
    FutureTask<Throwable> call =
        new FutureTask<>(
            () -> catchThrowable(() -> EmbeddingsService.of(client).create("m", INPUT)));
    new Thread(call).start();
    Exchange exchange = reach(phase);

    scheduler.passDeadline();

    assertThat(call.get(10, TimeUnit.SECONDS))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("within 120 s, in 1 attempt")
        .hasNoCause();
    assertThatTheCallHasEnded(exchange);
  }

  @Test
  void connectionIsClosedBeforeDependentsOfTheFutureRun() throws Exception {
    stallIn(Phase.IN_THE_BODY);
    CompletableFuture<EmbeddingResult> future =
        EmbeddingsService.of(client).createAsync("m", INPUT);
    Exchange exchange = reach(Phase.IN_THE_BODY);
    CompletableFuture<Boolean> gone = new CompletableFuture<>();
    future.whenComplete(
        (result, error) -> {
          try {
            gone.complete(exchange.sawClientGo());
          } catch (InterruptedException e) {
            gone.completeExceptionally(e);
          }
        });

    future.cancel(true);

    assertThat(gone).isCompletedWithValue(true);
  }

  @Test
  void deadlineErrorNamesTheLastFailure() throws Exception {
    server.always(
        exchange -> {
          if (server.exchanges().size() == 1) {
            answer(503, "busy").serve(exchange);
          } else {
            stuck.add(exchange);
            Phase.IN_THE_BODY.step.serve(exchange);
          }
        });
    RequestOptions options = RequestOptions.builder().timeout(Duration.ofMillis(2_500)).build();
    CompletableFuture<EmbeddingResult> future =
        EmbeddingsService.of(client).createAsync(request(), options);
    scheduler.takeHeld().run();
    stuck.poll(10, TimeUnit.SECONDS);

    scheduler.passDeadline();

    Throwable error = catchThrowable(future::join).getCause();
    assertThat(error)
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("within 2.5 s, in 2 attempts")
        .hasCauseInstanceOf(ServerException.class);
  }

  @Test
  void sendsNothingForAnInterruptedThread() {
    Thread.currentThread().interrupt();
    try {
      assertThatExceptionOfType(CancelledException.class)
          .isThrownBy(() -> EmbeddingsService.of(client).create("m", INPUT));
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(server.connections()).isZero();
  }

  @Test
  void sendsNothingIfCancelledWhileTheWaitEnds() throws Exception {
    stallIn(Phase.IN_A_WAIT);
    CompletableFuture<EmbeddingResult> future =
        EmbeddingsService.of(client).createAsync("m", INPUT);
    Runnable next = scheduler.takeHeld();
    future.cancel(true);

    next.run();

    assertThat(server.exchanges()).hasSize(1);
  }

  @Test
  void deadlineEndsACallThatIsStillConnecting() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch found = new CountDownLatch(1);
    OkHttpClient http =
        new OkHttpClient.Builder()
            .dns(
                host -> {
                  looking.countDown();
                  try {
                    found.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  return okhttp3.Dns.SYSTEM.lookup(host);
                })
            .build();
    try (TokenFactoryClient slow =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl("http://localhost:" + server.port())
            .scheduler(scheduler)
            .httpClient(http)
            .build()) {
      FutureTask<Throwable> call =
          new FutureTask<>(
              () -> catchThrowable(() -> EmbeddingsService.of(slow).create("m", INPUT)));
      new Thread(call).start();
      assertThat(looking.await(10, TimeUnit.SECONDS)).isTrue();

      scheduler.passDeadline();

      assertThat(call.get(10, TimeUnit.SECONDS)).isInstanceOf(DeadlineExceededException.class);
    } finally {
      found.countDown();
      http.dispatcher().executorService().shutdown();
    }
    assertThat(http.dispatcher().executorService().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(server.connections()).isZero();
  }

  @Test
  void doesNotRetryACallThatAUsersOkHttpClientCancels() throws Exception {
    OkHttpClient http = new OkHttpClient();
    stallIn(Phase.IN_THE_BODY);
    try (TokenFactoryClient own =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url())
            .scheduler(scheduler)
            .httpClient(http)
            .build()) {
      CompletableFuture<EmbeddingResult> future = EmbeddingsService.of(own).createAsync("m", INPUT);
      Exchange exchange = reach(Phase.IN_THE_BODY);

      http.dispatcher().cancelAll();

      assertThat(catchThrowable(() -> future.get(10, TimeUnit.SECONDS)))
          .hasCauseInstanceOf(CancelledException.class);
      assertThatTheCallHasEnded(exchange);
    }
    http.dispatcher().executorService().shutdown();
  }

  @Test
  void notifiesTheListenerOnceWhenAnAttemptEnds() throws Exception {
    AtomicInteger ends = new AtomicInteger();
    BlockingQueue<TokenFactoryException> errors = new LinkedBlockingQueue<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void attemptFailed(Attempt attempt, TokenFactoryException error) {
            ends.incrementAndGet();
            errors.add(error);
          }
        };
    stallIn(Phase.IN_THE_BODY);
    try (TokenFactoryClient listening =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url())
            .scheduler(scheduler)
            .listener(listener)
            .build()) {
      CompletableFuture<EmbeddingResult> future =
          EmbeddingsService.of(listening).createAsync("m", INPUT);
      reach(Phase.IN_THE_BODY);

      future.cancel(true);
    }

    assertThat(errors.poll(10, TimeUnit.SECONDS)).isInstanceOf(CancelledException.class);
    assertThat(server.allConnectionsEnd()).isTrue();
    TestClients.assertThatNoThreadIsLeft();
    assertThat(ends).hasValue(1);
  }

  /**
   * With the real clock, the timeout itself ends the call; the test waits as long as that takes.
   */
  @Test
  void deadlineEndsACallWithTheRealClock() throws Exception {
    stallIn(Phase.IN_THE_BODY);
    try (TokenFactoryClient real =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url())
            .timeout(Duration.ofMillis(50))
            .build()) {
      DeadlineExceededException error =
          catchThrowableOfType(
              DeadlineExceededException.class, () -> EmbeddingsService.of(real).create("m", INPUT));

      assertThat(error).hasMessageContaining("0.05 s");
    }
  }

  @Test
  void retriesWithTheRealClock() throws Exception {
    server.close();
    server = new FaultServer(answer(503, "", "retry-after-ms: 1.5"), GOOD);
    try (TokenFactoryClient real =
        TokenFactoryClient.builder().apiKey("k3y").baseUrl(server.url()).build()) {
      assertThat(EmbeddingsService.of(real).create("m", INPUT).info().attempts()).isEqualTo(2);
    }
  }

  private static io.github.tokenfactory.model.EmbeddingRequest request() {
    return io.github.tokenfactory.model.EmbeddingRequest.builder().model("m").input(INPUT).build();
  }
}
