package io.github.tokenfactory.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks values against the plain constraints of the document, without a validation provider.
 * Generated models say what to check. Null satisfies every constraint but {@link Values#required}.
 *
 * <p>The verdicts are those of Jakarta Validation for the annotations on the same models. Patterns
 * are left to a provider. Not safe for use by several threads.
 */
public final class Checks {
  /** A model with constraints. */
  public interface Checked {
    /** Reports each value of this model that violates a constraint. */
    void check(Checks checks);
  }

  private record Value(String path, @Nullable Object value) {}

  private final String prefix;
  private final Collection<String> violations;

  private Checks(String prefix, Collection<String> violations) {
    this.prefix = prefix;
    this.violations = violations;
  }

  /** Collects what is wrong in {@code violations}, a sentence without a full stop for each. */
  public static Checks into(Collection<String> violations) {
    return new Checks("", violations);
  }

  /**
   * Checks a value; a nested model is checked, too.
   *
   * @param name the name of the value in JSON or on the wire
   */
  public Values at(String name, @Nullable Object value) {
    return new Values(List.of(new Value(prefix + name, value)));
  }

  /** The values at one place: one, or the elements of one or more containers. */
  public final class Values {
    private final List<Value> values;

    private Values(List<Value> values) {
      this.values = values;
      for (Value each : values) {
        if (each.value instanceof Checked model) {
          model.check(new Checks(each.path + ".", violations));
        }
      }
    }

    /** {@return the elements of lists and sets, and the values of maps} */
    public Values elements() {
      List<Value> elements = new ArrayList<>();
      for (Value each : values) {
        if (each.value instanceof Map<?, ?> map) {
          map.forEach((key, value) -> elements.add(new Value(each.path + "[" + key + "]", value)));
        } else if (each.value instanceof Iterable<?> container) {
          int index = 0;
          for (Object element : container) {
            String position = container instanceof Set ? "" : String.valueOf(index++);
            elements.add(new Value(each.path + "[" + position + "]", element));
          }
        }
      }
      return new Values(elements);
    }

    /** Requires that the value is set. */
    public Values required() {
      return required("must not be null");
    }

    /** Requires that the value is set, or else reports {@code message}. */
    public Values required(String message) {
      for (Value each : values) {
        if (each.value == null) {
          violations.add(each.path + " " + message);
        }
      }
      return this;
    }

    /** Requires a number that is not less than {@code bound}, or is greater. */
    public Values min(String bound, boolean inclusive) {
      BigDecimal least = new BigDecimal(bound);
      return must(
          value -> compare(value, least, -1) >= (inclusive ? 0 : 1),
          "must be greater than " + (inclusive ? "or equal to " : "") + bound);
    }

    /** Requires a number that is not greater than {@code bound}, or is less. */
    public Values max(String bound, boolean inclusive) {
      BigDecimal most = new BigDecimal(bound);
      return must(
          value -> compare(value, most, 1) <= (inclusive ? 0 : -1),
          "must be less than " + (inclusive ? "or equal to " : "") + bound);
    }

    /** Requires a multiple of {@code step}. */
    public Values multipleOf(String step) {
      return must(
          value -> MultipleOf.Validator.isMultiple((Number) value, new BigDecimal(step)),
          "must be a multiple of " + step);
    }

    /** Requires a text or a container of this size. */
    public Values size(int min, int max, String message) {
      return must(value -> sizeOf(value) >= min && sizeOf(value) <= max, message);
    }

    /** Requires that {@code isValid} accepts the value unless it is null. */
    public Values must(Predicate<Object> isValid, String message) {
      for (Value each : values) {
        if (each.value != null && !isValid.test(each.value)) {
          violations.add(each.path + " " + message);
        }
      }
      return this;
    }
  }

  /** {@return how a number compares; {@code ifNaN} for what is no number} */
  private static int compare(Object value, BigDecimal bound, int ifNaN) {
    double number = ((Number) value).doubleValue();
    if (Double.isNaN(number)) {
      return ifNaN;
    }
    return Double.isInfinite(number)
        ? (int) Math.signum(number)
        : new BigDecimal(value.toString()).compareTo(bound);
  }

  private static int sizeOf(Object value) {
    if (value instanceof CharSequence text) {
      return text.length();
    }
    return value instanceof Map<?, ?> map ? map.size() : ((Collection<?>) value).size();
  }
}
