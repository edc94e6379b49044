package io.github.tokenfactory.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** What differs between two documents, worst first; immutable. The three forms that it can be written in state the same facts. */
public final class DriftReport {
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

    /** Says whether the meaning of a bound operation differs; notices and documentation do not count. */
    public boolean hasDrift() {
        return changes.stream().anyMatch(change -> change.effect().isDrift());
    }

    /** Says whether the documentation of a bound operation differs. */
    public boolean hasDocumentationChanges() {
        return changes.stream().anyMatch(change -> change.effect() == Change.Effect.DOCUMENTATION);
    }

    /** Returns the report as plain text, one line a change. */
    public String toText() {
        StringBuilder text = new StringBuilder(headline()).append('\n');
        for (Change change : changes) {
            text.append(printable(String.format(
                            "%-13s %s: %s, was %s, is %s (%s; %s)",
                            change.effect(), change.place(), change.what(), change.was(), change.is(), change.pointer(), change.advice())))
                    .append('\n');
        }
        return text.toString();
    }

    /** Returns the report as GitHub-flavoured Markdown: a table with everything from the documents escaped. */
    public String toMarkdown() {
        StringBuilder text = new StringBuilder("**").append(escaped(headline())).append("**\n");
        if (!changes.isEmpty()) {
            text.append("\n| Effect | Place | What | Was | Is | To do | Pointer |\n|---|---|---|---|---|---|---|\n");
        }
        for (Change change : changes) {
            StringJoiner row = new StringJoiner(" | ", "| ", " |\n");
            row.add(change.effect().toString());
            List.of(change.place(), change.what(), change.was(), change.is(), change.advice(), change.pointer())
                    .forEach(cell -> row.add(escaped(cell)));
            text.append(row);
        }
        return text.toString();
    }

    /** Returns the report as a JSON object with the verdict, the two versions and the list of changes. */
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
        return Json.canonical(report);
    }

    private String headline() {
        String counts = changes.stream()
                .collect(Collectors.groupingBy(Change::effect, java.util.TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " " + entry.getKey().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        String verdict = hasDrift() ? "Drift" : "No drift";
        return printable(verdict + " from " + pinned + " to " + published + (counts.isEmpty() ? "" : ": " + counts));
    }

    /** Makes what a document says fit on one line of a terminal: no control characters, nothing that reorders the text. */
    private static String printable(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean isHidden = type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR;
            line.append(isHidden ? String.format("\\u%04x", c) : Character.toString(c));
        });
        return line.toString();
    }

    /** Makes a text mean only itself in a Markdown table: every character that could start something becomes a number. */
    private static String escaped(String text) {
        StringBuilder cell = new StringBuilder();
        printable(text).codePoints().forEach(c -> {
            boolean isPlain = Character.isLetterOrDigit(c) || c > '~' || " .,;:/-()='".indexOf(c) >= 0;
            cell.append(isPlain ? Character.toString(c) : "&#" + c + ";");
        });
        return cell.toString();
    }

    @Override
    public String toString() {
        return headline();
    }
}
