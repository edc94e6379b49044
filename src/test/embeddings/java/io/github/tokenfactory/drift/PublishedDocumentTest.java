package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares the pinned document with one that is published over HTTP. */
class PublishedDocumentTest {
  private static final String OPERATION = "POST /v1/embeddings";

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.shutdown();
  }

  @Test
  void findsNoDriftInTheSameContent() throws IOException {
    DriftReport report = compareWith(schemas -> {});

    assertThat(report.hasDrift()).isFalse();
    assertThat(report.changes()).isEmpty();
  }

  @Test
  void namesARemovedProperty() throws IOException {
    DriftReport report =
        compareWith(schemas -> properties(schemas, "Usage").remove("prompt_tokens"));

    assertThat(report.hasDrift()).isTrue();
    assertThat(report.toText())
        .contains("Usage.prompt_tokens", "#/components/schemas/Usage/properties/prompt_tokens");
  }

  @Test
  void namesANewVariantOfAUnion() throws IOException {
    DriftReport report =
        compareWith(
            schemas -> {
              JsonArray variants =
                  properties(schemas, "EmbeddingRequest")
                      .getAsJsonObject("input")
                      .getAsJsonArray("anyOf");
              JsonObject variant = new JsonObject();
              variant.addProperty("type", "boolean");
              variants.add(variant);
            });

    assertThat(report.hasDrift()).isTrue();
    assertThat(report.toText())
        .contains("EmbeddingRequest.input[anyOf 5]", "boolean", "EmbeddingInput");
  }

  @Test
  void namesATypeThatChanged() throws IOException {
    DriftReport report =
        compareWith(
            schemas ->
                properties(schemas, "Embedding")
                    .getAsJsonObject("index")
                    .addProperty("type", "string"));

    assertThat(report.hasDrift()).isTrue();
    assertThat(report.toText()).contains("Embedding.index", "integer", "string");
  }

  @Test
  void failsIfNoServerListens() throws IOException {
    String url = server.url("/openapi.json").toString();
    server.shutdown();

    assertThatThrownBy(() -> OpenApiDocument.load(url))
        .isInstanceOf(CannotCheckException.class)
        .hasMessageContaining(url);
  }

  private DriftReport compareWith(Consumer<JsonObject> change) throws IOException {
    String pinned = Files.readString(Path.of("openapi.json"));
    JsonObject published = JsonParser.parseString(pinned).getAsJsonObject();
    change.accept(published.getAsJsonObject("components").getAsJsonObject("schemas"));
    server.enqueue(
        new MockResponse()
            .setHeader("Content-Type", "application/json")
            .setBody(published.toString()));
    return SpecDrift.compare(
        OpenApiDocument.parse(pinned),
        OpenApiDocument.load(server.url("/openapi.json").toString()),
        List.of(OPERATION));
  }

  private static JsonObject properties(JsonObject schemas, String schema) {
    return schemas.getAsJsonObject(schema).getAsJsonObject("properties");
  }
}
