package io.github.tokenfactory.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A Markdown table with a heading; all columns except the first contain numbers. */
final class Table {
  static final String NO_VALUE = "-";

  private final String title;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String title, List<String> header) {
    this.title = title;
    rows.add(header);
  }

  void add(List<String> row) {
    rows.add(row);
  }

  /** {@return {@code value} with three significant digits} */
  static String number(double value) {
    double size = Math.abs(value);
    int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  @Override
  public String toString() {
    int columns = rows.get(0).size();
    List<Integer> widths = new ArrayList<>(Collections.nCopies(columns, 3));
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    StringBuilder text = new StringBuilder("\n### " + title + "\n\n");
    List<String> rule = new ArrayList<>();
    for (int width : widths) {
      rule.add(rule.isEmpty() ? "-".repeat(width) : "-".repeat(width - 1) + ":");
    }
    append(text, rows.get(0), widths);
    append(text, rule, widths);
    rows.subList(1, rows.size()).forEach(row -> append(text, row, widths));
    return text.toString();
  }

  private static void append(StringBuilder text, List<String> row, List<Integer> widths) {
    for (int i = 0; i < row.size(); i++) {
      text.append(
          String.format(
              i == 0 ? "| %-" + widths.get(i) + "s " : "| %" + widths.get(i) + "s ", row.get(i)));
    }
    text.append("|\n");
  }
}
