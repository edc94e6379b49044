package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tokenfactory.build.Generation;
import io.github.tokenfactory.drift.OpenApiDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The public API, handwritten and generated, matches {@code api.txt}, so that no change of it goes
 * unnoticed.
 *
 * <p>{@code -Dapi.accept} writes the file.
 */
class PublicApiTest {
  private static final Path ACCEPTED = Path.of("src/test/resources/api.txt");

  @Test
  void publicApiMatchesTheAcceptedFile() throws IOException {
    Map<String, String> api = api();
    if (System.getProperty("api.accept") != null) {
      Files.writeString(ACCEPTED, String.join("\n", api.values()));
    }
    Map<String, String> accepted = accepted();
    if (!builtFromThePinnedDocument()) {
      api.keySet().removeIf(PublicApiTest::isGenerated);
      accepted.keySet().removeIf(PublicApiTest::isGenerated);
      accepted.keySet().removeIf(Generation::isLeftOut);
    }

    assertThat(changes(accepted, api))
        .as(
            "changes of the public API; to accept them, ./mvnw test -Dtest=PublicApiTest"
                + " -Dapi.accept")
        .isEmpty();
  }

  @Test
  void describesChanges() {
    Map<String, String> before = Map.of("A", "A: class\n  int a()\n  int b()\n", "B", "B: class\n");
    Map<String, String> after = Map.of("A", "A: class\n  int b()\n  int c()\n", "C", "C: class\n");

    assertThat(changes(before, after))
        .containsExactly("- A  int a()", "+ A  int c()", "- B: class", "+ C: class");
  }

  private static Map<String, String> api() throws IOException {
    Map<String, String> api = new TreeMap<>();
    for (String classes : List.of("target/classes", "target/drift-classes")) {
      api.putAll(PublicApi.of(Path.of(classes)));
    }
    return api;
  }

  private static Map<String, String> accepted() throws IOException {
    Map<String, String> accepted = new TreeMap<>();
    for (String block : Files.readString(ACCEPTED).split("\n\n")) {
      accepted.put(block.substring(0, block.indexOf(':')), block);
    }
    return accepted;
  }

  private static boolean builtFromThePinnedDocument() throws IOException {
    return OpenApiDocument.bundled()
        .toCanonicalJson()
        .equals(Files.readString(Path.of("openapi.json")));
  }

  private static boolean isGenerated(String type) {
    return type.startsWith("io.github.tokenfactory.api.")
        || type.startsWith("io.github.tokenfactory.model.");
  }

  private static List<String> changes(Map<String, String> before, Map<String, String> after) {
    List<String> changes = new ArrayList<>();
    Set<String> types = new TreeSet<>(before.keySet());
    types.addAll(after.keySet());
    for (String type : types) {
      List<String> were = before.getOrDefault(type, "").lines().toList();
      List<String> are = after.getOrDefault(type, "").lines().toList();
      were.stream()
          .filter(line -> !are.contains(line))
          .forEach(line -> changes.add(change("-", type, line)));
      are.stream()
          .filter(line -> !were.contains(line))
          .forEach(line -> changes.add(change("+", type, line)));
    }
    return changes;
  }

  private static String change(String sign, String type, String line) {
    return sign + " " + (line.startsWith(" ") ? type + line : line);
  }
}
