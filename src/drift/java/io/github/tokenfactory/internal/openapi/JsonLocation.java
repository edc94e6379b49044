package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value and its place in a document; two spots are the same if they hold the same object, not
 * merely an equal one.
 */
public final class JsonLocation {
  private final @Nullable JsonLocation parent;
  private final String name;
  private final JsonElement json;

  private JsonLocation(@Nullable JsonLocation parent, String name, JsonElement json) {
    this.parent = parent;
    this.name = name;
    this.json = json;
  }

  static JsonLocation root(JsonObject root) {
    return new JsonLocation(null, "#", root);
  }

  /** Returns the unescaped steps of a pointer. */
  public static List<String> tokens(String pointer) {
    List<String> tokens = new ArrayList<>();
    for (String token : pointer.split("/", -1)) {
      tokens.add(token.replace("~1", "/").replace("~0", "~"));
    }
    return tokens.subList(1, tokens.size());
  }

  public JsonElement json() {
    return json;
  }

  /** Returns the name of the member, or the index of the element, that this is. */
  public String name() {
    return name;
  }

  /**
   * Returns the JSON pointer as a URI fragment: {@code #/paths/~1v1~1embeddings}; only reports need
   * it.
   */
  public String pointer() {
    return parent == null ? name : parent.pointer() + "/" + escaped(name);
  }

  public static String escaped(String token) {
    return token.replace("~", "~0").replace("/", "~1");
  }

  /** Returns the name if this is one of the components. */
  public @Nullable String component() {
    JsonLocation kind = parent == null ? null : parent.parent;
    boolean isInComponents = kind != null && kind.name.equals("components") && kind.parent != null;
    return isInComponents && kind.parent.parent == null ? name : null;
  }

  public boolean isBelow(JsonLocation other) {
    return parent != null && (parent.equals(other) || parent.isBelow(other));
  }

  public JsonLocation child(String member) {
    return new JsonLocation(this, member, object().get(member));
  }

  public List<JsonLocation> members(Predicate<String> wanted) {
    List<JsonLocation> members = new ArrayList<>();
    object()
        .entrySet()
        .forEach(
            member -> {
              if (wanted.test(member.getKey())) {
                members.add(new JsonLocation(this, member.getKey(), member.getValue()));
              }
            });
    return members;
  }

  public List<JsonLocation> elements() {
    List<JsonLocation> elements = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray()) {
      elements.add(new JsonLocation(this, String.valueOf(elements.size()), element));
    }
    return elements;
  }

  /** Returns the object that has to be here. */
  public JsonObject object() {
    if (json instanceof JsonObject object) {
      return object;
    }
    throw malformed("an object");
  }

  /** Returns the elements of the array that has to be here. */
  public List<JsonLocation> requireElements() {
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
    return other instanceof JsonLocation location && json == location.json;
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
