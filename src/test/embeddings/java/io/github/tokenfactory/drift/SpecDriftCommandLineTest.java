package io.github.tokenfactory.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecDriftCommandLineTest {
  private static final String PINNED = OpenApiDocument.bundled().toCanonicalJson();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path directory;

  private String same;
  private String worded;
  private String drifted;
  private String everything;

  @BeforeEach
  void write() throws IOException {
    same = write("same.json", PINNED);
    worded = write("worded.json", PINNED.replace("ID of the model", "Name of the model"));
    drifted = write("drifted.json", PINNED.replace("\"no-limit\"", "\"any-limit\""));
    everything = write("everything.json", Documents.text("everything-3.1.json"));
  }

  @Test
  void exitStatusTellsDrift() {
    assertThat(drift(same)).isZero();
    assertThat(drift(worded)).isZero();
    assertThat(drift("--fail-on-documentation", worded)).isOne();
    assertThat(drift("--fail-on-documentation", same)).isZero();
    assertThat(drift(drifted)).isOne();
    assertThat(drift(same, drifted)).isOne();
    assertThat(drift(drifted, drifted)).isZero();
    assertThat(drift(everything, everything)).isZero();
    assertThat(
            drift(
                "--operation",
                "GET /v1/things/{id}/{part}",
                "--operation",
                "makeThing",
                everything,
                everything))
        .isZero();
    assertThat(err).hasToString("");
  }

  @Test
  void writesTheChosenFormat() {
    drift("--format", "json", drifted);
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("{\n  \"drift\": true");
    out.reset();
    drift("--format", "markdown", drifted);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("|---|");
    out.reset();
    drift(drifted);
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Drift from 20260506-297d05704");
  }

  @Test
  void exitStatusTellsWhatCannotBeChecked() throws IOException {
    assertThat(drift(directory.resolve("none").toString())).isEqualTo(2);
    assertThat(drift(write("bad.json", "{"))).isEqualTo(2);
    assertThat(drift(everything)).isOne();
    assertThat(drift("--operation", "nothing", same)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8).lines().toList())
        .hasSize(3)
        .allMatch(line -> line.startsWith("cannot check: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b c", "--format", "--format xml a", "--operation", "--verbose a"})
  void refusesBadUsage(String arguments) {
    assertThat(drift(arguments.isEmpty() ? new String[0] : arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage: SpecDrift");
    assertThat(out).hasToString("");
  }

  @Test
  void printsHelp() {
    assertThat(drift("--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("usage: SpecDrift");
  }

  private String write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content).toString();
  }

  private int drift(String... arguments) {
    return SpecDrift.run(
        arguments,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }
}
