package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.drift.Change.Effect;
import io.github.tokenfactory.internal.openapi.SemanticNode;
import java.math.BigDecimal;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Stream;

/** Tells a narrower value of a keyword from a wider one. */
final class Bounds {
  private Bounds() {}

  /** {@return the effect of other values of a keyword that limits a value} */
  static Effect effect(
      ChangeRules rule, String keyword, Set<String> was, Set<String> is, Flow flow) {
    if (keyword.equals("enum")) {
      // Without an enumeration every value is allowed: one that goes adds values.
      return rule.effect(!was.isEmpty(), was.isEmpty(), flow);
    }
    if (was.size() != 1 || is.size() != 1) {
      return rule.effect(!is.isEmpty(), !was.isEmpty(), flow);
    }
    String before = was.iterator().next();
    String after = is.iterator().next();
    boolean isMinimum = keyword.startsWith("min");
    if (keyword.equals("pattern")) {
      return Effect.ALTERS; // written otherwise, it may mean the same
    } else if (keyword.equals("format") && before.equals("\"int32\"")) {
      return rule.effect(!after.equals("\"int64\""), true, flow);
    } else if (keyword.equals("multipleOf")) {
      return rule.effect(!isMultiple(before, after), !isMultiple(after, before), flow);
    } else if (isMinimum || keyword.startsWith("max")) {
      try {
        int order = bound(after).compareTo(bound(before)) * (isMinimum ? 1 : -1);
        return rule.effect(order >= 0, order <= 0, flow);
      } catch (NumberFormatException e) {
        return rule.effect(true, true, flow);
      }
    }
    return rule.effect(true, true, flow);
  }

  private static boolean isMultiple(String value, String step) {
    try {
      return new BigDecimal(value).remainder(new BigDecimal(step)).signum() == 0;
    } catch (ArithmeticException | NumberFormatException e) {
      return false;
    }
  }

  private static BigDecimal bound(String value) {
    return new BigDecimal(value.replaceFirst("^[<>]=? ", ""));
  }

  /** {@return whether bounds keep an integer in 32 bits, whatever its format} */
  static boolean areWithin32Bits(SemanticNode was, SemanticNode is) {
    return Stream.of(was, is).allMatch(node -> fits(node, "minimum") && fits(node, "maximum"));
  }

  private static boolean fits(SemanticNode node, String keyword) {
    try {
      bound(node.values(keyword).keySet().iterator().next()).intValueExact();
      return true;
    } catch (ArithmeticException | NumberFormatException | NoSuchElementException e) {
      return false;
    }
  }
}
