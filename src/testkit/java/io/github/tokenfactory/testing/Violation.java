package io.github.tokenfactory.testing;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A mistake in a request, compared with the published document; does not show the value.
 *
 * @param status the status of the response
 * @param location the path to the value in the form of FastAPI: {@code body}, {@code query} or
 *     {@code header}, then names and indices
 * @param message what the document expects
 * @param type the kind of mistake, such as {@code missing} or {@code string_type}
 */
public record Violation(int status, List<Object> location, String message, String type) {
  /** Creates a violation with a copy of the location. */
  public Violation {
    location = List.copyOf(location);
  }

  /** {@return {@code body.input.0: Input should be a valid string}} */
  @Override
  public String toString() {
    return location.stream().map(String::valueOf).collect(Collectors.joining(".")) + ": " + message;
  }
}
