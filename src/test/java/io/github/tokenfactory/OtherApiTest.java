package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tokenfactory.build.Generation;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.drift.SpecDrift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what the README's section on another API says, in a copy of the project. */
class OtherApiTest {
  private static final Path DOCUMENT = Path.of("src/test/resources/corpus/nestjs-issues.json");

  @TempDir Path directory;
  private Path settings;

  @BeforeEach
  void nameThePackages() throws IOException {
    for (Path part : new Path[] {Path.of("pom.xml"), Path.of("templates"), Path.of("src/main")}) {
      try (Stream<Path> files = Files.walk(part)) {
        for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
          Path copy = directory.resolve(file);
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
    settings =
        Files.writeString(
            directory.resolve(Generation.SETTINGS),
            Files.readString(Generation.SETTINGS)
                .replaceAll("apiPackage: .*", "apiPackage: com.acme.issues.api")
                .replaceAll("modelPackage: .*", "modelPackage: com.acme.issues.model"));
  }

  @Test
  void bindsAnotherApiByConfiguration() throws Exception {
    Path input = directory.resolve("input");
    Map<String, String> sources = Generation.of(DOCUMENT, "*", settings, input, change -> {});
    Path client = input.resolve("renamed/sources/io/github/tokenfactory/TokenFactoryClient.java");
    sources.put("TokenFactoryClient", Files.readString(client));
    String body =
        """
        IssueDto issue = client.call(api -> api.issuesControllerFindOne("p1", 7.0));
        return issue.getClass().getName() + " " + issue.getTitle();
        """;

    try (FaultServer server = new FaultServer(answer(503, ""), answer(200, "{\"title\":\"t\"}"))) {
      assertThat(GeneratedCaller.call(sources, "com.acme.issues", directory, body, server))
          .isEqualTo("com.acme.issues.model.IssueDto t");
      assertThat(server.exchanges()).hasSize(2);
      assertThat(server.exchanges().get(1).headers).containsEntry("authorization", "Bearer k3y");
    }
    assertThat(input.resolve("module-info.java"))
        .content()
        .contains("exports com.acme.issues.api;", "exports com.acme.issues.model;")
        .doesNotContain("tokenfactory.model", "tokenfactory.embeddings");
  }

  @Test
  void checksAnotherApiForDrift() throws IOException {
    String before = Files.readString(DOCUMENT);
    String after = before.replace("IssuesController_findOne", "findOne");
    OpenApiDocument pinned = OpenApiDocument.parse(before);

    assertThat(SpecDrift.compare(pinned, pinned, List.of("*")).hasDrift()).isFalse();
    assertThat(SpecDrift.compare(pinned, OpenApiDocument.parse(after), List.of("*")).toText())
        .contains("findOne");
  }
}
