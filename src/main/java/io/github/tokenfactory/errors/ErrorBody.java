package io.github.tokenfactory.errors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    Matcher title = HTML_TITLE.matcher(stripped);
    String detail =
        !stripped.startsWith("<") ? stripped : title.find() ? title.group(1).strip() : "";
    return new ErrorBody(detail.isEmpty() ? null : detail, null, null, null, List.of());
  }

  private static ErrorBody parse(JsonObject body) {
    boolean hasError = body.has("error") && !body.get("error").isJsonNull();
    String name = hasError ? "error" : body.has("detail") ? "detail" : "message";
    JsonElement value = body.get(name);
    if (value instanceof JsonObject error) {
      return describe(error, "message");
    }
    return value instanceof JsonArray details && !hasError
        ? ofValidation(details)
        : describe(body, name);
  }

  private static ErrorBody describe(JsonObject error, String message) {
    return new ErrorBody(
        text(error, message),
        text(error, "type"),
        text(error, "code"),
        text(error, "param"),
        List.of());
  }

  private static ErrorBody ofValidation(JsonArray details) {
    List<ValidationIssue> issues = details.asList().stream().map(ErrorBody::issue).toList();
    String detail =
        issues.stream()
            .map(issue -> issue.location() + ": " + issue.message())
            .collect(Collectors.joining("; "));
    return new ErrorBody(detail, null, null, null, issues);
  }

  private static ValidationIssue issue(JsonElement detail) {
    JsonObject issue = detail instanceof JsonObject object ? object : new JsonObject();
    String location =
        issue.get("loc") instanceof JsonArray steps
            ? steps.asList().stream()
                .map(step -> step.isJsonPrimitive() ? step.getAsString() : "?")
                .collect(Collectors.joining("."))
            : "?";
    return new ValidationIssue(location, text(issue, "msg"), text(issue, "type"));
  }

  private static @Nullable String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : null;
  }

  /**
   * {@return the names and locations that a message can show} The server's sentences are left out,
   * since they may repeat what the caller sent.
   */
  String summary() {
    Stream<String> names =
        Stream.of(shown("type ", type, ""), shown("code ", code, ""), shown("param ", param, ""));
    Stream<String> issues =
        validationIssues.stream()
            .limit(SHOWN_ISSUES)
            .map(
                issue -> {
                  String location = shown("", issue.location(), "");
                  return (location.isEmpty() ? "?" : location) + shown(" (", issue.type(), ")");
                });
    return Stream.concat(names, issues)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String shown(String before, @Nullable String word, String after) {
    return word != null && IDENTIFIER.matcher(word).matches() ? before + word + after : "";
  }
}
