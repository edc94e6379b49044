package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingVector;
import io.github.tokenfactory.json.MultipleOf;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Checks the metadata for GraalVM's native image; no image is built. */
class WriteReachabilityMetadataTest {
  private static final Path MODELS =
      Path.of("target/generated-sources/openapi/src/main/java/io/github/tokenfactory/model");
  private static final String CONSTRUCTOR =
      """
      [{"name":"<init>","parameterTypes":[]}]\
      """;

  private final JsonObject metadata = read();

  @Test
  void namesTheAdapterOfEachModel() throws Exception {
    List<String> made = types(entry -> CONSTRUCTOR.equals(String.valueOf(entry.get("methods"))));

    List<String> adapters;
    try (Stream<Path> sources = Files.list(MODELS)) {
      adapters =
          sources
              .map(source -> source.getFileName().toString().replace(".java", "$Adapter"))
              .map(name -> "io.github.tokenfactory.model." + name)
              .toList();
    }
    assertThat(adapters).isNotEmpty();
    assertThat(made)
        .containsAll(adapters)
        .hasSize(adapters.size() + 3)
        .contains(EmbeddingInput.Adapter.class.getName(), EmbeddingVector.Adapter.class.getName())
        .contains(MultipleOf.Validator.class.getName());
    for (String name : made) {
      Object adapter = Class.forName(name).getConstructor().newInstance();
      assertThat(adapter)
          .isInstanceOfAny(TypeAdapterFactory.class, TypeAdapter.class, MultipleOf.Validator.class);
    }
  }

  /** Requests are checked by generated code: no model is looked into. */
  @Test
  void namesNoMembersOfModels() {
    assertThat(types(entry -> entry.has("allDeclaredFields"))).isEmpty();
    assertThat(types(entry -> entry.has("allDeclaredMethods")))
        .containsExactly(MultipleOf.class.getName());
  }

  @Test
  void namesTheServiceThatRetrofitImplements() {
    List<JsonElement> proxies =
        entries("reflection")
            .map(entry -> entry.get("type"))
            .filter(JsonElement::isJsonObject)
            .toList();

    assertThat(proxies)
        .containsExactly(
            JsonParser.parseString(
                "{\"proxy\": [\"%s\"]}".formatted(TokenFactoryApi.class.getName())));
  }

  @Test
  void namesTheBundledDocument() {
    assertThat(entries("resources").map(entry -> entry.get("glob").getAsString()))
        .containsExactly("META-INF/tokenfactory/openapi.json")
        .allSatisfy(
            glob ->
                assertThat(OpenApiDocument.class.getClassLoader().getResource(glob)).isNotNull());
  }

  private List<String> types(Predicate<JsonObject> filter) {
    return entries("reflection")
        .filter(filter)
        .map(entry -> entry.get("type").getAsString())
        .toList();
  }

  private Stream<JsonObject> entries(String kind) {
    JsonArray array = metadata.getAsJsonArray(kind);
    return StreamSupport.stream(array.spliterator(), false).map(JsonElement::getAsJsonObject);
  }

  private static JsonObject read() {
    String name =
        "/META-INF/native-image/io.github.tokenfactory/tokenfactory-client/reachability-metadata.json";
    try (Reader in =
        new InputStreamReader(
            WriteReachabilityMetadataTest.class.getResourceAsStream(name),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(in).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
