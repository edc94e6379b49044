package io.github.tokenfactory.bulk;

import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.bulk.Batch.Text;
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
import io.github.tokenfactory.model.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One bulk run, driven by the thread that iterates over its items.
 *
 * <p>Only that thread touches the run's state and builds batches. The threads of {@link BulkSender}
 * send the batches; responses and timers come back as events, which {@link #hasNext} processes.
 */
final class BulkRun implements Iterator<BulkItem>, AutoCloseable {
  private static final int MAX_FAILURES = 4;
  private static final int MAX_REFUSALS_WITHOUT_SUCCESS = 8;
  private static final int MIN_WINDOW = 256;
  private static final int BATCHES_PER_SENDER = 5; // measured: with fewer, senders run idle

  private final BulkEmbedder settings;
  private final Iterator<String> source;
  private final long total;
  private final Scheduler scheduler;
  private final BulkSender sender;
  private final Runnable unregister;
  private final Checkpoint checkpoint;
  private final long startTime;

  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final NavigableMap<Long, BulkItem> outOfOrder = new TreeMap<>(); // by sequence
  private final Deque<BulkItem> deliverable = new ArrayDeque<>();
  private int openBatches; // queued or in flight
  private int delayedBatches;
  private @Nullable Text nextText;
  private long nextPosition;
  private long nextSequence;
  private long nextDeliverable;
  private long windowChars;

  private @Nullable BulkItem delivered;
  private boolean hasUnreportedProgress;
  private long done;
  private long failed;
  private long usedTokens;
  private double estimatedTokens; // of the texts that used them
  private long successes;
  private long refusals;
  private @Nullable Long failingSince; // null after a success
  private boolean interrupted;
  private boolean finished;
  private @Nullable RuntimeException failure;

  /** Takes the number of texts, or -1 if the source does not tell it. */
  BulkRun(BulkEmbedder settings, Iterator<String> source, long size) {
    this.settings = settings;
    this.source = source;
    this.total = settings.total < 0 ? size : settings.total;
    CallRegistry calls = InternalAccess.of(settings.service.client(), CallRegistry.class);
    this.scheduler = calls.scheduler();
    this.checkpoint = new Checkpoint(settings.checkpoint, settings.template);
    this.startTime = scheduler.nanoTime();
    this.sender =
        new BulkSender(
            settings,
            calls,
            (batch, result, error) -> events.add(() -> complete(batch, result, error)));
    this.unregister = calls.whenClosed(() -> events.add(this::endWithClient));
  }

  BulkProgress progress() {
    long resumed = checkpoint.sizeWhenOpened;
    return new BulkProgress(
        resumed + done,
        failed,
        total,
        resumed,
        sender.sent(),
        usedTokens,
        Duration.ofNanos(scheduler.nanoTime() - startTime));
  }

  @Override
  public boolean hasNext() {
    recordDelivery();
    while (deliverable.isEmpty() && !finished) {
      reportProgress();
      if (Thread.interrupted()) {
        interrupt();
      }
      buildBatches();
      if (openBatches == 0 && (failure != null || delayedBatches == 0 && peekText() == null)) {
        finished = true;
        deliverable.addAll(outOfOrder.values()); // in order, although others are missing
      } else {
        awaitEvent();
      }
    }
    if (!deliverable.isEmpty()) {
      return true;
    }
    reportProgress();
    close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    return false;
  }

  @Override
  public BulkItem next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    delivered = deliverable.remove();
    return delivered;
  }

  /** Counts the last item as delivered: the consumer has come back, so it did not fail on it. */
  private void recordDelivery() {
    if (delivered == null) {
      return;
    }
    windowChars -= delivered.text().length();
    if (delivered.error() != null) {
      failed++;
    } else {
      done++;
      checkpoint.add(delivered.position());
    }
    hasUnreportedProgress = true;
    delivered = null;
  }

  private void reportProgress() {
    if (hasUnreportedProgress) {
      hasUnreportedProgress = false;
      checkpoint.save();
      settings.listener.accept(progress());
    }
  }

  private void awaitEvent() {
    try {
      events.take().run();
    } catch (InterruptedException e) {
      interrupt();
    }
  }

  private void interrupt() {
    interrupted = true;
    cancel("The thread was interrupted", "Its requests in flight were cancelled.");
    sender.cancel();
  }

  private void endWithClient() {
    cancel("The client has been closed", "Create another client for the next run.");
  }

  private void cancel(String reason, String advice) {
    end(new CancelledException(advice, ResponseInfo.none(0)), reason);
  }

  // Building batches.

  /** {@return the next text, or null if there is none or the run has failed} */
  private @Nullable Text peekText() {
    try {
      while (nextText == null && failure == null && source.hasNext()) {
        String text = source.next();
        long position = nextPosition++;
        if (text == null) {
          throw new IllegalArgumentException("The text at position " + position + " is null.");
        }
        if (!checkpoint.contains(position)) {
          nextText = new Text(nextSequence++, position, text);
        }
      }
    } catch (RuntimeException e) { // the caller's iterator failed
      end(e);
    }
    return nextText;
  }

  /**
   * Builds so many batches that senders do not wait for this thread, within the window of texts:
   * fewer before the first success, when token estimates are rough, and none while rate limits hold
   * batches up, because the later a batch is built, the better its size suits the limits.
   */
  private void buildBatches() {
    long maxOpen = (long) settings.concurrency * (successes == 0 ? 1 : BATCHES_PER_SENDER);
    long windowBatches = 2L * settings.concurrency;
    long windowTexts = Math.max(MIN_WINDOW, windowBatches * settings.maxTexts);
    while (failure == null
        && openBatches < maxOpen
        && nextSequence - nextDeliverable < windowTexts
        && windowChars / windowBatches < settings.maxBytes
        && peekText() != null) {
      long tokenBudget = sender.tokenBudget();
      if (tokenBudget == 0) {
        return;
      }
      Batch batch = nextBatch(tokenBudget);
      if (failure == null) {
        send(batch, false);
      }
    }
  }

  private Batch nextBatch(long tokenBudget) {
    List<Text> texts = new ArrayList<>();
    double maxEstimate = Math.min(settings.maxTokens, tokenBudget) / tokensPerEstimate();
    double estimate = 0;
    long bytes = 0;
    Text text;
    while (texts.size() < settings.maxTexts && (text = peekText()) != null) {
      bytes += text.bytes();
      estimate += text.tokenEstimate();
      if (!texts.isEmpty() && (bytes > settings.maxBytes || estimate > maxEstimate)) {
        break;
      }
      texts.add(text);
      windowChars += text.text().length();
      nextText = null;
    }
    return new Batch(texts, false);
  }

  /** {@return the factor that corrects token estimates: 1 at first} */
  private double tokensPerEstimate() {
    return (1 + usedTokens) / (1 + estimatedTokens);
  }

  private void send(Batch batch, boolean isFirst) {
    openBatches++;
    batch.expectedTokens = (long) Math.ceil(batch.tokenEstimate * tokensPerEstimate());
    sender.send(batch, isFirst);
  }

  // Handling responses.

  private void complete(
      Batch batch, @Nullable EmbeddingResult result, @Nullable TokenFactoryException error) {
    openBatches--;
    if (result != null) {
      succeed(batch, result);
    } else if (error != null && failure == null) {
      fail(batch, error);
    }
  }

  private void succeed(Batch batch, EmbeddingResult result) {
    successes++;
    failingSince = null;
    Usage usage = result.usage();
    Long tokens = usage == null ? null : usage.getPromptTokens();
    if (tokens != null && tokens > 0) {
      usedTokens += tokens;
      estimatedTokens += batch.tokenEstimate;
    }
    for (int i = 0; i < batch.texts.size(); i++) {
      deliver(batch.texts.get(i), result.vector(i), null);
    }
  }

  private void deliver(
      Text text, float @Nullable [] vector, @Nullable TokenFactoryException error) {
    BulkItem item = new BulkItem(text.position(), text.text(), vector, error);
    if (settings.ordered && text.sequence() != nextDeliverable) {
      outOfOrder.put(text.sequence(), item);
      return;
    }
    for (BulkItem next = item; next != null; next = outOfOrder.remove(nextDeliverable)) {
      deliverable.add(next);
      nextDeliverable++;
    }
  }

  private void fail(Batch batch, TokenFactoryException error) {
    if (error instanceof RateLimitException && isPatient()) {
      send(batch, true);
    } else if (error instanceof RateLimitException) {
      end(error, "Rate limits have held the run up for too long");
    } else if (error instanceof BadRequestException || error instanceof InvalidResponseException) {
      splitOrRefuse(batch, error, false);
    } else if (isTemporary(error)) {
      retryOrSplit(batch, error);
    } else {
      end(error, "The error affects every text");
    }
  }

  private static boolean isTemporary(TokenFactoryException error) {
    return error instanceof TransportException
        || error instanceof DeadlineExceededException
        || error instanceof ApiException && RetryPolicy.isRetryable(error.info().status());
  }

  private boolean isPatient() {
    long now = scheduler.nanoTime();
    // Counts from the first failure: a slow consumer must not use up the patience.
    if (failingSince == null) {
      failingSince = now;
    }
    return now - failingSince < settings.patience.toNanos();
  }

  /** Retries, or splits a batch if one of its texts seems to make it fail again and again. */
  private void retryOrSplit(Batch batch, TokenFactoryException error) {
    if (batch.failures++ == 0) {
      batch.successesAtFirstFailure = successes;
    }
    boolean isAboutTexts =
        successes > batch.successesAtFirstFailure || error.info().status() == 500 && successes > 0;
    if (batch.failures >= MAX_FAILURES && isAboutTexts
        || batch.failures >= MAX_FAILURES / 2 && batch.isolatesFailure) {
      splitOrRefuse(batch, error, true);
    } else if (isPatient()) {
      delayedBatches++;
      Duration wait =
          RetryPolicy.wait(error.info().retryAfter(), batch.failures, scheduler.random());
      scheduler.afterWait(RetryPolicy.bounded(wait), () -> events.add(() -> resend(batch)));
    } else {
      end(error, "The server has failed for too long");
    }
  }

  private void resend(Batch batch) {
    delayedBatches--;
    if (failure == null) {
      send(batch, true);
    }
  }

  private void splitOrRefuse(Batch batch, TokenFactoryException error, boolean isolatesFailure) {
    int size = batch.texts.size();
    if (size > 1) {
      send(new Batch(batch.texts.subList(size / 2, size), isolatesFailure), true);
      send(new Batch(batch.texts.subList(0, size / 2), isolatesFailure), true);
      return;
    }
    Text text = batch.texts.get(0);
    refusals++;
    if (settings.onFailure == BulkEmbedder.OnFailure.STOP) {
      end(error, "The text at position " + text.position() + " was refused");
    } else if (successes == 0 && refusals >= MAX_REFUSALS_WITHOUT_SUCCESS) {
      end(error, "None of the first " + refusals + " texts was embedded");
    } else {
      deliver(text, null, error);
    }
  }

  private void end(TokenFactoryException cause, String reason) {
    if (failure == null) {
      String message = reason + ", so the bulk run has ended: " + cause.getMessage();
      end(new BulkException(message, cause, progress()));
    }
  }

  private void end(RuntimeException error) {
    failure = error;
    openBatches -= sender.dropQueue();
  }

  @Override
  public void close() {
    finished = true;
    unregister.run();
    sender.close();
    checkpoint.save();
  }
}
