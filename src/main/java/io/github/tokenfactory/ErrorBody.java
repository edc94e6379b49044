package io.github.tokenfactory;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.tokenfactory.model.ValidationError;
import io.github.tokenfactory.model.ValidationErrorLocItem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the body of an error says, in whichever of its forms. */
record ErrorBody(
    @Nullable String detail,
    @Nullable String type,
    @Nullable String code,
    @Nullable String param,
    List<ValidationError> validationErrors) {
  private static final ErrorBody EMPTY = new ErrorBody(null, null, null, null, List.of());
  private static final Gson GSON = new Gson();
  private static final Pattern HTML_TITLE = Pattern.compile("(?is)<title[^>]{0,200}>([^<]{0,500})");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final int SHOWN_ERRORS = 5;

  /** {@return what {@code text} says; with nothing known if it says nothing} */
  static ErrorBody parse(String text) {
    String stripped = text.strip();
    if (stripped.startsWith("{")) {
      try {
        return parse(JsonParser.parseString(stripped).getAsJsonObject());
      } catch (JsonParseException | IllegalStateException e) {
        return EMPTY; // cut off, or not JSON after all
      }
    }
    if (stripped.startsWith("<")) {
      Matcher title = HTML_TITLE.matcher(stripped);
      return ofDetail(title.find() ? title.group(1).strip() : "");
    }
    return ofDetail(stripped);
  }

  private static ErrorBody parse(JsonObject body) {
    if (body.get("error") instanceof JsonObject error) {
      return describe(error, "message");
    }
    if (body.has("error") && !body.get("error").isJsonNull()) {
      return ofDetail(text(body, "error"));
    }
    if (body.get("detail") instanceof JsonArray details) {
      return ofValidation(details);
    }
    if (body.get("detail") instanceof JsonObject detail) {
      return describe(detail, "message");
    }
    return describe(body, body.has("detail") ? "detail" : "message");
  }

  private static ErrorBody describe(JsonObject error, String message) {
    return new ErrorBody(
        text(error, message),
        text(error, "type"),
        text(error, "code"),
        text(error, "param"),
        List.of());
  }

  private static ErrorBody ofDetail(@Nullable String detail) {
    return detail == null || detail.isEmpty()
        ? EMPTY
        : new ErrorBody(detail, null, null, null, List.of());
  }

  private static ErrorBody ofValidation(JsonArray details) {
    List<ValidationError> errors = new ArrayList<>();
    for (JsonElement detail : details) {
      try {
        errors.add(
            GSON.fromJson(
                detail.isJsonObject() ? detail : new JsonObject(), ValidationError.class));
      } catch (JsonParseException e) {
        errors.add(ValidationError.builder().build()); // of a form that the document does not know
      }
    }
    String detail =
        errors.stream()
            .map(error -> place(error) + ": " + error.getMsg())
            .collect(Collectors.joining("; "));
    return new ErrorBody(detail, null, null, null, List.copyOf(errors));
  }

  private static @Nullable String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : null;
  }

  private static String place(ValidationError error) {
    List<ValidationErrorLocItem> places = error.getLoc();
    return places == null
        ? "?"
        : places.stream().map(ErrorBody::step).collect(Collectors.joining("."));
  }

  private static String step(@Nullable ValidationErrorLocItem item) {
    if (item == null || item.asJson() != null) {
      return "?";
    }
    Long index = item.asLong();
    return index == null ? String.valueOf(item.asString()) : String.valueOf(index);
  }

  /**
   * {@return what a message can show: where, and names of kinds of errors; none of the server's
   * sentences}
   */
  String summary() {
    List<String> known = new ArrayList<>();
    if (isShown(type)) {
      known.add("type " + type);
    }
    if (isShown(code)) {
      known.add("code " + code);
    }
    if (isShown(param)) {
      known.add("param " + param);
    }
    for (ValidationError error :
        validationErrors.subList(0, Math.min(SHOWN_ERRORS, validationErrors.size()))) {
      String place = place(error);
      String kind = isShown(error.getType()) ? " (" + error.getType() + ")" : "";
      known.add((isShown(place) ? place : "?") + kind);
    }
    return String.join(", ", known);
  }

  private static boolean isShown(@Nullable String word) {
    return word != null && IDENTIFIER.matcher(word).matches();
  }
}
