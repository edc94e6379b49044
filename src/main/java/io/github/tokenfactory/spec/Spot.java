package io.github.tokenfactory.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.spec.CannotCheckException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value and its place in a document; two spots are the same if they hold the same object, not
 * merely an equal one.
 */
final class Spot {
  private final @Nullable Spot parent;
  private final String name;
  private final JsonElement json;

  private Spot(@Nullable Spot parent, String name, JsonElement json) {
    this.parent = parent;
    this.name = name;
    this.json = json;
  }

  static Spot root(JsonObject root) {
    return new Spot(null, "#", root);
  }

  /** Returns the unescaped steps of a pointer. */
  static List<String> tokens(String pointer) {
    List<String> tokens = new ArrayList<>();
    for (String token : pointer.split("/", -1)) {
      tokens.add(token.replace("~1", "/").replace("~0", "~"));
    }
    return tokens.subList(1, tokens.size());
  }

  JsonElement json() {
    return json;
  }

  /** Returns the name of the member, or the index of the element, that this is. */
  String name() {
    return name;
  }

  /**
   * Returns the JSON pointer as a URI fragment: {@code #/paths/~1v1~1embeddings}; only reports need
   * it.
   */
  String pointer() {
    return parent == null ? name : parent.pointer() + "/" + escaped(name);
  }

  static String escaped(String token) {
    return token.replace("~", "~0").replace("/", "~1");
  }

  /** Returns the name if this is one of the components. */
  @Nullable String component() {
    Spot kind = parent == null ? null : parent.parent;
    boolean isInComponents = kind != null && kind.name.equals("components") && kind.parent != null;
    return isInComponents && kind.parent.parent == null ? name : null;
  }

  boolean isBelow(Spot other) {
    return parent != null && (parent.equals(other) || parent.isBelow(other));
  }

  Spot child(String member) {
    return new Spot(this, member, object().get(member));
  }

  List<Spot> members(Predicate<String> wanted) {
    List<Spot> members = new ArrayList<>();
    object()
        .entrySet()
        .forEach(
            member -> {
              if (wanted.test(member.getKey())) {
                members.add(new Spot(this, member.getKey(), member.getValue()));
              }
            });
    return members;
  }

  List<Spot> elements() {
    List<Spot> elements = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray()) {
      elements.add(new Spot(this, String.valueOf(elements.size()), element));
    }
    return elements;
  }

  /** Returns the object that has to be here. */
  JsonObject object() {
    if (json instanceof JsonObject object) {
      return object;
    }
    throw malformed("an object");
  }

  /** Returns the elements of the array that has to be here. */
  List<Spot> requireElements() {
    if (json instanceof JsonArray) {
      return elements();
    }
    throw malformed("an array");
  }

  private CannotCheckException malformed(String expected) {
    return new CannotCheckException(
        Reason.MALFORMED,
        "expected " + expected + " at " + pointer() + "; this document is broken there");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Spot spot && json == spot.json;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(json);
  }

  @Override
  public String toString() {
    return pointer();
  }
}
