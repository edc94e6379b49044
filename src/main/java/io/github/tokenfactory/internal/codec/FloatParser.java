package io.github.tokenfactory.internal.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON numbers as floats, to the same bits as {@link Float#parseFloat} of their text.
 *
 * <p>Up to 18 digits times a power of ten make a double that is wrong by less than two units in its
 * last place. Rounded to a float it is right, unless a midpoint between two floats is as near. The
 * few numbers for which one is, and those in a form that vectors seldom have, are left to {@code
 * parseFloat}.
 *
 * <p>Most elements are floats written with the digits of a double: sixteen decimals and some more,
 * which need only be counted, since they are far too small to reach the next midpoint.
 */
public final class FloatParser {
  /**
   * How many bytes there must be after the last one that counts; the first of them no digit, and no
   * other part of a number.
   */
  static final int LOOK_AHEAD = 3 * Long.BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_DIGITS = 18;
  private static final int MAX_PLACES = 64;

  /** By how many digits there are: powers of ten, and how large a number has room for so many. */
  private static final long[] TENS = new long[Long.BYTES + 1];

  private static final long[] ROOM = new long[Long.BYTES + 1];
  private static final double[] NEGATIVE_POWERS = new double[MAX_PLACES];

  static {
    for (int i = 0; i < TENS.length; i++) {
      TENS[i] = (long) Math.pow(10, i);
      ROOM[i] = (long) Math.pow(10, MAX_DIGITS - i);
    }
    for (int i = 0; i < NEGATIVE_POWERS.length; i++) {
      NEGATIVE_POWERS[i] = Double.parseDouble("1e-" + i);
    }
  }

  // Where doubles have more bits than floats, and what these are halfway between two floats.
  private static final int FINER_BITS = (1 << 29) - 1;
  private static final int HALFWAY = 1 << 28;
  private static final int MAX_ERROR = 4;
  private static final double MIN = 0x1p-125;

  private static final long ZEROS = 0x3030303030303030L;
  private static final int ZERO_POINT = '0' | '.' << 8;
  private static final long TEN_8 = 100_000_000;
  private static final int SIXTEEN = 2 * Long.BYTES;
  private static final double[] UNITS = {1e-16, -1e-16}; // of the sixteenth decimal, by sign
  // So many units of the sixteenth decimal have 40 bits or more, and one of them is at most 2^13
  // units in the last place of a double.
  private static final long MIN_SIXTEEN = 1L << 40;
  private static final int MAX_CUT = (1 << 13) + MAX_ERROR;

  private int stop;
  private boolean isNumber;

  /** {@return the index after the number last read, or where that turned out not to be one} */
  int stop() {
    return stop;
  }

  /** {@return whether what was last read was a JSON number} */
  boolean isNumber() {
    return isNumber;
  }

  /**
   * {@return the number that starts at {@code start}, infinite if it is beyond all floats, not a
   * number if it is none}
   */
  float parse(byte[] text, int start) {
    long head = (long) LONGS.get(text, start);
    // No branch: nobody can predict the sign of a vector's element.
    int sign = signOf((byte) head);
    int whole = (int) (head >>> sign * Byte.SIZE) & 0xFFFF ^ ZERO_POINT;
    if (whole >= 0 && whole <= 9) {
      int point = start + sign + 1;
      long first = (long) LONGS.get(text, point + 1);
      long second = (long) LONGS.get(text, point + 1 + Long.BYTES);
      // The end is looked for from the start: where the next number is must not wait for the sign.
      int rest = leadingDigits((long) LONGS.get(text, start + 2 + SIXTEEN));
      if ((notDigits(first) | notDigits(second)) == 0 && rest < Long.BYTES) {
        int end = start + 2 + SIXTEEN + rest;
        long sixteen = (whole * TEN_8 + number(first)) * TEN_8 + number(second);
        double nearly = sixteen * UNITS[sign];
        if (sixteen > MIN_SIXTEEN && isFarFromMidpoints(nearly, MAX_CUT) && !isE(text[end])) {
          stop = end;
          isNumber = true;
          return (float) nearly;
        }
      }
    }
    return parseShort(text, start);
  }

  /** As {@link #parse}, for numbers with up to 18 digits, or an exponent. */
  private float parseShort(byte[] text, int start) {
    int sign = signOf(text[start]);
    int at = start + sign;
    long digits = text[at] - '0';
    if (digits >= 0 && digits <= 9 && text[at + 1] == '.') {
      at += 2;
      int point = at;
      long eight = (long) LONGS.get(text, at);
      int count = leadingDigits(eight);
      while (count == Long.BYTES && digits < ROOM[Long.BYTES]) {
        digits = digits * TENS[Long.BYTES] + number(eight, Long.BYTES);
        at += Long.BYTES;
        eight = (long) LONGS.get(text, at);
        count = leadingDigits(eight);
      }
      if (count < Long.BYTES && digits < ROOM[count]) {
        digits = digits * TENS[count] + number(eight, count);
        at += count;
        int places = at - point;
        if (places > 0 && isE(text[at])) {
          int power = at + 2;
          at = text[at + 1] == '-' ? skipDigits(text, power) : power;
          places =
              switch (at - power) {
                case 1 -> places + text[power] - '0';
                case 2 -> places + 10 * text[power] + text[power + 1] - 11 * '0';
                default -> 0;
              };
        }
        if (places > 0 && places < MAX_PLACES) {
          double nearly = digits * NEGATIVE_POWERS[places];
          if (nearly > MIN && isFarFromMidpoints(nearly, MAX_ERROR)) {
            stop = at;
            isNumber = true;
            return signed(nearly, sign);
          }
        }
      }
    }
    return parseAny(text, start);
  }

  private float parseAny(byte[] text, int start) {
    int at = text[start] == '-' ? start + 1 : start;
    int whole = at;
    at = text[at] == '0' ? at + 1 : skipDigits(text, at);
    isNumber = at > whole;
    if (isNumber && text[at] == '.') {
      int point = ++at;
      at = skipDigits(text, at);
      isNumber = at > point;
    }
    if (isNumber && isE(text[at])) {
      at++;
      int power = text[at] == '-' || text[at] == '+' ? ++at : at;
      at = skipDigits(text, at);
      isNumber = at > power;
    }
    stop = at;
    return isNumber
        ? Float.parseFloat(new String(text, start, at - start, StandardCharsets.ISO_8859_1))
        : Float.NaN;
  }

  private static int signOf(byte first) {
    return ((first & 0xFF) ^ '-') - 1 >>> 31;
  }

  private static boolean isE(byte next) {
    return (next | 0x20) == 'e';
  }

  private static boolean isFarFromMidpoints(double nearly, int distance) {
    int finer = (int) Double.doubleToRawLongBits(nearly);
    return (finer - HALFWAY + distance & FINER_BITS) > 2 * distance;
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

  /** {@return how many of eight characters, the first in the lowest byte, are digits in a row} */
  private static int leadingDigits(long text) {
    return Long.numberOfTrailingZeros(notDigits(text)) >>> 3;
  }

  /** {@return eight bytes, of which the first with its high bit set stands for no digit} */
  private static long notDigits(long text) {
    return (text - ZEROS | text + 0x4646464646464646L) & 0x8080808080808080L;
  }

  /** {@return the number that the first {@code count} of eight characters make} */
  private static long number(long text, int count) {
    int half = (Long.BYTES - count) * Byte.SIZE / 2; // since a shift by 64 is none
    return sum(text - ZEROS << half << half);
  }

  /** {@return the number that eight characters make} */
  private static long number(long text) {
    return sum(text - ZEROS);
  }

  /** Adds up neighbours three times: eight digits, four numbers below 100, two below 10,000. */
  private static long sum(long digits) {
    long pairs = digits * (1 + (10L << 8)) >>> 8 & 0x00FF00FF00FF00FFL;
    long fours = pairs * (1 + (100L << 16)) >>> 16 & 0x0000FFFF0000FFFFL;
    return fours * (1 + (10_000L << 32)) >>> 32;
  }
}
