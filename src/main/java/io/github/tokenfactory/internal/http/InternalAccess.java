package io.github.tokenfactory.internal.http;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Lets the packages of this library share what a public class does not show to its users, as
 * OkHttp's {@code internal.Internal} does.
 */
public final class InternalAccess {
  private static final Map<Class<?>, Function<Object, Object>> ACCESS = new ConcurrentHashMap<>();

  private InternalAccess() {}

  /** Grants access to a part of each instance of {@code owner}; for its static initializer. */
  public static <T> void grant(Class<T> owner, Function<T, Object> access) {
    ACCESS.put(owner, instance -> access.apply(owner.cast(instance)));
  }

  /** {@return the part of {@code instance} that its class grants access to} */
  public static <P> P of(Object instance, Class<P> part) {
    Function<Object, Object> access = Objects.requireNonNull(ACCESS.get(instance.getClass()));
    return part.cast(access.apply(instance));
  }
}
