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
 * A Gson writer of UTF-8 bytes that writes texts and tokens without Gson, which is told but that
 * there was a value.
 */
public final class RequestJsonWriter extends JsonWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int PORTION = 8 << 10;
  private static final int COUNTED_AT_ONCE = 1 << 10;

  private final Bytes bytes;
  private final boolean plain;
  private boolean allPlain = true;

  /** Counts what is written. */
  public RequestJsonWriter() {
    this(new Bytes(null, COUNTED_AT_ONCE), false);
  }

  /**
   * Writes to {@code out}.
   *
   * @param length how many bytes that will be
   * @param plain whether all texts are known to be {@linkplain #isAllPlain plain}
   */
  public RequestJsonWriter(OutputStream out, long length, boolean plain) {
    this(new Bytes(out, (int) Math.min(PORTION, Digits.ROOM + length)), plain);
  }

  private RequestJsonWriter(Bytes bytes, boolean plain) {
    super(bytes);
    this.bytes = bytes;
    this.plain = plain;
    setHtmlSafe(false);
    setSerializeNulls(false);
  }

  /** {@return how many bytes have been written} */
  public long length() {
    return bytes.sent + bytes.size;
  }

  /** {@return whether all texts so far were ASCII that JSON has as it is} */
  public boolean isAllPlain() {
    return allPlain;
  }

  @Override
  public JsonWriter value(@Nullable String text) throws IOException {
    if (text == null) {
      return nullValue();
    }
    if (plain) {
      jsonValue("\"");
      bytes.writeAscii(text);
      bytes.write('"');
      return this;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    boolean asItIs = isPlain(utf8);
    allPlain = allPlain && asItIs && bytes.isAscii(text, utf8);
    if (!asItIs) {
      return super.value(text);
    }
    jsonValue("\"");
    bytes.write(utf8);
    bytes.write('"');
    return this;
  }

  /** Writes an array of numbers. */
  public void value(int[] tokens) throws IOException {
    jsonValue("[");
    bytes.writeNumbers(tokens);
    bytes.write(']');
  }

  /** {@return whether JSON has these characters as they are} */
  private static boolean isPlain(byte[] utf8) {
    int at = 0;
    for (; at <= utf8.length - Long.BYTES; at += Long.BYTES) {
      long eight = (long) LONGS.get(utf8, at);
      long controls = eight - 0x2020202020202020L;
      long quotes = (eight ^ 0x2222222222222222L) - 0x0101010101010101L;
      long backslashes = (eight ^ 0x5C5C5C5C5C5C5C5CL) - 0x0101010101010101L;
      // Below zero now, but not before, as bytes beyond ASCII are.
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

  /** The bytes, by portions. */
  private static final class Bytes extends Writer {
    private final @Nullable OutputStream out;
    private final byte[] portion;
    private int size;
    private long sent;

    Bytes(@Nullable OutputStream out, int portion) {
      this.out = out;
      this.portion = new byte[portion];
    }

    @Override
    public void write(int ascii) throws IOException {
      reserve(1);
      portion[size++] = (byte) ascii;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      write(new String(text, offset, length), 0, length);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
      if (length == 1 && text.charAt(offset) < 0x80) {
        write(text.charAt(offset)); // a comma or a quote, most often
      } else {
        write(text.substring(offset, offset + length).getBytes(StandardCharsets.UTF_8));
      }
    }

    /**
     * {@return whether {@code utf8} is {@code text} a byte a character, and nothing is written} Of
     * the same length is half a surrogate pair, too, which becomes a question mark.
     */
    @SuppressWarnings("deprecation") // as below
    boolean isAscii(String text, byte[] utf8) {
      if (out != null || utf8.length != text.length()) {
        return false;
      }
      for (int at = 0, count; at < utf8.length; at += count) {
        count = Math.min(utf8.length - at, portion.length);
        text.getBytes(at, at + count, portion, 0); // which is only counted
        if (Arrays.mismatch(portion, 0, count, utf8, at, at + count) >= 0) {
          return false;
        }
      }
      return true;
    }

    void write(byte[] utf8) throws IOException {
      if (out == null) {
        sent += utf8.length;
        return;
      }
      for (int at = 0, count; at < utf8.length; at += count) {
        count = Math.min(utf8.length - at, reserve(1));
        System.arraycopy(utf8, at, portion, size, count);
        size += count;
      }
    }

    @SuppressWarnings("deprecation") // drops the upper halves of characters: ASCII has none
    void writeAscii(String text) throws IOException {
      for (int at = 0, count; at < text.length(); at += count) {
        count = Math.min(text.length() - at, reserve(1));
        text.getBytes(at, at + count, portion, size);
        size += count;
      }
    }

    /** Writes numbers with commas between them. */
    void writeNumbers(int[] numbers) throws IOException {
      if (out == null) {
        sent += Digits.length(numbers) + Math.max(0, numbers.length - 1);
        return;
      }
      for (int i = 0, count; i < numbers.length; i += count) {
        count = Math.min(numbers.length - i, reserve(Digits.ROOM) / Digits.ROOM);
        size = Digits.put(numbers, i, i + count, portion, size);
      }
      if (numbers.length > 0) {
        size--; // the last comma
      }
    }

    /** {@return how many bytes the portion has room for, {@code count} or more} */
    private int reserve(int count) throws IOException {
      if (size + count > portion.length) {
        if (out != null) {
          out.write(portion, 0, size);
        }
        sent += size;
        size = 0;
      }
      return portion.length - size;
    }

    @Override
    public void flush() throws IOException {
      reserve(portion.length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  /** Decimal numbers: up to six digits by two look-ups. */
  private static final class Digits {
    /** How many bytes must be free for a number and a comma. */
    static final int ROOM = 12;

    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_DIGITS = 10;
    private static final int BASE = 1_000;
    private static final int BITS = 7 * Byte.SIZE;

    /**
     * By thousands: their characters, the first in the lowest byte, of which 0 has none, and how
     * many bits these have in the highest byte; and from where on {@link #LOWER} has the rest.
     */
    private static final long[] UPPER = new long[BASE];

    private static final int[] FROM = new int[BASE];

    /** The same for the rest, with a comma: as it is, and then with three digits. */
    private static final long[] LOWER = new long[2 * BASE];

    /**
     * What to add to a number, by its leading zeros, to have its number of digits in the upper
     * half: that of the smallest such number, and for those with a digit more what carries over.
     */
    private static final long[] CARRY = new long[Integer.SIZE + 1];

    static {
      CARRY[Integer.SIZE] = 1L << Integer.SIZE;
      for (int zeros = 1; zeros < Integer.SIZE; zeros++) {
        int digits = Integer.toString(Integer.MIN_VALUE >>> zeros).length();
        CARRY[zeros] =
            digits == MAX_DIGITS
                ? (long) digits << Integer.SIZE
                : (digits + 1L << Integer.SIZE) - (long) Math.pow(10, digits);
      }
      for (int i = 0; i < BASE; i++) {
        long plain = characters(i, digits(i));
        if (i > 0) {
          UPPER[i] = plain;
          FROM[i] = (i - 1) * BASE;
        }
        LOWER[i] = withComma(plain);
        LOWER[BASE + i] = withComma(characters(i, 3));
      }
    }

    private Digits() {}

    private static long characters(int number, int digits) {
      long characters = 0;
      for (int i = 0, rest = number; i < digits; i++, rest /= 10) {
        characters = characters << Byte.SIZE | '0' + rest % 10;
      }
      return characters | (long) digits * Byte.SIZE << BITS;
    }

    private static long withComma(long characters) {
      return characters + ((long) Byte.SIZE << BITS) + ((long) ',' << (characters >>> BITS));
    }

    /** {@return how many characters the numbers have} */
    static long length(int[] numbers) {
      long length = 0;
      for (int number : numbers) {
        length += number < 0 ? Integer.toString(number).length() : digits(number);
      }
      return length;
    }

    private static int digits(int number) {
      return (int) (number + CARRY[Integer.numberOfLeadingZeros(number)] >>> Integer.SIZE);
    }

    /**
     * Puts numbers, each with a comma after it.
     *
     * @return the index after the last comma
     */
    static int put(int[] numbers, int from, int to, byte[] target, int start) {
      int at = start;
      for (int i = from; i < to; i++) {
        int number = numbers[i];
        if (number >= 0 && number < BASE * BASE) { // as tokens are
          int thousands = number / BASE;
          long upper = UPPER[thousands];
          long lower = LOWER[number - FROM[thousands]];
          // What is in the bytes after the comma is written over.
          LONGS.set(target, at, upper | lower << (upper >>> BITS));
          at += (int) ((upper >>> BITS) + (lower >>> BITS)) >>> 3;
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
