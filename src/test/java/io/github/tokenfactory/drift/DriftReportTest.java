package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.tokenfactory.drift.Change.Effect;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftReportTest {
  private static final OpenApiDocument PINNED =
      OpenApiDocument.parse(Documents.text("openapi.json"));
  private static final String NASTY =
      "a|b`c\\d\n# e <img src=x> @octocat https://evil.example \u001b[31m \u202e _f_ &amp; [g](h)";

  @Test
  void containsTheSameChangesInAllFormats() {
    JsonObject published = Documents.json("openapi.json");
    JsonObject schemas = published.getAsJsonObject("components").getAsJsonObject("schemas");
    schemas.getAsJsonObject("Usage").getAsJsonObject("properties").remove("total_tokens");
    schemas
        .getAsJsonObject("Embedding")
        .getAsJsonObject("properties")
        .add("norm", Mutations.json("{'type': 'number'}"));
    schemas.getAsJsonObject("Embedding").addProperty("description", "new");

    DriftReport report = compare(published);

    assertThat(report.changes())
        .extracting(Change::effect)
        .containsExactly(Effect.BREAKS, Effect.EXTENDS, Effect.DOCUMENTATION);
    assertThat(report.hasDrift()).isTrue();
    assertThat(report.hasDocumentationChanges()).isTrue();
    for (Change change : report.changes()) {
      for (String fact :
          List.of(
              change.effect().name(),
              change.place(),
              change.what(),
              change.was(),
              change.is(),
              change.pointer(),
              change.advice())) {
        assertThat(report.toText()).contains(fact);
        assertThat(report.toMarkdown()).contains(fact);
        assertThat(JsonParser.parseString(report.toJson()).toString())
            .contains(fact.replace("\"", "\\\""));
      }
    }
    assertThat(report.toText())
        .isEqualTo(
            """
            Drift from 20260506-297d05704 to 20260506-297d05704: 1 breaks, 1 extends, 1 documentation
            BREAKS        Usage.total_tokens: required property removed, was integer, is - (#/components/schemas/Usage/properties/total_tokens; %1$s; the model gains or loses a property)
            EXTENDS       Embedding.norm: property added, was -, is number (#/components/schemas/Embedding/properties/norm; %1$s; the model gains or loses a property)
            DOCUMENTATION Embedding: description, was -, is "new" (#/components/schemas/Embedding/description; update openapi.json; the Javadoc changes with it)
            """
                .formatted("update openapi.json and regenerate"));
  }

  @Test
  void escapesTextFromDocuments() {
    JsonObject published = Documents.json("openapi.json");
    JsonObject schemas = published.getAsJsonObject("components").getAsJsonObject("schemas");
    schemas.getAsJsonObject("Usage").getAsJsonObject("properties").add(NASTY, Mutations.json("{}"));
    schemas.getAsJsonObject("Usage").addProperty("description", NASTY);
    published.getAsJsonObject("info").addProperty("version", NASTY);

    DriftReport report = compare(published);

    assertThat(report.toText().lines()).hasSize(4);
    assertThat(report.toText()).doesNotContain("\u001b", "\u202e");
    List<String> rows = report.toMarkdown().lines().skip(2).toList();
    assertThat(rows.get(0)).isEqualTo("| Effect | Place | What | Was | Is | To do | Pointer |");
    assertThat(rows)
        .hasSize(5)
        .allSatisfy(row -> assertThat(row.chars().filter(c -> c == '|')).hasSize(8));
    assertThat(report.toMarkdown().replaceAll("`[^`]*`", ""))
        .doesNotContain("<", "@", "://", "\u001b", "\u202e", "[", "_f_");
    assertThat(
            JsonParser.parseString(report.toJson())
                .getAsJsonObject()
                .get("published")
                .getAsString())
        .isEqualTo(NASTY);
  }

  @Test
  void shortensLongValuesToWhereTheyDiffer() {
    JsonObject published = Documents.json("openapi.json");
    JsonObject tier =
        published
            .getAsJsonObject("components")
            .getAsJsonObject("schemas")
            .getAsJsonObject("ServiceTier");
    tier.addProperty(
        "description",
        tier.get("description")
            .getAsString()
            .replace("limiting", "LIMITING")
            .replace("flex", "FLEX")
            .replace("429", "430"));

    Change change = compare(published).changes().get(0);

    assertThat(change.was()).hasSizeLessThan(200).contains("429");
    assertThat(change.is()).hasSizeLessThan(200).contains("430");
  }

  private static DriftReport compare(JsonObject published) {
    return SpecDrift.compare(
        PINNED, OpenApiDocument.parse(published.toString()), List.of("POST /v1/embeddings"));
  }
}
