package io.github.tokenfactory.internal.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.github.tokenfactory.internal.http.UnreadableResponseException;
import io.github.tokenfactory.model.EmbeddingResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks with random responses, in random pieces, that the client reads what a default Gson reads,
 * fails where Gson fails, and shows no contents in messages.
 */
class VectorJsonReaderFuzzTest {
  /** Part of every text of a response; must not be in a message. */
  private static final String SECRET = "s3cr3t";

  private static final Pattern PATH = Pattern.compile("(\\$(\\.[\\w-]{1,40}|\\[\\d+])*)");
  private static final Pattern MESSAGE =
      Pattern.compile(
          ("it is empty or ends at once"
                  + "|it ends too soon( at path PATH)?"
                  + "|it is not valid JSON( at path PATH)?"
                  + "|there is more after its JSON"
                  + "|it is not what the document says( at path PATH)?"
                  + "|Not a number in a vector at path PATH"
                  + "|A number in a vector is not a finite 32-bit float at path PATH"
                  + "|The vector is not base64 at path PATH"
                  + "|The vector's base64 holds \\d+ bytes, not whole 32-bit floats, at path PATH"
                  + "|(\\w+|a list): expected BEGIN_[A-Z]+ but was [A-Z_]+ at path PATH"
                  + "|\\w+\\.\\w+: this [A-Z_]+ cannot be read as [\\w.]+ at path PATH")
              .replace("PATH", PATH.pattern()));
  private static final Gson GSON = new Gson();

  @Test
  void readsRandomResponsesLikeGson() {
    int valid = 0;
    for (int seed = 0; seed < 1_500; seed++) {
      Random random = new Random(seed);
      byte[] json = new Document(random, 5).json();
      valid += readsLikeGson("document " + seed, json, random) ? 1 : 0;
    }

    assertThat(valid).as("valid documents").isBetween(1_000, 1_400);
  }

  @Test
  void readsDamagedResponsesLikeGson() {
    int valid = 0;
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      byte[] json = new Document(random, 2).json();
      for (int i = 0; i < 50; i++) {
        valid += readsLikeGson("mutant " + i + " of " + seed, mutant(json, random), random) ? 1 : 0;
      }
    }

