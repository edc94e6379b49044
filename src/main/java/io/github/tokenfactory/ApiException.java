package io.github.tokenfactory;

/** The server refused the request with an error status; {@link #body()} holds the start of what it said. */
public final class ApiException extends TokenFactoryException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String body;

  ApiException(int status, String body, String message) {
    super(message, null);
    this.status = status;
    this.body = body;
  }

  /** {@return the HTTP status, such as 401} */
  public int status() {
    return status;
  }

  /** {@return the start of the answer's body; empty if there was none} */
  public String body() {
    return body;
  }
}
