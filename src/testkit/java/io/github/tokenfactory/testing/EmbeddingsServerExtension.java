package io.github.tokenfactory.testing;

import io.github.tokenfactory.TokenFactoryClient;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives JUnit tests an {@link EmbeddingsServer} and a {@link TokenFactoryClient} for it as
 * parameters, and fails tests whose requests do not match the published document.
 *
 * <p>With {@code @ExtendWith(EmbeddingsServerExtension.class)} each test has its own server, so
 * tests can run in parallel. If the address is needed earlier, such as for an application context,
 * start a server and register it with {@link #using}. The client is closed after the test. A test
 * that expects violations must {@linkplain EmbeddingsServer#takeViolations take} them.
 */
public final class EmbeddingsServerExtension implements AfterEachCallback, ParameterResolver {
  private static final class State {
    final EmbeddingsServer server;
    @Nullable TokenFactoryClient client;

    State(EmbeddingsServer server) {
      this.server = server;
    }

    TokenFactoryClient client() {
      if (client == null) {
        client = server.clientBuilder().build();
      }
      return client;
    }
  }

  private final @Nullable EmbeddingsServer shared;

  /** Creates an extension that starts a server for each test; called by JUnit. */
  public EmbeddingsServerExtension() {
    this.shared = null;
  }

  private EmbeddingsServerExtension(EmbeddingsServer shared) {
    this.shared = shared;
  }

  /**
   * {@return an extension for {@code @RegisterExtension} with one server for all tests}
   *
   * @param server a started server; reset after each test, but not closed
   */
  public static EmbeddingsServerExtension using(EmbeddingsServer server) {
    return new EmbeddingsServerExtension(Objects.requireNonNull(server, "server"));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return context.getTestMethod().isPresent()
        && (type == EmbeddingsServer.class || type == TokenFactoryClient.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ExtensionContext.Store store = store(context);
    State state = store.get(State.class, State.class);
    if (state == null) {
      state = new State(shared == null ? EmbeddingsServer.start() : shared);
      store.put(State.class, state);
    }
    return parameter.getParameter().getType() == EmbeddingsServer.class
        ? state.server
        : state.client();
  }

  /** Closes the client and the server of the test, and fails it if there are violations. */
  @Override
  public void afterEach(ExtensionContext context) {
    State state = store(context).remove(State.class, State.class);
    if (state != null && state.client != null) {
      state.client.close();
    }
    EmbeddingsServer server = state == null ? shared : state.server;
    if (server == null) {
      return;
    }
    List<Violation> violations = server.takeViolations();
    if (server == shared) {
      server.reset();
    } else {
      server.close();
    }
    if (!violations.isEmpty()) {
      throw new AssertionError(
          violations.stream()
              .map(violation -> "\n  " + violation)
              .collect(
                  Collectors.joining(
                      "",
                      "Requests did not match the published document:",
                      "\nIf the test expects this, call takeViolations().")));
    }
  }

  private ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(Namespace.create(EmbeddingsServerExtension.class, this));
  }
}
