package io.github.tokenfactory;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;

/**
 * One call with all its attempts, blocking or not, under one deadline.
 *
 * <p>The future is the only state that decides: whatever completes it, be it a result, an error,
 * the deadline, its own cancellation or the client's closing, ends the attempt or the wait under
 * way, and nothing is sent after it.
 *
 * @param <T> the body that the server answers with
 * @param <R> what is made of it
 */
final class RetriedCall<T, R> {
  /** Makes a result of a whole answer. */
  interface Reader<T, R> {
    R read(T body, Answer answer) throws UnreadableAnswerException;
  }

  private final Calls calls;
  private final Call<T> call;
  private final Headers headers;
  private final long maxBytes;
  private final int maxRetries;
  private final Reader<T, R> reader;
  private final Duration timeout;
  private final long id;
  private final long deadline;
  private final CompletableFuture<R> future =
      new CompletableFuture<>() {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
          stop(null); // before whatever the caller hung on to this future, which may take its time
          return super.cancel(mayInterruptIfRunning);
        }
      };
  private final AtomicReference<@Nullable Sending> underWay = new AtomicReference<>();
  private volatile Runnable stopWaiting = () -> {};
  private volatile Answer last = Answer.NONE;
  private volatile @Nullable TokenFactoryException lastError;

  /**
   * Takes a call that has not started.
   *
   * @param headers what this call's requests carry beside the client's headers
   * @param maxBytes how large a good answer can be
   * @param maxRetries how many attempts there may be after the first
   */
  RetriedCall(
      Calls calls,
      Call<T> call,
      Headers headers,
      @Nullable Duration timeout,
      long maxBytes,
      int maxRetries,
      Reader<T, R> reader) {
    this.calls = calls;
    this.call = call;
    this.headers = headers;
    this.maxBytes = maxBytes;
    this.maxRetries = maxRetries;
    this.reader = reader;
    this.timeout = timeout == null ? calls.timeout : timeout;
    this.id = calls.nextId();
    this.deadline = calls.waiter.nanoTime() + this.timeout.toNanos();
  }

  /** Starts the call, and says how to wait for it. */
  CompletableFuture<R> start() {
    begin();
    send(1);
    return future;
  }

  /** {@return how to wait for the result} */
  CompletableFuture<R> future() {
    return future;
  }

  /** Makes the call on this thread, other attempts on others; interrupting it ends the call. */
  void makeHere() {
    try {
      begin();
      Sending first = prepare(1);
      if (first != null) {
        first.run();
      }
    } catch (Error e) {
      end(new CancelledException("The call ended with " + e.getClass().getName() + ".", answer()));
      throw e;
    }
  }

  private void begin() {
    Runnable dropDeadline = calls.waiter.atDeadline(timeout, this::exceedDeadline);
    calls.add(this);
    future.whenComplete(
        (result, error) -> {
          stop(error);
          dropDeadline.run();
          calls.remove(this);
        });
  }

  /** Starts the call and waits for its result. */
  R await() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException(
          "The thread was interrupted before the call: nothing was sent.", Answer.NONE);
    }
    if (calls.direct.getAsBoolean()) {
      makeHere();
    } else {
      start();
    }
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupt();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TokenFactoryException error) {
        error
            .fillInStackTrace(); // where the caller is; the thread that it comes from tells nothing
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private CancelledException interrupt() {
    CancelledException interrupted =
        new CancelledException("The thread was interrupted during the call.", answer());
    end(interrupted);
    return interrupted;
  }

  /** Ends the call; of no effect if it has ended. */
  void cancel(String why) {
    end(new CancelledException(why, answer()));
  }

  private void end(TokenFactoryException error) {
    stop(error);
    future.completeExceptionally(error);
  }

  private void exceedDeadline() {
    Answer answer = answer();
    end(
        new DeadlineExceededException(
            "No whole answer within "
                + Failure.seconds(timeout)
                + ", in "
                + answer.attempts()
                + (answer.attempts() == 1 ? " attempt" : " attempts")
                + (answer.status() == 0
                    ? ""
                    : "; the last began to answer with status " + answer.status())
                + ": set a longer timeout, or send less at once.",
            lastError,
            answer));
  }

  private Answer answer() {
    Sending sending = underWay.get();
    return sending == null ? last : sending.attempt.answer("");
  }

  private void send(int number) {
    Sending sending = prepare(number);
    if (sending != null) {
      sending.call.enqueue(sending);
    }
  }

  /** {@return the attempt to make, or null if the call has ended} */
  private @Nullable Sending prepare(int number) {
    if (future.isDone()) {
      return null;
    }
    Call<T> attemptCall = number == 1 ? call : call.clone();
    Attempt attempt;
    try {
      attempt = Attempt.of(attemptCall.request());
    } catch (RuntimeException e) {
      String message = "The request could not be started: " + e.getClass().getName() + ".";
      end(new TransportException(message, e, answer()));
      return null;
    }
    attempt.prepare(number, headers, maxBytes);
    Sending sending = new Sending(attemptCall, attempt, calls.waiter.nanoTime());
    last = attempt.answer("");
    calls.tell(listener -> listener.attemptStarted(sending.seen()));
    underWay.set(sending);
    if (future.isDone()) {
      stop(null);
      return null;
    }
    return sending;
  }

  /** Ends what is under way when the call has ended. */
  private void stop(@Nullable Throwable error) {
    stopWaiting.run();
    Sending sending = underWay.getAndSet(null);
    if (sending != null) {
      sending.call.cancel();
      TokenFactoryException told =
          error instanceof TokenFactoryException known
              ? known
              : new CancelledException(
                  "The call's future was cancelled.", sending.attempt.answer(""));
      calls.tell(listener -> listener.attemptFailed(sending.seen(), told));
    }
  }

  private void fail(Sending sending, Failure failure) {
    int number = sending.attempt.number();
    last = sending.attempt.answer("");
    boolean again = failure.retryable() && number <= maxRetries;
    Duration wait =
        again ? RetryPolicy.wait(failure.asked(), number, calls.waiter.random()) : Duration.ZERO;
    boolean fits = wait.compareTo(Duration.ofNanos(deadline - calls.waiter.nanoTime())) < 0;
    String waiting =
        failure.asked() == null
            ? "wait before it"
            : "server asks to wait " + Failure.seconds(wait) + ", which";
    TokenFactoryException error =
        failure.toException(
            again && !fits
                ? " There was no other attempt: the "
                    + waiting
                    + " does not fit into the timeout of "
                    + Failure.seconds(timeout)
                    + "."
                : "");
    lastError = error;
    calls.tell(listener -> listener.attemptFailed(sending.seen(), error));
    if (again && fits) {
      stopWaiting = calls.waiter.afterWait(wait, () -> send(number + 1));
      if (future.isDone()) {
        stopWaiting.run();
      }
    } else {
      future.completeExceptionally(error);
    }
  }

  /** One attempt, as far as Retrofit tells of it. */
  private final class Sending implements Callback<T> {
    private final Call<T> call;
    private final Attempt attempt;
    private final long started;

    Sending(Call<T> call, Attempt attempt, long started) {
      this.call = call;
      this.attempt = attempt;
      this.started = started;
    }

    /** Makes the attempt on this thread. */
    void run() {
      Response<T> response;
      try {
        response = call.execute();
      } catch (IOException | RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          interrupt(); // which closed the socket
        } else {
          onFailure(call, e);
        }
        return;
      }
      onResponse(call, response);
    }

    @Override
    public void onResponse(Call<T> call, Response<T> response) {
      if (!underWay.compareAndSet(this, null)) {
        return; // stopped
      }
      T body = response.body();
      if (!response.isSuccessful()) {
        fail(
            this,
            Failure.ofStatus(attempt, Attempt.text(response.errorBody()), calls.waiter.now()));
      } else if (body == null) {
        fail(
            this,
            Failure.ofAnswer(
                attempt, new UnreadableAnswerException("there is no JSON object in it")));
      } else {
        succeed(body);
      }
    }

    private void succeed(T body) {
      R result;
      try {
        result = reader.read(body, attempt.answer(""));
      } catch (UnreadableAnswerException e) {
        fail(this, Failure.ofAnswer(attempt, e));
        return;
      } catch (RuntimeException e) {
        fail(this, Failure.of(attempt, e, calls.waiter.now()));
        return;
      }
      calls.tell(listener -> listener.attemptSucceeded(seen()));
      future.complete(result);
    }

    @Override
    public void onFailure(Call<T> call, Throwable error) {
      if (!underWay.compareAndSet(this, null)) {
        return; // stopped
      }
      boolean cancelled =
          call.isCanceled()
              && !(error instanceof InterruptedIOException); // which is OkHttp's timeout
      fail(
          this,
          cancelled
              ? Failure.ofCancellation(attempt)
              : Failure.of(attempt, error, calls.waiter.now()));
    }

    CallListener.Attempt seen() {
      return new CallListener.Attempt(
          id,
          attempt.number(),
          Duration.ofNanos(calls.waiter.nanoTime() - started),
          attempt.status(),
          requestBytes(),
          attempt.responseBytes());
    }

    private long requestBytes() {
      try {
        okhttp3.RequestBody body = call.request().body();
        return body == null ? 0 : body.contentLength();
      } catch (IOException e) {
        return -1;
      }
    }
  }
}
