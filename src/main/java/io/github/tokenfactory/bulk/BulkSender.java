package io.github.tokenfactory.bulk;

import io.github.tokenfactory.RequestOptions;
import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.internal.http.CallPreparer;
import io.github.tokenfactory.internal.http.CallRegistry;
import io.github.tokenfactory.internal.http.InternalAccess;
import io.github.tokenfactory.internal.http.RetryingCall;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the batches of a run, so many at once, as soon as the pacer allows; safe for use by several
 * threads.
 *
 * <p>Each request is made on a thread that then makes the next one: nothing is handed from thread
 * to thread between an answer and the request that follows it, however busy the run is.
 */
final class BulkSender implements AutoCloseable {
  /** Is told, on any thread, how a batch has ended: with a result or an error. */
  interface Receiver {
    void receive(
        BulkRun.Batch batch,
        @Nullable EmbeddingResult result,
        @Nullable TokenFactoryException error);
  }

  private static final RequestOptions ONCE = RequestOptions.builder().maxRetries(0).build();

  private final BulkEmbedder settings;
  private final CallRegistry calls;
  private final RateLimitPacer pacer;
  private final CallPreparer<EmbeddingRequest, EmbeddingResult> preparer;
  private final Receiver receiver;
  private final Runnable unregister;
  private final Deque<BulkRun.Batch> waiting = new ArrayDeque<>();
  private final Set<RetryingCall<?, ?>> underWay = ConcurrentHashMap.newKeySet();
  private Runnable stopPause = () -> {};
  private long waitingCost;
  private int senders;
  private long sent;
  private volatile boolean cancelled;

  @SuppressWarnings("unchecked") // the service prepares these calls
  BulkSender(BulkEmbedder settings, CallRegistry calls, Receiver receiver) {
    this.settings = settings;
    this.calls = calls;
    this.pacer = calls.shared(RateLimitPacer.class, RateLimitPacer::new);
    this.preparer = InternalAccess.of(settings.service, CallPreparer.class);
    this.receiver = receiver;
    this.unregister = pacer.register(this::goOn);
  }

  /** Sends {@code batch}: before those that wait, if {@code first}, or after them. */
  void send(BulkRun.Batch batch, boolean first) {
    synchronized (this) {
      if (first) {
        waiting.addFirst(batch);
      } else {
        waiting.addLast(batch);
      }
      waitingCost += batch.cost;
    }
    goOn();
  }

  /** {@return how many batches wait to be sent} */
  synchronized int waiting() {
    return waiting.size();
  }

  /**
   * {@return how many tokens a batch had better not exceed that is sent after those that wait; 0 if
   * it cannot be sent soon}
   */
  synchronized long fitting() {
    return pacer.fitting(waitingCost);
  }

  /** {@return how many requests there were} */
  synchronized long sent() {
    return sent;
  }

  /** {@return how many batches were waiting, none of which is sent} */
  synchronized int stop() {
    stopPause.run();
    int dropped = waiting.size();
    waiting.clear();
    waitingCost = 0;
    return dropped;
  }

  /** Ends the requests under way. */
  void cancel() {
    cancelled = true;
    underWay.forEach(BulkSender::cancel);
  }

  private static void cancel(RetryingCall<?, ?> call) {
    call.cancel("The run was ended during the request.");
  }

  @Override
  public void close() {
    unregister.run();
    stop();
    cancel();
  }

  /** Has another thread send, if there is a use for it. */
  private void goOn() {
    synchronized (this) {
      if (waiting.isEmpty() || senders == settings.concurrency) {
        return;
      }
      senders++;
    }
    try {
      calls.workers().execute(this::sendAll);
    } catch (RejectedExecutionException e) {
      // The client is closed, as the run is told.
    } catch (Error e) { // there can be no more threads
      synchronized (this) {
        senders--;
      }
      throw e;
    }
  }

  private void sendAll() {
    for (BulkRun.Batch batch = next(); batch != null; batch = next()) {
      send(batch);
    }
  }

  /** {@return the batch to send now, or null if the thread that asks has to end} */
  private synchronized BulkRun.@Nullable Batch next() {
    BulkRun.Batch batch = waiting.peek();
    long wait = batch == null ? 0 : pacer.tryTake(batch.cost, calls.scheduler().nanoTime());
    if (batch == null || wait > 0) {
      senders--;
      stopPause.run();
      if (wait > 0 && wait != RateLimitPacer.FOREVER) {
        stopPause = calls.scheduler().afterWait(Duration.ofNanos(wait), this::goOn);
      }
      return null;
    }
    waiting.remove();
    waitingCost -= batch.cost;
    sent++;
    return batch;
  }

  private void send(BulkRun.Batch batch) {
    RetryingCall<?, EmbeddingResult> call;
    try {
      goOn();
      call = preparer.prepare(batch.request(settings.template), ONCE);
    } catch (TokenFactoryException e) {
      end(batch, null, e);
      return;
    } catch (RuntimeException | Error e) {
      String message = "The request could not be made: " + e.getClass().getName() + ".";
      end(batch, null, new CancelledException(message, ResponseInfo.none(0)));
      throw e;
    }
    underWay.add(call);
    call.future()
        .whenComplete(
            (result, error) -> {
              underWay.remove(call);
              end(batch, result, (TokenFactoryException) error);
            });
    if (cancelled) {
      cancel(call);
    }
    call.startHere();
  }

  private void end(
      BulkRun.Batch batch,
      @Nullable EmbeddingResult result,
      @Nullable TokenFactoryException error) {
    ResponseInfo info = result != null ? result.info() : Objects.requireNonNull(error).info();
    try {
      pacer.settle(batch.cost, info, calls.scheduler().nanoTime());
    } finally {
      receiver.receive(batch, result, error);
    }
  }
}
