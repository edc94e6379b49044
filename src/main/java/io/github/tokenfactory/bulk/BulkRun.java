package io.github.tokenfactory.bulk;

import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.errors.ApiException;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.DeadlineExceededException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.RateLimitException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import io.github.tokenfactory.internal.http.CallRegistry;
import io.github.tokenfactory.internal.http.InternalAccess;
import io.github.tokenfactory.internal.http.RetryPolicy;
import io.github.tokenfactory.internal.http.Scheduler;
import io.github.tokenfactory.model.EmbeddingRequest;
import io.github.tokenfactory.model.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One run over the texts of a corpus, driven by the thread that takes its items.
 *
 * <p>All its state belongs to that thread. Answers and timers come as events, which it works off
 * when it needs another item; batches are made then, and sent by others whatever it does.
 */
final class BulkRun implements Iterator<BulkItem>, AutoCloseable {
  private record Text(long sequence, long position, String text, double estimate) {}

  /** Texts that go, or went, into one request. */
  static final class Batch {
    private final List<Text> texts;
    private final double estimate;
    private final boolean suspect;
    private int failures;
    private long successesBefore;

    /** How many tokens it is thought to have, not to be changed while it is sent. */
    long cost;

    /** Takes texts, among which is one that made a request fail again and again, if suspect. */
    private Batch(List<Text> texts, boolean suspect) {
      this.texts = texts;
      this.suspect = suspect;
      this.estimate = texts.stream().mapToDouble(Text::estimate).sum();
    }

    EmbeddingRequest request(EmbeddingRequest template) {
      List<String> input = texts.stream().map(Text::text).toList();
      return template.toBuilder().input(EmbeddingInput.texts(input)).build();
    }
  }

  private static final int MAX_FAILURES = 4;
  private static final int MAX_REFUSED_AT_FIRST = 8;
  private static final int MIN_WINDOW = 256;
  private static final int READ_AHEAD = 5; // found by measuring: fewer, and requests wait

  private final BulkEmbedder settings;
  private final Iterator<String> source;
  private final long total;
  private final Scheduler scheduler;
  private final BulkSender sender;
  private final Runnable unregister;
  private final @Nullable Checkpoint checkpoint;
  private final long started;

  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Map<Long, BulkItem> outOfOrder = new HashMap<>();
  private final Deque<BulkItem> ready = new ArrayDeque<>();
  private int open; // batches that the sender has
  private int delayed;
  private @Nullable Text readAhead;
  private long nextPosition;
  private long nextSequence;
  private long nextReady;
  private long windowChars;
  private double counted = 1;
  private double estimated = 1;

