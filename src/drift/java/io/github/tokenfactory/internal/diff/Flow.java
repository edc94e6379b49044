package io.github.tokenfactory.internal.diff;

/** Which way a value goes: from the caller to the server, or back. */
enum Flow {
  /** An operation: what is below it decides. */
  CALL,
  /** An operation that the server calls: its requests and responses go the other way. */
  CALLBACK,
  REQUEST,
  RESPONSE,
  /** Both ways, or not known. */
  BOTH;

  /** {@return which way the values of a part go} */
  Flow into(String label) {
    String keyword = label.split(" ", 2)[0];
    if (keyword.equals("not") || keyword.equals("if")) {
      return BOTH;
    }
    if (this != CALL && this != CALLBACK) {
      return this;
    }
    return switch (keyword) {
      case "callbacks" -> CALLBACK;
      case "parameters", "requestBody" -> this == CALL ? REQUEST : RESPONSE;
      case "responses" -> this == CALL ? RESPONSE : REQUEST;
      default -> this;
    };
  }

  /** {@return whether callers send the values; they may receive them, too} */
  boolean isSent() {
    return this != RESPONSE;
  }
}
