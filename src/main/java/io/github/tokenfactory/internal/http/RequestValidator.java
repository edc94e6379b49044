package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.errors.InvalidRequestException;
import io.github.tokenfactory.json.Checks;
import io.github.tokenfactory.json.MultipleOf;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.Path.ParameterNode;
import jakarta.validation.Validator;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import retrofit2.Invocation;
import retrofit2.http.Body;
import retrofit2.http.Field;
import retrofit2.http.Header;
import retrofit2.http.Part;
import retrofit2.http.Path;
import retrofit2.http.Query;

/**
 * Checks a request before anything is sent: bodies by the checks that are generated into models,
 * parameters by their annotations, which are read once. A validator of the caller takes the place
 * of both.
 */
public final class RequestValidator {
  private record Parameter(String name, List<Consumer<Checks.Values>> checks) {}

  private final @Nullable Validator validator;
  private final Map<Method, List<Parameter>> operations = new ConcurrentHashMap<>();

  /**
   * Creates a validator of requests.
   *
   * @param validator the caller's own, or null
   */
  public RequestValidator(@Nullable Validator validator) {
    this.validator = validator;
  }

  /**
   * Checks the arguments of an operation.
   *
   * @throws InvalidRequestException with every violation, each named as the document spells it
   */
  void validate(Invocation invocation) {
    Method operation = invocation.method();
    // A suspend function has one more parameter, its continuation.
    validate(
        operation, Arrays.copyOf(invocation.arguments().toArray(), operation.getParameterCount()));
  }

  void validate(Method operation, @Nullable Object[] arguments) {
    if (validator != null) {
      validate(validator, operation, arguments);
      return;
    }
    List<String> violations = new ArrayList<>();
    List<Parameter> parameters =
        operations.computeIfAbsent(operation, RequestValidator::parameters);
    for (int i = 0; i < arguments.length; i++) {
      Parameter parameter = parameters.get(i);
      if (!parameter.checks.isEmpty() && !(arguments[i] instanceof Checks.Checked)) {
        Checks.Values values = Checks.into(violations).at(parameter.name, arguments[i]);
        parameter.checks.forEach(check -> check.accept(values));
      }
    }
    require(operation.getName(), violations);
    forEachBean(
        arguments,
        bean -> {
          if (bean instanceof Checks.Checked model) {
            model.check(Checks.into(violations));
            require(bean.getClass().getSimpleName(), violations);
          }
        });
  }

  private static void forEachBean(@Nullable Object[] arguments, Consumer<@Nullable Object> check) {
    for (Object argument : arguments) {
      if (argument instanceof Collection<?> beans) {
        beans.forEach(check);
      } else {
        check.accept(argument);
      }
    }
  }

  private static void validate(
      Validator validator, Method operation, @Nullable Object[] arguments) {
    Class<?> service = operation.getDeclaringClass();
    Object proxy =
        Proxy.newProxyInstance(
            service.getClassLoader(), new Class<?>[] {service}, (self, method, values) -> null);
    List<Parameter> parameters = parameters(operation);
    require(
        operation.getName(),
        validator.forExecutables().validateParameters(proxy, operation, arguments).stream()
            .map(violation -> named(violation, parameters))
            .toList());
    forEachBean(
        arguments,
        bean -> {
          if (bean != null) {
            require(
                bean.getClass().getSimpleName(),
                validator.validate(bean).stream()
                    .map(violation -> named(violation, parameters))
                    .toList());
          }
        });
  }

  /**
   * {@return a violation with its place: below an operation, parameters as they are on the wire}
   */
  private static String named(ConstraintViolation<?> violation, List<Parameter> parameters) {
    String name = violation.getPropertyPath().toString().replaceAll("[.]<[a-z ]+>", "");
    for (jakarta.validation.Path.Node node : violation.getPropertyPath()) {
      if (node.getKind() == ElementKind.PARAMETER) {
        int index = node.as(ParameterNode.class).getParameterIndex();
        name = parameters.get(index).name + name.replaceFirst("[^.]*[.][^.\\[]*", "");
      }
    }
    return name + " " + violation.getMessage();
  }

  private static void require(String what, Collection<String> violations) {
    if (!violations.isEmpty()) {
      throw new InvalidRequestException(
          violations.stream()
              .sorted()
              .collect(Collectors.joining("; ", "Invalid " + what + ", nothing was sent: ", ".")));
    }
  }

  private static List<Parameter> parameters(Method operation) {
    Annotation[][] annotations = operation.getParameterAnnotations();
    AnnotatedType[] types = operation.getAnnotatedParameterTypes();
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < annotations.length; i++) {
      List<Consumer<Checks.Values>> checks = checks(annotations[i], types[i]);
      parameters.add(new Parameter(name(operation.getParameters()[i], annotations[i]), checks));
    }
    return parameters;
  }

  private static List<Consumer<Checks.Values>> checks(
      Annotation[] annotations, AnnotatedType type) {
    List<Consumer<Checks.Values>> checks = new ArrayList<>();
    for (Annotation annotation : annotations) {
      Consumer<Checks.Values> check = check(annotation);
      if (check != null) {
        checks.add(check);
      }
    }
    if (type instanceof AnnotatedParameterizedType generic) {
      AnnotatedType[] arguments = generic.getAnnotatedActualTypeArguments();
      AnnotatedType element = arguments[arguments.length - 1];
      List<Consumer<Checks.Values>> ofElements = checks(element.getAnnotations(), element);
      if (!ofElements.isEmpty()) {
        checks.add(values -> ofElements.forEach(check -> check.accept(values.elements())));
      }
    }
    return checks;
  }

  private static @Nullable Consumer<Checks.Values> check(Annotation annotation) {
    if (annotation instanceof NotNull) {
      return Checks.Values::required;
    } else if (annotation instanceof NotEmpty) {
      return values ->
          values.required("must not be empty").size(1, Integer.MAX_VALUE, "must not be empty");
    } else if (annotation instanceof NotBlank) {
      return values ->
          values
              .must(text -> !text.toString().isBlank(), "must not be blank")
              .required("must not be blank");
    } else if (annotation instanceof Size size) {
      String message =
          size.message().startsWith("{jakarta.")
              ? "size must be between {min} and {max}"
              : size.message();
      String filled = message.replace("{min}", "" + size.min()).replace("{max}", "" + size.max());
      return values -> values.size(size.min(), size.max(), filled);
    } else if (annotation instanceof Min min) {
      return values -> values.min("" + min.value(), true);
    } else if (annotation instanceof Max max) {
      return values -> values.max("" + max.value(), true);
    } else if (annotation instanceof DecimalMin min) {
      return values -> values.min(min.value(), min.inclusive());
    } else if (annotation instanceof DecimalMax max) {
      return values -> values.max(max.value(), max.inclusive());
    } else if (annotation instanceof MultipleOf step) {
      return values -> values.multipleOf(step.value());
    }
    return null;
  }

  /** {@return the name on the wire, which Retrofit's annotation states} */
  private static String name(java.lang.reflect.Parameter parameter, Annotation[] annotations) {
    for (Annotation annotation : annotations) {
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
