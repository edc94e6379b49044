package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/** Turns the descriptions of a document into the text of Javadoc comments. */
final class JavadocText {
  /** A line fits into 100 columns after the deepest indentation, {@code *} and {@code <p>}. */
  private static final int WIDTH = 90;

  /** Leaves room for {@code @param} and a name. */
  private static final int PARAMETER_WIDTH = 68;

  /** Separates the paragraphs of a description. */
  static final String PARAGRAPH = " <p>";

  private static final String PLAIN = "[^@{}\\\\]*+";

  private JavadocText() {}

  /** {@return a plain text as sentences, without anything that Javadoc takes for markup} */
  static String sentences(String description) {
    StringBuilder text = new StringBuilder();
    for (String paragraph : description.strip().split("\\R\\s*\\R")) {
      String line = visible(paragraph).strip();
      if (line.isEmpty()) {
        continue;
      }
      if (text.isEmpty() && line.matches("[a-z]+([ ,].*)?")) {
        line = Character.toUpperCase(line.charAt(0)) + line.substring(1);
      }
      String lastWord = line.substring(line.lastIndexOf(' ') + 1);
      boolean ends = !line.matches(".*(\\w|[^.!?:][)'\"])") || lastWord.contains("://");
      text.append(text.isEmpty() ? "" : PARAGRAPH).append(escaped(line)).append(ends ? "" : ".");
    }
    return text.toString();
  }

  /** {@return {@code literal} in a code font} */
  static String code(String text) {
    String literal = visible(text);
    return literal.matches(PLAIN + "(\\{" + PLAIN + "}" + PLAIN + ")*+") && !literal.contains("*/")
        ? "{@code " + literal + "}"
        : "<code>" + escaped(literal) + "</code>";
  }

  /** {@return a text on one line, without characters that hide or turn others} */
  private static String visible(String text) {
    return text.replaceAll("[\\s\\p{Cc}\\p{Zl}\\p{Zp}]+", " ").replaceAll("\\p{C}", "");
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                escaped.append(
                    "&<>@{}\\".indexOf(c) >= 0 ? "&#" + c + ";" : String.valueOf((char) c)));
    return escaped.toString().replace("*/", "*&#47;");
  }

  /**
   * Adds {@code x-doc} beside each description: its paragraphs, each an array of lines, because a
   * template cannot wrap a text.
   */
  static void addLines(JsonElement json) {
    addLines(json, WIDTH);
  }

  private static void addLines(JsonElement json, int width) {
    if (json instanceof JsonArray array) {
      array.forEach(element -> addLines(element, width));
    } else if (json instanceof JsonObject object) {
      object
          .asMap()
          .forEach(
              (name, member) ->
                  addLines(
                      member, name.matches("parameters|requestBody") ? PARAMETER_WIDTH : width));
      if (object.get("description") instanceof JsonPrimitive description
          && !description.getAsString().isEmpty()) {
        JsonArray paragraphs = new JsonArray();
        for (String paragraph : description.getAsString().split(PARAGRAPH)) {
          paragraphs.add(lines(paragraph, width));
        }
        object.add("x-doc", paragraphs);
      }
    }
  }

  private static JsonArray lines(String paragraph, int width) {
    JsonArray lines = new JsonArray();
    StringBuilder line = new StringBuilder();
    for (String word : paragraph.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
