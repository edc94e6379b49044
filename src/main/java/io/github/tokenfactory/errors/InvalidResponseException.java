package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;

/**
 * The server answered with success, but its response cannot be used: it is not what the document
 * says, or, for embeddings, not one vector for each input. The message says what is wrong, and
 * where.
 */
public final class InvalidResponseException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  /**
   * Takes what is wrong, without contents of the response, such as {@code "it has no data"}; the
   * client adds the response and the rest of the message.
   */
  public InvalidResponseException(String reason) {
    this(reason, ResponseInfo.none(0));
  }

  private InvalidResponseException(String message, ResponseInfo response) {
    super(message, null, response);
  }

  /**
   * {@return the error for a success that cannot be used}
   *
   * @param note a sentence to end the message with, or an empty text
   */
  public static InvalidResponseException of(ResponseInfo response, String reason, String note) {
    String summary = ErrorBody.parse(response.body()).summary();
    return new InvalidResponseException(
        "The server answered "
            + response.status()
            + ", but its answer cannot be used: "
            + reason
            + (summary.isEmpty() ? "" : " (it names an error: " + summary + ")")
            + "."
            + (response.body().isEmpty() ? "" : " info().body() has its start.")
            + attempts(response)
            + note,
        response);
  }
}
