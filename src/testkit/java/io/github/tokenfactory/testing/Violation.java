package io.github.tokenfactory.testing;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a request is not as the published document says; the value itself is not shown.
 *
 * @param status what it is answered with
 * @param location the place, as FastAPI says it: {@code body}, {@code query} or {@code header}, and
 *     the names and indices that lead there
 * @param message what should be there
 * @param type one word for the kind of mistake, such as {@code missing} or {@code string_type}
 */
public record Violation(int status, List<Object> location, String message, String type) {
  /** Copies the location. */
  public Violation {
    location = List.copyOf(location);
  }

  /** {@return {@code body.input.0: Input should be a valid string}} */
  @Override
  public String toString() {
    return location.stream().map(String::valueOf).collect(Collectors.joining(".")) + ": " + message;
  }
}
