package io.github.tokenfactory;

/**
 * Makes the result of a call from its response; for helpers that check or convert a response.
 *
 * @param <T> the body of the response
 * @param <R> the result
 */
public interface ResponseReader<T, R> {
  /**
   * {@return the result of a successful response}
   *
   * @throws io.github.tokenfactory.errors.InvalidResponseException with a reason if the body cannot
   *     be used; the client adds the response to the error
   */
  R read(T body, ResponseInfo response);
}
