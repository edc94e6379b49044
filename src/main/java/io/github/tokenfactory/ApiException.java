package io.github.tokenfactory;

import io.github.tokenfactory.model.ValidationError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server refused with an error status, and went on doing so if it was worth another try.
 *
 * <p>Its subclasses tell apart what a caller handles differently; a status that none of them stands
 * for, such as 409 or a redirect that is not followed, is just this. Error bodies are read in all
 * the forms that this API and compatible servers use: FastAPI's {@code detail}, OpenAI's {@code
 * error}, a bare error object, text and HTML.
 */
public class ApiException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable ErrorBody error;
  private final @Nullable Duration retryAfter;

  ApiException(String message, Answer answer, ErrorBody error, @Nullable Duration retryAfter) {
    super(message, null, answer);
    this.error = error;
    this.retryAfter = retryAfter;
  }

  /**
   * {@return the server's own words, or null if there are none; they may repeat what the caller
   * sent}
   */
  public final @Nullable String detail() {
    return error == null ? null : error.detail();
  }

  /**
   * {@return the error's {@code type}, such as {@code invalid_request_error}, or null if the server
   * does not say}
   */
  public final @Nullable String type() {
    return error == null ? null : error.type();
  }

  /**
   * {@return the error's {@code code}, such as {@code model_not_found}, or null if the server does
   * not say}
   */
  public final @Nullable String code() {
    return error == null ? null : error.code();
  }

  /** {@return the parameter that the error is about, or null if the server does not say} */
  public final @Nullable String param() {
    return error == null ? null : error.param();
  }

  /**
   * {@return what is wrong with which part of the request, in the server's words; empty if it does
   * not say}
   */
  public final List<ValidationError> validationErrors() {
    return error == null ? List.of() : error.validationErrors();
  }

  /**
   * {@return how long the server asks to wait before another request, or null if it does not say}
   */
  public final @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
