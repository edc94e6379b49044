package io.github.tokenfactory;

import io.github.tokenfactory.errors.TokenFactoryException;
import java.time.Duration;

/**
 * Is told of every attempt of every call, for metrics, traces and logs; never of keys, texts or
 * vectors.
 *
 * <p>Each attempt that has started either succeeds or fails, once. Several threads call the methods
 * at a time, and should not be blocked. What a method throws is logged and breaks no call.
 */
public interface CallListener {
  /** A request is about to be sent. */
  default void attemptStarted(Attempt attempt) {}

  /** A usable response has arrived. */
  default void attemptSucceeded(Attempt attempt) {}

  /** The attempt failed; the call fails with {@code error} if there is no other attempt. */
  default void attemptFailed(Attempt attempt, TokenFactoryException error) {}

  /**
   * One attempt of a call, as it is when the listener is told of it.
   *
   * @param callId a number that all attempts of one call share, and no other call of the client
   * @param number which attempt of its call this is, counted from 1
   * @param duration the time since the attempt started
   * @param status the HTTP status, or 0 if none has arrived
   * @param requestBytes the size of the request's body, or -1 if it is not known
   * @param responseBytes how much of the response's body has been read, uncompressed
   */
  record Attempt(
      long callId,
      int number,
      Duration duration,
      int status,
      long requestBytes,
      long responseBytes) {}
}
