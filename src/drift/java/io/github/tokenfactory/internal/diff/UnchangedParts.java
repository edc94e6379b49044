package io.github.tokenfactory.internal.diff;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes two documents share the paths and components that are written alike in both, as is all that
 * they refer to: what is one object in both has to be read only once, and never compared.
 *
 * <p>Whatever is in doubt is not shared, which costs nothing but time.
 */
final class UnchangedParts {
  private static final String PATHS = "#/paths/";
  private static final String COMPONENTS = "#/components/";

  /** The members of a document, and of its components, that say something about every operation. */
  private static final List<List<String>> CONTEXT =
      List.of(
          List.of("servers"),
          List.of("security"),
          List.of("jsonSchemaDialect"),
          List.of("components", "securitySchemes"));

  private static final List<String> WITH_OPERATIONS =
      List.of(PATHS, COMPONENTS + "callbacks/", COMPONENTS + "pathItems/");

  private record Section(String pointer, JsonObject was, JsonObject is) {}

  private UnchangedParts() {}

  /**
   * Returns the published document, with objects of the pinned one in all places where these mean
   * the same.
   */
  static Document of(Document pinned, Document published) {
    JsonObject is = copy(published.root(), 2);
    List<Section> sections = sections(pinned.root(), is);
    Map<String, Set<String>> alike = new HashMap<>();
    for (Section section : sections) {
      section
          .was
          .entrySet()
          .forEach(
              member -> {
                Set<String> references = new HashSet<>();
                if (isAlike(member.getValue(), section.is.get(member.getKey()), references)) {
                  alike.put(section.pointer + JsonLocation.escaped(member.getKey()), references);
                }
              });
    }
    if (!isAlike(pinned, published, List.of("openapi"))) {
      alike.clear(); // the same words may mean something else
    } else if (!CONTEXT.stream().allMatch(member -> isAlike(pinned, published, member))) {
      alike.keySet().removeIf(pointer -> WITH_OPERATIONS.stream().anyMatch(pointer::startsWith));
    }
    boolean isStable = false;
    while (!isStable) {
      isStable = !alike.values().removeIf(references -> !alike.keySet().containsAll(references));
    }
    for (Section section : sections) {
      section
          .was
          .entrySet()
          .forEach(
              member -> {
                if (alike.containsKey(section.pointer + JsonLocation.escaped(member.getKey()))) {
                  section.is.add(member.getKey(), member.getValue());
                }
              });
    }
    return new Document(is);
  }

  private static JsonObject copy(JsonObject object, int depth) {
    JsonObject copy = new JsonObject();
    object
        .entrySet()
        .forEach(
            member ->
                copy.add(
                    member.getKey(),
                    depth > 0 && member.getValue() instanceof JsonObject below
                        ? copy(below, depth - 1)
                        : member.getValue()));
    return copy;
  }

  private static List<Section> sections(JsonObject was, JsonObject is) {
    List<Section> sections = new ArrayList<>();
    if (was.get("paths") instanceof JsonObject before
        && is.get("paths") instanceof JsonObject now) {
      sections.add(new Section(PATHS, before, now));
    }
    if (was.get("components") instanceof JsonObject before
        && is.get("components") instanceof JsonObject now) {
      before
          .entrySet()
          .forEach(
              kind -> {
                if (kind.getValue() instanceof JsonObject mine
                    && now.get(kind.getKey()) instanceof JsonObject others) {
                  sections.add(
                      new Section(
                          COMPONENTS + JsonLocation.escaped(kind.getKey()) + "/", mine, others));
                }
              });
    }
    return sections;
  }

  private static boolean isAlike(Document pinned, Document published, List<String> member) {
    JsonLocation was = pinned.at(member);
    JsonLocation is = published.at(member);
    Set<String> references = new HashSet<>();
    return isAlike(was == null ? null : was.json(), is == null ? null : is.json(), references)
        && references.isEmpty();
  }

  /** Says whether two values are written alike, and collects what they refer to. */
  private static boolean isAlike(
      @Nullable JsonElement was, @Nullable JsonElement is, Set<String> references) {
    if (was instanceof JsonObject mine && is instanceof JsonObject others) {
      boolean refers = false;
      Iterator<Map.Entry<String, JsonElement>> other = others.entrySet().iterator();
      for (Map.Entry<String, JsonElement> member : mine.entrySet()) {
        Map.Entry<String, JsonElement> counterpart = other.hasNext() ? other.next() : null;
        if (counterpart == null
            || !member.getKey().equals(counterpart.getKey())
            || !isAlike(member.getValue(), counterpart.getValue(), references)) {
          return false;
        }
        refers |= member.getKey().equals("$ref") || member.getKey().equals("discriminator");
      }
      if (refers) {
        collectReferences(mine, references);
      }
      return !other.hasNext();
    }
    if (was instanceof JsonArray mine && is instanceof JsonArray others) {
      boolean isAlike = mine.size() == others.size();
      for (int i = 0; isAlike && i < mine.size(); i++) {
        isAlike = isAlike(mine.get(i), others.get(i), references);
      }
      return isAlike;
    }
    if (was instanceof JsonPrimitive mine && is instanceof JsonPrimitive other) {
      return mine.isString() == other.isString() && mine.getAsString().equals(other.getAsString());
    }
    return Objects.equals(was, is);
  }

  private static void collectReferences(JsonObject object, Set<String> references) {
    String reference = OpenApiGrammar.reference(object);
    if (reference != null) {
      references.add(component(reference));
    }
    OpenApiGrammar.mapping(object).values().forEach(target -> references.add(component(target)));
  }

  /**
   * Returns a pointer to the component that a reference leads into, or to nothing that is ever
   * shared.
   */
  private static String component(String reference) {
    if (!reference.startsWith("#")) {
      return COMPONENTS + "schemas/" + reference; // the bare name in a mapping
    }
    String pointer = Document.percentDecoded(reference);
    int name = pointer.startsWith(COMPONENTS) ? pointer.indexOf('/', COMPONENTS.length()) : -1;
    int end = pointer.indexOf('/', name + 1);
    return name < 0 ? "" : end < 0 ? pointer : pointer.substring(0, end);
  }
}
