package io.github.tokenfactory.json;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The number must be a multiple of {@link #value()}. Jakarta Validation has no constraint for JSON
 * Schema's {@code multipleOf}.
 */
@Documented
@Constraint(validatedBy = MultipleOf.Validator.class)
@Target({ElementType.METHOD, ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface MultipleOf {
  /** {@return the step, as a decimal number} */
  String value();

  /** {@return the message of a violation} */
  String message() default "must be a multiple of {value}";

  /** {@return the validation groups} */
  Class<?>[] groups() default {};

  /** {@return the payload of a violation} */
  Class<? extends Payload>[] payload() default {};

  /** Checks the constraint. */
  final class Validator implements ConstraintValidator<MultipleOf, Number> {
    private BigDecimal step = BigDecimal.ONE;

    /** Used by Jakarta Validation. */
    public Validator() {}

    @Override
    public void initialize(MultipleOf constraint) {
      step = new BigDecimal(constraint.value());
    }

    @Override
    public boolean isValid(@Nullable Number value, ConstraintValidatorContext context) {
      return value == null || isMultiple(value, step);
    }

    static boolean isMultiple(Number value, BigDecimal step) {
      return Double.isFinite(value.doubleValue())
          && new BigDecimal(value.toString()).remainder(step).signum() == 0;
    }
  }
}
