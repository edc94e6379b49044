package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.CallListener;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What all calls of a client share, and the calls in progress; safe for use by several threads. */
public final class CallRegistry implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(CallRegistry.class.getName());

  private final Scheduler scheduler;
  private final Executor workers;
  private final CallSettings defaults;
  private final CallListener listener;
  private final RequestValidator validator;
  private final AtomicLong ids = new AtomicLong();
  private final Set<RetryingCall<?, ?>> inProgress = ConcurrentHashMap.newKeySet();
  private final Set<Runnable> closing = ConcurrentHashMap.newKeySet();
  private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * Is for calls that run on {@code workers}, with {@code defaults} for what a call leaves open.
   */
  public CallRegistry(
      Scheduler scheduler,
      Executor workers,
      CallSettings defaults,
      CallListener listener,
      RequestValidator validator) {
    this.scheduler = scheduler;
    this.workers = workers;
    this.defaults = defaults;
    this.listener = listener;
    this.validator = validator;
  }

  /** {@return the client's clock and timers} */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** {@return the client's threads} */
  public Executor workers() {
    return workers;
  }

  RequestValidator validator() {
    return validator;
  }

  CallSettings defaults() {
    return defaults;
  }

  /** {@return the one object of this type that all users of the client share} */
  public <T> T shared(Class<T> type, Supplier<T> factory) {
    return type.cast(shared.computeIfAbsent(type, key -> factory.get()));
  }

  /** {@return a number that no other call of this client has} */
  long nextId() {
    return ids.incrementAndGet();
  }

  /** Registers {@code call} so that close() cancels it; cancels it now if already closed. */
  void add(RetryingCall<?, ?> call) {
    inProgress.add(call);
    if (closed) {
      call.cancel("The client has been closed.");
    }
  }

  void remove(RetryingCall<?, ?> call) {
    inProgress.remove(call);
  }

  /** Runs {@code task} when the client is closed; running the result calls it off. */
  public Runnable whenClosed(Runnable task) {
    closing.add(task);
    if (closed) {
      task.run();
    }
    return () -> closing.remove(task);
  }

  /** Notifies the listener. */
  void tell(Consumer<CallListener> event) {
    run("A CallListener", () -> event.accept(listener));
  }

  /** Runs code of the user; its errors are logged and do not affect the call. */
  void run(String what, Runnable code) {
    try {
      code.run();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, what + " failed; the call goes on.", e);
    }
  }

  /** Cancels every call in progress, and every later one. */
  @Override
  public void close() {
    closed = true;
    closing.forEach(Runnable::run);
    inProgress.forEach(call -> call.cancel("The client was closed during the call."));
    scheduler.close();
  }
}