    assertThat(valid).as("valid mutants").isBetween(500, 4_500);
  }

  /** {@return whether {@code json} is readable} Fails unless the client agrees with Gson. */
  private static boolean readsLikeGson(String name, byte[] json, Random random) {
    long length =
        switch (random.nextInt(4)) {
          case 0 -> Decoding.UNKNOWN_LENGTH;
          case 1 -> random.nextInt(100); // a wrong content length
          default -> json.length;
        };
    EmbeddingResponse expected = null;
    boolean valid;
    try {
      expected = Decoding.readWithGson(json);
      valid = true;
    } catch (IOException
        | JsonParseException
        | IllegalStateException
        | IllegalArgumentException e) {
      valid = false;
    }
    EmbeddingResponse read;
    try {
      read = Decoding.read(json, Decoding.pieces(random), length);
    } catch (UnreadableResponseException e) {
      if (valid) {
        throw new AssertionError(name + ": Gson reads this\n" + shown(json), e);
      }
      String message = String.valueOf(e.getMessage());
      String words = PATH.matcher(message).replaceAll("");
      if (!MESSAGE.matcher(message).matches() || words.contains(SECRET) || e.getCause() != null) {
        throw new AssertionError(name + ": wrong message for\n" + shown(json), e);
      }
      return false;
    } catch (IOException | RuntimeException e) {
      throw new AssertionError(name + ":\n" + shown(json), e);
    }
    if (!valid) {
      fail(name + ": Gson does not read this\n" + shown(json));
    }
    if (!Objects.equals(read, expected) || !GSON.toJson(read).equals(GSON.toJson(expected))) {
      fail(name + ":\n" + shown(json) + "\nread as\n" + GSON.toJson(read));
    }
    return true;
  }

  private static String shown(byte[] json) {
    return new String(json, ISO_8859_1);
  }

  /**
   * {@return a copy with some bytes changed, inserted, removed or repeated, or the rest cut off}
   */
  private static byte[] mutant(byte[] json, Random random) {
    int at = random.nextInt(json.length);
    String from = "\"\"\\,:[]{}+-.eE09 \n/'#=;tnfN\u00c3\u0080\u00ff\u0000u";
    byte other =
        random.nextInt(3) == 0
            ? (byte) random.nextInt(256)
            : (byte) from.charAt(random.nextInt(from.length()));
    ByteArrayOutputStream mutant = new ByteArrayOutputStream();
    mutant.write(json, 0, at);
    int next =
        switch (random.nextInt(8)) {
          case 0 -> json.length; // the rest is missing
          case 1 -> at + 1; // a byte is missing
          case 2 -> Math.min(json.length, at + random.nextInt(30)); // some are missing
          case 3 -> Math.max(0, at - random.nextInt(30)); // some are repeated
          case 4, 5 -> {
            mutant.write(other);
            yield at; // a byte is inserted
          }
          default -> {
            mutant.write(other);
            yield at + 1;
          }
        };
    mutant.write(json, next, json.length - next);
    return mutant.toByteArray();
  }

  /** A random response, usually valid JSON, with everything that JSON allows. */
  private static final class Document {
    private static final int MAX_DEPTH = 4;
    private static final int[] SMALL = {0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20};
    private static final int[] LARGE = {47, 48, 49, 100, 1023, 1024, 1025, 3071, 3072, 3073, 4096};
    private static final String[] NUMBERS =
        ("0 -0 -0.0 1 10 -4711 1e5 1E+2 1.5e-05 0.1 16777217 3.4e38 1e-46 0.30000001192092896"
                + " 1.00000017881393432617187499 12345678901234567890")
            .split(" ");
    private static final String[] TEXTS =
        ("|embedding|data|model|0123456789ABCDEF|AACAPw==|=|a b|[|]|}|,|:|{\\\"a\\\":[|"
                + "\t|\u2028|\uFEFF|é|€|😀|\\\"|\\\\|\\\\\\\"|\\/|\\n"
                + "|\\'|\\\n"
                + "|\\u00e9|\\ud83d\\ude00|\\ud83d")
            .split("\\|");

    private final Random random;
    private final int size;
    private final String space;
    private final String indent;

    Document(Random random, int size) {
      this.random = random;
      this.size = size;
      this.space = oneOf("", "", "", " ", "\t ", "\r\n");
      this.indent = oneOf("", "", "\n", "\n  ", "\r\n\t", " ");
    }

    byte[] json() {
      String json =
          (chance(20) ? "\u00ef\u00bb\u00bf" : "")
              + indent
              + object(
                  0, this::responseProperty, "object", "data", "model", "usage", "service_tier")
              + indent
              + (chance(40) ? oneOf("x", "{}", ",", "\u00c3", "\n\n \n") : "");
      return json.getBytes(ISO_8859_1);
    }

    private interface Property {
      String value(String name, int depth);
    }

    private String object(int depth, Property property, String... names) {
      List<String> properties = new ArrayList<>();
      for (String name : names) {
        if (!chance(6)) {
          properties.add(quoted(name) + space + ":" + space + property.value(name, depth + 1));
        }
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        properties.add(text() + space + ":" + space + any(depth + 1));
      }
      Collections.shuffle(properties, random);
      return joined('{', properties, '}');
    }

    private String array(int length, Supplier<String> element) {
      List<String> elements = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        elements.add(element.get());
      }
      return joined('[', elements, ']');
    }

    private String joined(char start, List<String> parts, char end) {
      return parts.isEmpty()
          ? start + space + end
          : start + indent + String.join("," + indent, parts) + indent + end;
    }

    private String responseProperty(String name, int depth) {
      if (chance(60)) {
        return any(depth);
      }
      return switch (name) {
        case "data" ->
            array(
                random.nextInt(size + 1),
                () -> object(depth + 1, this::itemProperty, "object", "embedding", "index"));
        case "usage" ->
            object(
                depth, (each, at) -> chance(20) ? number() : "17", "prompt_tokens", "total_tokens");
        default -> text();
      };
    }

    private String itemProperty(String name, int depth) {
      if (chance(80)) {
        return any(depth);
      }
      return switch (name) {
        case "embedding" -> vector();
        case "index" -> String.valueOf(random.nextInt(100));
        default -> text();
      };
    }

    private String vector() {
      int[] some = size > 2 && chance(30) ? LARGE : SMALL;
      int dimensions = some[random.nextInt(some.length)];
      float[] floats = Decoding.floats(dimensions, random.nextInt());
      if (dimensions > 0 && chance(150)) {
        floats[random.nextInt(dimensions)] = Float.NaN;
      }
      if (random.nextBoolean()) {
        return "[" + space + String.join(oneOf(",", ", ", indent + ","), elements(floats)) + "]";
      }
      String text = Decoding.base64(floats);
      if (chance(8)) {
        text = text.replace("/", "\\/").replace("A", chance(2) ? "\\u0041" : "A");
      }
      if (chance(10)) {
        text = text.replace("=", "");
      }
      if (chance(150)) {
        text += oneOf("A", "AA", "AAAA", "=", " ", "-", "é", "\\u00e9", "\\n");
      }
      return "\"" + latin1(text) + "\"";
    }

    private List<String> elements(float[] floats) {
      List<String> elements = new ArrayList<>();
      boolean doubles = random.nextBoolean();
      for (float each : floats) {
        elements.add(
            chance(12) ? number() : doubles ? Double.toString(each) : Float.toString(each));
      }
      if (chance(150)) {
        elements.add(random.nextInt(elements.size() + 1), oneOf("null", "[]", "\"1\"", "1e39", ""));
      }
      return elements;
    }

    private String any(int depth) {
      return switch (random.nextInt(depth < MAX_DEPTH ? 10 : 7)) {
        case 0 -> oneOf("null", "true", "false", "NULL", "True");
        case 1 -> number();
        case 2 -> chance(4) ? vector() : quoted(Decoding.base64(Decoding.floats(12, depth)));
        case 3 -> array(random.nextInt(chance(4) ? 200 : 10), this::number);
        case 4, 5, 6 -> text();
        case 7 -> array(random.nextInt(5), () -> any(depth + 1));
        default -> object(depth, (name, at) -> any(at), "x", "embedding");
      };
    }

    private String number() {
      return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private String text() {
      StringBuilder text = new StringBuilder("!" + SECRET); // not a name that a path shows
      for (int i = random.nextInt(4); i > 0; i--) {
        text.append(latin1(oneOf(TEXTS)).repeat(chance(8) ? random.nextInt(40) : 1));
      }
      if (chance(30)) {
        text.append(
            oneOf("\u00ff", "\u00c3", "\u00e2\u0082", "\u00f0\u009f\u0098", "\u00ed\u00a0\u0080"));
      }
      return quoted(text.toString());
    }

    private static String quoted(String text) {
      return '"' + text + '"';
    }

    private boolean chance(int ofHowMany) {
      return random.nextInt(ofHowMany) == 0;
    }

    private String oneOf(String... these) {
      return these[random.nextInt(these.length)];
    }

    /** {@return the UTF-8 bytes of a text, each as a character} */
    private static String latin1(String text) {
      return new String(text.getBytes(UTF_8), ISO_8859_1);
    }
  }
}
