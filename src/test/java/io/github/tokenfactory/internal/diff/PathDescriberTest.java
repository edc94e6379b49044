package io.github.tokenfactory.internal.diff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tokenfactory.drift.Documents;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.DocumentParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathDescriberTest {
  private static final Document PINNED = DocumentParser.parse(Documents.text("openapi.json"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#/components/schemas/EmbeddingRequest/properties/input/anyOf/1/items |"
            + " EmbeddingRequest.input[anyOf 2][]",
        "#/components/schemas/Embedding/properties/embedding/anyOf/0/items |"
            + " Embedding.embedding[anyOf 1][]",
        "#/components/schemas/EmbeddingResponse/properties/data/items | EmbeddingResponse.data[]",
        "#/paths/~1v1~1embeddings/post/parameters/0/schema | POST /v1/embeddings query"
            + " ai_project_id",
        "#/paths/~1v1~1embeddings/post/responses/200/content | POST /v1/embeddings response 200"
            + " content",
        "#/paths/~1v1~1embeddings/post/responses/200/content/application~1json | POST"
            + " /v1/embeddings response 200 application/json",
        "#/paths/~1v1~1embeddings/post/requestBody/required | POST /v1/embeddings request",
        "#/servers/0/url | servers 0 url",
      })
  void describesALocationInWords(String pointer, String place) {
    assertThat(PathDescriber.describe(PINNED, pointer)).isEqualTo(place);
  }
}
