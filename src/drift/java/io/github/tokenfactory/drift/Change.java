package io.github.tokenfactory.drift;

/**
 * One difference between two documents.
 *
 * @param effect what it does to callers of the client
 * @param pointer where it is written, as a JSON pointer into the published document, or into the
 *     pinned one if it is gone
 * @param place the same place in words, such as {@code EmbeddingRequest.input[anyOf 2]}
 * @param what what happened there
 * @param was what the pinned document says, shortened if long
 * @param is what the published document says, shortened if long
 * @param advice what to do about it in this code base
 */
public record Change(
    Effect effect,
    String pointer,
    String place,
    String what,
    String was,
    String is,
    String advice) {

  /** What a change does to the callers of the client, worst first. */
  public enum Effect {
    /** Calls that worked may fail, answers may not be understood, or code may no longer compile. */
    BREAKS,
    /** The meaning differs, in a way that callers may feel. */
    ALTERS,
    /** Callers can do or see more; all that worked still works. */
    EXTENDS,
    /** Nothing that goes over the wire differs, but names in generated code may. */
    NOTICE,
    /** Only words differ. */
    DOCUMENTATION;

    /** {@return whether such a change makes the pinned document wrong} */
    public boolean isDrift() {
      return compareTo(NOTICE) < 0;
    }
  }
}
