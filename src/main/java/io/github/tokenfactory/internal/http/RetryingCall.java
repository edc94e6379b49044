package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.CallListener;
import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.DeadlineExceededException;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.errors.TransportException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;

/**
 * One call with all its attempts, blocking or not, under one deadline.
 *
 * <p>The future alone holds the state. Whatever completes it (a result, an error, the deadline, a
 * cancellation, the closing of the client) ends the current attempt or wait, and nothing is sent
 * after it.
 */
public final class RetryingCall<T, R> {
  private final CallRegistry calls;
  private final Call<T> call;
  private final CallSettings settings;
  private final BiFunction<Response<T>, ResponseInfo, R> reader;
  private final long id;
  private final long deadline;
  private final CompletableFuture<R> future =
      new CompletableFuture<>() {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
          stop(null); // first: what the caller attached to this future may take its time
          return super.cancel(mayInterruptIfRunning);
        }
      };
  private final AtomicReference<@Nullable Sending> inProgress = new AtomicReference<>();
  private volatile @Nullable Call<T> stream;
  private volatile Runnable stopWaiting = () -> {};
  private volatile Exchange latest = new Exchange();
  private volatile @Nullable TokenFactoryException lastError;

  RetryingCall(
      CallRegistry calls,
      Call<T> call,
      CallSettings settings,
      BiFunction<Response<T>, ResponseInfo, R> reader) {
    this.calls = calls;
    this.call = call;
    this.settings = settings;
    this.reader = reader;
    this.id = calls.nextId();
    this.deadline = calls.scheduler().nanoTime() + settings.timeout().toNanos();
  }

  /** Starts the call. */
  public CompletableFuture<R> start() {
    begin();
    attempt(1, false);
    return future;
  }

  /** {@return the result to come} */
  public CompletableFuture<R> future() {
    return future;
  }

  /** Makes the first attempt on this thread, which must be one of the client's. */
  public void startHere() {
    try {
      begin();
      attempt(1, true);
    } catch (Error e) {
      end(
          new CancelledException(
              "The call ended with " + e.getClass().getName() + ".", latest.info()));
      throw e;
    }
  }

  private void begin() {
    Runnable dropDeadline = calls.scheduler().atDeadline(settings.timeout(), this::exceedDeadline);
    calls.add(this);
    future.whenComplete(
        (result, error) -> {
          stop(error);
          dropDeadline.run();
          if (stream == null) {
            calls.remove(this);
          }
        });
  }

  /** Starts the call and waits for its result. */
  public R await() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException(
          "The thread was interrupted before the call: nothing was sent.", ResponseInfo.none(0));
    }
    start();
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CancelledException interrupted =
          new CancelledException("The thread was interrupted during the call.", latest.info());
      end(interrupted);
      throw interrupted;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TokenFactoryException error) {
        error.fillInStackTrace(); // shows the caller, not the thread of the client
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Cancels the call, or the streamed body that it has returned. */
  public void cancel(String why) {
    Call<T> open = stream;
    if (open != null) {
      open.cancel();
      calls.remove(this); // the caller may never close its body
    }
    end(new CancelledException(why, latest.info()));
  }

  private void end(TokenFactoryException error) {
    stop(error);
    future.completeExceptionally(error);
  }

  private void exceedDeadline() {
    ResponseInfo info = latest.info();
    end(
        new DeadlineExceededException(
            "No whole answer within %s, in %s attempt%s%s: set a longer timeout, or send less at once."
                .formatted(
                    Failure.seconds(settings.timeout()),
                    info.attempts(),
                    info.attempts() == 1 ? "" : "s",
                    info.status() == 0
                        ? ""
                        : "; the last began to answer with status " + info.status()),
            lastError,
            info));
  }

  /** Makes an attempt unless the call has ended. */
  private void attempt(int number, boolean onThisThread) {
    if (future.isDone()) {
      return;
    }
    Call<T> attemptCall = number == 1 ? call : call.clone();
    Exchange exchange;
    try {
      exchange = Exchange.of(attemptCall.request());
    } catch (RuntimeException e) {
      String message = "The request could not be started: " + e.getClass().getName() + ".";
      end(new TransportException(message, e, latest.info()));
      return;
    }
    exchange.prepare(number, settings, calls.scheduler()::now);
    Sending sending = new Sending(attemptCall, exchange, calls.scheduler().nanoTime());
    latest = exchange;
    calls.tell(listener -> listener.attemptStarted(sending.seen()));
    inProgress.set(sending);
    if (future.isDone()) {
      stop(null);
    } else if (onThisThread) {
      sending.run();
    } else {
      attemptCall.enqueue(sending);
    }
  }

  /** Ends what is under way when the call has ended. */
  private void stop(@Nullable Throwable error) {
    stopWaiting.run();
    Sending sending = inProgress.getAndSet(null);
    if (sending != null) {
      sending.call.cancel();
      TokenFactoryException told =
          error instanceof TokenFactoryException known
              ? known
              : new CancelledException("The call's future was cancelled.", sending.exchange.info());
      calls.tell(listener -> listener.attemptFailed(sending.seen(), told));
    }
  }

  private void fail(Sending sending, Failure failure) {
    int number = sending.exchange.info().attempts();
    boolean again = failure.retryable() && number <= settings.maxRetries();
    boolean safe = settings.safeToRepeat() || failure.unprocessed() || !sending.exchange.isSent();
    Duration wait = RetryPolicy.wait(failure.retryAfter(), number, calls.scheduler().random());
    boolean fits = wait.compareTo(Duration.ofNanos(deadline - calls.scheduler().nanoTime())) < 0;
    String note = "";
    if (again && !safe) {
      note =
          " The server may have processed the request, so it was not sent again:"
              + " RequestOptions.safeToRepeat(true) allows that.";
    } else if (again && !fits) {
      note =
          " There was no other attempt: the %s does not fit into the timeout of %s."
              .formatted(
                  failure.retryAfter() == null
                      ? "wait before it"
                      : "server asks to wait " + Failure.seconds(wait) + ", which",
                  Failure.seconds(settings.timeout()));
    }
    TokenFactoryException error = failure.error().apply(note);
    lastError = error;
    calls.tell(listener -> listener.attemptFailed(sending.seen(), error));
    if (again && safe && fits) {
      stopWaiting = calls.scheduler().afterWait(wait, () -> attempt(number + 1, false));
      if (future.isDone()) {
        stopWaiting.run();
      }
    } else {
      future.completeExceptionally(error);
    }
  }

  /** One attempt as a Retrofit call. */
  private final class Sending implements Callback<T> {
    private final Call<T> call;
    private final Exchange exchange;
    private final long started;

    Sending(Call<T> call, Exchange exchange, long started) {
      this.call = call;
      this.exchange = exchange;
      this.started = started;
    }

    /** Makes the attempt on this thread. */
    void run() {
      Response<T> response;
      try {
        response = call.execute();
      } catch (IOException | RuntimeException e) {
        onFailure(call, e);
        return;
      }
      onResponse(call, response);
    }

    @Override
    public void onResponse(Call<T> call, Response<T> response) {
      if (settings.streaming() && response.isSuccessful()) {
        stream = call; // until the body ends, close() and cancel() reach it
        exchange.whenStreamEnds(() -> calls.remove(RetryingCall.this));
      }
      if (!inProgress.compareAndSet(this, null)) {
        close(response); // stopped
      } else if (!response.isSuccessful()) {
        fail(this, Failure.ofStatus(exchange, ResponseInfo.errorBody(response)));
      } else {
        succeed(response);
      }
    }

    private void succeed(Response<T> response) {
      R result;
      try {
        result = reader.apply(response, exchange.info());
      } catch (RuntimeException | Error e) { // Retrofit would drop an error, and the call hang
        close(response);
        fail(this, Failure.of(exchange, e));
        return;
      }
      calls.tell(listener -> listener.attemptSucceeded(seen()));
      if (!future.complete(result)) {
        close(response); // stopped
      }
    }

    /** Frees the connection of a stream that nobody gets. */
    private void close(Response<T> response) {
      if (response.body() instanceof ResponseBody body) {
        body.close();
      }
    }

    @Override
    public void onFailure(Call<T> call, Throwable error) {
      if (!inProgress.compareAndSet(this, null)) {
        return; // stopped
      }
      boolean cancelled = call.isCanceled() && !(error instanceof InterruptedIOException);
      fail(
          this, // InterruptedIOException: a timeout of OkHttp, which cancels the call as well
          cancelled ? Failure.ofCancellation(exchange) : Failure.of(exchange, error));
    }

    CallListener.Attempt seen() {
      return new CallListener.Attempt(
          id,
          exchange.info().attempts(),
          Duration.ofNanos(calls.scheduler().nanoTime() - started),
          exchange.info().status(),
          requestBytes(),
          exchange.responseBytes());
    }

    private long requestBytes() {
      try {
        RequestBody body = call.request().body();
        return body == null ? 0 : body.contentLength();
      } catch (IOException e) {
        return -1;
      }
    }
  }
}
