package io.github.tokenfactory.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.bulk.BulkEmbedder;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.errors.DeadlineExceededException;
import io.github.tokenfactory.errors.InvalidResponseException;
import io.github.tokenfactory.errors.RateLimitException;
import io.github.tokenfactory.errors.ServerException;
import io.github.tokenfactory.errors.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the client handles each reply. */
@ExtendWith(EmbeddingsServerExtension.class)
class ReplyTest {
  private static final EmbeddingInput TEXTS = EmbeddingInput.texts("a cat", "a dog");
  private static final Duration LONG = Duration.ofHours(1);

  private static TokenFactoryClient withoutRetries(EmbeddingsServer server) {
    return server.clientBuilder().maxRetries(0).build();
  }

  private static Reply good() {
    return Reply.embeddings();
  }

  static List<Arguments> faults() {
    return List.of(
        arguments("disconnect", Reply.disconnect(), TransportException.class),
        arguments("truncated", good().truncated(), TransportException.class),
        arguments("no JSON", Reply.of(200, "{\"data\": ["), InvalidResponseException.class),
        arguments("no body", Reply.of(200, ""), InvalidResponseException.class),
        arguments("missing", good().without(1), InvalidResponseException.class),
        arguments("repeated", good().repeating(0), InvalidResponseException.class),
        arguments("too short", good().vector(1, 0.5f), InvalidResponseException.class),
        arguments("not a number", good().vector(0, 1, Float.NaN), InvalidResponseException.class),
        arguments("null", good().vectorJson(0, "[1, null]"), InvalidResponseException.class),
        arguments(
            "no data", good().edited(body -> body.remove("data")), InvalidResponseException.class),
        arguments("500", Reply.detail(500, "sorry"), ServerException.class),
        arguments("503", Reply.of(503, "<html>busy</html>"), ServerException.class),
        arguments("429", Reply.tooManyRequests(LONG), RateLimitException.class));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void failsAsExpected(
      String name, Reply reply, Class<? extends Throwable> error, EmbeddingsServer server) {
    for (boolean base64 : new boolean[] {true, false}) {
      try (TokenFactoryClient client = withoutRetries(server)) {
        EmbeddingsService embeddings = EmbeddingsService.of(client).withBase64(base64);
        server.enqueue(reply);
        assertThat(catchThrowable(() -> embeddings.create("m", TEXTS))).isInstanceOf(error);
        // The next request gets vectors again.
        assertThat(embeddings.create("m", TEXTS).size()).isEqualTo(2);
      }
    }
    assertThat(server.requests()).hasSize(4);
  }

  static List<Arguments> unusual() {
    return List.of(
        arguments("delayed", good().delayed(Duration.ofMillis(1))),
        arguments("throttled", good().throttled(1000, Duration.ofNanos(1))),
        arguments("reversed", good().reversed()),
        arguments("as numbers", good().asNumbers()),
        arguments("without usage", good().edited(body -> body.remove("usage"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unusual")
  void succeedsDespiteUnusualReplies(String name, Reply reply, EmbeddingsServer server) {
    try (TokenFactoryClient client = withoutRetries(server)) {
      EmbeddingResult expected = EmbeddingsService.of(client).create("m", TEXTS);
      server.enqueue(reply);
      EmbeddingResult result = EmbeddingsService.of(client).create("m", TEXTS);
      assertThat(result.vectors()).containsExactlyElementsOf(expected.vectors());
    }
  }

  @Test
  void sendsTheGivenVectors(EmbeddingsServer server, TokenFactoryClient client) {
    server.enqueue(good().vector(0, 1, 2).vectorJson(1, "[3, 4]"));

    assertThat(EmbeddingsService.of(client).create("m", TEXTS).vectors())
        .containsExactly(new float[] {1, 2}, new float[] {3, 4});
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 409, 429, 500, 503})
  void asksClientsToRetryAtOnce(int status, EmbeddingsServer server, TokenFactoryClient client) {
    server.enqueue(Reply.detail(status, "not now"), Reply.detail(status, "not now"));

    assertThat(EmbeddingsService.of(client).create("m", TEXTS).info().attempts()).isEqualTo(3);
  }

  @Test
  void sendsTheRetryAfterOfTheReply(EmbeddingsServer server, TokenFactoryClient client) {
    server.enqueue(Reply.detail(503, "not now").header("Retry-After", "3600"));
    ServerException busy =
        catchThrowableOfType(
            ServerException.class, () -> EmbeddingsService.of(client).create("m", TEXTS));
    assertThat(busy.info().attempts()).isEqualTo(1);

    server.enqueue(
        Reply.tooManyRequests(Duration.ofMillis(1500)).header("x-should-retry", "false"));
    RateLimitException e =
        catchThrowableOfType(
            RateLimitException.class, () -> EmbeddingsService.of(client).create("m", TEXTS));
    assertThat(e.info().retryAfter()).isEqualTo(Duration.ofMillis(1500));
    assertThat(e.info().rateLimits().remainingRequests()).isZero();
    assertThat(e.info().rateLimits().resetRequests()).isEqualTo(Duration.ofMillis(1500));
    assertThat(e.info().rateLimits().overLimit()).isTrue();
  }

  @Test
  void delaysClientsBeyondTheirTimeout(EmbeddingsServer server) {
    try (TokenFactoryClient client =
        server.clientBuilder().timeout(Duration.ofMillis(300)).build()) {
      for (Reply reply : List.of(good().delayed(LONG), good().throttled(1000, LONG))) {
        server.enqueue(reply);
        assertThat(catchThrowable(() -> EmbeddingsService.of(client).create("m", TEXTS)))
            .isInstanceOf(DeadlineExceededException.class);
      }
    }
  }

  @Test
  void writesErrorsInTheFormsOfServers(EmbeddingsServer server, TokenFactoryClient client) {
    BadRequestException invalid = error(server, client, Reply.invalid("too long", "input", 1));
    assertThat(invalid.info().status()).isEqualTo(422);
    assertThat(invalid.validationIssues()).hasSize(1);
    assertThat(invalid.detail()).isEqualTo("body.input.1: too long");

    assertThat(error(server, client, Reply.detail(400, "no")).detail()).isEqualTo("no");

    BadRequestException openAi =
        error(server, client, Reply.openAiError(400, "no", "invalid_request_error", "bad"));
    assertThat(openAi.detail()).isEqualTo("no");
    assertThat(openAi.type()).isEqualTo("invalid_request_error");
    assertThat(openAi.code()).isEqualTo("bad");

    BadRequestException vllm = error(server, client, Reply.vllmError(400, "no"));
    assertThat(vllm.detail()).isEqualTo("no");
    assertThat(vllm.code()).isEqualTo("400");
  }

  private static BadRequestException error(
      EmbeddingsServer server, TokenFactoryClient client, Reply reply) {
    server.enqueue(reply);
    return catchThrowableOfType(
        BadRequestException.class, () -> EmbeddingsService.of(client).create("m", TEXTS));
  }

  @Test
  void reportsRepliesThatDoNotFitTheRequest(EmbeddingsServer server, TokenFactoryClient client) {
    assertThatIllegalStateException().isThrownBy(() -> Reply.detail(400, "no").reversed());

    server.enqueue(good().without(2));
    assertThat(catchThrowable(() -> EmbeddingsService.of(client).create("m", TEXTS)))
        .isInstanceOf(ServerException.class);
    assertThat(server.takeViolations().toString()).contains("the input 2");
  }

  /** A bulk run splits, retries and collects failures. */
  @Test
  void servesBulkRuns(EmbeddingsServer server, TokenFactoryClient client) {
    server
        .when(request -> request.size() > 4, Reply.detail(413, "too many"))
        .when(request -> request.texts().contains("text 5"), Reply.vllmError(400, "no"))
        .enqueue(Reply.detail(503, "not yet"));
    List<String> failed =
        BulkEmbedder.builder(EmbeddingsService.of(client), "m")
            .maxTexts(8)
            .onFailure(BulkEmbedder.OnFailure.COLLECT)
            .build()
            .stream(IntStream.range(0, 20).mapToObj(i -> "text " + i).iterator())
            .filter(item -> !item.isEmbedded())
            .map(item -> String.valueOf(item.position()))
            .toList();

    assertThat(failed).containsExactly("5");
  }

  @Test
  void limitsTheRateOfBulkRuns(EmbeddingsServer server, TokenFactoryClient client) {
    server.rateLimit(2, 1000, Duration.ofMillis(20));
    List<String> texts = Stream.generate(() -> "a cat").limit(9).toList();

    List<float[]> vectors =
        BulkEmbedder.builder(EmbeddingsService.of(client), "m")
            .maxTexts(1)
            .concurrency(1)
            .build()
            .embedAll(texts);

    assertThat(vectors).hasSize(9);
    assertThat(server.requests()).hasSize(9); // none was refused
  }
}
