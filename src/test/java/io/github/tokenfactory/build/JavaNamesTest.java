package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openapitools.codegen.languages.JavaClientCodegen;

class JavaNamesTest {
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*\\.(\\w+);$");

  @Test
  void modelNamesDifferFromImportsOfTemplates() throws IOException {
    Set<String> imported = new TreeSet<>();
    try (Stream<Path> templates = Files.list(Generation.TEMPLATES)) {
      for (Path template : templates.toList()) {
        IMPORT
            .matcher(Files.readString(template))
            .results()
            .map((MatchResult found) -> found.group(1))
            .forEach(imported::add);
      }
    }

    assertThat(imported)
        .contains("EnumAdapter", "MultipleOf", "ObjectAdapter", "UnionAdapter", "Query", "Size")
        .allSatisfy(name -> assertThat(JavaNames.type(name)).isNotEqualTo(name));
  }

  @Test
  void modelNamesDifferFromTypesThatTheGeneratorMaps() {
    JavaClientCodegen generator = new JavaClientCodegen();
    generator.setLibrary("retrofit2");
    generator.processOpts();
    Set<String> replaced = new TreeSet<>(generator.importMapping().keySet());
    replaced.addAll(generator.typeMapping().keySet());
    replaced.removeIf(name -> !name.matches("[A-Z]\\w+"));

    assertThat(replaced)
        .contains("Timestamp", "DateTime")
        .allSatisfy(name -> assertThat(JavaNames.type(name)).isNotEqualTo(name));
  }

  @Test
  void generatorKeepsModelNames() {
    JavaClientCodegen generator = new JavaClientCodegen();
    Set<String> words = new TreeSet<>(generator.reservedWords());
    words.removeIf(
        word -> word.matches("local(var|return).*")); // variables in the generator's own templates

    assertThat(words)
        .contains("import", "file", "apiclient")
        .map(word -> JavaNames.type(Character.toUpperCase(word.charAt(0)) + word.substring(1)))
        .allSatisfy(type -> assertThat(generator.toModelName(type)).isEqualTo(type));
  }
}
