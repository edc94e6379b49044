package io.github.tokenfactory.build;

import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.drift.SpecDrift;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.DocumentSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Pulls the published document for the drift test and, if asked to, makes it the pinned one. */
public final class PullDocument {
  /** The file in the build's directory that holds the pulled document. */
  static final String PULLED = "openapi.json";

  /** The file that is there instead if nothing was pulled; it says why. */
  static final String NOT_CHECKED = "not-checked.txt";

  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private PullDocument() {}

  /**
   * Pulls once.
   *
   * @param args the URL; {@code auto}, {@code never} or {@code require}; {@code offline=true} or
   *     {@code offline=false}; whether to accept what is published; the pinned document; the
   *     operations, comma-separated; the directory to write to
   */
  public static void main(String[] args) throws IOException {
    String pull = args[1];
    boolean isOffline = args[2].equals("offline=true");
    boolean accepts = args[3].equals("true");
    Path directory = Files.createDirectories(Path.of(args[6]));
    if (!List.of("auto", "never", "require").contains(pull)) {
      throw new IllegalArgumentException("-Dspec.pull is auto, never or require, not " + pull);
    }
    try {
      if (pull.equals("never") || isOffline) {
        throw new CannotCheckException(
            CannotCheckException.Reason.UNAVAILABLE,
            "not pulled, since " + (isOffline ? "the build is offline" : "-Dspec.pull=never"));
      }
      Document pulled = DocumentSource.create(TIMEOUT, directory).load(args[0]);
      String text = pulled.root().toString(); // indented, a hostile document has no end
      OpenApiDocument published = OpenApiDocument.parse(text);
      if (accepts) {
        accept(published, operations(args[5]), Path.of(args[4]));
      } else {
        // A document that cannot be compared must not fail the drift test.
        SpecDrift.compare(OpenApiDocument.load(args[4]), published, operations(args[5]));
      }
      replace(directory.resolve(PULLED), text);
      Files.deleteIfExists(directory.resolve(NOT_CHECKED));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      String why = e instanceof CannotCheckException ? e.getMessage() : e.toString();
      Files.deleteIfExists(directory.resolve(PULLED));
      Files.writeString(directory.resolve(NOT_CHECKED), String.valueOf(why));
      if (accepts || pull.equals("require")) {
        throw e;
      }
      System.out.println("Drift not checked: " + why);
    }
  }

  /** {@return the names in a comma-separated list} */
  static List<String> operations(String list) {
    return Stream.of(list.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
  }

  private static void accept(OpenApiDocument published, List<String> operations, Path pinned)
      throws IOException {
    OpenApiDocument slice = published.slice(operations);
    OpenApiDocument before = OpenApiDocument.parse(Files.readString(pinned));
    List<String> compared = new ArrayList<>(before.operations());
    compared.retainAll(slice.operations());
    System.out.println(SpecDrift.compare(before, published, compared).toText());
    slice.operations().stream()
        .filter(name -> !compared.contains(name))
        .forEach(name -> System.out.println("New: " + name));
    replace(pinned, slice.toCanonicalJson());
  }

  /** Replaces a file, if its content changes, in one step: a failure leaves the old one. */
  static void replace(Path file, String content) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(content)) {
      Path whole = Files.writeString(file.resolveSibling(file.getFileName() + ".part"), content);
      Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
