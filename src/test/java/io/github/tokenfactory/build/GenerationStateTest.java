package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationStateTest {
  @TempDir Path directory;
  private Path template;
  private Path input;
  private Path output;

  @BeforeEach
  void complete() throws IOException {
    template = Files.createDirectories(directory.resolve("templates")).resolve("a.mustache");
    Files.writeString(template, "{{a}}");
    input = Files.createDirectories(directory.resolve("input"));
    output = Files.createDirectories(directory.resolve("output"));
    assertThat(isUpToDate()).isFalse();
    GenerationState.complete(input, output);
  }

  @Test
  void codeOfTheSameInputIsUpToDate() throws IOException {
    Files.writeString(template, "{{a}}");

    assertThat(isUpToDate()).isTrue();
  }

  @Test
  void changedInputNeedsNewCode() throws IOException {
    Files.writeString(template, "{{b}}");
    assertThat(isUpToDate()).isFalse();
    Files.move(template, template.resolveSibling("b.mustache"));
    assertThat(isUpToDate()).isFalse();
  }

  @Test
  void codeOfAnInterruptedGenerationIsNotUpToDate() throws IOException {
    try (var files = Files.list(output)) {
      Files.delete(files.findFirst().orElseThrow()); // as the generator does when it starts
    }

    assertThat(isUpToDate()).isFalse();
  }

  private boolean isUpToDate() throws IOException {
    return GenerationState.isUpToDate(List.of(template.getParent()), input, output);
  }
}
