package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.tokenfactory.drift.Mutations.Mutation;
import io.github.tokenfactory.drift.Rewrites.Rewrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rewrites documents without changing their meaning, with one rewrite at each place and with many
 * random ones, and expects no drift.
 */
class RewriteTest {
  /** {@code -Dstride=1 -Dseeds=3000} makes a longer run. */
  private static final int SEEDS = Integer.getInteger("seeds", 100);

  private static final int STRIDE = Integer.getInteger("stride", 5);

  @ParameterizedTest
  @ValueSource(strings = {"openapi.json", "everything-3.1.json", "everything-3.0.json"})
  void findsNoDriftAfterASingleRewrite(String name) {
    JsonObject document = document(name);
    List<String> wrong = new ArrayList<>();
    int places = schemas(document).size();
    int count = 0;
    int turn = 0;
    for (int i = 0; i < places; i++) {
      for (Map.Entry<String, Rewrite> rewrite : Rewrites.ofSchemas().entrySet()) {
        if (++turn % STRIDE != 0) {
          continue;
        }
        JsonObject copy = document.deepCopy();
        if (rewrite.getValue().apply(schemas(copy).get(i), copy, new Random(i))) {
          count++;
          check(document, copy, "schema " + i + ": " + rewrite.getKey(), wrong);
        }
      }
    }
    for (Map<String, Rewrite> rewrites : List.of(Rewrites.ofDocuments(), Rewrites.ofOperations())) {
      for (Map.Entry<String, Rewrite> rewrite : rewrites.entrySet()) {
        JsonObject copy = document.deepCopy();
        if (rewrite.getValue().apply(operations(copy).get(0), copy, new Random(1))) {
          count++;
          check(document, copy, rewrite.getKey(), wrong);
        }
      }
    }
    assertThat(count).isGreaterThan(300 / STRIDE);
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"openapi.json", "everything-3.1.json", "everything-3.0.json"})
  void findsNoDriftAfterManyRewrites(String name) {
    JsonObject document = document(name);
    List<String> wrong = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      JsonObject copy = document.deepCopy();
      List<String> applied = new ArrayList<>();
      rewrite(copy, random, 25, applied);
      check(document, copy, "seed " + seed + " " + String.join("\n  ", applied) + "\n", wrong);
    }
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"openapi.json", "everything-3.1.json", "everything-3.0.json"})
  void reportsAChangeAmongManyRewrites(String name) {
    JsonObject document = document(name);
    OpenApiDocument pinned = OpenApiDocument.parse(document.toString());
    List<String> missed = new ArrayList<>();
    List<Map.Entry<String, Mutation>> mutations = List.copyOf(Mutations.ofSchemas().entrySet());
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      JsonObject copy = document.deepCopy();
      List<String> applied = new ArrayList<>();
      List<JsonObject> schemas = schemas(copy);
      JsonObject target = schemas.get(random.nextInt(schemas.size()));
      Map.Entry<String, Mutation> mutation = mutations.get(random.nextInt(mutations.size()));
      String before = target.toString();
      if (mutation.getValue().test(target) && compares(pinned, copy)) {
        applied.add(mutation.getKey() + " of " + before);
        rewrite(copy, random, 12, applied);
        if (!compares(pinned, copy)) {
          missed.add("seed " + seed + " " + String.join("\n  ", applied));
        }
      }
    }
    assertThat(missed).isEmpty();
  }

  private static boolean compares(OpenApiDocument pinned, JsonObject rewritten) {
    try {
      return SpecDrift.compare(
              pinned, OpenApiDocument.parse(rewritten.toString()), pinned.operations())
          .hasDrift();
    } catch (CannotCheckException e) {
      return true;
    }
  }

  private static void rewrite(JsonObject copy, Random random, int times, List<String> applied) {
    for (int i = 0; i < times; i++) {
      Map<String, Rewrite> rewrites =
          List.of(
                  Rewrites.ofSchemas(),
                  Rewrites.ofSchemas(),
                  Rewrites.ofSchemas(),
                  Rewrites.ofOperations(),
                  Rewrites.ofDocuments())
              .get(random.nextInt(5));
      String rewrite = List.copyOf(rewrites.keySet()).get(random.nextInt(rewrites.size()));
      List<JsonObject> schemas = schemas(copy);
      List<JsonObject> operations = operations(copy);
      JsonObject target =
          rewrites.containsKey("inline")
              ? schemas.get(random.nextInt(schemas.size()))
              : operations.get(random.nextInt(operations.size()));
      String before = target.toString();
      if (rewrites.get(rewrite).apply(target, copy, random)) {
        applied.add(rewrite + " of " + before.substring(0, Math.min(150, before.length())));
      }
    }
  }

  private static void check(
      JsonObject document, JsonObject rewritten, String label, List<String> wrong) {
    try {
      OpenApiDocument pinned = OpenApiDocument.parse(document.toString());
      DriftReport report =
          SpecDrift.compare(
              pinned, OpenApiDocument.parse(rewritten.toString()), pinned.operations());
      if (report.hasDrift()) {
        wrong.add(label + ": " + report.toText());
      }
    } catch (RuntimeException e) {
      wrong.add(label + ": " + e);
    }
  }

  private static List<JsonObject> schemas(JsonObject document) {
    List<JsonObject> schemas = new ArrayList<>();
    Mutations.schemas(document, (place, schema) -> schemas.add(schema));
    return schemas;
  }

  private static List<JsonObject> operations(JsonObject document) {
    List<JsonObject> operations = new ArrayList<>();
    Mutations.operations(document, (place, operation) -> operations.add(operation));
    return operations;
  }

  /** A reference into a schema would break when that schema is rewritten. */
  private static JsonObject document(String name) {
    String text = Documents.json(name).toString();
    return JsonParser.parseString(text.replace("/schemas/Thing/properties/tree", "/schemas/Tree"))
        .getAsJsonObject();
  }
}
