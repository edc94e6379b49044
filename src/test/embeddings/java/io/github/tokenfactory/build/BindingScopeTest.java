package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.OpenApiDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Only the bound operations of a document affect the generated code. */
class BindingScopeTest {
  private static final String OPERATION = "POST /v1/embeddings";
  private static final Path LARGE = Path.of("src/test/resources/documents/everything-3.1.yaml");

  @TempDir Path directory;

  @Test
  void pinsTheSliceOfTheBoundOperationInCanonicalForm() throws IOException {
    String pinned = Files.readString(Generation.DOCUMENT);

    assertThat(OpenApiDocument.parse(pinned).slice(List.of(OPERATION)).toCanonicalJson())
        .isEqualTo(pinned);
  }

  @TestFactory
  Stream<DynamicTest> ignoresOtherPartsOfTheDocument() {
    Map<String, String> pinned = Generation.ofPinned();
    return Stream.of(1, 2, 3)
        .map(
            seed ->
                DynamicTest.dynamicTest(
                    "padded and shuffled, seed " + seed,
                    () ->
                        assertThat(generate(shuffled(padded(), new Random(seed)), OPERATION))
                            .isEqualTo(pinned)));
  }

  @Test
  void keepsTheNamesOfInlineSchemasWhenOthersAppear() throws IOException {
    Map<String, String> before = Generation.of(LARGE, "*", settings -> {});
    JsonObject document = parse(LARGE);
    JsonObject schemas = document.getAsJsonObject("components").getAsJsonObject("schemas");
    JsonObject unrelated =
        JsonParser.parseString(
                """
                {"type": "object", "properties": {
                  "input": {"title": "Input", "anyOf": [{"type": "string"}, {"type": "integer"}]},
                  "level": {"title": "Level", "type": "string", "enum": ["low", "high"]}}}
                """)
            .getAsJsonObject();
    schemas.add("AAA", unrelated);
    schemas
        .getAsJsonObject("All")
        .getAsJsonObject("properties")
        .add("zzz", JsonParser.parseString("{\"$ref\": \"#/components/schemas/AAA\"}"));

    Map<String, String> after = generate(document, "*");

    assertThat(after.keySet()).containsAll(before.keySet()).contains("AAA", "AAAInput", "AAALevel");
    before.remove("All");
    assertThat(after).containsAllEntriesOf(before);
  }

  @Test
  void bindsFurtherOperationsByIdOrByMethodAndPath() {
    Map<String, String> sources = Generation.of(LARGE, "list_things, POST /token", settings -> {});

    assertThat(sources)
        .containsKeys("Thing", "Status", "TokenRequest")
        .doesNotContainKeys("Union", "Problem");
    assertThat(sources.get("TokenFactoryApi"))
        .contains("@GET(\"things\")", "@POST(\"token\")")
        .doesNotContain("raw");
  }

  @Test
  void bindsAddedOperationsWithoutATemplateOrJavaToEdit() throws IOException {
    JsonObject document = parse(Generation.DOCUMENT);
    document
        .getAsJsonObject("paths")
        .add(
            "/v1/models",
            JsonParser.parseString(
                """
                {"get": {"operationId": "list_models_v1_models_get", "responses": {"200": {"description": "OK", "content":
                  {"application/json": {"schema": {"type": "object", "required": ["data"], "properties": {
                    "data": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {
                      "id": {"type": "string"}, "created": {"type": "integer"}}}}}}}}}}}}
                """));

    Map<String, String> sources = generate(document, OPERATION + ", GET /v1/models");

    assertThat(sources.get("TokenFactoryApi"))
        .contains("@GET(\"v1/models\")", "Call<ListModelsResponse> listModels()");
    assertThat(sources.get("ListModelsResponse"))
        .contains("List<@Valid ListModelsResponseDataItem> getData()");
    Generation.compile(sources, Files.createDirectory(directory.resolve("classes")));
  }

  @Test
  void namesAMissingOperation() {
    assertThatThrownBy(() -> Generation.of(Generation.DOCUMENT, "GET /v1/nothing", settings -> {}))
        .isInstanceOf(CannotCheckException.class)
        .hasMessageContaining("GET /v1/nothing");
  }

