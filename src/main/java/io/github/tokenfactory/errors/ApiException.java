package io.github.tokenfactory.errors;

import io.github.tokenfactory.ResponseInfo;
import java.util.List;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The server answered with an error status, also after the retries if the call allows them.
 *
 * <p>Subclasses stand for the statuses that callers handle differently; any other, such as 409, is
 * an {@code ApiException} itself. Error bodies are read in the forms that this API and compatible
 * servers use: FastAPI's {@code detail}, OpenAI's {@code error}, a bare error object, text, HTML.
 */
public class ApiException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable ErrorBody error;

  ApiException(String message, ResponseInfo response, ErrorBody error) {
    super(message, null, response);
    this.error = error;
  }

  /**
   * {@return the error for a response with an error status}
   *
   * @param body the whole body, of which {@code response} keeps the start
   * @param note a sentence to end the message with, or an empty text
   */
  public static ApiException of(ResponseInfo response, String body, String note) {
    ErrorBody error = ErrorBody.parse(body);
    String summary = error.summary();
    String message =
        "The server answered "
            + response.status()
            + advice(response)
            + (summary.isEmpty() ? "." : ": " + summary + ".")
            + (response.body().isEmpty() ? "" : " info().body() has its reason.")
            + attempts(response)
            + note;
    return switch (response.status()) {
      case 400, 413, 422 -> new BadRequestException(message, response, error);
      case 401, 403 -> new AuthenticationException(message, response, error);
      case 404 -> new NotFoundException(message, response, error);
      case 429 -> new RateLimitException(message, response, error);
      default ->
          response.status() >= 500
              ? new ServerException(message, response, error)
              : new ApiException(message, response, error);
    };
  }

  private static String advice(ResponseInfo response) {
    return switch (response.status()) {
      case 401 -> " (check the API key)";
      case 403 -> " (the API key may not do this: check the project and its permissions)";
      case 404 -> " (check the base URL and the model's name)";
      case 413 -> " (too large: send fewer or shorter inputs at once)";
      case 429 -> " (rate limit: send less, or later)";
      case 301, 302, 303, 307, 308 -> redirect(response.header("location"));
      default -> response.status() >= 500 ? " (a fault of the server: try again later)" : "";
    };
  }

  /** Shows the origin only: the rest of a location may repeat what the caller sent. */
  private static String redirect(@Nullable String location) {
    HttpUrl target = location == null ? null : HttpUrl.parse(location);
    String origin =
        target == null
            ? ""
            : " to " + target.scheme() + "://" + target.host() + ":" + target.port();
    return " (a redirect"
        + origin
        + ", not followed: the API key goes to no other server, and a POST must stay one; check the base URL)";
  }

  /** {@return the server's message, or null; it may repeat what the caller sent} */
  public final @Nullable String detail() {
    return error == null ? null : error.detail();
  }

  /** {@return the error's {@code type}, such as {@code invalid_request_error}, or null} */
  public final @Nullable String type() {
    return error == null ? null : error.type();
  }

  /** {@return the error's {@code code}, such as {@code model_not_found}, or null} */
  public final @Nullable String code() {
    return error == null ? null : error.code();
  }

  /** {@return the parameter that the error is about, or null} */
  public final @Nullable String param() {
    return error == null ? null : error.param();
  }

  /** {@return the faults that the server names, each with its place; empty if it names none} */
  public final List<ValidationIssue> validationIssues() {
    return error == null ? List.of() : error.validationIssues();
  }
}
