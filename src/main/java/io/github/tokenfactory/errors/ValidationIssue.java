package io.github.tokenfactory.errors;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the {@code detail} list with which FastAPI rejects a request.
 *
 * @param location where the fault is, such as {@code body.input.0}, or {@code ?}
 * @param message what is wrong, in the server's words; it may repeat what the caller sent
 * @param type the kind of fault, such as {@code missing}
 */
public record ValidationIssue(String location, @Nullable String message, @Nullable String type) {
  /** {@return the location and the type, without the message, which may repeat a text} */
  @Override
  public String toString() {
    return "ValidationIssue{location=" + location + ", type=" + type + "}";
  }
}
