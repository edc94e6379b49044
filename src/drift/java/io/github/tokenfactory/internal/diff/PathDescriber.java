package io.github.tokenfactory.internal.diff;

import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says in words where a JSON pointer points, such as {@code EmbeddingRequest.input[anyOf 2]} for
 * {@code #/components/schemas/EmbeddingRequest/properties/input/anyOf/1}.
 */
final class PathDescriber {
  private PathDescriber() {}

  static String describe(Document document, String pointer) {
    List<String> tokens = JsonLocation.tokens(pointer);
    StringBuilder place = new StringBuilder();
    OpenApiGrammar kind = OpenApiGrammar.DOCUMENT;
    for (int i = 0; i < tokens.size(); i++) {
      String keyword = tokens.get(i);
      OpenApiGrammar.Slot slot = kind.slot(keyword);
      if (slot == null) {
        break; // the rest is plain data, which the report names
      }
      String name = null;
      if (slot.form() != OpenApiGrammar.Form.ONE && i + 1 < tokens.size()) {
        name = tokens.get(++i);
      }
      JsonLocation at = document.at(tokens.subList(0, i + 1));
      append(place, kind, slot.kind(), keyword, name, at == null ? null : document.dereference(at));
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
      @Nullable JsonLocation target) {
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
          place.append(' ').append(target == null ? name : parameter(target, String.valueOf(name)));
      case PATH_ITEM, MEDIA_TYPE ->
          place.append(place.isEmpty() ? "" : " ").append(name == null ? keyword : name);
      default -> {
        String noun = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        place.append(' ').append(noun).append(name == null ? "" : " " + name);
      }
    }
  }

  private static String parameter(JsonLocation parameter, String otherwise) {
    boolean isNamed = parameter.object().has("in") && parameter.object().has("name");
    return isNamed
        ? CanonicalJson.string(parameter.object().get("in"))
            + " "
            + CanonicalJson.string(parameter.object().get("name"))
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
