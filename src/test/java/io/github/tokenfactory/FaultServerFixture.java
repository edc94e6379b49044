package io.github.tokenfactory;

import io.github.tokenfactory.FaultServer.Step;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Gives each test a scripted server and clients that call it, and closes them afterwards. */
abstract class FaultServerFixture {
  final FakeScheduler scheduler = FakeScheduler.impatient();
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
  FaultServer server;

  /** Starts a server that expects no request. */
  @BeforeEach
  void startServer() throws IOException {
    serve();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  /** Starts the server that clients built from now on call. */
  final FaultServer serve(Step... script) throws IOException {
    server = new FaultServer(script);
    toClose.push(server);
    return server;
  }

  final TokenFactoryClientBuilder builder() {
    return TokenFactoryClient.builder().apiKey("k3y").baseUrl(server.url()).scheduler(scheduler);
  }

  final TokenFactoryClient open(TokenFactoryClientBuilder builder) {
    TokenFactoryClient client = builder.build();
    toClose.push(client);
    return client;
  }
}
