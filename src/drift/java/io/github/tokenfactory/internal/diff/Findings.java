package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.drift.Change;
import io.github.tokenfactory.drift.Change.Effect;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects differences; those found in several ways count once, with their worst effect. */
final class Findings {
  /** Stands for what is not there. */
  static final String NOTHING = "-";

  private static final int MAX_VALUE = 160;
  private static final int SHOWN_BEFORE_DIFFERENCE = 40;

  private record Finding(
      String pointer, boolean isGone, String what, String was, String is, String advice) {}

  private final Map<Finding, Effect> effects = new LinkedHashMap<>();

  /**
   * Adds a difference.
   *
   * @param isGone whether {@code where} is in the pinned document, not in the published one
   */
  void add(
      Effect effect,
      JsonLocation where,
      boolean isGone,
      String what,
      String was,
      String is,
      String advice) {
    effects.merge(
        new Finding(where.pointer(), isGone, what, excerpt(was, is), excerpt(is, was), advice),
        effect,
        ChangeRules::worse);
  }

  boolean hasDrift() {
    return effects.values().stream().anyMatch(Effect::isDrift);
  }

  /** {@return the changes, worst first, then by place} */
  List<Change> changes(Document pinned, Document published) {
    return effects.entrySet().stream()
        .map(
            entry -> {
              Finding f = entry.getKey();
              return new Change(
                  entry.getValue(),
                  f.pointer,
                  PathDescriber.describe(f.isGone ? pinned : published, f.pointer),
                  f.what,
                  f.was,
                  f.is,
                  HandwrittenClasses.complete(f.advice, f.pointer));
            })
        .sorted(
            Comparator.comparing(Change::effect)
                .thenComparing(Change::place)
                .thenComparing(Change::pointer)
                .thenComparing(Change::what)
                .thenComparing(Change::was)
                .thenComparing(Change::is))
        .toList();
  }

  /** {@return a long value cut down to the part where it differs from the other} */
  private static String excerpt(String value, String other) {
    if (value.length() <= MAX_VALUE) {
      return value;
    }
    int start = 0;
    while (start < Math.min(value.length(), other.length())
        && value.charAt(start) == other.charAt(start)) {
      start++;
    }
    start = Math.max(0, start - SHOWN_BEFORE_DIFFERENCE);
    int end = Math.min(value.length(), start + MAX_VALUE);
    return (start > 0 ? "..." : "")
        + value.substring(start, end)
        + (end < value.length() ? "..." : "");
  }
}
