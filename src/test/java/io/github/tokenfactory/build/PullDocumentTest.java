package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.drift.SpecDrift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pulls the document with the options -Dspec.url, -Dspec.pull, -Dspec.accept and -o of the build.
 */
class PullDocumentTest {
  private static final String OPERATION = "POST /v1/embeddings";

  @TempDir Path directory;
  private final MockWebServer server = new MockWebServer();
  private Path pinned;
  private String original;

  @BeforeEach
  void start() throws IOException {
    server.start();
    original = Files.readString(Path.of("openapi.json"));
    pinned = Files.writeString(directory.resolve("openapi.json"), original);
  }

  @AfterEach
  void stop() throws IOException {
    server.shutdown();
  }

  @Test
  void storesThePublishedDocumentForTheDriftTest() throws IOException {
    serve(published(), "\"1\"");
    pull("auto", false, false);

    assertThat(target("openapi.json")).exists();
    assertThat(target("not-checked.txt")).doesNotExist();
    assertThat(Files.readString(pinned)).isEqualTo(original);
  }

  @Test
  void downloadsTheDocumentOnlyIfItHasChanged() throws Exception {
    serve(published(), "\"1\"");
    server.enqueue(new MockResponse().setResponseCode(304));
    pull("require", false, false);
    String first = Files.readString(target("openapi.json"));
    pull("require", false, false);

    assertThat(server.takeRequest().getHeader("If-None-Match")).isNull();
    assertThat(server.takeRequest().getHeader("If-None-Match")).isEqualTo("\"1\"");
    assertThat(Files.readString(target("openapi.json"))).isEqualTo(first);
  }

  @Test
  void acceptedSliceHasNoDrift() throws IOException {
    String published = published();
    serve(published, null);
    pull("auto", false, true);

    OpenApiDocument accepted = OpenApiDocument.parse(Files.readString(pinned));
    assertThat(accepted.toCanonicalJson())
        .isEqualTo(Files.readString(pinned))
        .contains("new_property");
    assertThat(accepted.operations()).containsExactly(OPERATION);
    assertThat(
            SpecDrift.compare(accepted, OpenApiDocument.parse(published), List.of(OPERATION))
                .changes())
        .isEmpty();
    assertThat(Files.list(directory))
        .containsExactlyInAnyOrder(pinned, directory.resolve("target"));
  }

  @Test
  void acceptsAnOperationThatWasNotBoundBefore() throws IOException {
    serve(published(), null);
    pull("auto", false, true, OPERATION + ", GET /v1/other");

    assertThat(OpenApiDocument.parse(Files.readString(pinned)).operations())
        .containsExactly(OPERATION, "GET /v1/other");
  }

  @ParameterizedTest
  @CsvSource({"never, false, -Dspec.pull=never", "auto, true, the build is offline"})
  void doesNotPullIfSetToNever(String pull, boolean offline, String reason) throws IOException {
    pull(pull, offline, false);

    assertThat(server.getRequestCount()).isZero();
    assertThat(target("not-checked.txt")).content().contains(reason);
  }

  @Test
  void continuesWithoutAPublishedDocumentAndSaysWhy() throws IOException {
    server.enqueue(new MockResponse().setResponseCode(503).setBody("down"));
    pull("auto", false, false);

    assertThat(target("openapi.json")).doesNotExist();
    assertThat(target("not-checked.txt")).content().contains("503", server.getHostName());
  }

  @Test
  void goesOnIfWhatIsPublishedCannotBeCompared() throws IOException {
    String broken = published().replace("#/components/schemas/EmbeddingRequest", "#/nowhere");
    serve(broken, null);
    serve(broken, null);
    pull("auto", false, false);

    assertThat(target("openapi.json")).doesNotExist();
    assertThat(target("not-checked.txt")).content().contains("published document", "#/nowhere");
    assertThatThrownBy(() -> pull("require", false, false)).hasMessageContaining("#/nowhere");
  }

  @ParameterizedTest
  @CsvSource({"require, false", "auto, true"})
  void failsWithoutAPublishedDocumentIfItIsRequired(String pull, boolean accept) {
    server.enqueue(new MockResponse().setBody("<html>maintenance</html>"));

    assertThatThrownBy(() -> pull(pull, false, accept))
        .isInstanceOf(CannotCheckException.class)
        .hasMessageContaining("HTML");
    assertThat(pinned).hasContent(original);
  }

  @Test
  void refusesAnUnknownPullMode() {
    assertThatThrownBy(() -> pull("always", false, false))
        .hasMessageContaining("auto, never or require");
  }

  private void pull(String pull, boolean offline, boolean accept) throws IOException {
    pull(pull, offline, accept, OPERATION);
  }

  private void pull(String pull, boolean offline, boolean accept, String operations)
      throws IOException {
    PullDocument.main(
        new String[] {
          server.url("/openapi.json").toString(),
          pull,
          "offline=" + offline,
          "" + accept,
          pinned.toString(),
          operations,
          directory.resolve("target").toString()
        });
  }

  private Path target(String name) {
    return directory.resolve("target").resolve(name);
  }

  private void serve(String body, String tag) {
    MockResponse response =
        new MockResponse().setHeader("Content-Type", "application/json").setBody(body);
    server.enqueue(tag == null ? response : response.setHeader("ETag", tag));
  }

  /** {@return a larger document that contains the pinned one with a new property} */
  private String published() {
    JsonObject document = JsonParser.parseString(original).getAsJsonObject();
    document
        .getAsJsonObject("components")
        .getAsJsonObject("schemas")
        .getAsJsonObject("EmbeddingRequest")
        .getAsJsonObject("properties")
        .add("new_property", JsonParser.parseString("{\"type\":\"string\"}"));
    document
        .getAsJsonObject("paths")
        .add("/v1/other", JsonParser.parseString("{\"get\":{\"responses\":{}}}"));
    return document.toString();
  }
}
