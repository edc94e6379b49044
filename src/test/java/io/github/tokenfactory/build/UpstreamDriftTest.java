package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.tokenfactory.drift.DriftReport;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.drift.SpecDrift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Compares the pinned document with the published one. If the build did not pull it, the test is
 * skipped with the reason.
 */
class UpstreamDriftTest {
  private static final Path PUBLISHED = Path.of("target/published");

  @Test
  void findsNoDriftInThePublishedDocument() throws IOException {
    Path document = PUBLISHED.resolve(PullDocument.PULLED);
    if (!Files.exists(document)) {
      Path why = PUBLISHED.resolve(PullDocument.NOT_CHECKED);
      abort(
          "not checked: "
              + (Files.exists(why)
                  ? Files.readString(why)
                  : "nothing was pulled; build with ./mvnw"));
    }

    DriftReport report =
        SpecDrift.compare(
            OpenApiDocument.parse(Files.readAllBytes(Path.of("openapi.json"))),
            OpenApiDocument.parse(Files.readAllBytes(document)),
            PullDocument.operations(System.getProperty("bound.operations")));

    assertThat(report.hasDrift())
        .as("%s%nTo accept it: ./mvnw generate-sources -Dspec.accept", report.toText())
        .isFalse();
  }
}
