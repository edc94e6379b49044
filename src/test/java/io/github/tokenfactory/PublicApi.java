package io.github.tokenfactory;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Describes the public API of compiled classes: a block for each type with a line for each member,
 * the same on every JDK.
 *
 * <p>A line has everything that may affect callers and implementors: modifiers, generics, nullness,
 * exceptions, the values of constants, deprecation.
 */
final class PublicApi {
  private static final Path INTERNAL = Path.of("io/github/tokenfactory/internal");

  private final Class<?> type;

  private PublicApi(Class<?> type) {
    this.type = type;
  }

  /** {@return the blocks of the visible types in the directory {@code classes}, by binary name} */
  static Map<String, String> of(Path classes) throws IOException {
    Map<String, String> api = new TreeMap<>();
    try (Stream<Path> files = Files.walk(classes)) {
      files
          .map(classes::relativize)
          .filter(file -> file.toString().endsWith(".class"))
          .filter(file -> !file.endsWith("module-info.class"))
          .filter(file -> !file.startsWith(INTERNAL))
          .map(PublicApi::load)
          .filter(PublicApi::isVisible)
          .forEach(type -> api.put(type.getName(), new PublicApi(type).block()));
    }
    return api;
  }

  private static Class<?> load(Path file) {
    String name = file.toString().replace(".class", "").replace(File.separatorChar, '.');
    try {
      return Class.forName(name, false, PublicApi.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isVisible(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return !type.isAnonymousClass()
        && !type.isLocalClass()
        && isVisible(type.getModifiers(), outer)
        && (outer == null || isVisible(outer));
  }

  private static boolean isVisible(int modifiers, @Nullable Class<?> owner) {
    return Modifier.isPublic(modifiers)
        || (Modifier.isProtected(modifiers)
            && owner != null
            && !Modifier.isFinal(owner.getModifiers()));
  }

  private String block() {
    return Stream.of(
            Stream.of(header()),
            lines(type.getDeclaredFields(), this::field),
            lines(type.getDeclaredConstructors(), this::constructor),
            lines(type.getDeclaredMethods(), this::method))
        .flatMap(lines -> lines)
        .collect(Collectors.joining("\n  ", "", "\n"));
  }

  private <M extends Member> Stream<String> lines(M[] members, Function<M, String> line) {
    return Arrays.stream(members)
        .filter(member -> isVisible(member.getModifiers(), type) && !member.isSynthetic())
        .sorted(Comparator.comparing((M member) -> member.getName()).thenComparing(line))
        .map(line);
  }

  private String field(Field field) {
    return marks(field)
        + modifiers(field.getModifiers() & Modifier.fieldModifiers())
        + name(field.getAnnotatedType())
        + " "
        + field.getName()
        + value(field);
  }

  private String constructor(Constructor<?> constructor) {
    return marks(constructor)
        + modifiers(constructor.getModifiers() & Modifier.constructorModifiers())
        + variables(constructor)
        + type.getSimpleName()
        + parameters(constructor);
  }

  private String method(Method method) {
    return marks(method)
        + modifiers(method.getModifiers() & Modifier.methodModifiers() & ~Modifier.SYNCHRONIZED)
        + (method.isDefault() ? "default " : "")
        + variables(method)
        + name(method.getAnnotatedReturnType())
        + " "
        + method.getName()
        + parameters(method);
  }

  private String header() {
    StringBuilder header = new StringBuilder(type.getName()).append(": ").append(marks(type));
    if (type.isAnnotationPresent(NullMarked.class)
        || type.getPackage().isAnnotationPresent(NullMarked.class)) {
      header.append("@NullMarked ");
    }
    int implied = type.isInterface() ? Modifier.ABSTRACT | Modifier.INTERFACE : 0;
    header.append(modifiers(type.getModifiers() & ~implied & Modifier.classModifiers()));
    header.append(kind()).append(variables(type).stripTrailing());
    AnnotatedType parent = type.getAnnotatedSuperclass();
    if (parent != null && parent.getType() != Object.class) {
      header.append(" extends ").append(name(parent));
    }
    AnnotatedType[] interfaces = type.getAnnotatedInterfaces();
    if (interfaces.length > 0) {
      header.append(type.isInterface() ? " extends " : " implements ");
      header.append(names(interfaces, ", "));
    }
    return header.toString();
  }

  private String kind() {
    if (type.isInterface()) {
      return type.isAnnotation() ? "@interface" : "interface";
    }
    return type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
  }

  private static String marks(AnnotatedElement element) {
    return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
  }

  private static String modifiers(int modifiers) {
    return modifiers == 0 ? "" : Modifier.toString(modifiers) + " ";
  }

  /** Compilers copy constants into the code that uses them. */
  private static String value(Field field) {
    Class<?> of = field.getType();
    int modifiers = field.getModifiers();
    if (!Modifier.isStatic(modifiers)
        || !Modifier.isFinal(modifiers)
        || !(of.isPrimitive() || of == String.class)) {
      return "";
    }
    try {
      return " = " + field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private String parameters(Executable executable) {
    List<String> parameters = new ArrayList<>();
    for (Parameter parameter : executable.getParameters()) {
      String of = name(parameter.getAnnotatedType());
      parameters.add(parameter.isVarArgs() ? of.replaceFirst("\\[]$", "...") : of);
    }
    AnnotatedType[] thrown = executable.getAnnotatedExceptionTypes();
    return "("
        + String.join(", ", parameters)
        + ")"
        + (thrown.length == 0 ? "" : " throws " + names(thrown, ", "));
  }

  private String variables(GenericDeclaration declaration) {
    TypeVariable<?>[] variables = declaration.getTypeParameters();
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(variable -> variable.getName() + bounds(variable))
            .collect(Collectors.joining(", ", "<", "> "));
  }

  private String bounds(TypeVariable<?> variable) {
    String bounds = names(variable.getAnnotatedBounds(), " & ");
    return bounds.equals("Object") ? "" : " extends " + bounds;
  }

  private String names(AnnotatedType[] types, String separator) {
    return Arrays.stream(types).map(this::name).collect(Collectors.joining(separator));
  }

  private String name(AnnotatedType of) {
    if (of instanceof AnnotatedArrayType array) {
      StringBuilder dimensions = new StringBuilder();
      AnnotatedType element = array;
      while (element instanceof AnnotatedArrayType outer) {
        dimensions.append(nullness(outer).isEmpty() ? "" : " @Nullable ").append("[]");
        element = outer.getAnnotatedGenericComponentType();
      }
      return name(element) + dimensions;
    }
    if (of instanceof AnnotatedWildcardType wildcard) {
      AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
      String upper = names(wildcard.getAnnotatedUpperBounds(), " & ");
      return lower.length > 0
          ? "? super " + names(lower, " & ")
          : upper.equals("Object") ? "?" : "? extends " + upper;
    }
    if (of instanceof AnnotatedTypeVariable variable) {
      return nullness(variable) + variable.getType().getTypeName();
    }
    if (of instanceof AnnotatedParameterizedType parameterized) {
      Class<?> raw = (Class<?>) ((ParameterizedType) parameterized.getType()).getRawType();
      return nullness(parameterized)
          + name(raw)
          + "<"
          + names(parameterized.getAnnotatedActualTypeArguments(), ", ")
          + ">";
    }
    return nullness(of) + name((Class<?>) of.getType());
  }

  private static String nullness(AnnotatedType of) {
    return of.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
  }

  /** {@return the name as in the source file of the type} */
  private String name(Class<?> other) {
    Class<?> outermost = other;
    while (outermost.getEnclosingClass() != null) {
      outermost = outermost.getEnclosingClass();
    }
    String from = outermost.getPackageName();
    return from.equals("java.lang") || from.equals(type.getPackageName())
        ? other.getCanonicalName().replaceFirst("^" + from + "\\.", "")
        : other.getCanonicalName();
  }
}
