package io.github.tokenfactory.build;

import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.drift.SpecDrift;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.DocumentSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Pulls the published document for the drift test and, if asked to, makes it the pinned one; for
 * the build, not part of the library's jar.
 */
public final class PullDocument {
  /** The file in the build's directory that holds the document as pulled. */
  static final String PULLED = "openapi.json";

  /** The file that is there instead if there is no document: it says why. */
  static final String NOT_CHECKED = "not-checked.txt";

  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final Path directory;
  private final Path pinned;
  private final List<String> operations;

  private PullDocument(Path directory, Path pinned, List<String> operations) {
    this.directory = directory;
    this.pinned = pinned;
    this.operations = operations;
  }

  /**
   * Pulls once.
   *
   * @param args the URL; {@code auto}, {@code never} or {@code require}; {@code offline=true} or
   *     {@code offline=false}; whether to accept what is published; the pinned document; the
   *     operations, comma-separated; the directory to write to
   */
  public static void main(String[] args) throws IOException {
    boolean accept = args[3].equals("true");
    List<String> operations = operations(args[5]);
    PullDocument build =
        new PullDocument(Files.createDirectories(Path.of(args[6])), Path.of(args[4]), operations);
    try {
      if (!List.of("auto", "never", "require").contains(args[1])) {
        throw new IllegalArgumentException("-Dspec.pull is auto, never or require, not " + args[1]);
      }
      if (args[1].equals("never") || args[2].equals("offline=true")) {
        throw new CannotCheckException(
            CannotCheckException.Reason.UNAVAILABLE,
            "not pulled, since "
                + (args[2].equals("offline=true") ? "the build is offline" : "-Dspec.pull=never"));
      }
      build.pull(args[0], accept);
    } catch (CannotCheckException e) {
      Files.deleteIfExists(build.directory.resolve(PULLED));
      Files.writeString(build.directory.resolve(NOT_CHECKED), e.getMessage());
      if (accept || args[1].equals("require")) {
        throw e;
      }
      System.out.println("Drift not checked: " + e.getMessage());
    }
  }

  /** {@return the names in a comma-separated list} */
  static List<String> operations(String list) {
    return Stream.of(list.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
  }

  private void pull(String url, boolean accept) throws IOException {
    Document pulled = DocumentSource.create(PATIENCE, directory).load(url);
    String text = CanonicalJson.canonical(pulled.root());
    replace(directory.resolve(PULLED), text);
    Files.deleteIfExists(directory.resolve(NOT_CHECKED));
    if (accept) {
      OpenApiDocument published = OpenApiDocument.parse(text);
      OpenApiDocument slice = published.slice(operations);
      OpenApiDocument before = OpenApiDocument.parse(Files.readString(pinned));
      List<String> bound = slice.operations();
      List<String> compared = before.operations().stream().filter(bound::contains).toList();
      System.out.println(SpecDrift.compare(before, published, compared).toText());
      bound.stream()
          .filter(name -> !compared.contains(name))
          .forEach(name -> System.out.println("New: " + name));
      replace(pinned, slice.toCanonicalJson());
    }
  }

  /**
   * Writes a file as a whole, and only if it would change: who fails half-way leaves the old one.
   */
  static void replace(Path file, String content) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(content)) {
      Path whole = Files.writeString(file.resolveSibling(file.getFileName() + ".part"), content);
      Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
