package io.github.tokenfactory;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What all calls of a client share, and the calls that are under way; safe for use by several
 * threads.
 */
final class Calls implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Calls.class.getName());

  final Waiter waiter;
  final Executor workers;
  final Duration timeout;
  final int maxRetries;

  /** Whether a thread that waits for a call may just as well make it. */
  final BooleanSupplier direct;

  final Pacer pacer = new Pacer();
  private final CallListener listener;
  private final AtomicLong ids = new AtomicLong();
  private final Set<RetriedCall<?, ?>> underWay = ConcurrentHashMap.newKeySet();
  private final Set<Runnable> closing = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Calls(
      Waiter waiter,
      Executor workers,
      Duration timeout,
      int maxRetries,
      BooleanSupplier direct,
      CallListener listener) {
    this.waiter = waiter;
    this.workers = workers;
    this.timeout = timeout;
    this.maxRetries = maxRetries;
    this.direct = direct;
    this.listener = listener;
  }

  /** {@return a number that no other call of this client has} */
  long nextId() {
    return ids.incrementAndGet();
  }

  /** Ends {@code call} with this, at once if that has happened already. */
  void add(RetriedCall<?, ?> call) {
    underWay.add(call);
    if (closed) {
      call.cancel("The client is closed: make another, or close it later.");
    }
  }

  void remove(RetriedCall<?, ?> call) {
    underWay.remove(call);
  }

  /** Runs {@code task} at the end of all calls, unless what this returns is run before. */
  Runnable whenClosed(Runnable task) {
    closing.add(task);
    if (closed) {
      task.run();
    }
    return () -> closing.remove(task);
  }

  /** Tells the listener, whose own errors are no concern of the call's. */
  void tell(Consumer<CallListener> what) {
    try {
      what.accept(listener);
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, "A CallListener failed; the call goes on.", e);
    }
  }

  /** Ends every call under way, and every later one. */
  @Override
  public void close() {
    closed = true;
    closing.forEach(Runnable::run);
    underWay.forEach(call -> call.cancel("The client was closed during the call."));
    waiter.close();
  }
}
