package io.github.tokenfactory.drift;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What differs between two documents, worst first; immutable. The three forms that it can be
 * written in state the same facts.
 */
public final class DriftReport {
  /** Stands for what is not there. */
  private static final String NOTHING = "-";

  private final String pinned;
  private final String published;
  private final List<Change> changes;

  DriftReport(String pinned, String published, List<Change> changes) {
    this.pinned = pinned;
    this.published = published;
    this.changes = List.copyOf(changes);
  }

  /** Returns every change, worst first, then by place. */
  public List<Change> changes() {
    return changes;
  }

  /**
   * Says whether the meaning of a bound operation differs; notices and documentation do not count.
   */
  public boolean hasDrift() {
    return changes.stream().anyMatch(change -> change.effect().isDrift());
  }

  /** Says whether the documentation of a bound operation differs. */
  public boolean hasDocumentationChanges() {
    return changes.stream().anyMatch(change -> change.effect() == Change.Effect.DOCUMENTATION);
  }

  /** Returns the report as plain text, one line a change. */
  public String toText() {
    StringBuilder text = new StringBuilder(printable(headline(pinned, published))).append('\n');
    for (Change change : changes) {
      String line =
          String.format(
              "%-13s %s: %s, was %s, is %s (%s; %s)",
              change.effect(),
              change.place(),
              change.what(),
              change.was(),
              change.is(),
              change.pointer(),
              change.advice());
      text.append(printable(line)).append('\n');
    }
    return text.toString();
  }

  /**
   * Returns the report as GitHub-flavoured Markdown: a table in which text from the documents means
   * only itself.
   */
  public String toMarkdown() {
    StringBuilder text =
        new StringBuilder(headline(literal(pinned), literal(published))).append('\n');
    if (!changes.isEmpty()) {
      text.append(
          "\n"
              + "| Effect | PathDescriber | What | Was | Is | To do | Pointer |\n"
              + "|---|---|---|---|---|---|---|\n");
    }
    for (Change change : changes) {
      StringJoiner row = new StringJoiner(" | ", "| ", " |\n");
      row.add(change.effect().toString()).add(literal(change.place())).add(literal(change.what()));
      row.add(literal(change.was()))
          .add(literal(change.is()))
          .add(change.advice())
          .add(literal(change.pointer()));
      text.append(row);
    }
    return text.toString();
  }

  /**
   * Returns the report as a JSON object with the verdict, the two versions and the list of changes.
   */
  public String toJson() {
    JsonObject report = new JsonObject();
    report.addProperty("drift", hasDrift());
    report.addProperty("pinned", pinned);
    report.addProperty("published", published);
    JsonArray list = new JsonArray();
    for (Change change : changes) {
      JsonObject json = new JsonObject();
      json.addProperty("effect", change.effect().name());
      json.addProperty("place", change.place());
      json.addProperty("what", change.what());
      json.addProperty("was", change.was());
      json.addProperty("is", change.is());
      json.addProperty("advice", change.advice());
      json.addProperty("pointer", change.pointer());
      list.add(json);
    }
    report.add("changes", list);
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

  /**
   * Makes what a document says fit on one line of a terminal: no control characters, nothing that
   * reorders the text.
   */
  private static String printable(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              boolean isHidden =
                  type == Character.CONTROL
                      || type == Character.FORMAT
                      || type == Character.SURROGATE
                      || type == Character.LINE_SEPARATOR
                      || type == Character.PARAGRAPH_SEPARATOR;
              line.append(isHidden ? String.format("\\u%04x", c) : Character.toString(c));
            });
    return line.toString();
  }

  /**
   * Makes a text mean only itself in a Markdown table: as code, or else with a number for every
   * character that could act.
   */
  private static String literal(String text) {
    String line = printable(text);
    if (line.equals(NOTHING)
        || !line.isBlank() && line.chars().noneMatch(c -> c == '`' || c == '|' || c == '\\')) {
      return line.equals(NOTHING) ? line : "`" + line + "`";
    }
    StringBuilder cell = new StringBuilder();
    line.codePoints()
        .forEach(
            c ->
                cell.append(
                    Character.isLetterOrDigit(c) || c == ' '
                        ? Character.toString(c)
                        : "&#" + c + ";"));
    return cell.toString();
  }

  @Override
  public String toString() {
    return headline(pinned, published);
  }
}
