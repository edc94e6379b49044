package io.github.tokenfactory.json;

import com.google.gson.JsonElement;

/**
 * A string does not have the documented format. JSON Schema treats formats as hints, so the model
 * keeps the raw value.
 */
final class FormatMismatchException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient JsonElement value;

  FormatMismatchException(JsonElement value) {
    super("not of the documented format"); // without the value, which may be confidential
    this.value = value;
  }

  JsonElement value() {
    return value;
  }
}
