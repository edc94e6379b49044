package io.github.tokenfactory.drift;

import org.jspecify.annotations.Nullable;

/**
 * Says that a document could not be checked at all, which is neither "drift" nor "no drift".
 *
 * <p>The message says what was found, where, and what to do about it.
 */
public final class CannotCheckException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a document could not be checked. */
  public enum Reason {
    /** The file or address did not give a document: missing, refused, too slow, an error page. */
    UNAVAILABLE,
    /** The bytes are not one well-formed UTF-8 JSON or YAML document, or exceed a limit. */
    UNREADABLE,
    /** Well-formed, but not an OpenAPI 3.0, 3.1 or 3.2 document. */
    NOT_OPENAPI,
    /**
     * An OpenAPI document with something of the wrong kind in a place that has to be understood.
     */
    MALFORMED,
    /** The document has no such operation. */
    UNKNOWN_OPERATION,
    /** A reference into this document leads nowhere. */
    BROKEN_REFERENCE,
    /** A reference leads out of this document; such references are never fetched. */
    EXTERNAL_REFERENCE,
    /** A reference leads back to itself without ever saying anything. */
    REFERENCE_CYCLE
  }

  private final Reason reason;

  public CannotCheckException(Reason reason, String message) {
    this(reason, message, null);
  }

  public CannotCheckException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** {@return the kind of obstacle, for programs; people read the message} */
  public Reason reason() {
    return reason;
  }
}
