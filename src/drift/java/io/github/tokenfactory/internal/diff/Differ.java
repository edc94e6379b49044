package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.drift.Change;
import io.github.tokenfactory.drift.Change.Effect;
import io.github.tokenfactory.internal.diff.ChangeRules.Side;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.SemanticNode;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Walks two nodes side by side and says how they differ; what is shared by many places is looked
 * at, and reported, once.
 */
final class Differ {
  /** Stands for what is not there. */
  static final String NOTHING = "-";

  /**
   * Which way the values below a node go; what a callback receives is what the client would send,
   * and the other way round.
   */
  private enum Flow {
    CALL,
    CALLBACK,
    REQUEST,
    RESPONSE,
    BOTH;

    Flow into(String label) {
      String keyword = label.split(" ", 2)[0];
      if (keyword.equals("not") || keyword.equals("if")) {
        return BOTH;
      }
      if (this != CALL && this != CALLBACK) {
        return this;
      }
      return switch (keyword) {
        case "callbacks" -> CALLBACK;
        case "parameters", "requestBody" -> this == CALL ? REQUEST : RESPONSE;
        case "responses" -> this == CALL ? RESPONSE : REQUEST;
        default -> this;
      };
    }

    Side side() {
      return this == RESPONSE ? Side.RESPONSE : this == BOTH ? Side.BOTH : Side.REQUEST;
    }
  }

  private record Pair(SemanticNode was, SemanticNode is, Flow flow) {}

  private record Finding(
      String pointer, boolean isGone, String what, String was, String is, String advice) {}

  private final Document pinned;
  private final Document published;
  private final Set<Pair> seen = new HashSet<>();
  private final Deque<Pair> pending = new ArrayDeque<>();
  private final Map<Finding, Effect> findings = new LinkedHashMap<>();

  /**
   * Whether some union turned out to say the same thing several times, which is the same as saying
   * it once.
   */
  private boolean hasRepetition;

  Differ(Document pinned, Document published) {
    this.pinned = pinned;
    this.published = published;
  }

  /** Notes every difference between two operations. */
  void compareOperations(SemanticNode was, SemanticNode is) {
    follow(was, is, Flow.CALL);
    finish();
    boolean isExplained = hasRepetition || findings.values().stream().anyMatch(Effect::isDrift);
    if (was.meaning != is.meaning && !isExplained) {
      add(
          Effect.ALTERS,
          is.at,
          false,
          "meaning",
          "other",
          "compare by hand",
          ChangeRules.REGENERATE);
    }
  }

  /** Notes every difference between two components, unless some operation led to them already. */
  void compareComponents(SemanticNode was, SemanticNode is) {
    boolean isKnown =
        Stream.of(Flow.values()).anyMatch(flow -> seen.contains(new Pair(was, is, flow)));
    if (!isKnown) {
      follow(was, is, Flow.BOTH);
      finish();
    }
  }

  private void finish() {
    while (!pending.isEmpty()) {
      compare(pending.pop());
    }
  }

  void add(
      Effect effect,
      JsonLocation where,
      boolean isGone,
      String what,
      String was,
      String is,
      String advice) {
    findings.merge(
        new Finding(
            where.pointer(), isGone, what, Excerpt.of(was, is), Excerpt.of(is, was), advice),
        effect,
        ChangeRules::worse);
  }

