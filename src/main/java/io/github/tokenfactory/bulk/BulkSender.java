package io.github.tokenfactory.bulk;

import io.github.tokenfactory.RequestOptions;
import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.TokenFactoryException;
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
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends the batches of a run, several at once, as soon as the pacer allows; safe for use by several
 * threads.
 *
 * <p>A sender thread makes one request after the other. So no hand-over between threads delays the
 * request that follows a response.
 */
final class BulkSender implements AutoCloseable {
  /** Receives, on any thread, the result or the error of a batch. */
  interface Receiver {
    void receive(
        Batch batch, @Nullable EmbeddingResult result, @Nullable TokenFactoryException error);
  }

  // The run retries, because it may split a batch first.
  private static final RequestOptions ONE_ATTEMPT = RequestOptions.builder().maxRetries(0).build();

  private final BulkEmbedder settings;
  private final CallRegistry calls;
  private final RateLimitPacer pacer;
  private final BiFunction<EmbeddingRequest, RequestOptions, RetryingCall<?, EmbeddingResult>>
      preparer;
  private final Receiver receiver;
  private final Runnable unregister;
  private final Deque<Batch> queue = new ArrayDeque<>();
  private final Set<RetryingCall<?, ?>> inFlight = ConcurrentHashMap.newKeySet();
  private Runnable cancelTimer = () -> {};
  private long queuedTokens;
  private int senders;
  private long sent;
  private volatile boolean cancelled;

  @SuppressWarnings("unchecked") // the service grants a preparer of these types
  BulkSender(BulkEmbedder settings, CallRegistry calls, Receiver receiver) {
    this.settings = settings;
    this.calls = calls;
    this.pacer = calls.shared(RateLimitPacer.class, RateLimitPacer::new);
    this.preparer = InternalAccess.of(settings.service, BiFunction.class);
    this.receiver = receiver;
    this.unregister = pacer.register(this::startSender);
  }

  /** Queues {@code batch} before or after those that wait. */
  void send(Batch batch, boolean isFirst) {
    synchronized (this) {
      if (isFirst) {
        queue.addFirst(batch);
      } else {
        queue.addLast(batch);
      }
      queuedTokens += batch.expectedTokens;
    }
    startSender();
  }

  /**
   * {@return how many tokens the next batch may have to fit the rate limits, or 0 if batches wait
   * for them}
   */
  synchronized long tokenBudget() {
    long budget = pacer.tokenBudget(queuedTokens);
    return budget == 0 && queue.isEmpty() ? Long.MAX_VALUE : budget;
  }

  /** {@return how many requests were sent} */
  synchronized long sent() {
    return sent;
  }

  /** Drops the batches that wait; returns how many. */
  synchronized int dropQueue() {
    cancelTimer.run();
    int dropped = queue.size();
    queue.clear();
    queuedTokens = 0;
    return dropped;
  }

  /** Cancels the requests in flight. */
  void cancel() {
    cancelled = true;
    inFlight.forEach(BulkSender::cancel);
  }

  private static void cancel(RetryingCall<?, ?> call) {
    call.cancel("The bulk run ended during the request.");
  }

  @Override
  public void close() {
    unregister.run();
    dropQueue();
    cancel();
  }

  /** Starts another sender thread if batches wait and there are fewer than allowed. */
  private void startSender() {
    synchronized (this) {
      if (queue.isEmpty() || senders == settings.concurrency) {
        return;
      }
      senders++;
    }
    try {
      calls
          .workers()
          .execute(
              () -> {
                for (Batch batch = next(); batch != null; batch = next()) {
                  send(batch);
                }
              });
    } catch (RejectedExecutionException e) {
      // The client has been closed; the run learns of it from the call registry.
    } catch (Error e) { // the system allows no more threads
      synchronized (this) {
        senders--;
      }
      throw e;
    }
  }

  /** {@return the batch to send now, or null if the calling sender thread must end} */
  private synchronized @Nullable Batch next() {
    Batch batch = queue.peek();
    long wait =
        batch == null ? 0 : pacer.reserve(batch.expectedTokens, calls.scheduler().nanoTime());
    if (batch == null || wait > 0) {
      senders--;
      cancelTimer.run();
      if (wait > 0 && wait != RateLimitPacer.FOREVER) {
        cancelTimer = calls.scheduler().afterWait(Duration.ofNanos(wait), this::startSender);
      }
      return null;
    }
    queue.remove();
    queuedTokens -= batch.expectedTokens;
    sent++;
    return batch;
  }

  private void send(Batch batch) {
    RetryingCall<?, EmbeddingResult> call;
    try {
      startSender();
      call = preparer.apply(batch.request(settings.template), ONE_ATTEMPT);
    } catch (TokenFactoryException e) {
      complete(batch, null, e);
      return;
    } catch (RuntimeException | Error e) {
      String message = "The request could not be created: " + e.getClass().getName() + ".";
      complete(batch, null, new CancelledException(message, ResponseInfo.none(0)));
      throw e;
    }
    inFlight.add(call);
    call.future()
        .whenComplete(
            (result, error) -> {
              inFlight.remove(call);
              complete(batch, result, (TokenFactoryException) error);
            });
    if (cancelled) {
      cancel(call);
    }
    call.startHere();
  }

  private void complete(
      Batch batch, @Nullable EmbeddingResult result, @Nullable TokenFactoryException error) {
    ResponseInfo info = result != null ? result.info() : Objects.requireNonNull(error).info();
    try {
      pacer.release(batch.expectedTokens, info, calls.scheduler().nanoTime());
    } finally {
      receiver.receive(batch, result, error);
    }
  }
}
