package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openapitools.codegen.CodegenModel;
import org.openapitools.codegen.CodegenOperation;
import org.openapitools.codegen.CodegenParameter;
import org.openapitools.codegen.CodegenProperty;
import org.openapitools.codegen.OpenAPINormalizer;
import org.openapitools.codegen.config.CodegenConfigurator;
import org.openapitools.codegen.config.GeneratorSettings;
import org.openapitools.codegen.config.WorkflowSettings;
import org.openapitools.codegen.languages.JavaClientCodegen;

/**
 * Finds mistakes in the generator's settings and templates, most of which the generator ignores.
 */
class GenerationTest {
  private static final Pattern TAG = Pattern.compile("\\{\\{\\{?[#^/&>]?\\s*([^{}!]+?)\\s*}}}?");
  private static final Pattern PARTIAL = Pattern.compile("\\{\\{>\\s*([^{}]+?)\\s*}}");

  private static final Path BUILD = Path.of("src/build/java/io/github/tokenfactory/build");

  /** The variables of the template engine, and those of the maps around models and operations. */
  private static final Set<String> GIVEN =
      Set.of(
          ".",
          "-last",
          "-first",
          "-index",
          "isEmpty",
          "lambda",
          "indented",
          "pascalcase",
          "package",
          "models",
          "model",
          "operations",
          "operation",
          "classname",
          "cases",
          "property",
          "value",
          "type",
          "enumVars",
          "name",
          "enumDescription",
          "invokerPackage");

  @TestFactory
  Stream<DynamicTest> knowsEachKeyOfTheSettings() throws IOException {
    Set<String> known = new HashSet<>();
    for (Class<?> type : List.of(GeneratorSettings.class, WorkflowSettings.class)) {
      Arrays.stream(type.getDeclaredFields()).map(Field::getName).forEach(known::add);
    }
    new JavaClientCodegen().cliOptions().forEach(option -> known.add(option.getOpt()));
    return settings().keySet().stream()
        .map(
            key ->
                DynamicTest.dynamicTest(
                    key, () -> assertThat(known).as("keys of the generator").contains(key)));
  }

  @Test
  void usesOnlyNormalizerRulesThatTheGeneratorKnows() throws IOException {
    assertThat(constants(OpenAPINormalizer.class))
        .containsAll(section("openapiNormalizer").keySet());
  }

  @Test
  void mapsOnlyTypesThatTheGeneratorKnows() throws IOException {
    assertThat(new JavaClientCodegen().typeMapping().keySet())
        .containsAll(section("typeMappings").keySet());
  }

  @TestFactory
  Stream<DynamicTest> needsEachMappingForThePinnedDocument() {
    Map<String, String> generated = Generation.ofPinned();
    return section("schemaMappings").keySet().stream()
        .map(
            schema ->
                DynamicTest.dynamicTest(
                    schema,
                    () ->
                        assertThat(Generation.of(Generation.DOCUMENT, "*", without(schema)))
                            .as("generated without a mapping of %s", schema)
                            .isNotEqualTo(generated)));
  }

