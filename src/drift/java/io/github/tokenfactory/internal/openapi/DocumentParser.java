package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.io.CharArrayReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Parses the bytes or the text of an OpenAPI document; says what else they are, if they are not
 * one.
 */
public final class DocumentParser {
  /** The size of the largest document that is read. */
  public static final int MAX_BYTES = 64 << 20;

  private static final Pattern SUPPORTED = Pattern.compile("3\\.[012]\\.\\d+(-.+)?");

  /** The length to which messages shorten what they quote. */
  private static final int MAX_QUOTED = 60;

  /** NUL characters are looked for in this many characters: enough to recognize binary data. */
  private static final int MAX_CHECKED_FOR_NUL = 1000;

  private DocumentParser() {}

  /** Parses UTF-8 bytes: strict JSON or, with snakeyaml-engine on the class path, YAML 1.2. */
  public static Document parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw unreadable("the document has more than " + MAX_BYTES + " bytes");
    }
    try {
      return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)));
    } catch (CharacterCodingException e) {
      throw unreadable("the document is not UTF-8; save it as UTF-8 first");
    }
  }

  /** Parses a text; see {@link #parse(byte[])}. */
  public static Document parse(String text) {
    return parse(CharBuffer.wrap(text.toCharArray()));
  }

  /** Gson reads an array of characters in a fraction of the time that a large string takes. */
  private static Document parse(CharBuffer text) {
    char[] chars = text.array();
    int end = text.limit();
    int first = end > 0 && chars[0] == '\uFEFF' ? 1 : 0;
    int start = first;
    while (start < end && Character.isWhitespace(chars[start])) {
      start++;
    }
    if (start == end) {
      throw unreadable("the document is empty");
    }
    if (text.chars().limit(MAX_CHECKED_FOR_NUL).anyMatch(c -> c == 0)) {
      throw unreadable("the document has NUL characters: UTF-16 or binary; save it as UTF-8 first");
    }
    if (chars[start] == '<') {
      throw notOpenApi(
          "an HTML or XML page: " + shorten(text.position(start).toString()),
          "use the address of the JSON or YAML document");
    }
    boolean isJson = chars[start] == '{' || chars[start] == '[';
    try {
      return new Document(
          requireOpenApi(
              isJson
                  ? CanonicalJson.read(new CharArrayReader(chars, first, end - first))
                  : readYaml(text.position(first).toString())));
    } catch (OutOfMemoryError e) {
      throw unreadable("the document needs more memory than there is");
    }
  }

  private static JsonElement readYaml(String text) {
    try {
      return YamlReader.read(text);
    } catch (NoClassDefFoundError e) {
      throw unreadable(
          "not JSON: %s; to read YAML, add org.snakeyaml:snakeyaml-engine to the class path"
              .formatted(shorten(text.strip())));
    }
  }

  private static JsonObject requireOpenApi(JsonElement json) {
    String remedy = "point at an OpenAPI 3.0, 3.1 or 3.2 document";
    if (!(json instanceof JsonObject root)) {
      throw notOpenApi(
          json instanceof JsonArray ? "an array" : "a single value: " + shorten(json.toString()),
          remedy);
    }
    JsonElement version = root.get("openapi");
    if (version == null) {
      throw notOpenApi(
          root.has("swagger")
              ? "a Swagger " + shorten(root.get("swagger").toString()) + " document"
              : "an object without \"openapi\": " + shorten(root.toString()),
          remedy);
    }
    String label = CanonicalJson.string(version);
    if (label == null || !SUPPORTED.matcher(label).matches()) {
      throw notOpenApi("a document with \"openapi\": " + shorten(version.toString()), remedy);
    }
    for (String section : List.of("info", "paths", "components")) {
      if (root.has(section)) {
        JsonLocation.root(root).child(section).object();
      }
    }
    return root;
  }

  static String shorten(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= MAX_QUOTED ? line : line.substring(0, MAX_QUOTED) + "...";
  }

  private static CannotCheckException unreadable(String what) {
    return new CannotCheckException(Reason.UNREADABLE, what);
  }

  private static CannotCheckException notOpenApi(String what, String remedy) {
    return new CannotCheckException(Reason.NOT_OPENAPI, "this is " + what + "; " + remedy);
  }
}
