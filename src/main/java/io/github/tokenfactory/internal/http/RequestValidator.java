package io.github.tokenfactory.internal.http;

import com.google.gson.annotations.SerializedName;
import io.github.tokenfactory.errors.InvalidRequestException;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.ParameterNameProvider;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.hibernate.validator.spi.nodenameprovider.JavaBeanProperty;
import org.hibernate.validator.spi.nodenameprovider.Property;
import org.jspecify.annotations.Nullable;
import retrofit2.Invocation;
import retrofit2.http.Body;
import retrofit2.http.Field;
import retrofit2.http.Header;
import retrofit2.http.Part;
import retrofit2.http.Path;
import retrofit2.http.Query;

/** Checks a request against the constraints of the document before anything is sent. */
final class RequestValidator {
  /** Created on first use: that takes longer than a whole call. */
  private static final class Default {
    private static final Logger BANNER =
        Logger.getLogger("org.hibernate.validator.internal.util.Version");
    static final Validator VALIDATOR;

    static {
      // Its banner would be the only line of this library in a user's log.
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
              .parameterNameProvider(new ParameterNames())
              .buildValidatorFactory()
              .getValidator();
    }
  }

  private static final ClassValue<List<Method>> GETTERS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> bean) {
          List<Method> getters = new ArrayList<>();
          for (Method method : bean.getMethods()) {
            if (method.getName().startsWith("get")
                && method.getParameterCount() == 0
                && method.getDeclaringClass() != Object.class
                && !Modifier.isStatic(method.getModifiers())) {
              getters.add(method);
            }
          }
          return getters;
        }
      };

  /** Whether constraints stand at fields, where generated models have none. */
  private static final ClassValue<Boolean> CONSTRAINED_FIELDS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> bean) {
          Class<?> parent = bean.getSuperclass();
          return Arrays.stream(bean.getDeclaredFields())
                  .anyMatch(
                      field ->
                          Arrays.stream(field.getAnnotations())
                                  .anyMatch(each -> each instanceof Valid || isConstraint(each))
                              || hasElementConstraint(field.getAnnotatedType()))
              || parent != null && get(parent);
        }
      };

  /** Whether the parameters of an operation have constraints: reflection is slow to tell. */
  private static final ClassValue<Map<Method, Boolean>> CONSTRAINED =
      new ClassValue<>() {
        @Override
        protected Map<Method, Boolean> computeValue(Class<?> service) {
          return new ConcurrentHashMap<>();
        }
      };

  /** Types of libraries that have no constraints. */
  private static final Pattern NOT_BEANS =
      Pattern.compile("(java|javax|kotlin|okhttp3|okio|retrofit2|com\\.google\\.gson)\\.");

  private RequestValidator() {}

  /**
   * Checks the arguments of an operation.
   *
   * @throws InvalidRequestException with every violation, each named as the document spells it
   */
  static void validate(Invocation invocation) {
    Method operation = invocation.method();
    // A suspend function has one more parameter, its continuation.
    Object[] arguments =
        Arrays.copyOf(invocation.arguments().toArray(), operation.getParameterCount());
    boolean isConstrained =
        CONSTRAINED
            .get(operation.getDeclaringClass())
            .computeIfAbsent(operation, RequestValidator::isConstrained);
    if (isConstrained && !isPlainlyValid(operation, arguments)) {
      Object service =
          Proxy.newProxyInstance(
              operation.getDeclaringClass().getClassLoader(),
              new Class<?>[] {operation.getDeclaringClass()},
              (proxy, method, values) -> null);
      require(
          operation.getName(),
          Default.VALIDATOR.forExecutables().validateParameters(service, operation, arguments));
    }
    for (Object argument : arguments) {
      if (argument instanceof Collection<?> parts) {
        parts.forEach(RequestValidator::validateBean);
      } else {
        validateBean(argument);
      }
    }
  }

  private static boolean isConstrained(Method operation) {
    return Arrays.stream(operation.getParameters())
        .anyMatch(
            parameter ->
                Arrays.stream(parameter.getAnnotations()).anyMatch(RequestValidator::isConstraint)
                    || hasElementConstraint(parameter.getAnnotatedType()));
  }

  private static boolean isPlainlyValid(Method operation, @Nullable Object[] arguments) {
    Parameter[] parameters = operation.getParameters();
    for (int i = 0; i < parameters.length; i++) {
      for (Annotation annotation : parameters[i].getAnnotations()) {
        boolean isPlain =
            arguments[i] == null ? acceptsNull(annotation) : annotation instanceof NotNull;
        if (isConstraint(annotation) && !isPlain) {
          return false;
        }
      }
      if (arguments[i] != null && hasElementConstraint(parameters[i].getAnnotatedType())) {
        return false;
      }
    }
    return true;
  }

  private static boolean acceptsNull(Annotation annotation) {
    return annotation.annotationType().getPackage() == NotNull.class.getPackage()
        && !(annotation instanceof NotNull
            || annotation instanceof NotEmpty
            || annotation instanceof NotBlank);
  }

  private static boolean hasElementConstraint(AnnotatedType type) {
    return type instanceof AnnotatedParameterizedType generic
        && Arrays.stream(generic.getAnnotatedActualTypeArguments())
            .anyMatch(
                element ->
                    Arrays.stream(element.getAnnotations()).anyMatch(RequestValidator::isConstraint)
                        || hasElementConstraint(element));
  }

  private static boolean isConstraint(Annotation annotation) {
    return annotation.annotationType().isAnnotationPresent(Constraint.class);
  }

  static void validateBean(@Nullable Object bean) {
    if (bean != null
        && !NOT_BEANS.matcher(bean.getClass().getName()).lookingAt()
        && !isPlainlyValid(bean)) {
      require(bean.getClass().getSimpleName(), Default.VALIDATOR.validate(bean));
    }
  }

  private static void require(String what, Set<ConstraintViolation<Object>> violations) {
    if (!violations.isEmpty()) {
      throw new InvalidRequestException(
          violations.stream()
              .map(v -> name(v.getPropertyPath()) + " " + v.getMessage())
              .sorted()
              .collect(Collectors.joining("; ", "Invalid " + what + ", nothing was sent: ", ".")));
    }
  }

  private static String name(jakarta.validation.Path path) {
    String name = path.toString().replaceAll("[.]<[a-z ]+>", ""); // such as .<list element>
    return path.iterator().next().getKind() == ElementKind.METHOD
        ? name.substring(name.indexOf('.') + 1)
        : name;
  }

  /**
   * {@return whether all required values are set, and no other constraint has to be checked}
   *
   * <p>This avoids the start of the provider, which takes longer than the rest of a first call.
   * Null satisfies every other constraint that the document can state.
   */
  private static boolean isPlainlyValid(Object bean) {
    if (CONSTRAINED_FIELDS.get(bean.getClass())) {
      return false;
    }
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
      return false; // the provider may have access
    }
  }

  private static boolean isPlainlyValid(Method getter, Object value) {
    for (Annotation annotation : getter.getAnnotations()) {
      if (isConstraint(annotation) && !(annotation instanceof NotNull)) {
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
        // Not a property of a generated model.
      }
    }
    return property.getName();
  }

  /** Names parameters as Retrofit's annotations do, which is how the document spells them. */
  private static final class ParameterNames implements ParameterNameProvider {
    @Override
    public List<String> getParameterNames(Constructor<?> constructor) {
      return Arrays.stream(constructor.getParameters()).map(Parameter::getName).toList();
    }

    @Override
    public List<String> getParameterNames(Method operation) {
      return Arrays.stream(operation.getParameters()).map(ParameterNames::name).toList();
    }

    private static String name(Parameter parameter) {
      for (Annotation annotation : parameter.getAnnotations()) {
        if (annotation instanceof Query query) {
          return query.value();
        } else if (annotation instanceof Path path) {
          return path.value();
        } else if (annotation instanceof Header header) {
          return header.value();
        } else if (annotation instanceof Field field) {
          return field.value();
        } else if (annotation instanceof Part part && !part.value().isEmpty()) {
          return part.value();
        } else if (annotation instanceof Body) {
          return "body";
        }
      }
      return parameter.getName();
    }
  }
}