  @Test
  void importsExactlyTheMappedHandwrittenClasses() {
    Set<Object> mapped = new TreeSet<>(section("schemaMappings").values());
    section("typeMappings").values().stream()
        .filter(type -> type.equals("JsonElement"))
        .forEach(mapped::add);
    assertThat(section("importMappings").keySet()).isEqualTo(mapped);
    assertThat(section("importMappings").values())
        .filteredOn(name -> !Generation.isLeftOut((String) name))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(Class.forName((String) name)).isPublic());
  }

  @Test
  void templatesUseOnlyVariablesThatTheGeneratorSets() throws IOException {
    Set<String> known = new HashSet<>(GIVEN);
    for (Class<?> type :
        List.of(
            CodegenModel.class,
            CodegenProperty.class,
            CodegenOperation.class,
            CodegenParameter.class)) {
      Arrays.stream(type.getFields()).map(Field::getName).forEach(known::add);
      Arrays.stream(type.getMethods()).map(GenerationTest::propertyName).forEach(known::add);
    }
    known.add("import"); // a key of the maps in "imports"
    StringBuilder input = new StringBuilder();
    try (Stream<Path> programs = Files.list(BUILD)) {
      for (Path program : programs.toList()) {
        input.append(Files.readString(program));
      }
    }
    for (Path template : templates()) {
      for (String tag : tags(template, TAG)) {
        Stream<String> names =
            tag.equals(".")
                ? Stream.of(tag)
                : Arrays.stream(tag.split("\\."))
                    .filter(
                        name -> !(name.startsWith("x-") && input.indexOf('"' + name + '"') >= 0));
        if (!Files.exists(Generation.TEMPLATES.resolve(tag + ".mustache"))) {
          assertThat(names).as("{{%s}} in %s", tag, template).allMatch(known::contains);
        }
      }
    }
  }

  @Test
  void partialsAreUsedAndDoNotHaveNamesOfStockTemplates() throws IOException {
    Set<String> used = new TreeSet<>(Set.of("api", "model"));
    Set<String> present = new TreeSet<>();
    for (Path template : templates()) {
      String name = template.getFileName().toString().replace(".mustache", "");
      present.add(name);
      used.addAll(tags(template, PARTIAL));
      if (!name.equals("api") && !name.equals("model")) {
        assertThat(JavaClientCodegen.class.getResource("/Java/" + name + ".mustache"))
            .as("a stock template would stand in for a lost %s", name)
            .isNull();
      }
    }
    assertThat(present).isEqualTo(used);
  }

  @Test
  void generatedSourcesHaveNoGaps() {
    Generation.ofPinned()
        .forEach(
            (name, source) ->
                assertThat(source)
                    .as(name)
                    .startsWith("// Generated ")
                    .doesNotContain("{@code }", "(\"\")", "{{", "}}}")
                    .doesNotContainPattern("(?m)^ +/\\*\\* *\\*/")
                    .doesNotContainPattern("(?m)[ \t]$"));
  }

  @Test
  void generatesModelsAndOneInterfaceAndNothingElse() {
    assertThat(Generation.ofPinned().keySet())
        .containsExactlyInAnyOrder(
            "Embedding",
            "EmbeddingRequest",
            "EmbeddingResponse",
            "HTTPValidationError",
            "PromptTokensDetails",
            "ServiceTier",
            "TokenFactoryApi",
            "Usage",
            "ValidationError",
            "ValidationErrorLocItem");
  }

  private static Consumer<CodegenConfigurator> without(String schema) {
    Map<String, String> rest = new TreeMap<>();
    section("schemaMappings").forEach((name, type) -> rest.put(name, (String) type));
    rest.remove(schema);
    return settings -> settings.setSchemaMappings(rest);
  }

  @SuppressWarnings("unchecked") // the sections are maps
  private static Map<String, Object> section(String name) {
    try {
      return (Map<String, Object>) settings().get(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked") // the file is a map
  private static Map<String, Object> settings() throws IOException {
    return new ObjectMapper(new YAMLFactory()).readValue(Generation.SETTINGS.toFile(), Map.class);
  }

  private static Set<String> constants(Class<?> type) {
    return Arrays.stream(type.getDeclaredFields()).map(Field::getName).collect(Collectors.toSet());
  }

  private static String propertyName(Method getter) {
    String name = getter.getName().replaceFirst("^get", "");
    return name.isEmpty() ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  private static List<Path> templates() throws IOException {
    try (Stream<Path> files = Files.list(Generation.TEMPLATES)) {
      return new ArrayList<>(
          files.filter(file -> file.toString().endsWith(".mustache")).sorted().toList());
    }
  }

  private static List<String> tags(Path template, Pattern pattern) throws IOException {
    return pattern
        .matcher(Files.readString(template))
        .results()
        .map((MatchResult tag) -> tag.group(1))
        .toList();
  }
}
