package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.errors.BadRequestException;
import io.github.tokenfactory.testing.EmbeddingsServer;
import io.github.tokenfactory.testing.EmbeddingsServerExtension;
import io.github.tokenfactory.testing.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(EmbeddingsServerExtension.class)
class SearchTest {

  @Test
  void findsTheTextWithTheSameWords(EmbeddingsServer server, TokenFactoryClient client) {
    Search search = new Search(client);
    search.add("The cat sat on the mat", "Interest rates rose again");

    assertEquals("The cat sat on the mat", search.best("Where is the cat?"));
    assertEquals(List.of("Where is the cat?"), server.requests().get(1).texts());
  }

  @Test
  void retriesIfTheServiceIsBusy(EmbeddingsServer server, TokenFactoryClient client) {
    server.enqueue(Reply.tooManyRequests(Duration.ofMillis(1)), Reply.detail(503, "restarting"));

    new Search(client).add("a cat");

    assertEquals(3, server.requests().size());
  }

  @Test
  void throwsIfTheServiceRefusesAText(EmbeddingsServer server, TokenFactoryClient client) {
    server.when(
        request -> request.texts().contains("forbidden"),
        Reply.openAiError(400, "no", "invalid_request_error", "content_filter"));
    Search search = new Search(client);

    search.add("allowed");
    BadRequestException e =
        assertThrows(BadRequestException.class, () -> search.add("a", "forbidden"));

    assertEquals("content_filter", e.code());
  }
}
