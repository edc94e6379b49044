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
 * A JSON value and where it is in a document. Two locations are equal if they hold the same object,
 * not merely an equal one.
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

  /** {@return the unescaped steps of a JSON pointer} */
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

  /** {@return the member's name, or the element's index} */
  public String name() {
    return name;
  }

  /** {@return the JSON pointer as a URI fragment, such as {@code #/paths/~1v1~1embeddings}} */
  public String pointer() {
    return parent == null
        ? name
        : parent.pointer() + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /** {@return the component's name if this is one of the document's components, else null} */
  public @Nullable String component() {
    List<String> path = new ArrayList<>();
    for (JsonLocation above = parent; above != null && path.size() < 4; above = above.parent) {
      path.add(above.name);
    }
    return path.size() == 3 && path.get(1).equals("components") ? name : null;
  }

  /** {@return the name of the component that this is, or is a part of, else null} */
  public @Nullable String enclosingComponent() {
    JsonLocation location = this;
    while (location != null && location.component() == null) {
      location = location.parent;
    }
    return location == null ? null : location.component();
  }

  public boolean isBelow(JsonLocation other) {
    return parent != null && (parent.equals(other) || parent.isBelow(other));
  }

  public JsonLocation child(String member) {
    return new JsonLocation(this, member, object().get(member));
  }

  /** {@return the member or element of this name, or null if there is none} */
  @Nullable JsonLocation step(String token) {
    if (json instanceof JsonObject object) {
      return object.has(token) ? child(token) : null;
    }
    return json instanceof JsonArray array
            && token.matches("0|[1-9]\\d{0,8}")
            && Integer.parseInt(token) < array.size()
        ? new JsonLocation(this, token, array.get(Integer.parseInt(token)))
        : null;
  }

  /** {@return all members of the object that has to be here} */
  public List<JsonLocation> members() {
    return members(name -> true);
  }

  /** {@return the members, of the object that has to be here, whose names are wanted} */
  public List<JsonLocation> members(Predicate<String> isWanted) {
    return object().entrySet().stream()
        .filter(member -> isWanted.test(member.getKey()))
        .map(member -> new JsonLocation(this, member.getKey(), member.getValue()))
        .toList();
  }

  /** {@return the elements of the array that has to be here} */
  public List<JsonLocation> elements() {
    if (!(json instanceof JsonArray array)) {
      throw malformed("an array");
    }
    List<JsonLocation> elements = new ArrayList<>();
    for (JsonElement element : array) {
      elements.add(new JsonLocation(this, String.valueOf(elements.size()), element));
    }
    return elements;
  }

  /** {@return the object that has to be here} */
  public JsonObject object() {
    if (json instanceof JsonObject object) {
      return object;
    }
    throw malformed("an object");
  }

  private CannotCheckException malformed(String expected) {
    return new CannotCheckException(
        Reason.MALFORMED,
        "expected " + expected + " at " + pointer() + "; this document is broken there");
  }

  @Override
  public boolean equals(@Nullable Object other) {
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
