package io.github.tokenfactory.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.CancelledException;
import io.github.tokenfactory.errors.TransportException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Runs tests that use the extension, some of which must fail. */
class EmbeddingsServerExtensionTest {
  private static final EmbeddingInput TEXT = EmbeddingInput.text("a cat");

  private static Events run(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(tests))
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
        .execute()
        .testEvents();
  }

  private static void violate(EmbeddingsServer server) throws Exception {
    HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.baseUrl() + "v1/unknown")).build(),
            BodyHandlers.discarding());
  }

  @ExtendWith(EmbeddingsServerExtension.class)
  @Execution(ExecutionMode.CONCURRENT)
  static class SideBySide {
    static final Set<EmbeddingsServer> SERVERS = ConcurrentHashMap.newKeySet();
    static final List<TokenFactoryClient> CLIENTS = new CopyOnWriteArrayList<>();
    static final CyclicBarrier ALL = new CyclicBarrier(4);

    @BeforeEach
    void embed(TokenFactoryClient client) {
      EmbeddingsService.of(client).create("m", TEXT);
    }

    @RepeatedTest(4)
    void each(EmbeddingsServer server, TokenFactoryClient client) throws Exception {
      SERVERS.add(server);
      CLIENTS.add(client);
      EmbeddingsService.of(client).create("m", TEXT);
      ALL.await(10, TimeUnit.SECONDS); // all tests are running now
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void givesEachTestAServerAndAClientOfItsOwn() {
    run(SideBySide.class).assertStatistics(tests -> tests.started(4).succeeded(4));

    assertThat(SideBySide.SERVERS).hasSize(4);
    for (EmbeddingsServer server : SideBySide.SERVERS) {
      assertThat(isClosed(server)).isTrue();
    }
    for (TokenFactoryClient client : SideBySide.CLIENTS) {
      assertThat(catchThrowable(() -> EmbeddingsService.of(client).create("m", TEXT)))
          .isInstanceOf(CancelledException.class);
    }
  }

  private static boolean isClosed(EmbeddingsServer server) {
    try (TokenFactoryClient client = server.clientBuilder().maxRetries(0).build()) {
      return catchThrowable(() -> EmbeddingsService.of(client).create("m", TEXT))
          instanceof TransportException;
    }
  }

  @ExtendWith(EmbeddingsServerExtension.class)
  static class WithViolations {
    @Test
    void unexpected(EmbeddingsServer server) throws Exception {
      violate(server);
    }

    @Test
    void expected(EmbeddingsServer server) throws Exception {
      violate(server);
      assertThat(server.takeViolations()).hasToString("[path: Not Found]");
    }
  }

  @Test
  void failsTestsThatLeaveViolations() {
    Events tests = run(WithViolations.class);

    tests.assertStatistics(t -> t.started(2).succeeded(1).failed(1));
    tests
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                test("unexpected"),
                finishedWithFailure(
                    instanceOf(AssertionError.class),
                    message(text -> text.contains("path: Not Found")))));
  }

  static class Shared {
    static final EmbeddingsServer SERVER = EmbeddingsServer.start();

    @RegisterExtension
    static final EmbeddingsServerExtension EXTENSION = EmbeddingsServerExtension.using(SERVER);

    @Test
    void first(EmbeddingsServer server, TokenFactoryClient client) {
      assertThat(server).isSameAs(SERVER);
      SERVER.enqueue(Reply.embeddings(), Reply.disconnect());
      EmbeddingsService.of(client).create("m", TEXT);
      assertThat(SERVER.requests()).hasSize(1);
    }

    @Test
    void second(TokenFactoryClient client) throws Exception {
      EmbeddingsService.of(client).create("m", TEXT);
      assertThat(SERVER.requests()).hasSize(1);
    }

    @Nested
    class Inner {
      @Test
      void third() throws Exception {
        violate(SERVER);
      }
    }
  }

  @Test
  void resetsASharedServerAndLeavesItOpen() {
    run(Shared.class).assertStatistics(tests -> tests.started(3).succeeded(2).failed(1));

    assertThat(isClosed(Shared.SERVER)).isFalse();
    Shared.SERVER.close();
    assertThat(isClosed(Shared.SERVER)).isTrue();
  }
}
