package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.drift.Change.Effect;
import java.util.HashMap;
import java.util.Map;

/**
 * What follows from a change, by the keyword that it is about: the only place that knows about
 * callers and about this code base.
 *
 * <p>The four effects are those of adding and of removing, in what callers send and in what they
 * receive. What narrows a value counts as adding to a constraint.
 */
record ChangeRules(
    Effect addedToRequest,
    Effect removedFromRequest,
    Effect addedToResponse,
    Effect removedFromResponse,
    String advice) {
  static final String REGENERATE = "update openapi.json and regenerate";
  static final String REVIEW_WORDS = "update openapi.json; the Javadoc changes with it";
  static final String REVIEW_NAMES =
      "update openapi.json, then check which names change in the generated code";
  static final String REBIND =
      "without it the client cannot be built from this document: bind its successor, or drop the"
          + " method";
  static final String ADOPT = "bind the operation if callers need it";

  /** The handwritten classes, by the places that they stand in for. */
  private static final Map<String, String> HANDWRITTEN =
      Map.of(
          "EmbeddingRequest.input", "EmbeddingInput",
          "Embedding.embedding", "EmbeddingVector");

  private static final Map<String, ChangeRules> TABLE = new HashMap<>();
  private static final Map<String, String> NOUNS =
      Map.ofEntries(
          Map.entry("properties", "property"),
          Map.entry("parameters", "parameter"),
          Map.entry("requestBody", "request body"),
          Map.entry("responses", "response"),
          Map.entry("content", "media type"),
          Map.entry("headers", "header"),
          Map.entry("links", "link"),
          Map.entry("callbacks", "callback"),
          Map.entry("variants", "variant"),
          Map.entry("unions", "union"),
          Map.entry("servers", "server"),
          Map.entry("security", "security alternative"),
          Map.entry("schemes", "security scheme"));
  private static final ChangeRules UNKNOWN =
      row("BBBB", REGENERATE + ", then read what the keyword means");

  static {
    put("EBEB", REGENERATE + "; the model gains or loses a property", "properties");
    put("EBEB", REGENERATE + "; the method gains or loses an argument", "parameters");
    put(
        "EBEB",
        REGENERATE + "; check the content type that the client sends or accepts",
        "requestBody",
        "content",
        "responses");
    put("EBEB", "check the code that reads the header", "headers");
    put("EAEA", "nothing, unless the client offers it", "links", "callbacks");
    put("EBBA", REGENERATE + "; the union gains or loses a variant", "variants");
    put(
        "BEAB",
        REGENERATE + "; check the handwritten code that touches the value",
        "type",
        "items",
        "prefixItems");
    put(
        "BEAB",
        REGENERATE,
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "unevaluatedProperties");
    put(
        "BEAB",
        REGENERATE,
        "unevaluatedItems",
        "additionalItems",
        "dependentSchemas",
        "contentSchema",
        "schema",
        "itemSchema");
    put("BEAB", REGENERATE, "allOf", "not", "if", "contains", "unions");
    put("EBEA", REGENERATE + "; the enumeration is open, so only its constants change", "enum");
    put(
        "BEAB",
        REGENERATE + "; check the builder and the nullness of the getter",
        "required",
        "dependentRequired",
        "mandatory");
    put(
        "BEAA",
        REGENERATE + "; only the documented limits change",
        "minimum",
        "maximum",
        "multipleOf",
        "pattern");
    put(
        "BEAA",
        REGENERATE + "; only the documented limits change",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems");
    put(
        "BEAA",
        REGENERATE + "; only the documented limits change",
        "uniqueItems",
        "minProperties",
        "maxProperties");
    put(
        "AAAA",
        REGENERATE + "; the client sends no defaults, so only the Javadoc changes",
        "default",
        "overridden");
    put("AAAA", REGENERATE + "; the generated member gains or loses @Deprecated", "deprecated");
    put("AAAA", REGENERATE, "readOnly", "writeOnly");
    put("EBEB", "check the default base URL of the client", "servers", "url");
    put("AAAA", "check the default base URL of the client", "first");
    put("EBEB", "check how the client sends its key", "security");
    put("BEBE", "check how the client sends its key", "schemes", "scopes");
  }

  /** Returns the advice for a place: regenerating does not change what is handwritten. */
  static String advice(String place, String advice) {
    return HANDWRITTEN.entrySet().stream()
        .filter(entry -> place.startsWith(entry.getKey()))
        .map(
            entry ->
                advice
                    + "; then edit the handwritten "
                    + entry.getValue()
                    + ", its helpers above all")
        .findFirst()
        .orElse(advice);
  }

  private static void put(String effects, String advice, String... subjects) {
    for (String subject : subjects) {
      TABLE.put(subject, row(effects, advice));
    }
  }

  private static ChangeRules row(String effects, String advice) {
    Effect[] row =
        effects
            .chars()
            .mapToObj(c -> c == 'B' ? Effect.BREAKS : c == 'A' ? Effect.ALTERS : Effect.EXTENDS)
            .toArray(Effect[]::new);
    return new ChangeRules(row[0], row[1], row[2], row[3], advice);
  }

  /** Returns how a report calls what the keyword holds. */
  static String noun(String keyword) {
    return NOUNS.getOrDefault(keyword, keyword);
  }

  /** Returns the consequence of a change of {@code label}, whose first word is the keyword. */
  static ChangeRules of(String label) {
    return TABLE.getOrDefault(label.split(" ", 2)[0], UNKNOWN);
  }

  /** Which way a value goes; the places where neither is certain count as both. */
  enum Side {
    REQUEST,
    RESPONSE,
    BOTH
  }

  Effect of(boolean added, boolean removed, Side side) {
    Effect worst = Effect.EXTENDS;
    if (side != Side.RESPONSE) {
      worst = worse(worst, added ? addedToRequest : worst);
      worst = worse(worst, removed ? removedFromRequest : worst);
    }
    if (side != Side.REQUEST) {
      worst = worse(worst, added ? addedToResponse : worst);
      worst = worse(worst, removed ? removedFromResponse : worst);
    }
    return worst;
  }

  static Effect worse(Effect one, Effect other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
