package io.github.tokenfactory.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pinned document, the generated classes and the handwritten facade agree. */
class CodeDriftTest {
  @Test
  void findsEachPartOfThePinnedDocumentInTheCode() throws IOException {
    JsonObject pinned = JsonParser.parseString(Files.readString(Path.of("openapi.json"))).getAsJsonObject();

    assertThat(CodeDrift.differences(pinned)).isEmpty();
  }
}
