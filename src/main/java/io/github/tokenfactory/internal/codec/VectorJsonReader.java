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
 * A Gson reader of UTF-8 bytes that is fast for vectors; for use by one thread.
 *
 * <p>{@link #nextVector} bypasses Gson and decodes the bytes; Gson only sees the quotes or brackets
 * around them. Relies on {@link #peek} reading exactly one character of a value that may be a
 * vector: {@code Bytes} hands that character out alone.
 */
public final class VectorJsonReader extends JsonReader {
  /** The error message for an element that is not a number. */
  public static final String NOT_A_NUMBER = "Not a number in a vector";

  /** The error message for a number that is too large for a float. */
  public static final String NOT_FINITE = "A number in a vector is not a finite 32-bit float";

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int INITIAL_CAPACITY = 1024;
  private static final int NOT_IN_ARRAY = -1;

  private final Bytes bytes;
  private final FloatParser parser = new FloatParser();
  private @Nullable Base64FloatDecoder base64;
  private int lastBase64Length; // usually that of the next vector, too
  private int lastDimensions = INITIAL_CAPACITY;
  private int size = NOT_IN_ARRAY; // elements read of the current array

  /** Creates a reader with a buffer of {@code bufferSize} bytes, which grows if necessary. */
  public VectorJsonReader(InputStream in, int bufferSize) {
    this(new Bytes(in, bufferSize));
  }

  private VectorJsonReader(Bytes bytes) {
    super(bytes);
    this.bytes = bytes;
  }

  /** {@return whether Gson has read past the last byte} */
  public boolean hasEnded() {
    return bytes.hasEnded;
  }

  /**
   * {@return the elements of the next value if it is a vector in its usual form, or null}
   *
   * <p>Null means that nothing was read: Gson must read the value.
   */
  public float @Nullable [] nextVector() throws IOException {
    JsonToken token = peek();
    if (token == JsonToken.STRING && bytes.isRightAfter('"')) {
      float[] elements = readBase64();
      if (elements != null) {
        skipValue(); // Gson finds the closing quote at once
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
    int length = lastBase64Length;
    // Tries the last length first. If there is an earlier quote, decoding fails and Gson reads on.
    if (length == 0 || !bytes.ensure(length + 1) || bytes.peek(length) != '"') {
      length = bytes.lengthOfString();
    }
    if (length == Bytes.UNKNOWN_LENGTH) {
      return null;
    }
    if (base64 == null) {
      base64 = new Base64FloatDecoder();
    }
    float[] elements = base64.decode(bytes.buffer, bytes.position, length);
    if (elements != null) {
      lastBase64Length = length;
      bytes.skip(length);
    }
    return elements;
  }

  private float @Nullable [] readNumbers() throws IOException {
    int next = bytes.peekToken();
    if (next == ']') {
      return new float[0];
    }
    if (next != '-' && (next < '0' || next > '9')) {
      return null;
    }
    float[] elements = new float[lastDimensions];
    size = 0;
    do {
      size = bytes.readNumbers(parser, elements, size);
      if (size == elements.length) {
        elements = Arrays.copyOf(elements, 2 * size);
      }
      elements[size] = readNumber();
      size++;
      next = bytes.peekToken();
      if (next == ',') {
        bytes.skip(1);
      }
    } while (next == ',');
    if (next != ']') {
      throw next < 0 ? new EOFException() : new MalformedJsonException("No comma" + location());
    }
    lastDimensions = size;
    size = NOT_IN_ARRAY;
    return lastDimensions == elements.length ? elements : Arrays.copyOf(elements, lastDimensions);
  }

  private float readNumber() throws IOException {
    bytes.peekToken();
    float number = bytes.readNumber(parser);
    if (Float.isFinite(number)) {
      return number;
    }
    if (!bytes.ensure(1)) {
      throw new EOFException();
    }
    throw new JsonSyntaxException((parser.isNumber() ? NOT_FINITE : NOT_A_NUMBER) + location());
  }

  private String location() {
    return " at path " + getPath();
  }

  /** {@return the path to the next value, which may be an element that Gson does not see} */
  @Override
  public String getPath() {
    return super.getPath() + (size == NOT_IN_ARRAY ? "" : "[" + size + "]");
  }

  /**
   * Buffers the bytes and hands them to Gson as characters, until a value that may be a vector.
   *
   * <p>A read ends before and after the first character of such a value.
   */
  private static final class Bytes extends Reader {
    static final int UNKNOWN_LENGTH = -1;
    private static final int MAX_BYTES_PER_CHARACTER = 4;
    private static final int MAX_SHORT_STRING = 64;
    private static final int MAX_CAPACITY = 1 << 29; // three times this is still an int

    private final InputStream in;
    private final CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final CharBuffer nonAscii = CharBuffer.allocate(64).limit(0);
    private byte[] buffer;
    private int position;
    private int limit;
    private boolean streamEnded;
    private boolean hasEnded;
    private boolean inString;
    private boolean escaped;
    private boolean expectsValue = true;
    private boolean isAfterValueStart;

    Bytes(InputStream in, int size) {
      this.in = in;
      this.buffer = new byte[size + FloatParser.LOOK_AHEAD];
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
      isAfterValueStart = false;
      if (!nonAscii.hasRemaining() && ensure(1) && buffer[position] < 0) {
        decodeNonAscii();
      }
      if (nonAscii.hasRemaining()) {
        int count = Math.min(length, nonAscii.remaining());
        nonAscii.get(target, offset, count);
        return count;
      }
      int count = 0;
      while (count < length && position < limit && buffer[position] >= 0) {
        byte next = buffer[position];
        boolean isValueStart = mayStartVector(next);
        if (isValueStart && count > 0) {
          break; // the next read hands it out alone
        }
        trackState(next);
        position++;
        target[offset + count++] = (char) next;
        if (isValueStart) {
          isAfterValueStart = true;
          break;
        }
      }
      hasEnded = count == 0;
      return hasEnded ? -1 : count;
    }

    private boolean mayStartVector(byte next) {
      return expectsValue && !inString && (next == '[' || next == '"' && !isShortString());
    }

    private void trackState(byte next) {
      if (inString) {
        inString = escaped || next != '"';
        escaped = !escaped && next == '\\';
      } else if (!isWhitespace(next)) {
        expectsValue = next == '[' || next == ',' || next == ':';
        inString = next == '"';
      }
    }

    /** {@return whether a quote follows so soon that the string is not worth a bypass} */
    private boolean isShortString() {
      int end = Math.min(limit, position + 1 + MAX_SHORT_STRING);
      for (int at = position + 1; at < end; at++) {
        if (buffer[at] == '"') {
          return true;
        }
      }
      return false;
    }

    private void decodeNonAscii() throws IOException {
      boolean more = ensure(MAX_BYTES_PER_CHARACTER);
      int end = position;
      while (end < limit && buffer[end] < 0 && end < position + nonAscii.capacity()) {
        end++;
      }
      ByteBuffer run = ByteBuffer.wrap(buffer, position, end - position);
      nonAscii.clear();
      utf8.reset().decode(run, nonAscii, end < limit ? buffer[end] >= 0 : !more);
      nonAscii.flip();
      position = run.position();
    }

    /** {@return whether Gson has just read {@code start}, and no character after it} */
    boolean isRightAfter(char start) {
      return isAfterValueStart && buffer[position - 1] == start;
    }

    /** {@return whether the buffer has {@code count} bytes ahead, after reading more if needed} */
    boolean ensure(int count) throws IOException {
      if (limit - position >= count) {
        return true;
      }
      int capacity = buffer.length - FloatParser.LOOK_AHEAD;
      if (position + count > capacity) {
        byte[] old = buffer;
        if (count > MAX_CAPACITY) {
          throw new OutOfMemoryError("A string or a number has more than 512 MiB");
        } else if (count > capacity) {
          capacity = Math.max(Math.min(2 * capacity, MAX_CAPACITY), count);
          buffer = new byte[capacity + FloatParser.LOOK_AHEAD];
        }
        limit -= position;
        System.arraycopy(old, position, buffer, 0, limit);
        position = 0;
      }
      while (limit < position + count && !streamEnded) {
        int read = in.read(buffer, limit, buffer.length - FloatParser.LOOK_AHEAD - limit);
        streamEnded = read < 0;
        limit += Math.max(0, read);
      }
      buffer[limit] = 0;
      return limit - position >= count;
    }

    byte peek(int offset) {
      return buffer[position + offset];
    }

    void skip(int count) {
      position += count;
    }

    /** {@return the length of the string ahead; unknown if it has escapes or does not end} */
    int lengthOfString() throws IOException {
      int length = 0;
      while (ensure(length + 1)) {
        byte[] text = buffer;
        int at = position + length;
        while (at <= limit - Long.BYTES && !hasQuoteOrBackslash((long) LONGS.get(text, at))) {
          at += Long.BYTES;
        }
        while (at < limit && text[at] != '"' && text[at] != '\\') {
          at++;
        }
        length = at - position;
        if (at < limit) {
          return text[at] == '"' ? length : UNKNOWN_LENGTH;
        }
      }
      return UNKNOWN_LENGTH;
    }

    private static boolean hasQuoteOrBackslash(long eight) {
      long quotes = eight ^ 0x2222222222222222L;
      long backslashes = eight ^ 0x5C5C5C5C5C5C5C5CL;
      long ones = 0x0101010101010101L;
      return ((quotes - ones & ~quotes | backslashes - ones & ~backslashes) & ones << 7) != 0;
    }

    /** {@return the next byte after white space, which is skipped, or -1 at the end} */
    int peekToken() throws IOException {
      while (ensure(1)) {
        if (!isWhitespace(buffer[position])) {
          return buffer[position] & 0xFF;
        }
        position++;
      }
      return -1;
    }

    /**
     * Reads numbers that are in the buffer together with the comma after them.
     *
     * @param size how many elements {@code target} has before
     * @return how many elements {@code target} has after
     */
    int readNumbers(FloatParser parser, float[] target, int size) {
      byte[] text = buffer;
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

    /** {@return the next number, or NaN if there is none; reads more bytes until it ends} */
    float readNumber(FloatParser parser) throws IOException {
      float number = parser.parse(buffer, position);
      boolean more = true;
      while (more && parser.stop() == limit) {
        more = ensure(MAX_BYTES_PER_CHARACTER + 2 * (limit - position));
        number = parser.parse(buffer, position);
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
