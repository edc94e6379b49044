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
 * The number must be a whole multiple of {@link #value()}: JSON Schema's {@code multipleOf}, which
 * Jakarta has not.
 */
@Documented
@Constraint(validatedBy = MultipleOf.Validator.class)
@Target({ElementType.METHOD, ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface MultipleOf {
  /** {@return the step, as a decimal number} */
  String value();

  /** {@return what is said of a number that is none} */
  String message() default "must be a multiple of {value}";

  /** {@return the validation groups} */
  Class<?>[] groups() default {};

  /** {@return what goes with a violation} */
  Class<? extends Payload>[] payload() default {};

  /** Checks the constraint; for Jakarta Validation. */
  final class Validator implements ConstraintValidator<MultipleOf, Number> {
    private BigDecimal step = BigDecimal.ONE;

    /** For Jakarta Validation. */
    public Validator() {}

    @Override
    public void initialize(MultipleOf constraint) {
      step = new BigDecimal(constraint.value());
    }

    @Override
    public boolean isValid(@Nullable Number value, ConstraintValidatorContext context) {
      return value == null || new BigDecimal(value.toString()).remainder(step).signum() == 0;
    }
  }
}
