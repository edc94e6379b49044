package io.github.tokenfactory;

import io.github.tokenfactory.model.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One run over the texts of a corpus, driven by the thread that takes its items.
 *
 * <p>All its state belongs to that thread. Answers and timers come as events, which it works off
 * when it needs another item; no request is started while it does something else.
 */
final class BulkRun implements Iterator<BulkItem>, AutoCloseable {
  private record Text(long sequence, long position, String text, long bytes, double estimate) {}

  /** Texts that go, or went, into one request. */
  private static final class Batch {
    final List<Text> texts;
    final double estimate;
    final boolean suspect;
    long cost;
    int failures;
    long successesBefore;

    /** Takes texts, among which is one that made a request fail again and again, if suspect. */
    Batch(List<Text> texts, boolean suspect) {
      this.texts = texts;
      this.suspect = suspect;
      this.estimate = texts.stream().mapToDouble(Text::estimate).sum();
    }
  }

  private static final int MAX_FAILURES = 4;
  private static final int MAX_REFUSED_AT_FIRST = 8;

  private final BulkEmbedder settings;
  private final Iterator<String> source;
  private final long total;
  private final EmbeddingsService service;
  private final Waiter waiter;
  private final Pacer pacer;
  private final Runnable unregister;
  private final @Nullable Checkpoint checkpoint;
  private final long started;

  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Deque<Batch> pending = new ArrayDeque<>();
  private final Set<CompletableFuture<EmbeddingResult>> underWay = new HashSet<>();
  private final Map<Long, BulkItem> outOfOrder = new HashMap<>();
  private final Deque<BulkItem> ready = new ArrayDeque<>();
  private Runnable stopPause = () -> {};
  private int delayed;
  private @Nullable Text readAhead;
  private long nextPosition;
  private long nextSequence;
  private long nextReady;
  private long windowBytes;
  private double counted = 1;
  private double estimated = 1;

  private @Nullable BulkItem taken;
  private boolean unreported;
  private long done;
  private long failed;
  private long requests;
  private long tokens;
  private long successes;
  private long refused;
  private long lastSuccess;
  private boolean interrupted;
  private boolean over;
  private @Nullable RuntimeException end;

  BulkRun(BulkEmbedder settings, Iterator<String> source, long total) {
    this.settings = settings;
    this.source = source;
    this.total = total;
    this.service = settings.service;
    this.waiter = service.calls.waiter;
    this.pacer = service.calls.pacer;
    this.checkpoint =
        settings.checkpoint == null
            ? null
            : Checkpoint.open(settings.checkpoint, settings.template);
    this.started = waiter.nanoTime();
    this.lastSuccess = started;
    this.unregister = pacer.register(() -> events.add(() -> {}));
  }

  BulkProgress progress() {
    long resumed = checkpoint == null ? 0 : checkpoint.before();
    return new BulkProgress(
        resumed + done,
        failed,
        total,
        resumed,
        requests,
        tokens,
        Duration.ofNanos(waiter.nanoTime() - started));
  }

