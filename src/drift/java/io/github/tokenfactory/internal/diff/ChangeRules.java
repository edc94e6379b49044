package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.drift.Change.Effect;
import java.util.HashMap;
import java.util.Map;

/**
 * The rules by which a change is judged: what it does to callers, by the keyword that it is about
 * and by which way the value goes, and what to do about it.
 *
 * @param addedToRequest the effect of adding to what callers send; what narrows a value, such as a
 *     smaller maximum, counts as adding
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

  private static final String CHECK_KEY = "check how the client sends its key";
  private static final String CHECK_URL = "check the default base URL of the client";
  private static final String LIMITS = REGENERATE + "; only the documented limits change";

  private static final Map<String, ChangeRules> RULES = new HashMap<>();
  private static final ChangeRules UNKNOWN =
      rule("BBBB", REGENERATE + ", then read what the keyword means", "");

  static {
    // Effects: added to and removed from requests, added to and removed from responses.
    rule("EBEB", REGENERATE + "; the model gains or loses a property", "properties");
    rule("EBEB", REGENERATE + "; the method gains or loses an argument", "parameters");
    rule(
        "EBEB",
        REGENERATE + "; check the content type that the client sends or accepts",
        "requestBody content responses");
    rule("EBEB", "check the code that reads the header", "headers");
    rule("EAEA", "nothing, unless the client offers it", "links callbacks");
    rule("EBBA", REGENERATE + "; the union gains or loses a variant", "variants");
    rule(
        "BEAB",
        REGENERATE + "; check the handwritten code that touches the value",
        "type items prefixItems");
    rule(
        "BEAB",
        REGENERATE,
        "additionalProperties patternProperties propertyNames unevaluatedProperties"
            + " unevaluatedItems additionalItems dependentSchemas contentSchema schema itemSchema"
            + " allOf not if contains unions");
    rule("EBEA", REGENERATE + "; the enumeration is open, so only its constants change", "enum");
    rule(
        "BEAB",
        REGENERATE + "; check the builder and the nullness of the getter",
        "required dependentRequired mandatory");
    rule("BEAA", LIMITS, "minimum maximum multipleOf pattern minLength maxLength");
    rule("BEAA", LIMITS, "minItems maxItems uniqueItems minProperties maxProperties");
    rule(
        "AAAA",
        REGENERATE + "; the client sends no defaults, so only the Javadoc changes",
        "default overridden");
    rule("AAAA", REGENERATE + "; the generated member gains or loses @Deprecated", "deprecated");
    rule("AAAA", REGENERATE, "readOnly writeOnly");
    rule("AAAA", REGENERATE + "; only names change", "operationId");
    rule("AAAA", REGENERATE + "; nothing is sent as XML", "xml");
    rule("AAAA", REGENERATE + "; check the parts of the form", "encoding");
    rule("BEAB", REGENERATE + "; the type of the property may change", "format");
    rule(
        "BEAB", REGENERATE + "; check how binary data is sent", "contentEncoding contentMediaType");
    rule("EBEB", REGENERATE + "; check which variant a value stands for", "discriminator");
    rule("EBEB", CHECK_URL, "servers url variables");
    rule("AAAA", CHECK_URL, "first");
    rule("EBEB", CHECK_KEY, "security");
    rule("BEBE", CHECK_KEY, "schemes scopes");
  }

  /** What reports call the thing that a keyword holds, where it is not the keyword. */
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

  private static ChangeRules rule(String effects, String advice, String keywords) {
    Effect[] row =
        effects
            .chars()
            .mapToObj(c -> c == 'B' ? Effect.BREAKS : c == 'A' ? Effect.ALTERS : Effect.EXTENDS)
            .toArray(Effect[]::new);
    ChangeRules rule = new ChangeRules(row[0], row[1], row[2], row[3], advice);
    for (String keyword : keywords.split(" ")) {
      RULES.put(keyword, rule);
    }
    return rule;
  }

  /** {@return the rule for {@code label}, whose first word is the keyword} */
  static ChangeRules of(String label) {
    return RULES.getOrDefault(label.split(" ", 2)[0], UNKNOWN);
  }

  /** {@return what reports call the thing that {@code label} names} */
  static String noun(String label) {
    String keyword = label.split(" ", 2)[0];
    return NOUNS.getOrDefault(keyword, keyword);
  }

  /** {@return the worst effect of adding, of removing, or of both} */
  Effect effect(boolean isAdded, boolean isRemoved, Flow flow) {
    Effect added = flow.isSent() ? addedToRequest : addedToResponse;
    Effect removed = flow.isSent() ? removedFromRequest : removedFromResponse;
    if (flow == Flow.BOTH) {
      added = worse(added, addedToResponse);
      removed = worse(removed, removedFromResponse);
    }
    return isAdded && isRemoved ? worse(added, removed) : isAdded ? added : removed;
  }

  static Effect worse(Effect one, Effect other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
