package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.Mutations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated and the handwritten classes match the pinned document. */
class CodeDriftTest {
  private static final Path BUNDLED = Path.of("target/classes/META-INF/tokenfactory/openapi.json");
  private static final JsonObject PINNED = pinned();

  private interface Walk {
    void visit(JsonObject document, BiConsumer<String, JsonObject> visitor);
  }

  private static JsonObject pinned() {
    try {
      return JsonParser.parseString(Files.readString(BUNDLED)).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void codeMatchesThePinnedDocument() {
    assertThat(CodeDrift.differences(PINNED)).isEmpty();
  }

  @Test
  void asksForAFactoryMethodForANewVariantOfTheInput() {
    JsonObject document = PINNED.deepCopy();
    JsonArray variants =
        document
            .getAsJsonObject("components")
            .getAsJsonObject("schemas")
            .getAsJsonObject("EmbeddingRequest")
            .getAsJsonObject("properties")
            .getAsJsonObject("input")
            .getAsJsonArray("anyOf");
    variants.add(Mutations.json("{'type': 'object'}"));

    assertThat(CodeDrift.differences(document))
        .singleElement()
        .asString()
        .startsWith("EmbeddingRequestInput variants: ")
        .contains("Map<String, JsonElement>", "give EmbeddingInput a variant and a helper");
  }

  /**
   * Every single change of the document that would change the generated code is found in the
   * compiled classes.
   */
  @Test
  void reportsEveryChangeThatChangesTheGeneratedCode(@TempDir Path directory) throws IOException {
    String rewritten = rewritten(PINNED);
    Map<String, String> generated = uncommented(Generation.of(BUNDLED, "*", settings -> {}));
    List<String> missed = new ArrayList<>();
    AtomicInteger noticed = new AtomicInteger();
    forEachMutant(
        (name, mutant) -> {
          try {
            if (rewritten(mutant).equals(rewritten)) {
              return; // the input of the generator is the same
            }
          } catch (CannotCheckException e) {
            return; // the build refuses the document
          }
          if (!CodeDrift.differences(mutant).isEmpty()) {
            noticed.incrementAndGet();
          } else if (!generated.equals(uncommented(generate(mutant, directory)))) {
            missed.add(name);
          }
        });

    assertThat(missed).isEmpty();
    assertThat(noticed).hasValueGreaterThan(200);
  }

  /** {@return the input of the generator without the descriptions, which become Javadoc} */
  private static String rewritten(JsonObject document) {
    return CodeDrift.rewritten(document)
        .toString()
        .replaceAll("\"description\":\"[^\"\\\\]*+(\\\\.[^\"\\\\]*+)*+\",?", "");
  }

  private static Map<String, String> generate(JsonObject document, Path directory) {
    try {
      return Generation.of(
          Files.writeString(directory.resolve("mutant.json"), document.toString()),
          "*",
          settings -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> uncommented(Map<String, String> sources) {
    Map<String, String> uncommented = new TreeMap<>();
    sources.forEach(
        (name, source) -> uncommented.put(name, source.replaceAll("(?s)/\\*\\*.*?\\*/\\s*", "")));
    return uncommented;
  }

  private static void forEachMutant(BiConsumer<String, JsonObject> test) {
    forEachMutant(Mutations::schemas, Mutations.ofSchemas(), test);
    forEachMutant(Mutations::operations, Mutations.ofOperations(), test);
  }

  private static void forEachMutant(
      Walk walk, Map<String, Mutations.Mutation> mutations, BiConsumer<String, JsonObject> test) {
    List<String> places = new ArrayList<>();
    walk.visit(PINNED, (place, part) -> places.add(place));
    for (int i = 0; i < places.size(); i++) {
      for (Map.Entry<String, Mutations.Mutation> mutation : mutations.entrySet()) {
        JsonObject mutant = PINNED.deepCopy();
        List<JsonObject> parts = new ArrayList<>();
        walk.visit(mutant, (place, part) -> parts.add(part));
        if (mutation.getValue().test(parts.get(i))) {
          test.accept(places.get(i) + ": " + mutation.getKey(), mutant);
        }
      }
    }
  }
}
