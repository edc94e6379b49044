package io.github.tokenfactory.drift;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The changes between two documents, worst first; immutable. All three forms that it can be written
 * in state the same facts.
 */
public final class DriftReport {
  /** Control characters, and what reorders or breaks a line. */
  private static final Pattern HIDDEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

  private final String pinned;
  private final String published;
  private final List<Change> changes;

  DriftReport(String pinned, String published, List<Change> changes) {
    this.pinned = pinned;
    this.published = published;
    this.changes = List.copyOf(changes);
  }

  /** {@return every change, worst first, then by place} */
  public List<Change> changes() {
    return changes;
  }

  /**
   * {@return whether the meaning of a bound operation differs; notices and documentation do not
   * count}
   */
  public boolean hasDrift() {
    return changes.stream().anyMatch(change -> change.effect().isDrift());
  }

  /** {@return whether the documentation of a bound operation differs} */
  public boolean hasDocumentationChanges() {
    return changes.stream().anyMatch(change -> change.effect() == Change.Effect.DOCUMENTATION);
  }

  /** {@return the report as plain text, one line for each change} */
  public String toText() {
    StringBuilder text = new StringBuilder(printable(headline(pinned, published))).append('\n');
    for (Change change : changes) {
      String effect = String.format("%-13s ", change.effect());
      String what = change.place() + ": " + change.what();
      String values = ", was " + change.was() + ", is " + change.is();
      String where = " (" + change.pointer() + "; " + change.advice() + ")";
      text.append(printable(effect + what + values + where)).append('\n');
    }
    return text.toString();
  }

  /**
   * {@return the report as GitHub-flavoured Markdown: a table in which text from the documents
   * means only itself}
   */
  public String toMarkdown() {
    StringBuilder text =
        new StringBuilder(headline(literal(pinned), literal(published))).append('\n');
    if (!changes.isEmpty()) {
      text.append(
          """

          | Effect | Place | What | Was | Is | To do | Pointer |
          |---|---|---|---|---|---|---|
          """);
    }
    for (Change change : changes) {
      text.append(
          String.format(
              "| %s | %s | %s | %s | %s | %s | %s |\n",
              change.effect(),
              literal(change.place()),
              literal(change.what()),
              literal(change.was()),
              literal(change.is()),
              change.advice(),
              literal(change.pointer())));
    }
    return text.toString();
  }

  /** {@return the report as a JSON object: the verdict, the two versions, the list of changes} */
  public String toJson() {
    JsonObject report = new JsonObject();
    report.addProperty("drift", hasDrift());
    report.addProperty("pinned", pinned);
    report.addProperty("published", published);
    report.add("changes", new Gson().toJsonTree(changes));
    return CanonicalJson.canonical(report);
  }

  private String headline(String from, String to) {
    Map<Change.Effect, Long> counts =
        changes.stream()
            .collect(Collectors.groupingBy(Change::effect, TreeMap::new, Collectors.counting()));
    StringJoiner list = new StringJoiner(", ", ": ", "").setEmptyValue("");
    counts.forEach(
        (effect, count) -> list.add(count + " " + effect.name().toLowerCase(Locale.ROOT)));
    return (hasDrift() ? "Drift" : "No drift") + " from " + from + " to " + to + list;
  }

  /** Makes text from a document fit on one line of a terminal, and act on nothing. */
  private static String printable(String text) {
    return HIDDEN
        .matcher(text)
        .replaceAll(
            hidden ->
                Matcher.quoteReplacement(String.format("\\u%04x", hidden.group().codePointAt(0))));
  }

  /**
   * Makes a text mean only itself in a Markdown table: as code, or else with a number for every
   * character that could act.
   */
  private static String literal(String text) {
    String line = printable(text);
    if (line.equals("-")) {
      return line;
    }
    return line.isBlank() || line.matches(".*[`|\\\\].*")
        ? Pattern.compile("[^\\p{L}\\p{Nd} ]")
            .matcher(line)
            .replaceAll(c -> "&#" + c.group().codePointAt(0) + ";")
        : "`" + line + "`";
  }

  @Override
  public String toString() {
    return headline(pinned, published);
  }
}
