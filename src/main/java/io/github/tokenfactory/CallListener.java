package io.github.tokenfactory;

import io.github.tokenfactory.errors.TokenFactoryException;
import java.time.Duration;

/**
 * Is told of every attempt of every call, for metrics, traces and logs; never of keys, texts or
 * vectors.
 *
 * <p>Each attempt that has started either succeeds or fails, once. The methods are called by the
 * threads that do the work, several at a time: they must be safe for that, and should not block.
 * What they throw is logged and breaks no call.
 */
public interface CallListener {
  /** A request is about to be sent. */
  default void attemptStarted(Attempt attempt) {}

  /** A usable answer has arrived. */
  default void attemptSucceeded(Attempt attempt) {}

  /**
   * There is no usable answer: {@code error} is what the call fails with if there is no other
   * attempt.
   */
  default void attemptFailed(Attempt attempt, TokenFactoryException error) {}

  /** One attempt of a call, as it is when the listener is told of it; immutable. */
  final class Attempt {
    private final long callId;
    private final int number;
    private final Duration duration;
    private final int status;
    private final long requestBytes;
    private final long responseBytes;

    /** Describes an attempt; for the client, and for tests of listeners. */
    public Attempt(
        long callId,
        int number,
        Duration duration,
        int status,
        long requestBytes,
        long responseBytes) {
      this.callId = callId;
      this.number = number;
      this.duration = duration;
      this.status = status;
      this.requestBytes = requestBytes;
      this.responseBytes = responseBytes;
    }

    /** {@return a number that all attempts of one call share, and no other call of the client} */
    public long callId() {
      return callId;
    }

    /** {@return which attempt of its call this is, counted from 1} */
    public int number() {
      return number;
    }

    /** {@return the time since the attempt started} */
    public Duration duration() {
      return duration;
    }

    /** {@return the HTTP status, or 0 if none has arrived} */
    public int status() {
      return status;
    }

    /** {@return the size of the request's body} */
    public long requestBytes() {
      return requestBytes;
    }

    /** {@return how much of the answer's body has been read, uncompressed} */
    public long responseBytes() {
      return responseBytes;
    }

    @Override
    public String toString() {
      return "Attempt{callId="
          + callId
          + ", number="
          + number
          + ", duration="
          + duration
          + ", status="
          + status
          + ", requestBytes="
          + requestBytes
          + ", responseBytes="
          + responseBytes
          + "}";
    }
  }
}
