package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.RequestOptions;

/**
 * Prepares calls of one operation that the caller starts itself.
 *
 * @param <Q> the request
 * @param <R> the result
 */
public interface CallPreparer<Q, R> {
  /** {@return a call that has not started} */
  RetryingCall<?, R> prepare(Q request, RequestOptions options);
}
