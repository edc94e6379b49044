package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says in words where a JSON pointer points: {@code EmbeddingRequest.input[anyOf 2]} instead of a
 * row of slashes.
 */
public final class PathDescriber {
  private PathDescriber() {}

  static String of(Document document, String pointer) {
    List<String> tokens = JsonLocation.tokens(pointer);
    StringBuilder place = new StringBuilder();
    OpenApiGrammar kind = OpenApiGrammar.DOCUMENT;
    for (int i = 0; i < tokens.size(); i++) {
      String keyword = tokens.get(i);
      OpenApiGrammar.Slot slot = kind.slot(keyword);
      if (slot == null) {
        break; // the rest is one fact, which the report names
      }
      String name = null;
      if (slot.form() != OpenApiGrammar.Form.ONE && i + 1 < tokens.size()) {
        name = tokens.get(++i);
      }
      JsonLocation spot = document.at(tokens.subList(0, i + 1));
      append(
          place,
          kind,
          slot.kind(),
          keyword,
          name,
          spot == null ? null : document.dereference(spot));
      kind = slot.kind();
    }
    return place.isEmpty() ? String.join(" ", tokens) : place.toString().strip();
  }

  private static void append(
      StringBuilder place,
      OpenApiGrammar parent,
      OpenApiGrammar kind,
      String keyword,
      @Nullable String name,
      @Nullable JsonLocation spot) {
    boolean isComponent = parent == OpenApiGrammar.COMPONENTS;
    switch (kind) {
      case COMPONENTS, DOCUMENT -> {}
      case OPERATION -> {
        String method = (name == null ? keyword : name).toUpperCase(Locale.ROOT);
        if (place.indexOf(" ") < 0) {
          place.insert(0, method + " ");
        } else {
          place.append(' ').append(method);
        }
      }
      case SCHEMA -> place.append(isComponent ? String.valueOf(name) : schema(keyword, name));
      case REQUEST_BODY -> place.append(isComponent ? "request " + name : " request");
      case PARAMETER ->
          place.append(' ').append(spot == null ? name : parameter(spot, String.valueOf(name)));
      case PATH_ITEM, MEDIA_TYPE ->
          place.append(place.isEmpty() ? "" : " ").append(name == null ? keyword : name);
      default -> {
        String noun = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        place.append(' ').append(noun).append(name == null ? "" : " " + name);
      }
    }
  }

  private static String parameter(JsonLocation spot, String otherwise) {
    boolean isNamed = spot.object().has("in") && spot.object().has("name");
    return isNamed
        ? CanonicalJson.string(spot.object().get("in"))
            + " "
            + CanonicalJson.string(spot.object().get("name"))
        : otherwise;
  }

  private static String schema(String keyword, @Nullable String name) {
    return switch (keyword) {
      case "schema" -> "";
      case "properties" -> "." + name;
      case "items", "itemSchema" -> "[]";
      case "additionalProperties" -> "{*}";
      case "prefixItems" -> "[" + name + "]";
      case "patternProperties" -> "{" + name + "}";
      case "anyOf", "oneOf", "allOf" ->
          name == null ? "" : "[" + keyword + " " + (Integer.parseInt(name) + 1) + "]";
      default -> "[" + keyword + (name == null ? "" : " " + name) + "]";
    };
  }
}
