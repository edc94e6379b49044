package io.github.tokenfactory.drift;

import io.github.tokenfactory.internal.diff.Comparison;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Compares what two versions of an OpenAPI document mean for the operations that a client binds.
 */
public final class SpecDrift {
  private static final int NO_DRIFT = 0;
  private static final int DRIFT = 1;
  private static final int CANNOT_CHECK = 2;
  private static final List<String> FORMATS = List.of("text", "markdown", "json");
  private static final String USAGE =
      """
      usage: SpecDrift [OPTION]... [PINNED] PUBLISHED

      Compares what two OpenAPI documents (files or URLs, JSON or YAML) mean for some operations.
      PINNED defaults to the document in the jar of tokenfactory-client, if that is on the class path.

        --operation OPERATION     METHOD /path or an operation id, may be repeated; by default every operation of
                                  PINNED, and the webhooks if both documents are given
        --format FORMAT           text (the default), markdown or json
        --fail-on-documentation   count documentation as drift
        --help                    print this and exit

      exit status: 0 no drift (documentation may differ), 1 drift, 2 cannot check
      """;

  private SpecDrift() {}

  /**
   * {@return how the bound operations differ between two documents; how the documents are written
   * does not matter}
   *
   * @param operations each as {@code METHOD /path} or as an operation id of the pinned document, or
   *     {@link OpenApiDocument#ALL_OPERATIONS} for all that it has
   * @throws CannotCheckException if either document cannot be understood as far as these operations
   *     need it, or with the memory there is, or the pinned document does not have one of them
   */
  public static DriftReport compare(
      OpenApiDocument pinned, OpenApiDocument published, Collection<String> operations) {
    try {
      return new DriftReport(
          version(pinned),
          version(published),
          new Comparison(pinned.document, published.document).changes(operations));
    } catch (StackOverflowError | OutOfMemoryError e) {
      throw new CannotCheckException(
          CannotCheckException.Reason.UNREADABLE,
          "comparing the documents takes more memory than there is");
    }
  }

  private static String version(OpenApiDocument document) {
    String version = document.document.version();
    return version == null ? "(no version)" : version;
  }

  /** Compares two documents from the command line; {@code --help} says how. */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** Does what {@link #main} does, and returns the exit status. */
  static int run(String[] args, PrintStream out, PrintStream err) {
    List<String> operations = new ArrayList<>();
    List<String> documents = new ArrayList<>();
    String format = "text";
    boolean failOnDocumentation = false;
    for (int i = 0; i < args.length; i++) {
      boolean hasValue = i + 1 < args.length;
      if (args[i].equals("--help")) {
        out.print(USAGE);
        return NO_DRIFT;
      } else if (args[i].equals("--fail-on-documentation")) {
        failOnDocumentation = true;
      } else if (args[i].equals("--operation") && hasValue) {
        operations.add(args[++i]);
      } else if (args[i].equals("--format") && hasValue && FORMATS.contains(args[i + 1])) {
        format = args[++i];
      } else if (args[i].startsWith("--")) {
        err.print("cannot use " + args[i] + (hasValue ? " " + args[i + 1] : "") + "\n" + USAGE);
        return CANNOT_CHECK;
      } else {
        documents.add(args[i]);
      }
    }
    if (documents.isEmpty() || documents.size() > 2) {
      err.print("one or two documents are needed, not " + documents.size() + "\n" + USAGE);
      return CANNOT_CHECK;
    }
    try {
      boolean isDefault = documents.size() == 1;
      OpenApiDocument pinned =
          isDefault ? OpenApiDocument.bundled() : OpenApiDocument.load(documents.get(0));
      OpenApiDocument published = OpenApiDocument.load(documents.get(documents.size() - 1));
      if (operations.isEmpty()) {
        operations.addAll(
            isDefault ? pinned.operations() : List.of(OpenApiDocument.ALL_OPERATIONS));
      }
      if (operations.isEmpty()) {
        throw new CannotCheckException(
            CannotCheckException.Reason.UNKNOWN_OPERATION, "the pinned document has no operations");
      }
      DriftReport report = compare(pinned, published, operations);
      out.print(
          switch (format) {
            case "json" -> report.toJson();
            case "markdown" -> report.toMarkdown();
            default -> report.toText();
          });
      return report.hasDrift() || failOnDocumentation && report.hasDocumentationChanges()
          ? DRIFT
          : NO_DRIFT;
    } catch (CannotCheckException e) {
      err.println("cannot check: " + e.getMessage());
      return CANNOT_CHECK;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // Neither verdict may come from a defect of ours.
      err.println("cannot check, by a defect of this program: " + e);
      return CANNOT_CHECK;
    }
  }
}