  @Override
  public boolean hasNext() {
    settleTaken();
    while (ready.isEmpty() && !over) {
      report();
      if (Thread.interrupted()) {
        interrupt();
      }
      send();
      if (!ready.isEmpty()) {
        break;
      }
      if (underWay.isEmpty() && (end != null || delayed == 0 && pending.isEmpty() && isRead())) {
        finish();
      } else {
        await();
      }
    }
    if (ready.isEmpty()) {
      report();
      close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (end != null) {
        throw end;
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public BulkItem next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    taken = ready.remove();
    return taken;
  }

  /** What was handed over before counts once its taker comes back. */
  private void settleTaken() {
    if (taken != null) {
      windowBytes -= taken.bytes;
      if (taken.error() == null) {
        done++;
        if (checkpoint != null) {
          checkpoint.add(taken.position());
        }
      } else {
        failed++;
      }
      unreported = true;
      taken = null;
    }
  }

  private void report() {
    if (unreported) {
      unreported = false;
      if (checkpoint != null) {
        checkpoint.save();
      }
      settings.listener.accept(progress());
    }
  }

  private void await() {
    try {
      Runnable event = events.take();
      while (event != null) {
        event.run();
        event = events.poll();
      }
    } catch (InterruptedException e) {
      interrupt();
    }
  }

  private void interrupt() {
    interrupted = true;
    end(
        new CancelledException("The thread was interrupted during the run.", Answer.NONE),
        "It was interrupted");
    List.copyOf(underWay).forEach(future -> future.cancel(true));
  }

  /** Hands over what is done beyond a text that is not. */
  private void finish() {
    over = true;
    outOfOrder.keySet().stream().sorted().map(outOfOrder::get).forEach(ready::add);
    outOfOrder.clear();
  }

  // Reading.

  private boolean isRead() {
    if (readAhead == null && end == null) {
      readAhead = read();
    }
    return readAhead == null;
  }

  private @Nullable Text read() {
    try {
      while (source.hasNext()) {
        String text = source.next();
        long position = nextPosition++;
        if (text == null) {
          throw new IllegalArgumentException("The text at position " + position + " is null.");
        }
        if (checkpoint == null || !checkpoint.contains(position)) {
          long bytes = Utf8.length(text);
          return new Text(nextSequence++, position, text, bytes, Utf8.estimatedTokens(text, bytes));
        }
      }
    } catch (RuntimeException e) {
      end = e; // the caller's own
    }
    return null;
  }

  /** {@return the texts of the next request, or null if there are none, or too many are open} */
  private @Nullable Batch nextBatch() {
    Batch waiting = pending.poll();
    if (waiting != null) {
      return waiting;
    }
    long open = nextSequence - nextReady + ready.size();
    long width = 2L * settings.concurrency;
    if (open >= width * settings.maxTexts || windowBytes >= width * settings.maxBytes) {
      return null;
    }
    List<Text> texts = new ArrayList<>();
    long bytes = 0;
    double estimate = 0;
    double most = Math.min(settings.maxTokens, pacer.fitting()) * estimated / counted;
    while (texts.size() < settings.maxTexts && !isRead()) {
      Text text = readAhead;
      if (!texts.isEmpty()
          && (bytes + text.bytes > settings.maxBytes || estimate + text.estimate > most)) {
        break;
      }
      texts.add(text);
      bytes += text.bytes;
      estimate += text.estimate;
      readAhead = null;
    }
    windowBytes += bytes;
    return texts.isEmpty() ? null : new Batch(texts, false);
  }

  // Sending.

  private void send() {
    while (end == null && underWay.size() < settings.concurrency) {
      Batch batch = nextBatch();
      if (batch == null) {
        return;
      }
      batch.cost = (long) Math.ceil(batch.estimate * counted / estimated);
      long wait = pacer.tryTake(batch.cost, waiter.nanoTime());
      if (wait > 0) {
        pending.addFirst(batch);
        stopPause.run();
        if (wait != Pacer.FOREVER) {
          stopPause = waiter.afterWait(Duration.ofNanos(wait), () -> events.add(() -> {}));
        }
        return;
      }
      send(batch);
    }
  }

  private void send(Batch batch) {
    EmbeddingInput input = EmbeddingInput.texts(batch.texts.stream().map(Text::text).toList());
    CompletableFuture<EmbeddingResult> future =
        service.createOnce(settings.template.toBuilder().input(input).build());
    requests++;
    underWay.add(future);
    future.whenComplete(
        (result, error) -> events.add(() -> complete(batch, future, result, error)));
  }

  private void complete(
      Batch batch,
      CompletableFuture<EmbeddingResult> future,
      @Nullable EmbeddingResult result,
      @Nullable Throwable error) {
    underWay.remove(future);
    if (result != null) {
      pacer.settle(batch.cost, result.rateLimits(), 200, null, waiter.nanoTime());
      succeed(batch, result);
      return;
    }
    TokenFactoryException known =
        error instanceof TokenFactoryException failure
            ? failure
            : new CancelledException("The request was cancelled.", Answer.NONE);
    Duration asked = known instanceof ApiException api ? api.retryAfter() : null;
    pacer.settle(batch.cost, known.rateLimits(), known.status(), asked, waiter.nanoTime());
    if (end == null) {
      fail(batch, known);
    }
  }

  private void succeed(Batch batch, EmbeddingResult result) {
    successes++;
    lastSuccess = waiter.nanoTime();
    Usage usage = result.usage();
    Long prompt = usage == null ? null : usage.getPromptTokens();
    if (prompt != null && prompt > 0) {
      tokens += prompt;
      counted += prompt;
      estimated += batch.estimate;
    }
    for (int i = 0; i < batch.texts.size(); i++) {
      handOver(batch.texts.get(i), result.vector(i), null);
    }
  }

  private void handOver(
      Text text, float @Nullable [] vector, @Nullable TokenFactoryException error) {
    BulkItem item = new BulkItem(text.position, text.text, text.bytes, vector, error);
    if (settings.ordered && text.sequence != nextReady) {
      outOfOrder.put(text.sequence, item);
      return;
    }
    BulkItem next = item;
    do {
      ready.add(next);
      nextReady++;
      next = outOfOrder.remove(nextReady); // empty unless ordered
    } while (next != null);
  }

  // Failing.

  private void fail(Batch batch, TokenFactoryException error) {
    if (error instanceof RateLimitException) {
      if (isPatient()) {
        pending.addFirst(batch);
      } else {
        end(error, "The server has refused by its limits");
      }
    } else if (error instanceof BadRequestException || error instanceof InvalidResponseException) {
      splitOrRefuse(batch, error, false);
    } else if (isPassing(error)) {
      failForNow(batch, error);
    } else {
      end(error, "No text can be embedded like this");
    }
  }

  private static boolean isPassing(TokenFactoryException error) {
    return error instanceof ServerException
        || error instanceof TransportException
        || error instanceof DeadlineExceededException
        || error.status() == 408
        || error.status() == 409;
  }

  private boolean isPatient() {
    return waiter.nanoTime() - lastSuccess < settings.patience.toNanos();
  }

  /**
   * A failure that comes back while others succeed is about these texts, and so is the server's
   * stumbling over them.
   */
  private void failForNow(Batch batch, TokenFactoryException error) {
    if (batch.failures++ == 0) {
      batch.successesBefore = successes;
    }
    boolean isAboutTexts =
        successes > batch.successesBefore || error.status() == 500 && successes > 0;
    if (batch.failures >= MAX_FAILURES && isAboutTexts
        || batch.failures >= MAX_FAILURES / 2 && batch.suspect) {
      splitOrRefuse(batch, error, true);
    } else if (isPatient()) {
      delayed++;
      Duration asked = error instanceof ApiException api ? api.retryAfter() : null;
      waiter.afterWait(
          RetryPolicy.wait(asked, batch.failures, waiter.random()),
          () ->
              events.add(
                  () -> {
                    delayed--;
                    pending.addFirst(batch);
                  }));
    } else {
      end(error, "The server has failed for too long");
    }
  }

  private void splitOrRefuse(Batch batch, TokenFactoryException error, boolean suspect) {
    int size = batch.texts.size();
    if (size > 1) {
      pending.addFirst(new Batch(batch.texts.subList(size / 2, size), suspect));
      pending.addFirst(new Batch(batch.texts.subList(0, size / 2), suspect));
      return;
    }
    Text text = batch.texts.get(0);
    refused++;
    if (settings.onFailure == BulkEmbedder.OnFailure.STOP) {
      end(error, "The text at position " + text.position + " was refused");
    } else if (successes == 0 && refused >= MAX_REFUSED_AT_FIRST) {
      end(error, "None of the first " + refused + " texts was embedded");
    } else {
      handOver(text, null, error);
    }
  }

  private void end(TokenFactoryException cause, String what) {
    if (end == null) {
      Answer answer = new Answer(cause.status(), cause.headers(), cause.body(), cause.attempts());
      end =
          new BulkException(
              what + ", and the run has ended: " + cause.getMessage(), cause, answer, progress());
    }
  }

  @Override
  public void close() {
    over = true;
    stopPause.run();
    unregister.run();
    List.copyOf(underWay).forEach(future -> future.cancel(true));
    if (checkpoint != null) {
      checkpoint.save();
    }
  }
}
