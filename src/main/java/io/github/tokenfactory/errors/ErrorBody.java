package io.github.tokenfactory.errors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The contents of an error body, whichever form it has. */
record ErrorBody(
    @Nullable String detail,
    @Nullable String type,
    @Nullable String code,
    @Nullable String param,
    List<ValidationIssue> validationIssues) {
  private static final ErrorBody EMPTY = new ErrorBody(null, null, null, null, List.of());
  private static final Pattern HTML_TITLE = Pattern.compile("(?is)<title[^>]{0,200}>([^<]{0,500})");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final int SHOWN_ISSUES = 5;

  /** {@return the contents of {@code text}; empty if it has none of the known forms} */
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
    List<ValidationIssue> issues = new ArrayList<>();
    for (JsonElement detail : details) {
      JsonObject issue = detail instanceof JsonObject object ? object : new JsonObject();
      issues.add(
          new ValidationIssue(location(issue.get("loc")), text(issue, "msg"), text(issue, "type")));
    }
    String detail =
        issues.stream()
            .map(issue -> issue.location() + ": " + issue.message())
            .collect(Collectors.joining("; "));
    return new ErrorBody(detail, null, null, null, List.copyOf(issues));
  }

  private static @Nullable String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : null;
  }

  private static String location(@Nullable JsonElement loc) {
    if (!(loc instanceof JsonArray steps)) {
      return "?";
    }
    return steps.asList().stream()
        .map(step -> step.isJsonPrimitive() ? step.getAsString() : "?")
        .collect(Collectors.joining("."));
  }

  /**
   * {@return the parts that a message can show: locations and names of errors} Sentences of the
   * server are left out, since they may repeat what the caller sent.
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
    for (ValidationIssue issue :
        validationIssues.subList(0, Math.min(SHOWN_ISSUES, validationIssues.size()))) {
      String kind = isShown(issue.type()) ? " (" + issue.type() + ")" : "";
      known.add((isShown(issue.location()) ? issue.location() : "?") + kind);
    }
    return String.join(", ", known);
  }

  private static boolean isShown(@Nullable String word) {
    return word != null && IDENTIFIER.matcher(word).matches();
  }
}
