package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.Change.Effect;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.SemanticNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Walks through two nodes side by side and notes how they differ. What is shared by many places is
 * looked at, and reported, once.
 */
final class Differ {
  private static final int MAX_PAIRS = 1_000_000;

  private record Pair(SemanticNode was, SemanticNode is, Flow flow) {}

  private final Findings findings;
  private final Set<Pair> seen = new HashSet<>();
  private final Deque<Pair> pending = new ArrayDeque<>();

  /** Whether a union says the same thing several times, which changes nothing. */
  private boolean hasRepetition;

  Differ(Findings findings) {
    this.findings = findings;
  }

  /** Notes every difference between two operations. */
  void compareOperations(SemanticNode was, SemanticNode is, Flow flow) {
    follow(was, is, flow);
    finish();
    if (was.meaning != is.meaning && !hasRepetition && !findings.hasDrift()) {
      String what = "the meaning differs in a way that no rule describes";
      findings.add(
          Effect.ALTERS, is.at, false, what, "other", "compare by hand", ChangeRules.REGENERATE);
    }
  }

  /** Notes every difference between two components, unless an operation has led to them. */
  void compareComponents(SemanticNode was, SemanticNode is, Flow direction) {
    if (Stream.of(Flow.values()).noneMatch(flow -> seen.contains(new Pair(was, is, flow)))) {
      follow(was, is, direction);
      finish();
    }
  }

  private void follow(SemanticNode was, SemanticNode is, Flow flow) {
    Pair pair = new Pair(was, is, flow);
    if (was != is && seen.add(pair)) {
      requireFew(seen.size(), is);
      pending.push(pair);
    }
  }

  private static void requireFew(long pairs, SemanticNode at) {
    if (pairs > MAX_PAIRS) {
      throw new CannotCheckException(
          CannotCheckException.Reason.UNREADABLE,
          "the documents differ so much that there is too much to compare at " + at.at.pointer());
    }
  }

  private void finish() {
    while (!pending.isEmpty()) {
      compare(pending.pop());
    }
  }

