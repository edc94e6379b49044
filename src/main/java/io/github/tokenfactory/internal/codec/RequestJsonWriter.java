package io.github.tokenfactory.internal.codec;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Gson writer of UTF-8 bytes that is fast for texts and token ids.
 *
 * <p>Bypasses Gson for them; Gson only updates its nesting state.
 */
public final class RequestJsonWriter extends JsonWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int MAX_BUFFER = 8 << 10;
  private static final int COUNTING_BUFFER = 1 << 10;

  private final Bytes bytes;
  private final boolean skipsChecks;
  private boolean isAllPlain = true;

  /** Creates a writer that only counts the bytes. */
  public RequestJsonWriter() {
    this(new Bytes(null, COUNTING_BUFFER), false);
  }

  /**
   * Creates a writer to {@code out}.
   *
   * @param length how many bytes will be written
   * @param isAllPlain whether all texts are known to be {@linkplain #isAllPlain plain}
   */
  public RequestJsonWriter(OutputStream out, long length, boolean isAllPlain) {
    this(new Bytes(out, (int) Math.min(MAX_BUFFER, Digits.MAX_BYTES + length)), isAllPlain);
  }

  private RequestJsonWriter(Bytes bytes, boolean skipsChecks) {
    super(bytes);
    this.bytes = bytes;
    this.skipsChecks = skipsChecks;
    setHtmlSafe(false);
    setSerializeNulls(false);
  }

  /** {@return how many bytes have been written} */
  public long length() {
    return bytes.flushed + bytes.size;
  }

  /** {@return whether all texts so far were ASCII without characters that JSON escapes} */
  public boolean isAllPlain() {
    return isAllPlain;
  }

  @Override
  public JsonWriter value(@Nullable String text) throws IOException {
    if (text == null) {
      return nullValue();
    }
    if (skipsChecks) {
      jsonValue("\"");
      bytes.writeAscii(text);
      bytes.write('"');
      return this;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    boolean needsNoEscapes = needsNoEscapes(utf8);
    isAllPlain = isAllPlain && needsNoEscapes && bytes.isAscii(text, utf8);
    if (!needsNoEscapes) {
      return super.value(text);
    }
    jsonValue("\"");
    bytes.write(utf8);
    bytes.write('"');
    return this;
  }

  /** Writes an array of token ids. */
  public void value(int[] tokens) throws IOException {
    jsonValue("[");
    bytes.writeNumbers(tokens);
    bytes.write(']');
  }

  /** {@return whether there is no control character, quote or backslash} */
  private static boolean needsNoEscapes(byte[] utf8) {
    int at = 0;
    for (; at <= utf8.length - Long.BYTES; at += Long.BYTES) {
      long eight = (long) LONGS.get(utf8, at);
      long controls = eight - 0x2020202020202020L;
      long quotes = (eight ^ 0x2222222222222222L) - 0x0101010101010101L;
      long backslashes = (eight ^ 0x5C5C5C5C5C5C5C5CL) - 0x0101010101010101L;
      // A subtraction sets the high bit of a match. Non-ASCII bytes have it already: ignore them.
      if (((controls | quotes | backslashes) & ~eight & 0x8080808080808080L) != 0) {
        return false;
      }
    }
    for (; at < utf8.length; at++) {
      if (utf8[at] >= 0 && utf8[at] < ' ' || utf8[at] == '"' || utf8[at] == '\\') {
        return false;
      }
    }
    return true;
  }

  /** Buffers the bytes, and sends them to a stream or only counts them. */
  private static final class Bytes extends Writer {
    private final @Nullable OutputStream out;
    private final byte[] buffer;
    private int size;
    private long flushed;

    Bytes(@Nullable OutputStream out, int capacity) {
      this.out = out;
      this.buffer = new byte[capacity];
    }

    @Override
    public void write(int ascii) throws IOException {
      reserve(1);
      buffer[size++] = (byte) ascii;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      write(new String(text, offset, length), 0, length);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
      if (length == 1 && text.charAt(offset) < 0x80) {
        write(text.charAt(offset)); // most often a comma or a quote
      } else {
        write(text.substring(offset, offset + length).getBytes(StandardCharsets.UTF_8));
      }
    }

    /**
     * {@return whether {@code text} is ASCII; always false when writing to a stream}
     *
     * <p>Equal lengths are not enough: an unpaired surrogate becomes a question mark, one byte,
     * too.
     */
    @SuppressWarnings("deprecation") // String.getBytes, as in writeAscii
    boolean isAscii(String text, byte[] utf8) {
      if (out != null || utf8.length != text.length()) {
        return false;
      }
      for (int at = 0, count; at < utf8.length; at += count) {
        count = Math.min(utf8.length - at, buffer.length);
        text.getBytes(at, at + count, buffer, 0); // unused while counting
        if (Arrays.mismatch(buffer, 0, count, utf8, at, at + count) >= 0) {
          return false;
        }
      }
      return true;
    }

    void write(byte[] utf8) throws IOException {
      if (out == null) {
        flushed += utf8.length;
        return;
      }
      for (int at = 0, count; at < utf8.length; at += count) {
        count = Math.min(utf8.length - at, reserve(1));
        System.arraycopy(utf8, at, buffer, size, count);
        size += count;
      }
    }

    @SuppressWarnings("deprecation") // getBytes drops the upper byte of characters; ASCII has none
    void writeAscii(String text) throws IOException {
      for (int at = 0, count; at < text.length(); at += count) {
        count = Math.min(text.length() - at, reserve(1));
        text.getBytes(at, at + count, buffer, size);
        size += count;
      }
    }

    /** Writes numbers with commas between them. */
    void writeNumbers(int[] numbers) throws IOException {
      if (out == null) {
        flushed += Digits.length(numbers) + Math.max(0, numbers.length - 1);
        return;
      }
      for (int i = 0, count; i < numbers.length; i += count) {
        count = Math.min(numbers.length - i, reserve(Digits.MAX_BYTES) / Digits.MAX_BYTES);
        size = Digits.put(numbers, i, i + count, buffer, size);
      }
      if (numbers.length > 0) {
        size--; // drops the last comma
      }
    }

    /** {@return how many bytes are free in the buffer: {@code count} or more} */
    private int reserve(int count) throws IOException {
      if (size + count > buffer.length) {
        if (out != null) {
          out.write(buffer, 0, size);
        }
        flushed += size;
        size = 0;
      }
      return buffer.length - size;
    }

    @Override
    public void flush() throws IOException {
      reserve(buffer.length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  /** Writes decimal numbers, those of up to six digits with two table look-ups. */
  private static final class Digits {
    /** The most bytes of a number with a comma. */
    static final int MAX_BYTES = 12;

    private static final int MAX_DIGITS = 10;
    private static final int BASE = 1_000;
    private static final int LENGTH_SHIFT = 7 * Byte.SIZE;

    /**
     * The characters of thousands, the first in the lowest byte, and in the highest byte their
     * length in bits; 0 has no characters.
     */
    private static final long[] THOUSANDS = new long[BASE];

    /** By thousands: a number less this is an index of {@link #REMAINDERS}. */
    private static final int[] REMAINDER_OFFSETS = new int[BASE];

    /** The same for remainders and a comma: first without leading zeros, then with three digits. */
    private static final long[] REMAINDERS = new long[2 * BASE];

    /**
     * Kendall Willets' table to count digits, indexed by the leading zeros of a number: number plus
     * entry has the count in its upper half. If the number has one digit more than the smallest
     * number of the same row, the addition carries into that half.
     */
    private static final long[] DIGIT_COUNTS = new long[Integer.SIZE + 1];

    static {
      DIGIT_COUNTS[Integer.SIZE] = 1L << Integer.SIZE;
      for (int zeros = 1; zeros < Integer.SIZE; zeros++) {
        int digits = Integer.toString(Integer.MIN_VALUE >>> zeros).length();
        DIGIT_COUNTS[zeros] =
            digits == MAX_DIGITS
                ? (long) digits << Integer.SIZE
                : (digits + 1L << Integer.SIZE) - (long) Math.pow(10, digits);
      }
      for (int i = 0; i < BASE; i++) {
        long plain = characters(i, digits(i));
        if (i > 0) {
          THOUSANDS[i] = plain;
          REMAINDER_OFFSETS[i] = (i - 1) * BASE;
        }
        REMAINDERS[i] = withComma(plain);
        REMAINDERS[BASE + i] = withComma(characters(i, 3));
      }
    }

    private Digits() {}

    private static long characters(int number, int digits) {
      long characters = 0;
      for (int i = 0, rest = number; i < digits; i++, rest /= 10) {
        characters = characters << Byte.SIZE | '0' + rest % 10;
      }
      return characters | (long) digits * Byte.SIZE << LENGTH_SHIFT;
    }

    private static long withComma(long characters) {
      return characters
          + ((long) Byte.SIZE << LENGTH_SHIFT)
          + ((long) ',' << (characters >>> LENGTH_SHIFT));
    }

    /** {@return the length of all numbers together} */
    static long length(int[] numbers) {
      long length = 0;
      for (int number : numbers) {
        length += number < 0 ? Integer.toString(number).length() : digits(number);
      }
      return length;
    }

    private static int digits(int number) {
      return (int) (number + DIGIT_COUNTS[Integer.numberOfLeadingZeros(number)] >>> Integer.SIZE);
    }

    /**
     * Writes numbers into {@code target}, each with a comma after it.
     *
     * @return the index after the last comma
     */
    static int put(int[] numbers, int from, int to, byte[] target, int start) {
      int at = start;
      for (int i = from; i < to; i++) {
        int number = numbers[i];
        if (number >= 0 && number < BASE * BASE) { // most token ids
          int thousands = number / BASE;
          long first = THOUSANDS[thousands];
          long second = REMAINDERS[number - REMAINDER_OFFSETS[thousands]];
          // This writes up to 8 bytes; the next number overwrites those after the comma.
          LONGS.set(target, at, first | second << (first >>> LENGTH_SHIFT));
          at += (int) ((first >>> LENGTH_SHIFT) + (second >>> LENGTH_SHIFT)) >>> 3;
        } else {
          byte[] text = (number + ",").getBytes(StandardCharsets.US_ASCII);
          System.arraycopy(text, 0, target, at, text.length);
          at += text.length;
        }
      }
      return at;
    }
  }
}