  private @Nullable BulkItem taken;
  private boolean unreported;
  private long done;
  private long failed;
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
    CallRegistry calls = InternalAccess.of(settings.service.client(), CallRegistry.class);
    this.scheduler = calls.scheduler();
    this.checkpoint =
        settings.checkpoint == null
            ? null
            : Checkpoint.open(settings.checkpoint, settings.template);
    this.started = scheduler.nanoTime();
    this.lastSuccess = started;
    this.sender =
        new BulkSender(
            settings,
            calls,
            (batch, result, error) -> events.add(() -> complete(batch, result, error)));
    this.unregister = calls.whenClosed(() -> events.add(this::closeWithClient));
  }

  BulkProgress progress() {
    long resumed = checkpoint == null ? 0 : checkpoint.before();
    return new BulkProgress(
        resumed + done,
        failed,
        total,
        resumed,
        sender.sent(),
        tokens,
        Duration.ofNanos(scheduler.nanoTime() - started));
  }

  @Override
  public boolean hasNext() {
    settleTaken();
    while (ready.isEmpty() && !over) {
      report();
      if (Thread.interrupted()) {
        interrupt();
      }
      readAhead();
      if (open == 0 && (end != null || delayed == 0 && peek() == null)) {
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
      windowChars -= taken.text().length();
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
      events.take().run();
    } catch (InterruptedException e) {
      interrupt();
    }
  }

  private void interrupt() {
    interrupted = true;
    end(
        new CancelledException("The thread was interrupted during the run.", ResponseInfo.none(0)),
        "It was interrupted");
    sender.cancel();
  }

  private void closeWithClient() {
    end(
        new CancelledException("Make another client, or close it later.", ResponseInfo.none(0)),
        "The client is closed");
  }

  /** Hands over what is done beyond a text that is not. */
  private void finish() {
    over = true;
    outOfOrder.keySet().stream().sorted().map(outOfOrder::get).forEach(ready::add);
    outOfOrder.clear();
  }

  // Reading.

  private @Nullable Text peek() {
    if (readAhead == null && end == null) {
      readAhead = read();
    }
    return readAhead;
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
          return new Text(nextSequence++, position, text, TextSize.estimatedTokens(text));
        }
      }
    } catch (RuntimeException e) {
      end(e); // the caller's own
    }
    return null;
  }

  /**
   * Makes batches, so many that the requests never wait for this thread, as far as the window goes.
   * How large they should be is not known before the first answer, nor while limits hold them up.
   */
  private void readAhead() {
    long enough = (long) settings.concurrency * (successes == 0 ? 1 : READ_AHEAD);
    long width = 2L * settings.concurrency;
    long window = Math.max(MIN_WINDOW, width * settings.maxTexts);
    while (end == null
        && open < enough
        && nextSequence - nextReady < window
        && windowChars / width < settings.maxBytes
        && peek() != null) {
      long fitting = sender.fitting();
      if (fitting == 0 && sender.waiting() > 0) {
        return;
      }
      Batch batch = nextBatch(fitting == 0 ? Long.MAX_VALUE : fitting);
      if (end == null) {
        send(batch, false);
      }
    }
  }

  private Batch nextBatch(long fitting) {
    List<Text> texts = new ArrayList<>();
    long bytes = 0;
    boolean exact = false;
    double estimate = 0;
    double most = Math.min(settings.maxTokens, fitting) * estimated / counted;
    Text text;
    while (texts.size() < settings.maxTexts && (text = peek()) != null) {
      if (!exact && bytes + TextSize.maxLength(text.text) > settings.maxBytes) {
        exact = true;
        bytes = texts.stream().mapToLong(each -> TextSize.length(each.text)).sum();
      }
      bytes += exact ? TextSize.length(text.text) : TextSize.maxLength(text.text);
      estimate += text.estimate;
      if (!texts.isEmpty() && (bytes > settings.maxBytes || estimate > most)) {
        break;
      }
      texts.add(text);
      windowChars += text.text.length();
      readAhead = null;
    }
    return new Batch(texts, false);
  }

  private void send(Batch batch, boolean first) {
    open++;
    batch.cost = (long) Math.ceil(batch.estimate * counted / estimated);
    sender.send(batch, first);
  }

  private void complete(
      Batch batch, @Nullable EmbeddingResult result, @Nullable TokenFactoryException error) {
    open--;
    if (result != null) {
      succeed(batch, result);
    } else if (end == null) {
      fail(batch, Objects.requireNonNull(error));
    }
  }

  private void succeed(Batch batch, EmbeddingResult result) {
    successes++;
    lastSuccess = scheduler.nanoTime();
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
    BulkItem item = new BulkItem(text.position, text.text, vector, error);
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
        send(batch, true);
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
    return error instanceof TransportException
        || error instanceof DeadlineExceededException
        || error instanceof ApiException && RetryPolicy.isRetryable(error.info().status());
  }

  private boolean isPatient() {
    return scheduler.nanoTime() - lastSuccess < settings.patience.toNanos();
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
        successes > batch.successesBefore || error.info().status() == 500 && successes > 0;
    if (batch.failures >= MAX_FAILURES && isAboutTexts
        || batch.failures >= MAX_FAILURES / 2 && batch.suspect) {
      splitOrRefuse(batch, error, true);
    } else if (isPatient()) {
      delayed++;
      scheduler.afterWait(
          RetryPolicy.bounded(RetryPolicy.wait(error.info().retryAfter(), batch.failures, scheduler.random())),
          () ->
              events.add(
                  () -> {
                    delayed--;
                    if (end == null) {
                      send(batch, true);
                    }
                  }));
    } else {
      end(error, "The server has failed for too long");
    }
  }

  private void splitOrRefuse(Batch batch, TokenFactoryException error, boolean suspect) {
    int size = batch.texts.size();
    if (size > 1) {
      send(new Batch(batch.texts.subList(size / 2, size), suspect), true);
      send(new Batch(batch.texts.subList(0, size / 2), suspect), true);
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
      String message = what + ", and the run has ended: " + cause.getMessage();
      end(new BulkException(message, cause, progress()));
    }
  }

  private void end(RuntimeException error) {
    end = error;
    open -= sender.stop();
  }

  @Override
  public void close() {
    over = true;
    unregister.run();
    sender.close();
    if (checkpoint != null) {
      checkpoint.save();
    }
  }
}