  @TestFactory
  Stream<DynamicTest> refusesAReferenceThatLeadsOutOfTheDocument() {
    return Stream.of(
            "https://example.com/x.json#/X", "file:///etc/passwd", "../other.yaml", "other.json#/X")
        .map(
            ref ->
                DynamicTest.dynamicTest(
                    ref,
                    () -> {
                      JsonObject document = parse(Generation.DOCUMENT);
                      schema(document, "Usage").addProperty("$ref", ref);
                      assertThatThrownBy(() -> generate(document, OPERATION))
                          .isInstanceOf(CannotCheckException.class)
                          .hasMessageContaining(ref);
                    }));
  }

  @Test
  void refusesACircleOfAliases() throws IOException {
    JsonObject document = parse(Generation.DOCUMENT);
    JsonObject schemas = document.getAsJsonObject("components").getAsJsonObject("schemas");
    schemas.add("Usage", JsonParser.parseString("{\"$ref\": \"#/components/schemas/Other\"}"));
    schemas.add(
        "Other",
        JsonParser.parseString("{\"allOf\": [{\"$ref\": \"#/components/schemas/Usage\"}]}"));

    assertThatThrownBy(() -> generate(document, OPERATION))
        .isInstanceOf(CannotCheckException.class)
        .hasMessageContaining("#/components/schemas/");
  }

  @Test
  void refusesAPathThatLeavesTheBaseUrl() throws IOException {
    JsonObject document = parse(Generation.DOCUMENT);
    JsonObject paths = document.getAsJsonObject("paths");
    paths.add("/v1/../../admin", paths.remove("/v1/embeddings"));

    assertThatThrownBy(() -> generate(document, "*")).hasMessageContaining("/v1/../../admin");
  }

  @Test
  void refusesADocumentNestedTooDeeply() throws IOException {
    Path document = directory.resolve("deep.json");
    Files.writeString(
        document,
        "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{},\"x\":"
            + "[".repeat(10_000)
            + "]".repeat(10_000)
            + "}");

    assertThatThrownBy(() -> Generation.of(document, "*", settings -> {}))
        .isInstanceOf(CannotCheckException.class);
  }

  @Test
  void refusesATooLargeDocument() throws IOException {
    Path document = directory.resolve("large.json");
    byte[] blanks = new byte[100_000_000];
    java.util.Arrays.fill(blanks, (byte) ' ');
    Files.write(document, blanks);

    assertThatThrownBy(() -> Generation.of(document, "*", settings -> {}))
        .isInstanceOf(CannotCheckException.class)
        .hasMessageContaining("bytes");
  }

  private Map<String, String> generate(JsonObject document, String operations) throws IOException {
    Path file = directory.resolve("document.json");
    Files.writeString(file, document.toString());
    return Generation.of(file, operations, settings -> {});
  }

  private static JsonObject schema(JsonObject document, String name) {
    return document.getAsJsonObject("components").getAsJsonObject("schemas").getAsJsonObject(name);
  }

  private static JsonObject parse(Path file) throws IOException {
    return JsonParser.parseString(OpenApiDocument.parse(Files.readAllBytes(file)).toCanonicalJson())
        .getAsJsonObject();
  }

  /** {@return a larger document that contains the pinned one after schemas of its own} */
  private static JsonObject padded() throws IOException {
    JsonObject document = parse(LARGE);
    JsonObject pinned = parse(Generation.DOCUMENT);
    for (String part : List.of("paths")) {
      pinned
          .getAsJsonObject(part)
          .entrySet()
          .forEach(e -> document.getAsJsonObject(part).add(e.getKey(), e.getValue()));
    }
    JsonObject components = document.getAsJsonObject("components");
    for (Map.Entry<String, JsonElement> kind : pinned.getAsJsonObject("components").entrySet()) {
      if (!components.has(kind.getKey())) {
        components.add(kind.getKey(), new JsonObject());
      }
      JsonObject all = components.getAsJsonObject(kind.getKey());
      kind.getValue().getAsJsonObject().entrySet().forEach(e -> all.add(e.getKey(), e.getValue()));
    }
    return document;
  }

  /** {@return the same document with the schemas and paths in another order} */
  private static JsonObject shuffled(JsonObject document, Random random) {
    JsonObject components = document.getAsJsonObject("components");
    components.add("schemas", shuffledMembers(components.getAsJsonObject("schemas"), random));
    document.add("paths", shuffledMembers(document.getAsJsonObject("paths"), random));
    return document;
  }

  private static JsonObject shuffledMembers(JsonObject object, Random random) {
    List<String> names = new ArrayList<>(object.keySet());
    Collections.shuffle(names, random);
    JsonObject shuffled = new JsonObject();
    names.forEach(name -> shuffled.add(name, object.get(name)));
    return shuffled;
  }
}
