package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JavaNamesTest {
  @Test
  void noModelTakesTheNameOfAHandwrittenClassThatGeneratedCodeImports() throws IOException {
    List<String> handwritten;
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/github/tokenfactory/json"))) {
      handwritten =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".java") && !name.startsWith("package"))
              .map(name -> name.replace(".java", ""))
              .filter(JavaNamesTest::isPublic)
              .toList();
    }

    assertThat(handwritten)
        .hasSize(4)
        .allSatisfy(name -> assertThat(JavaNames.type(name)).isNotEqualTo(name));
  }

  private static boolean isPublic(String name) {
    try {
      return Modifier.isPublic(Class.forName("io.github.tokenfactory.json." + name).getModifiers());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