  private void compare(Pair pair) {
    SemanticNode was = pair.was;
    SemanticNode is = pair.is;
    if (was.name != null && is.name != null && !was.name.equals(is.name)) {
      findings.add(
          Effect.NOTICE, is.at, false, "renamed", was.name, is.name, ChangeRules.REVIEW_NAMES);
    }
    for (String keyword : union(was.documentation, is.documentation)) {
      compareDocumentation(keyword, words(was, keyword), words(is, keyword));
    }
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

  private static Map<String, JsonLocation> words(SemanticNode node, String keyword) {
    Map<String, JsonLocation> words = new TreeMap<>();
    node.documentation
        .getOrDefault(keyword, Set.of())
        .forEach(where -> words.putIfAbsent(CanonicalJson.comparable(where.json()), where));
    return words;
  }

  /**
   * Notes which words came and went. Those of a component are reported where they are written, not
   * at the places that refer to it.
   */
  void compareDocumentation(
      String keyword, Map<String, JsonLocation> was, Map<String, JsonLocation> is) {
    Map<String, JsonLocation> gone = without(was, is);
    Map<String, JsonLocation> added = without(is, was);
    if (!gone.isEmpty() || !added.isEmpty()) {
      findings.add(
          Effect.DOCUMENTATION,
          (added.isEmpty() ? gone : added).values().iterator().next(),
          added.isEmpty(),
          keyword,
          NodeDescriber.values(gone),
          NodeDescriber.values(added),
          ChangeRules.REVIEW_WORDS);
    }
  }

  private static Map<String, JsonLocation> without(
      Map<String, JsonLocation> values, Map<String, JsonLocation> others) {
    Map<String, JsonLocation> rest = new TreeMap<>(values);
    rest.keySet().removeAll(others.keySet());
    return rest;
  }

  private void compareTypes(Pair pair) {
    Map<String, JsonLocation> was = pair.was.types();
    Map<String, JsonLocation> is = pair.is.types();
    if (!was.keySet().equals(is.keySet())) {
      ChangeRules rule = ChangeRules.of("type");
      boolean isNarrower = !covers(is.keySet(), was.keySet());
      boolean isWider = !covers(was.keySet(), is.keySet());
      findings.add(
          rule.effect(isNarrower, isWider, pair.flow),
          first(is, pair.is.at),
          false,
          "type",
          NodeDescriber.types(pair.was),
          NodeDescriber.types(pair.is),
          rule.advice());
    }
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
   * Compares a plain schema with a union that has it as a variant, in either order: only the other
   * variants came or went. Says whether that is the case.
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
    hasRepetition |= others.isEmpty();
    for (SemanticNode other : others) {
      boolean isNew = wasUnion == null;
      compareMember(pair, union, "variants", isNew ? null : other, isNew ? other : null);
    }
    if (pair.was.nullable != pair.is.nullable) {
      compareTypes(pair);
    }
    compareFacts(pair, SemanticNode.ANNOTATIONS);
    return true;
  }

  private void compareFacts(Pair pair, Set<String> keywords) {
    for (String keyword : keywords) {
      Map<String, JsonLocation> was = pair.was.values(keyword);
      Map<String, JsonLocation> is = pair.is.values(keyword);
      boolean wasStated = pair.was.facts.containsKey(keyword);
      boolean isStated = pair.is.facts.containsKey(keyword);
      if (keyword.equals("type") || wasStated == isStated && was.keySet().equals(is.keySet())) {
        continue;
      }
      boolean isList = keyword.equals("enum") || keyword.equals("scopes");
      if (keyword.equals("required") || wasStated && isStated && isList) {
        compareValues(pair, keyword, was, is);
      } else {
        ChangeRules rule = ChangeRules.of(keyword);
        boolean isSameUnion = keyword.equals("union") && pair.was.disjoint && pair.is.disjoint;
        boolean isImplied = keyword.equals("format") && Bounds.areWithin32Bits(pair.was, pair.is);
        findings.add(
            isSameUnion || isImplied
                ? Effect.ALTERS
                : Bounds.effect(rule, keyword, was.keySet(), is.keySet(), pair.flow),
            first(is, first(was, pair.is.at)),
            is.isEmpty() && !was.isEmpty(),
            keyword,
            NodeDescriber.values(was),
            NodeDescriber.values(is),
            rule.advice());
      }
    }
  }

  private void compareValues(
      Pair pair, String keyword, Map<String, JsonLocation> was, Map<String, JsonLocation> is) {
    ChangeRules rule = ChangeRules.of(keyword);
    boolean isRequired = keyword.equals("required");
    for (String value : union(was, is)) {
      String property = "properties " + value;
      boolean isNew = !was.containsKey(value);
      // A property that comes or goes as a whole is reported as such.
      boolean isReported =
          isRequired && pair.was.parts.containsKey(property) != pair.is.parts.containsKey(property);
      if (isNew != !is.containsKey(value) && !isReported) {
        String what = keyword + (isNew ? " value added" : " value removed");
        SemanticNode owner = isNew ? pair.is : pair.was;
        SemanticNode part = isRequired ? owner.parts.get(property) : null;
        findings.add(
            effect(rule, isNew, !isNew, part, pair.flow),
            Objects.requireNonNull(isNew ? is.get(value) : was.get(value)),
            !isNew,
            isRequired ? value + (isNew ? " is now required" : " is no longer required") : what,
            isRequired ? (isNew ? "optional" : "required") : isNew ? Findings.NOTHING : value,
            isRequired ? (isNew ? "required" : "optional") : isNew ? value : Findings.NOTHING,
            rule.advice());
      }
    }
  }

  private void comparePart(
      Pair pair, String label, @Nullable SemanticNode was, @Nullable SemanticNode is) {
    SemanticNode owner = was == null ? pair.is : pair.was;
    SemanticNode part = Objects.requireNonNull(was == null ? is : was);
    String[] words = label.split(" ", 2);
    boolean isRequired =
        part.facts.containsKey("mandatory")
            || words.length == 2 && owner.values("required").containsKey(words[1]);
    ChangeRules rule = ChangeRules.of(label);
    Flow flow = pair.flow.into(label);
    boolean isReadOnly = part.values("readOnly").containsKey("true");
    boolean mustBeSent = was == null && isRequired && flow.isSent() && !isReadOnly;
    boolean isOtherError = is == null && label.matches("responses ([45].*|default)");
    Effect effect = effect(rule, was == null, is == null, part, flow);
    findings.add(
        mustBeSent ? Effect.BREAKS : isOtherError ? Effect.ALTERS : effect,
        owner.written.getOrDefault(label, part.at),
        is == null,
        (isRequired ? "required " : "") + cameOrWent(label, was),
        NodeDescriber.describe(was),
        NodeDescriber.describe(is),
        rule.advice());
  }

  /** {@return the effect in the directions in which the property goes} */
  private static Effect effect(
      ChangeRules rule,
      boolean isAdded,
      boolean isRemoved,
      @Nullable SemanticNode property,
      Flow flow) {
    boolean isReadOnly = property != null && property.values("readOnly").containsKey("true");
    boolean isWriteOnly = property != null && property.values("writeOnly").containsKey("true");
    if (isReadOnly && flow == Flow.REQUEST || isWriteOnly && flow == Flow.RESPONSE) {
      return Effect.ALTERS;
    }
    Flow used =
        flow != Flow.BOTH ? flow : isReadOnly ? Flow.RESPONSE : isWriteOnly ? Flow.REQUEST : flow;
    return rule.effect(isAdded, isRemoved, used);
  }

  private void compareMember(
      Pair pair,
      SemanticNode owner,
      String label,
      @Nullable SemanticNode was,
      @Nullable SemanticNode is) {
    SemanticNode member = Objects.requireNonNull(was == null ? is : was);
    ChangeRules rule = ChangeRules.of(label);
    findings.add(
        rule.effect(was == null, is == null, pair.flow.into(label)),
        member.at.isBelow(owner.at) ? member.at : owner.at,
        is == null,
        cameOrWent(label, was),
        NodeDescriber.describe(was),
        NodeDescriber.describe(is),
        rule.advice());
  }

  private static String cameOrWent(String label, @Nullable SemanticNode was) {
    return ChangeRules.noun(label) + (was == null ? " added" : " removed");
  }

  /**
   * Compares members without an order. Those that mean the same belong together; the others are
   * paired by likeness, so that a change is reported inside of a variant.
   */
  private void compareGroup(
      Pair pair, String label, List<SemanticNode> was, List<SemanticNode> is) {
    Flow flow = pair.flow.into(label);
    List<SemanticNode> before = new ArrayList<>(was);
    List<SemanticNode> after = new ArrayList<>(is);
    for (SemanticNode old : was) {
      after.stream()
          .filter(node -> node.meaning == old.meaning)
          .findFirst()
          .ifPresent(same -> pairUp(old, same, flow, before, after));
    }
    if (!pair.was.counted) {
      // Saying the same twice says nothing new.
      before.removeIf(node -> is.stream().anyMatch(other -> other.meaning == node.meaning));
      after.removeIf(node -> was.stream().anyMatch(other -> other.meaning == node.meaning));
    }
    requireFew((long) before.size() * after.size(), pair.is);
    boolean isExchange = before.size() == 1 && after.size() == 1; // paired, however unlike
    Map<Pair, Integer> likenesses = new LinkedHashMap<>();
    for (SemanticNode old : before) {
      for (SemanticNode fresh : after) {
        int likeness = likeness(old, fresh);
        if (isExchange || likeness > 0) {
          likenesses.put(new Pair(old, fresh, flow), likeness);
        }
      }
    }
    likenesses.entrySet().stream()
        .sorted(Map.Entry.<Pair, Integer>comparingByValue().reversed())
        .map(Map.Entry::getKey)
        .filter(candidate -> before.contains(candidate.was) && after.contains(candidate.is))
        .forEach(candidate -> pairUp(candidate.was, candidate.is, flow, before, after));
    before.forEach(node -> compareMember(pair, pair.was, label, node, null));
    after.forEach(node -> compareMember(pair, pair.is, label, null, node));
  }

  private void pairUp(
      SemanticNode was,
      SemanticNode is,
      Flow flow,
      List<SemanticNode> before,
      List<SemanticNode> after) {
    follow(was, is, flow);
    before.remove(was);
    after.remove(is);
  }

  private static int likeness(SemanticNode was, SemanticNode is) {
    if (!was.values("type").keySet().equals(is.values("type").keySet())) {
      return 0;
    }
    int likeness = was.name != null && was.name.equals(is.name) ? 1001 : 1;
    likeness +=
        common(was.facts, is.facts) + common(was.parts, is.parts) + common(was.groups, is.groups);
    for (Map.Entry<String, SemanticNode> part : was.parts.entrySet()) {
      SemanticNode other = is.parts.get(part.getKey());
      likeness += other != null && other.meaning == part.getValue().meaning ? 1 : 0;
    }
    return likeness;
  }

  private static int common(Map<String, ?> one, Map<String, ?> other) {
    return (int) one.keySet().stream().filter(other::containsKey).count();
  }

  private static JsonLocation first(Map<String, JsonLocation> values, JsonLocation otherwise) {
    return values.isEmpty() ? otherwise : values.values().iterator().next();
  }

  private static Set<String> union(Map<String, ?> one, Map<String, ?> other) {
    Set<String> union = new TreeSet<>(one.keySet());
    union.addAll(other.keySet());
    return union;
  }
}
