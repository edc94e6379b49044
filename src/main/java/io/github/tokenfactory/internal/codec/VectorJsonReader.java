package io.github.tokenfactory.internal.codec;

import com.google.gson.JsonSyntaxException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Gson reader of UTF-8 bytes that reads vectors without Gson: the adapter of
 * vectors
 * takes them from the bytes, and Gson sees but their quotes or brackets.
 *
 * <p>That works since Gson looks at the first character of a value to tell what it is, and gets no
 * more than that character before it asks for more.
 */
public final class VectorJsonReader extends JsonReader {
  /** The message about an element that is not a number. */
  public static final String NOT_A_NUMBER = "Not a number in a vector";

  /** The message about a number that is too large for an element. */
  public static final String NOT_FINITE =
      "A number that is no finite 32-bit float in the vector";

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int FIRST_CAPACITY = 1024;

  private final Bytes bytes;
  private final FloatParser parser = new FloatParser();
  private @Nullable Base64FloatDecoder base64;
  private int textLength; // of the last vector, as the next one is most often as long
  private int dimensions = FIRST_CAPACITY;
  private int size = -1;

  /** Reads what {@code in} has, in portions of up to {@code portion} bytes. */
  public VectorJsonReader(InputStream in, int portion) {
    this(new Bytes(in, portion));
  }

  private VectorJsonReader(Bytes bytes) {
    super(bytes);
    this.bytes = bytes;
  }

  /** {@return whether Gson has asked for more than there is} */
  public boolean hasEnded() {
    return bytes.exhausted;
  }

  /**
   * {@return the elements of the vector that comes next, or null, with nothing read, if it is not
   * plainly one}
   */
  public float @Nullable [] nextVector() throws IOException {
    JsonToken token = peek();
    if (token == JsonToken.STRING && bytes.isRightAfter('"')) {
      float[] elements = readBase64();
      if (elements != null) {
        skipValue(); // all that is left of it for Gson is its end
      }
      return elements;
    }
    if (token == JsonToken.BEGIN_ARRAY && bytes.isRightAfter('[')) {
      float[] elements = readNumbers();
      if (elements != null) {
        beginArray();
        endArray();
      }
      return elements;
    }
    return null;
  }

  private float @Nullable [] readBase64() throws IOException {
    int length = textLength;
    // A quote where the last vector had its own; one before it would be no base64.
    if (length == 0 || !bytes.has(length + 1) || bytes.at(length) != '"') {
      length = bytes.lengthOfString();
    }
    if (length < 0) {
      return null;
    }
    if (base64 == null) {
      base64 = new Base64FloatDecoder();
    }
    float[] elements = base64.decode(bytes.window, bytes.position, length);
    if (elements != null) {
      textLength = length;
      bytes.skip(length);
    }
    return elements;
  }

  private float @Nullable [] readNumbers() throws IOException {
    int next = bytes.nextToken();
    if (next == ']') {
      return new float[0];
    }
    if (next != '-' && (next < '0' || next > '9')) {
      return null;
    }
    float[] elements = new float[dimensions];
    size = 0;
    do {
      size = bytes.takeNumbers(parser, elements, size);
      if (size == elements.length) {
        elements = Arrays.copyOf(elements, 2 * size);
      }
      elements[size] = readNumber();
      size++;
      next = bytes.nextToken();
      if (next == ',') {
        bytes.skip(1);
      }
    } while (next == ',');
    if (next != ']') {
      throw next < 0 ? new EOFException() : new MalformedJsonException("No comma" + place());
    }
    dimensions = size;
    size = -1;
    return dimensions == elements.length ? elements : Arrays.copyOf(elements, dimensions);
  }

  private float readNumber() throws IOException {
    bytes.nextToken();
    float number = bytes.nextFloat(parser);
    if (Float.isFinite(number)) {
      return number;
    }
    if (!bytes.has(1)) {
      throw new EOFException();
    }
    throw new JsonSyntaxException(
        (parser.isNumber() ? NOT_FINITE : NOT_A_NUMBER) + place());
  }

  private String place() {
    return " at path " + getPath();
  }

  /**
   * {@return the path to what comes next, be it an element of a vector, which Gson does not see}
   */
  @Override
  public String getPath() {
    return super.getPath() + (size < 0 ? "" : "[" + size + "]");
  }

  /** A window on the bytes, out of which Gson gets characters, up to the start of a value. */
  private static final class Bytes extends Reader {
    private static final int MAX_UTF8 = 4;
    private static final int SHORT = 64;
    private static final int MAX_CAPACITY = 1 << 29; // three times as much is an int, too

    private final InputStream in;
    private final CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final CharBuffer notAscii = CharBuffer.allocate(64).limit(0);
    private byte[] window;
    private int position;
    private int limit;
    private boolean ended;
    private boolean exhausted;
    private boolean inString;
    private boolean escaped;
    private boolean expectsValue = true;
    private boolean atValue;

