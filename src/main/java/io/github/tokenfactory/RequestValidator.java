package io.github.tokenfactory;

import com.google.gson.annotations.SerializedName;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.Locale;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.hibernate.validator.spi.nodenameprovider.JavaBeanProperty;
import org.hibernate.validator.spi.nodenameprovider.Property;

/** Checks a request against the constraints that the document states, before anything is sent. */
final class RequestValidator {
  /** Made on first use, once a class loader: building a factory takes longer than a whole call. */
  private static final class Default {
    private static final Logger BANNER =
        Logger.getLogger("org.hibernate.validator.internal.util.Version");
    static final Validator VALIDATOR;

    static {
      // Its banner would be the only line that this library writes to a user's log.
      if (BANNER.getLevel() == null) {
        BANNER.setLevel(Level.WARNING);
      }
      VALIDATOR =
          Validation.byProvider(HibernateValidator.class)
              .configure()
              .ignoreXmlConfiguration()
              .messageInterpolator(
                  new ParameterMessageInterpolator(Set.of(Locale.ENGLISH), Locale.ENGLISH, false))
              .propertyNodeNameProvider(RequestValidator::documentName)
              .buildValidatorFactory()
              .getValidator();
    }
  }

  private RequestValidator() {}

  /**
   * Fails with every violation, each named as the document spells it, unless {@code request} is
   * valid.
   */
  static void validate(Object request) {
    Set<ConstraintViolation<Object>> violations = Default.VALIDATOR.validate(request);
    if (!violations.isEmpty()) {
      throw new InvalidRequestException(
          violations.stream()
              .map(v -> v.getPropertyPath() + " " + v.getMessage())
              .sorted()
              .collect(
                  Collectors.joining(
                      "; ",
                      "Invalid " + request.getClass().getSimpleName() + ", nothing was sent: ",
                      ".")));
    }
  }

  private static String documentName(Property property) {
    if (property instanceof JavaBeanProperty bean) {
      try {
        SerializedName name =
            bean.getDeclaringClass()
                .getDeclaredField(property.getName())
                .getAnnotation(SerializedName.class);
        if (name != null) {
          return name.value();
        }
      } catch (NoSuchFieldException e) {
        // No property of a generated model: its own name is the best there is.
      }
    }
    return property.getName();
  }
}
