package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.github.tokenfactory.drift.Mutations.Mutation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Applies each significant change at each place where it is possible, and expects the drift check
 * to report it. By default it tries one change in thirteen; {@code -Dstride=1} tries all.
 */
class MutationTest {
  /**
   * Changes without effect, because another part of the document says the same: a union with null
   * gains null, or one of two members of allOf loses the type "object".
   */
  private static final List<String> MEANINGLESS =
      List.of(
          "/anyOf/0: type gains null",
          "properties/const/anyOf/0: default null",
          "schemas/Cat/allOf/1: type removed",
          "schemas/Dog: type removed",
          "parameters/1/schema: type gains null",
          "schemas/Item/properties/name: type gains null",
          "extra/additionalProperties: type gains null");

  private static final int STRIDE = Integer.getInteger("stride", 13);

  private interface Walk {
    void visit(JsonObject document, BiConsumer<String, JsonObject> visitor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openapi.json", "everything-3.1.json", "everything-3.0.json"})
  void reportsEverySignificantChange(String name) {
    JsonObject document = Documents.json(name);
    Mutations.set(
        document.getAsJsonObject("components").getAsJsonObject("schemas"),
        "Elsewhere",
        Mutations.json("{'type': 'null'}"));
    List<String> missed = new ArrayList<>();
    int schemas = run(document, Mutations::schemas, Mutations.ofSchemas(), missed);
    int operations = run(document, Mutations::operations, Mutations.ofOperations(), missed);
    assertThat(missed).isEmpty();
    assertThat(schemas).isGreaterThan(1400 / STRIDE);
    assertThat(operations).isGreaterThan(20 / STRIDE);
  }

  private static int run(
      JsonObject document, Walk walk, Map<String, Mutation> mutations, List<String> missed) {
    OpenApiDocument pinned = OpenApiDocument.parse(document.toString());
    Map<String, JsonObject> places = new LinkedHashMap<>();
    walk.visit(document, places::put);
    int applicable = 0;
    int count = 0;
    for (String place : places.keySet()) {
      for (Map.Entry<String, Mutation> mutation : mutations.entrySet()) {
        String mutant = place + ": " + mutation.getKey();
        boolean applies = mutation.getValue().test(places.get(place).deepCopy());
        boolean isMeaningless =
            MEANINGLESS.stream().anyMatch(mutant::endsWith) || place.equals("schemas/Elsewhere");
        if (!applies || isMeaningless || ++applicable % STRIDE != 0) {
          continue;
        }
        count++;
        JsonObject copy = document.deepCopy();
        walk.visit(
            copy,
            (path, part) -> {
              if (path.equals(place)) {
                mutation.getValue().test(part);
              }
            });
        if (!SpecDrift.compare(pinned, OpenApiDocument.parse(copy.toString()), List.of("*"))
            .hasDrift()) {
          missed.add(mutant);
        }
      }
    }
    return count;
  }
}