    Bytes(InputStream in, int portion) {
      this.in = in;
      this.window = new byte[portion + FloatParser.LOOK_AHEAD];
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
      atValue = false;
      if (!notAscii.hasRemaining() && has(1) && window[position] < 0) {
        decodeNotAscii();
      }
      if (notAscii.hasRemaining()) {
        int count = Math.min(length, notAscii.remaining());
        notAscii.get(target, offset, count);
        return count;
      }
      int count = 0;
      while (count < length && position < limit && window[position] >= 0) {
        byte next = window[position];
        boolean starts = startsLongValue(next);
        if (starts && count > 0) {
          break; // so that Gson gets it alone: a vector may be among what it got with others
        }
        follow(next);
        position++;
        target[offset + count++] = (char) next;
        if (starts) {
          atValue = true;
          break;
        }
      }
      exhausted = count == 0;
      return exhausted ? -1 : count;
    }

    private boolean startsLongValue(byte next) {
      return expectsValue && !inString && (next == '[' || next == '"' && !closesSoon());
    }

    private void follow(byte next) {
      if (inString) {
        inString = escaped || next != '"';
        escaped = !escaped && next == '\\';
      } else if (!isWhitespace(next)) {
        expectsValue = next == '[' || next == ',' || next == ':';
        inString = next == '"';
      }
    }

    /** {@return whether the string that begins here is too short for a vector} */
    private boolean closesSoon() {
      int end = Math.min(limit, position + 1 + SHORT);
      for (int at = position + 1; at < end; at++) {
        if (window[at] == '"') {
          return true;
        }
      }
      return false;
    }

    private void decodeNotAscii() throws IOException {
      boolean more = has(MAX_UTF8);
      int end = position;
      while (end < limit && window[end] < 0 && end < position + notAscii.capacity()) {
        end++;
      }
      ByteBuffer run = ByteBuffer.wrap(window, position, end - position);
      notAscii.clear();
      utf8.reset().decode(run, notAscii, end < limit ? window[end] >= 0 : !more);
      notAscii.flip();
      position = run.position();
    }

    /** {@return whether the reader waits after {@code start}, a value's first character} */
    boolean isRightAfter(char start) {
      return atValue && window[position - 1] == start;
    }

    /** {@return whether there are {@code count} bytes, which are in the window then} */
    boolean has(int count) throws IOException {
      if (limit - position >= count) {
        return true;
      }
      int capacity = window.length - FloatParser.LOOK_AHEAD;
      if (position + count > capacity) {
        byte[] from = window;
        if (count > MAX_CAPACITY) {
          throw new OutOfMemoryError("a text or a number of more than 512 MiB");
        } else if (count > capacity) {
          capacity = Math.max(Math.min(2 * capacity, MAX_CAPACITY), count);
          window = new byte[capacity + FloatParser.LOOK_AHEAD];
        }
        limit -= position;
        System.arraycopy(from, position, window, 0, limit);
        position = 0;
      }
      while (limit < position + count && !ended) {
        int read = in.read(window, limit, window.length - FloatParser.LOOK_AHEAD - limit);
        ended = read < 0;
        limit += Math.max(0, read);
      }
      window[limit] = 0;
      return limit - position >= count;
    }

    byte at(int offset) {
      return window[position + offset];
    }

    void skip(int count) {
      position += count;
    }

    /** {@return how long the string is that the reader is in, or -1 if its characters are more} */
    int lengthOfString() throws IOException {
      int length = 0;
      while (has(length + 1)) {
        byte[] text = window;
        int at = position + length;
        while (at <= limit - Long.BYTES && !hasQuoteOrBackslash((long) LONGS.get(text, at))) {
          at += Long.BYTES;
        }
        while (at < limit && text[at] != '"' && text[at] != '\\') {
          at++;
        }
        length = at - position;
        if (at < limit) {
          return text[at] == '"' ? length : -1;
        }
      }
      return -1;
    }

    private static boolean hasQuoteOrBackslash(long eight) {
      long quotes = eight ^ 0x2222222222222222L;
      long backslashes = eight ^ 0x5C5C5C5C5C5C5C5CL;
      long ones = 0x0101010101010101L;
      return ((quotes - ones & ~quotes | backslashes - ones & ~backslashes) & ones << 7) != 0;
    }

    /** {@return the next byte that is no white space, or -1 if there is none} */
    int nextToken() throws IOException {
      while (has(1)) {
        if (!isWhitespace(window[position])) {
          return window[position] & 0xFF;
        }
        position++;
      }
      return -1;
    }

    /**
     * Takes numbers with a comma after each, as far as they are in the window.
     *
     * @return how many elements {@code target} has then, of which it had {@code size}
     */
    int takeNumbers(FloatParser parser, float[] target, int size) {
      byte[] text = window;
      int at = position;
      int next = size;
      while (next < target.length) {
        float number = parser.parse(text, text[at] == ' ' ? at + 1 : at);
        int stop = parser.stop();
        if (text[stop] != ',' || !Float.isFinite(number)) {
          break;
        }
        target[next++] = number;
        at = stop + 1;
      }
      position = at;
      return next;
    }

    /** {@return the number that is next, whose end the parser knows} */
    float nextFloat(FloatParser parser) throws IOException {
      float number = parser.parse(window, position);
      boolean more = true;
      while (more && parser.stop() == limit) {
        more = has(MAX_UTF8 + 2 * (limit - position));
        number = parser.parse(window, position);
      }
      position = parser.stop();
      return number;
    }

    private static boolean isWhitespace(byte next) {
      return next == ' ' || next == '\n' || next == '\r' || next == '\t';
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
