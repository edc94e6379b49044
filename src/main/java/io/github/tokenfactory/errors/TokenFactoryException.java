package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;
import org.jspecify.annotations.Nullable;
import retrofit2.Response;

/**
 * The base of all errors of this library, apart from misuse of its methods. Immutable.
 *
 * <p>The message says what happened and what to do. Neither it nor a cause contains the API key,
 * the caller's texts or vectors, or free text of the server, which may repeat them. The server's
 * own words are in {@link #info()}; they may repeat texts, but not the API key.
 */
public class TokenFactoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ResponseInfo response;

  /** Creates an error that says what happened and what to do. */
  public TokenFactoryException(String message, @Nullable Throwable cause, ResponseInfo response) {
    super(message, cause);
    this.response = response;
  }

  /**
   * {@return the typed error for an unsuccessful response, of a Retrofit of your own, whose error
   * body has not been read}
   */
  public static ApiException of(Response<?> response) {
    if (response.isSuccessful()) {
      throw new IllegalArgumentException("The response is successful: " + response.code() + ".");
    }
    return ApiException.of(ResponseInfo.of(response), ResponseInfo.errorBody(response), "");
  }

  /** {@return a sentence for a message, or an empty text after a single attempt} */
  static String attempts(ResponseInfo response) {
    return response.attempts() > 1 ? " This was attempt " + response.attempts() + "." : "";
  }

  /** {@return the response that the error is about; its status is 0 if there was none} */
  public final ResponseInfo info() {
    return response;
  }
}
