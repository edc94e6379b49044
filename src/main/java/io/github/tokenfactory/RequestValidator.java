package io.github.tokenfactory;

import com.google.gson.annotations.SerializedName;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotNull;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  private static final ClassValue<List<Method>> GETTERS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> bean) {
          List<Method> getters = new ArrayList<>();
          for (Method method : bean.getDeclaredMethods()) {
            if (method.getName().startsWith("get") && Modifier.isPublic(method.getModifiers())) {
              getters.add(method);
            }
          }
          return getters;
        }
      };

  private RequestValidator() {}

  /**
   * Fails with every violation, each named as the document spells it, unless {@code request} is
   * valid.
   */
  static void validate(Object request) {
    if (isPlainlyValid(request)) {
      return;
    }
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

  /**
   * {@return whether all that is required is there, and nothing that has other constraints} Then
   * there is no need to start the provider, which takes longer than all the rest of a first call.
   * Null satisfies whatever constraint the document can state, but that of being required.
   */
  private static boolean isPlainlyValid(Object bean) {
    try {
      for (Method getter : GETTERS.get(bean.getClass())) {
        Object value = getter.invoke(bean);
        if (value == null
            ? getter.isAnnotationPresent(NotNull.class)
            : !isPlainlyValid(getter, value)) {
          return false;
        }
      }
      return true;
    } catch (ReflectiveOperationException e) {
      return false; // which the provider may know how to do
    }
  }

  private static boolean isPlainlyValid(Method getter, Object value) {
    for (Annotation annotation : getter.getAnnotations()) {
      if (annotation.annotationType().isAnnotationPresent(Constraint.class)
          && !(annotation instanceof NotNull)) {
        return false;
      }
    }
    boolean isContainer = value instanceof Collection<?> || value instanceof Map<?, ?>;
    return !isContainer && (!getter.isAnnotationPresent(Valid.class) || isPlainlyValid(value));
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