  List<Change> changes() {
    return findings.entrySet().stream()
        .map(
            entry -> {
              Finding f = entry.getKey();
              String place = PathDescriber.of(f.isGone ? pinned : published, f.pointer);
              return new Change(
                  entry.getValue(),
                  f.pointer,
                  place,
                  f.what,
                  f.was,
                  f.is,
                  ChangeRules.advice(place, f.advice));
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

  private void follow(SemanticNode was, SemanticNode is, Flow flow) {
    Pair pair = new Pair(was, is, flow);
    if (was != is && seen.add(pair)) {
      pending.push(pair);
    }
  }

  private void compare(Pair pair) {
    SemanticNode was = pair.was;
    SemanticNode is = pair.is;
    compareNames(was, is);
    compareDocumentation(was, is);
    if (was.meaning != is.meaning && comparePlainWithUnion(pair)) {
      return;
    }
    if (was.meaning != is.meaning) {
      compareTypes(pair);
      compareFacts(pair, union(was.facts, is.facts));
    }
    for (String label : union(was.parts, is.parts)) {
      SemanticNode before = was.part(label);
      SemanticNode after = is.part(label);
      if (before != null && after != null) {
        follow(before, after, pair.flow.into(label));
      } else {
        comparePart(pair, label, before, after);
      }
    }
    for (String label : union(was.groups, is.groups)) {
      compareGroup(
          pair,
          label,
          was.groups.getOrDefault(label, List.of()),
          is.groups.getOrDefault(label, List.of()));
    }
  }

  private void compareNames(SemanticNode was, SemanticNode is) {
    if (was.name != null && is.name != null && !was.name.equals(is.name)) {
      add(Effect.NOTICE, is.at, false, "renamed", was.name, is.name, ChangeRules.REVIEW_NAMES);
    }
  }

  private void compareDocumentation(SemanticNode was, SemanticNode is) {
    for (String keyword : union(was.documentation, is.documentation)) {
      compareDocumentation(keyword, words(was, keyword), words(is, keyword));
    }
  }

  private static Map<String, JsonLocation> words(SemanticNode node, String keyword) {
    Map<String, JsonLocation> words = new TreeMap<>();
    node.documentation
        .getOrDefault(keyword, Set.of())
        .forEach(where -> words.putIfAbsent(CanonicalJson.meaning(where.json()), where));
    return words;
  }

  /**
   * Notes which words came and went; those of a component show at all places that refer to it, but
   * are written in one.
   */
  void compareDocumentation(
      String keyword, Map<String, JsonLocation> was, Map<String, JsonLocation> is) {
    Map<String, JsonLocation> gone = without(was, is);
    Map<String, JsonLocation> fresh = without(is, was);
    if (!gone.isEmpty() || !fresh.isEmpty()) {
      JsonLocation where = first(fresh.isEmpty() ? gone : fresh);
      add(
          Effect.DOCUMENTATION,
          where,
          fresh.isEmpty(),
          keyword,
          text(gone),
          text(fresh),
          ChangeRules.REVIEW_WORDS);
    }
  }

  private static Map<String, JsonLocation> without(
      Map<String, JsonLocation> values, Map<String, JsonLocation> others) {
    if (values.keySet().equals(others.keySet())) {
      return Map.of();
    }
    Map<String, JsonLocation> rest = new TreeMap<>(values);
    rest.keySet().removeAll(others.keySet());
    return rest;
  }

  private void compareTypes(Pair pair) {
    Map<String, JsonLocation> was = pair.was.types();
    Map<String, JsonLocation> is = pair.is.types();
    if (!was.keySet().equals(is.keySet())) {
      boolean narrower = !covers(is.keySet(), was.keySet());
      boolean wider = !covers(was.keySet(), is.keySet());
      Effect effect = ChangeRules.of("type").of(narrower, wider, pair.flow.side());
      JsonLocation where = first(is, pair.is.at);
      add(effect, where, false, "type", types(was), types(is), ChangeRules.of("type").advice());
    }
  }

  private static String types(Map<String, JsonLocation> types) {
    List<String> names = new ArrayList<>(types.keySet());
    boolean hasNull = names.remove("null");
    if (names.contains("anything")) {
      return hasNull ? "anything" : "anything but null";
    }
    if (hasNull) {
      names.add("null");
    }
    return names.isEmpty() ? "nothing" : String.join(" or ", names);
  }

  private static boolean covers(Set<String> types, Set<String> others) {
    return others.stream()
        .allMatch(
            type ->
                types.contains(type)
                    || !type.equals("null") && types.contains("anything")
                    || type.equals("integer") && types.contains("number"));
  }

  /**
   * A schema that becomes one variant of a union, or was one, is still there: only the other
   * variants are news.
   */
  private boolean comparePlainWithUnion(Pair pair) {
    SemanticNode wasUnion = pair.was.union();
    SemanticNode isUnion = pair.is.union();
    if ((wasUnion == null) == (isUnion == null)) {
      return false;
    }
    SemanticNode plain = wasUnion == null ? pair.was : pair.is;
    SemanticNode union = wasUnion == null ? isUnion : wasUnion;
    List<SemanticNode> others = new ArrayList<>(union.groups.get("variants"));
    int before = others.size();
    others.removeIf(plain::allowsSameValues);
    if (others.size() == before || union.counted && others.size() < before - 1) {
      return false;
    }
    Pair pairOfUnions =
        new Pair(wasUnion == null ? plain : wasUnion, isUnion == null ? plain : isUnion, pair.flow);
    hasRepetition |= others.isEmpty();
    others.forEach(
        other ->
            addMember(
                pairOfUnions,
                "variants",
                wasUnion == null ? null : other,
                wasUnion == null ? other : null));
    if (pair.was.nullable != pair.is.nullable) {
      compareTypes(pair);
    }
    compareFacts(pair, SemanticNode.ANNOTATIONS);
    return true;
  }

  private void compareFacts(Pair pair, Set<String> keywords) {
    for (String keyword : keywords) {
      Map<String, JsonLocation> was = pair.was.facts.getOrDefault(keyword, Map.of());
      Map<String, JsonLocation> is = pair.is.facts.getOrDefault(keyword, Map.of());
      boolean onBothSides =
          pair.was.facts.containsKey(keyword) && pair.is.facts.containsKey(keyword);
      boolean onNoSide =
          !pair.was.facts.containsKey(keyword) && !pair.is.facts.containsKey(keyword);
      if (keyword.equals("type") || onNoSide || onBothSides && was.keySet().equals(is.keySet())) {
        continue;
      }
      if (keyword.equals("required")
          || onBothSides && (keyword.equals("enum") || keyword.equals("scopes"))) {
        compareValues(pair, keyword, was, is);
      } else {
        boolean[] direction = direction(keyword, was, is);
        Effect effect = ChangeRules.of(keyword).of(direction[0], direction[1], pair.flow.side());
        JsonLocation where = first(is, first(was, pair.is.at));
        add(
            effect,
            where,
            is.isEmpty() && !was.isEmpty(),
            keyword,
            text(was),
            text(is),
            ChangeRules.of(keyword).advice());
      }
    }
  }

  /** Returns whether the constraint is narrower, and whether it is wider. */
  private static boolean[] direction(
      String keyword, Map<String, JsonLocation> was, Map<String, JsonLocation> is) {
    if (keyword.equals("enum")) {
      // The whole enumeration came or went: values can only be fewer, or more.
      return new boolean[] {!was.isEmpty(), was.isEmpty()};
    }
    if (was.size() == 1
        && is.size() == 1
        && (keyword.startsWith("min") || keyword.startsWith("max"))) {
      try {
        int more = bound(is).compareTo(bound(was)) * (keyword.startsWith("min") ? 1 : -1);
        return new boolean[] {more >= 0, more <= 0};
      } catch (NumberFormatException e) {
        return new boolean[] {true, true};
      }
    }
    return new boolean[] {!is.isEmpty(), !was.isEmpty()};
  }

  private static BigDecimal bound(Map<String, JsonLocation> values) {
    return new BigDecimal(values.keySet().iterator().next().replaceFirst("^[<>]=? ", ""));
  }

  private void compareValues(
      Pair pair, String keyword, Map<String, JsonLocation> was, Map<String, JsonLocation> is) {
    ChangeRules consequence = ChangeRules.of(keyword);
    for (String value : union(was, is)) {
      String property = "properties " + value;
      boolean isNew = !was.containsKey(value);
      boolean isOld = !is.containsKey(value);
      boolean isOfOtherProperty =
          keyword.equals("required")
              && pair.was.parts.containsKey(property) != pair.is.parts.containsKey(property);
      if (isNew != isOld && !isOfOtherProperty) {
        JsonLocation where = isNew ? is.get(value) : was.get(value);
        Effect effect = consequence.of(isNew, isOld, pair.flow.side());
        String what = keyword + (isNew ? " value added" : " value removed");
        add(
            effect,
            where,
            isOld,
            what,
            isNew ? NOTHING : value,
            isOld ? NOTHING : value,
            consequence.advice());
      }
    }
  }

  private void comparePart(
      Pair pair, String label, @Nullable SemanticNode was, @Nullable SemanticNode is) {
    SemanticNode owner = was == null ? pair.is : pair.was;
    SemanticNode part = was == null ? is : was;
    String[] words = label.split(" ", 2);
    boolean isRequired =
        part.facts.containsKey("mandatory")
            || words.length == 2
                && owner.facts.getOrDefault("required", Map.of()).containsKey(words[1]);
    ChangeRules consequence = ChangeRules.of(label);
    Effect effect = consequence.of(was == null, is == null, pair.flow.into(label).side());
    if (was == null && isRequired && pair.flow.into(label).side() != Side.RESPONSE) {
      effect = Effect.BREAKS;
    }
    String what =
        (isRequired ? "required " : "")
            + ChangeRules.noun(words[0])
            + (was == null ? " added" : " removed");
    add(
        effect,
        owner.written.get(label),
        is == null,
        what,
        describe(was),
        describe(is),
        consequence.advice());
  }

  /**
   * Sets aside what means the same, then pairs what is left by likeness, so that a change is
   * reported inside the variant.
   */
  private void compareGroup(
      Pair pair, String label, List<SemanticNode> was, List<SemanticNode> is) {
    List<SemanticNode> before = new ArrayList<>(was);
    List<SemanticNode> after = new ArrayList<>(is);
    for (SemanticNode old : was) {
      SemanticNode same =
          after.stream().filter(node -> node.meaning == old.meaning).findFirst().orElse(null);
      if (same != null) {
        follow(old, same, pair.flow.into(label));
        before.remove(old);
        after.remove(same);
      }
    }
    if (!pair.was.counted) {
      // Saying the same twice says nothing new.
      before.removeIf(node -> is.stream().anyMatch(other -> other.meaning == node.meaning));
      after.removeIf(node -> was.stream().anyMatch(other -> other.meaning == node.meaning));
    }
    boolean isExchange =
        before.size() == 1 && after.size() == 1; // one for the other, however unlike
    List<Pair> likely = new ArrayList<>();
    before.forEach(
        old -> after.forEach(fresh -> likely.add(new Pair(old, fresh, pair.flow.into(label)))));
    likely.removeIf(candidate -> !isExchange && likeness(candidate) == 0);
    likely.sort(Comparator.comparing(candidate -> -likeness(candidate)));
    for (Pair candidate : likely) {
      if (before.contains(candidate.was) && after.contains(candidate.is)) {
        follow(candidate.was, candidate.is, candidate.flow);
        before.remove(candidate.was);
        after.remove(candidate.is);
      }
    }
    before.forEach(node -> addMember(pair, label, node, null));
    after.forEach(node -> addMember(pair, label, null, node));
  }

  private void addMember(
      Pair pair, String label, @Nullable SemanticNode was, @Nullable SemanticNode is) {
    SemanticNode owner = was == null ? pair.is : pair.was;
    SemanticNode member = was == null ? is : was;
    ChangeRules consequence = ChangeRules.of(label);
    Effect effect = consequence.of(was == null, is == null, pair.flow.into(label).side());
    JsonLocation where = member.at.isBelow(owner.at) ? member.at : owner.at;
    String what = ChangeRules.noun(label) + (was == null ? " added" : " removed");
    add(effect, where, is == null, what, describe(was), describe(is), consequence.advice());
  }

  private static int likeness(Pair pair) {
    SemanticNode was = pair.was;
    SemanticNode is = pair.is;
    if (!was.facts
        .getOrDefault("type", Map.of())
        .keySet()
        .equals(is.facts.getOrDefault("type", Map.of()).keySet())) {
      return 0;
    }
    int likeness = 1 + (was.name != null && was.name.equals(is.name) ? 1000 : 0);
    likeness +=
        common(was.facts, is.facts) + common(was.parts, is.parts) + common(was.groups, is.groups);
    for (String label : was.parts.keySet()) {
      likeness +=
          is.parts.containsKey(label) && is.parts.get(label).meaning == was.parts.get(label).meaning
              ? 1
              : 0;
    }
    return likeness;
  }

  private static int common(Map<String, ?> one, Map<String, ?> other) {
    return (int) one.keySet().stream().filter(other::containsKey).count();
  }

  private static String describe(@Nullable SemanticNode node) {
    if (node == null) {
      return NOTHING;
    }
    SemanticNode union = node.union();
    if (node.name != null) {
      return node.name;
    } else if (union != null) {
      String kind = union.facts.get("union").keySet().iterator().next();
      return kind
          + " of "
          + union.groups.get("variants").size()
          + (node.nullable ? " or null" : "");
    } else if (node.facts.containsKey("type") || node.nullable) {
      return types(node.types());
    }
    String facts = node.facts.values().stream().map(Differ::text).collect(Collectors.joining(" "));
    return facts.isEmpty() ? "present" : facts;
  }

  private static String text(Map<String, JsonLocation> values) {
    return values.isEmpty() ? NOTHING : String.join(", ", values.keySet());
  }

  private static JsonLocation first(Map<String, JsonLocation> values) {
    return values.values().iterator().next();
  }

  private static JsonLocation first(Map<String, JsonLocation> values, JsonLocation otherwise) {
    return values.isEmpty() ? otherwise : first(values);
  }

  private static Set<String> union(Map<String, ?> one, Map<String, ?> other) {
    if (one.keySet().equals(other.keySet())) {
      return one.keySet();
    }
    Set<String> union = new TreeSet<>(one.keySet());
    union.addAll(other.keySet());
    return union;
  }
}
