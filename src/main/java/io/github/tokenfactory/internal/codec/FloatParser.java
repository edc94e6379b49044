package io.github.tokenfactory.internal.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Parses JSON numbers to the same bits as {@link Float#parseFloat}; for use by one thread.
 *
 * <p>Up to 18 digits times a power of ten make a double with an error of less than two units in the
 * last place. Rounded to a float it is right, unless a midpoint between two floats is within that
 * error. {@code parseFloat} handles those few numbers, and forms that are rare in vectors.
 *
 * <p>Most elements are floats printed with the digits of a double: sixteen decimals and a few more.
 * The few more are counted but not read, because they are too small to reach the next midpoint.
 */
public final class FloatParser {
  /**
   * How many bytes the array must have after the text; the first of them must not be part of a
   * number.
   */
  static final int LOOK_AHEAD = 3 * Long.BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_DIGITS = 18;
  private static final int MAX_PLACES = 64;

  private static final long[] POWERS_OF_TEN = new long[Long.BYTES + 1];

  /** By a count of digits: a smaller number has at most 18 digits with so many appended. */
  private static final long[] APPEND_LIMITS = new long[Long.BYTES + 1];

  private static final double[] NEGATIVE_POWERS = new double[MAX_PLACES];

  static {
    for (int i = 0; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = (long) Math.pow(10, i);
      APPEND_LIMITS[i] = (long) Math.pow(10, MAX_DIGITS - i);
    }
    for (int i = 0; i < NEGATIVE_POWERS.length; i++) {
      NEGATIVE_POWERS[i] = Double.parseDouble("1e-" + i);
    }
  }

  // The bits that a double has beyond a float, and their value at a midpoint of two floats.
  private static final int EXTRA_BITS = (1 << 29) - 1;
  private static final int MIDPOINT = 1 << 28;
  private static final int MAX_ERROR = 4; // units in the last place of a double
  private static final double MIN_APPROXIMATION = 0x1p-125; // below, floats may be subnormal

  private static final long ZEROS = 0x3030303030303030L;
  private static final int ZERO_POINT = '0' | '.' << 8;
  private static final long TEN_8 = 100_000_000;
  private static final int SIXTEEN = 2 * Long.BYTES;
  private static final double[] SIXTEENTH_DECIMAL = {1e-16, -1e-16}; // by sign
  // A larger significand has 40 bits or more, so one unit of it is at most 2^13 units in the last
  // place of a double, which has 53 bits.
  private static final long MIN_SIGNIFICAND = 1L << 40;
  private static final int MAX_ERROR_OF_SIXTEEN = (1 << 13) + MAX_ERROR;

  private int stop;
  private boolean isNumber;

  /** {@return the index after the last number, or the first byte that cannot belong to one} */
  int stop() {
    return stop;
  }

  /** {@return whether the last text was a JSON number} */
  boolean isNumber() {
    return isNumber;
  }

  /**
   * {@return the number that starts at {@code start}; infinite if it is too large for a float, NaN
   * if there is no JSON number}
   */
  float parse(byte[] text, int start) {
    long head = (long) LONGS.get(text, start);
    // Without a branch, because the signs of elements are random.
    int sign = signOf((byte) head);
    int digit = (int) (head >>> sign * Byte.SIZE) & 0xFFFF ^ ZERO_POINT;
    if (digit >= 0 && digit <= 9) {
      int point = start + sign + 1;
      long first = (long) LONGS.get(text, point + 1);
      long second = (long) LONGS.get(text, point + 1 + Long.BYTES);
      // Computed from start, not from point, so that the CPU need not wait for the sign.
      int extraDigits = leadingDigits((long) LONGS.get(text, start + 2 + SIXTEEN));
      if ((nonDigits(first) | nonDigits(second)) == 0 && extraDigits < Long.BYTES) {
        int end = start + 2 + SIXTEEN + extraDigits;
        long significand = (digit * TEN_8 + number(first)) * TEN_8 + number(second);
        double approximation = significand * SIXTEENTH_DECIMAL[sign];
        if (significand > MIN_SIGNIFICAND
            && isFarFromMidpoints(approximation, MAX_ERROR_OF_SIXTEEN)
            && !isExponentMark(text[end])) {
          stop = end;
          isNumber = true;
          return (float) approximation;
        }
      }
    }
    return parseUpTo18Digits(text, start);
  }

  /** Parses numbers of up to 18 digits, with a point and perhaps an exponent. */
  private float parseUpTo18Digits(byte[] text, int start) {
    int sign = signOf(text[start]);
    int at = start + sign;
    long digits = text[at] - '0';
    if (digits >= 0 && digits <= 9 && text[at + 1] == '.') {
      at += 2;
      int fractionStart = at;
      long eight = (long) LONGS.get(text, at);
      int count = leadingDigits(eight);
      while (count == Long.BYTES && digits < APPEND_LIMITS[Long.BYTES]) {
        digits = digits * POWERS_OF_TEN[Long.BYTES] + number(eight, Long.BYTES);
        at += Long.BYTES;
        eight = (long) LONGS.get(text, at);
        count = leadingDigits(eight);
      }
      if (count < Long.BYTES && digits < APPEND_LIMITS[count]) {
        digits = digits * POWERS_OF_TEN[count] + number(eight, count);
        at += count;
        int places = at - fractionStart;
        if (places > 0 && isExponentMark(text[at])) {
          int exponentStart = at + 2;
          at = text[at + 1] == '-' ? skipDigits(text, exponentStart) : exponentStart;
          places =
              switch (at - exponentStart) {
                case 1 -> places + text[exponentStart] - '0';
                case 2 -> places + 10 * text[exponentStart] + text[exponentStart + 1] - 11 * '0';
                default -> 0;
              };
        }
        if (places > 0 && places < MAX_PLACES) {
          double approximation = digits * NEGATIVE_POWERS[places];
          if (approximation > MIN_APPROXIMATION && isFarFromMidpoints(approximation, MAX_ERROR)) {
            stop = at;
            isNumber = true;
            return signed(approximation, sign);
          }
        }
      }
    }
    return parseWithJdk(text, start);
  }

  private float parseWithJdk(byte[] text, int start) {
    int at = text[start] == '-' ? start + 1 : start;
    int wholeStart = at;
    at = text[at] == '0' ? at + 1 : skipDigits(text, at);
    isNumber = at > wholeStart;
    if (isNumber && text[at] == '.') {
      int fractionStart = ++at;
      at = skipDigits(text, at);
      isNumber = at > fractionStart;
    }
    if (isNumber && isExponentMark(text[at])) {
      at++;
      int exponentStart = text[at] == '-' || text[at] == '+' ? ++at : at;
      at = skipDigits(text, at);
      isNumber = at > exponentStart;
    }
    stop = at;
    return isNumber
        ? Float.parseFloat(new String(text, start, at - start, StandardCharsets.ISO_8859_1))
        : Float.NaN;
  }

  private static int signOf(byte first) {
    return ((first & 0xFF) ^ '-') - 1 >>> 31;
  }

  private static boolean isExponentMark(byte next) {
    return (next | 0x20) == 'e';
  }

  private static boolean isFarFromMidpoints(double approximation, int distance) {
    int bits = (int) Double.doubleToRawLongBits(approximation);
    return (bits - MIDPOINT + distance & EXTRA_BITS) > 2 * distance;
  }

  private static float signed(double magnitude, int sign) {
    return Float.intBitsToFloat(Float.floatToRawIntBits((float) magnitude) | sign << 31);
  }

  private static int skipDigits(byte[] text, int start) {
    int at = start;
    while (text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    return at;
  }

  /** {@return how many of eight characters are digits before the first that is none} */
  private static int leadingDigits(long text) {
    return Long.numberOfTrailingZeros(nonDigits(text)) >>> 3;
  }

  /** {@return a long whose lowest high bit marks the first byte that is not a digit; 0 if none} */
  private static long nonDigits(long text) {
    return (text - ZEROS | text + 0x4646464646464646L) & 0x8080808080808080L;
  }

  /** {@return the value of the first {@code count} of eight digits} */
  private static long number(long text, int count) {
    int half = (Long.BYTES - count) * Byte.SIZE / 2; // two shifts, as a shift by 64 does nothing
    return sum(text - ZEROS << half << half);
  }

  /** {@return the value of eight digits, the first in the lowest byte} */
  private static long number(long text) {
    return sum(text - ZEROS);
  }

  /** Joins neighbours three times: digits to pairs, pairs to fours, fours to eight digits. */
  private static long sum(long digits) {
    long pairs = digits * (1 + (10L << 8)) >>> 8 & 0x00FF00FF00FF00FFL;
    long fours = pairs * (1 + (100L << 16)) >>> 16 & 0x0000FFFF0000FFFFL;
    return fours * (1 + (10_000L << 32)) >>> 32;
  }
}
