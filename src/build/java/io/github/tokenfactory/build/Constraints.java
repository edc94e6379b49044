package io.github.tokenfactory.build;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/**
 * Adds bounds to rewritten schemas. Those of a property stay keywords, which templates print as
 * annotations. Those of an element become annotations of a type. Both become code that checks them.
 */
final class Constraints {
  static final List<String> OF_LISTS = List.of("minItems", "maxItems", "uniqueItems");
  static final List<String> OF_TEXTS = List.of("minLength", "maxLength", "x-pattern");
  static final List<String> OF_NUMBERS =
      List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "x-multiple-of");

  /** The code that checks a value. */
  private static final String CHECKS = "x-checks";

  /** Whether the elements of a container are checked, too. */
  private static final String ELEMENTS = "x-elements";

  private Constraints() {}

  /** Adds those of {@code keywords} that a schema has, and the code that checks them. */
  static JsonObject add(JsonObject target, MergedSchema schema, List<String> keywords) {
    for (String keyword : keywords) {
      if (schema.bounds.has(keyword)) {
        target.add(keyword, schema.bounds.get(keyword));
      }
    }
    String checks = numberChecks(target);
    for (String name : List.of("Length", "Items")) {
      if (target.has("min" + name)) {
        String min = text(target, "min" + name);
        checks += size(min, "Integer.MAX_VALUE", "size must be at least " + min);
      }
      if (target.has("max" + name)) {
        String max = text(target, "max" + name);
        checks += size("0", max, "size must be at most " + max);
      }
    }
    if (!checks.isEmpty()) {
      target.addProperty(CHECKS, checks);
    }
    return target;
  }

  private static String text(JsonObject schema, String keyword) {
    return schema.get(keyword).getAsString();
  }

  private static String numberChecks(JsonObject schema) {
    StringBuilder checks = new StringBuilder();
    for (String bound : List.of("minimum", "maximum")) {
      if (schema.has(bound)) {
        boolean isInclusive = !isExclusive(schema, bound);
        checks.append(
            "." + bound.substring(0, 3) + "(\"" + text(schema, bound) + "\", " + isInclusive + ")");
      }
    }
    if (schema.has("x-multiple-of")) {
      checks.append(".multipleOf(\"" + text(schema, "x-multiple-of") + "\")");
    }
    return checks.toString();
  }

  private static boolean isExclusive(JsonObject schema, String bound) {
    JsonElement flag = schema.get("exclusive" + (bound.equals("minimum") ? "Minimum" : "Maximum"));
    return flag != null && flag.getAsBoolean();
  }

  private static String size(String min, String max, String message) {
    return ".size(" + min + ", " + max + ", \"" + message + "\")";
  }

  /** {@return whether {@code schema} limits values by more than their type} */
  static boolean areIn(JsonObject schema) {
    return Stream.of(OF_LISTS, OF_TEXTS, OF_NUMBERS).flatMap(List::stream).anyMatch(schema::has);
  }

  /** {@return a container, marked if its elements have to be checked} */
  static JsonObject container(JsonObject container, JsonObject element, boolean isModel) {
    if (isModel || element.has(CHECKS) || element.has(ELEMENTS)) {
      container.addProperty(ELEMENTS, true);
    }
    return container;
  }

  /**
   * Turns the bounds of an element into annotations of its type. The messages are the usual ones of
   * Jakarta Validation.
   */
  static JsonObject ofElement(JsonObject element) {
    StringBuilder annotations = new StringBuilder();
    for (String bound : List.of("minimum", "maximum")) {
      if (element.has(bound)) {
        boolean isExclusive = isExclusive(element, bound);
        annotations.append(
            "@Decimal%s(value = \"%s\"%s, message = \"must be %s than %s{value}\") "
                .formatted(
                    bound.equals("minimum") ? "Min" : "Max",
                    text(element, bound),
                    isExclusive ? ", inclusive = false" : "",
                    bound.equals("minimum") ? "greater" : "less",
                    isExclusive ? "" : "or equal to "));
      }
    }
    if (element.has("x-multiple-of")) {
      annotations.append("@MultipleOf(\"" + text(element, "x-multiple-of") + "\") ");
    }
    String checks = numberChecks(element);
    for (String name : List.of("Length", "Items")) {
      if (element.has("min" + name) || element.has("max" + name)) {
        String min = element.has("min" + name) ? text(element, "min" + name) : "0";
        String max =
            element.has("max" + name) ? text(element, "max" + name) : "" + Integer.MAX_VALUE;
        annotations.append("@Size(min = " + min + ", max = " + max + ") ");
        checks += size(min, max, "size must be between " + min + " and " + max);
      }
    }
    if (element.has("x-pattern")) {
      annotations.append("@Pattern(regexp = \"" + text(element, "x-pattern") + "\") ");
    }
    if (!annotations.isEmpty()) {
      Stream.of(OF_LISTS, OF_TEXTS, OF_NUMBERS)
          .flatMap(List::stream)
          .filter(keyword -> !keyword.equals("uniqueItems"))
          .forEach(element::remove);
      element.addProperty("x-annotations", annotations.toString());
      element.addProperty(CHECKS, checks);
    }
    return element;
  }
}
