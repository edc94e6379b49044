package io.github.tokenfactory.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that JSON numbers are parsed to the same bits as by {@code Float.parseFloat}. */
class FloatParserTest {
  /** Bytes that may follow a number; 0 stands at the end of the buffer. */
  private static final byte[] ENDS = {
    ',', ']', ' ', '\n', '\r', '\t', '}', '"', 0, -1, (byte) 0xB5
  };

  /** Bytes that an earlier response may have left behind the end; they look like a number. */
  private static final byte[] STALE =
      "5e-9.123456789012345678901234567890".getBytes(StandardCharsets.US_ASCII);

  private static final String[] SIGNS = {"-", "-", "+", ""};

  private final FloatParser parser = new FloatParser();
  private final List<String> wrong = new ArrayList<>();
  private final Random random = new Random(4711);
  private byte[] text = new byte[64];
  private int checks;

  @Test
  void readsPlainNumbers() {
    checkAll(
        """
        0 -0 0.0 -0.0 0e0 -0e99 0.0e-99999999999999999999 7 -7 10 16777217
        123456789012345678901234567890 1.0 -2.5 9.999999999999999999 0.1 0.30000000000000004
        0.01234567890123456 0.012345678901234567 0.0123456789012345678
        0.01234567890123456789 0.12345678901234567 0.123456789012345678
        0.1234567890123456789 0.999999999999999999 1.99999999999999999 1.999999999999999999
        -0.0064697266 1.00000017881393432617187499 1.00000017881393432617187500
        1.00000017881393432617187501
        0.1000000000000000055511151231257827021181583404541015625
        """);
  }

  @Test
  void readsExponents() {
    checkAll(
        """
        1e5 1E5 1e+5 1E+2 1e-5 1e-05 1.5e-05 1.5E-05 1.5e-5 1.5e-005 1.5e+05 1.5e05 1.5e0005
        1.5e-00 1.5e-0 1.5e-63 1.5e-62 1.5e-61 1.5e-38 1.5e-45 1.5e-99 1.5e-100
        1.5e-000000000000000000005 1.5e+000000000000000000005
        15e-0000000000000000000000000000000000000000000000000000000000000001
        9.123456789012345e-05 -9.123456789012345678E-05 1.5e-99999999999999999999 0.000e-05
        0.00000000000000000000000000000000000000000000000000000000001e59
        """);
  }

  @Test
  void readsTheSmallestAndLargestFloats() {
    assertThat(bits("1.401298464324817e-45")).isEqualTo(1);
    assertThat(bits("7.006492321624085e-46"))
        .as("a bit less than half of the smallest float")
        .isZero();
    assertThat(bits("7.006492321624086e-46"))
        .as("a bit more than half of the smallest float")
        .isEqualTo(1);
    assertThat(bits("-1e-60")).isEqualTo(Integer.MIN_VALUE);
    assertThat(bits("1.17549421069244107548702944484928734e-38")).isEqualTo(0x007FFFFF);
    assertThat(bits("1.17549435082228750796873653722224568e-38")).isEqualTo(0x00800000);
    assertThat(bits("2.350988701644575e-38")).isEqualTo(0x01000000);
    assertThat(bits("3.4028234663852886e38")).isEqualTo(0x7F7FFFFF);
    assertThat(bits("3.40282356779733661637539395458142568447e38")).isEqualTo(0x7F7FFFFF);
    assertThat(bits("340282356779733661637539395458142568447.999")).isEqualTo(0x7F7FFFFF);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "340282356779733661637539395458142568448",
        "3.40282356779733661637539395458142568448e38",
        "1e39",
        "4e38",
        "1.0e99",
        "1e99999999999999999999",
        "0.00001e44"
      })
  void readsTooLargeNumbersAsInfinite(String number) {
    assertThat(bits(number)).isEqualTo(0x7F800000);
    assertThat(bits("-" + number)).isEqualTo(0xFF800000);
    assertThat(parser.isNumber()).isTrue();
  }

  @Test
  void readsAnyNumberOfZerosAndDigits() {
    for (int count :
        new int[] {1, 7, 8, 9, 15, 16, 17, 30, 44, 45, 46, 62, 63, 64, 65, 500, 5000}) {
      String zeros = "0".repeat(count);
      String nines = "9".repeat(count);
      for (String number :
          new String[] {
            "0." + zeros,
            "0." + zeros + "1",
            "0." + zeros + "123456789012345678",
            "0." + zeros + "1e" + count,
            "0." + zeros + "123456789e-05",
            "1." + zeros,
            "1." + zeros + "1",
            "1" + zeros,
            "1" + zeros + "e-" + count,
            "1" + zeros + ".5e-" + count,
            "0." + nines,
            nines + "e-" + count,
            nines + "." + nines,
            "1.000000059604644775390625" + zeros, // halfway from 1 to the next float
            "1.000000059604644775390625" + zeros + "1",
            "1.000000059604644775390624" + nines
          }) {
        check(number);
        check("-" + number);
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void roundsCorrectlyAtAndNearMidpoints() {
    for (int bits :
        new int[] {
          0, 1, 2, 0x7FFFFE, 0x7FFFFF, 0x800000, 0x800001, 0xFFFFFF, 0x1000000, 0x1000001
        }) {
      checkMidpoint(bits);
    }
    for (int exponent = 1; exponent < 254; exponent++) {
      checkMidpoint(exponent << 23);
      checkMidpoint(exponent << 23 | 1);
      checkMidpoint(exponent << 23 | 0x7FFFFF);
      checkMidpoint(exponent << 23 | random.nextInt(1 << 23));
    }
    checkMidpoint(0x7F7FFFFE);

    assertThat(wrong).isEmpty();
    assertThat(checks).isGreaterThan(100_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "01       | 1 | 0",
        "-01      | 2 | -0.0",
        "00.5     | 1 | 0",
        "0x10     | 1 | 0",
        "1.5.5    | 3 | 1.5",
        "1.5-5    | 3 | 1.5",
        "1.5e-5.5 | 6 | 1.5e-5",
        "1.5e-05e | 7 | 1.5e-5",
        "1.5f     | 3 | 1.5",
        "15d      | 2 | 15",
        "1_000    | 1 | 1",
        "1 5      | 1 | 1"
      })
  void stopsWhereTheNumberEnds(String text, int stop, float value) {
    assertThat(bits(text)).isEqualTo(Float.floatToRawIntBits(value));
    assertThat(parser.isNumber()).isTrue();
    assertThat(parser.stop()).isEqualTo(stop);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''        | 0",
        "-         | 1",
        "--1       | 1",
        "+1        | 0",
        ".5        | 0",
        "-.5       | 1",
        "1.        | 2",
        "-1.       | 3",
        "0.        | 2",
        "0.e5      | 2",
        "1.,5      | 2",
        "1e        | 2",
        "1e+       | 3",
        "1.5e      | 4",
        "1.5e-     | 5",
        "1.5e+     | 5",
        "1.5e-x5   | 5",
        "1.5e--05  | 5",
        "1.5e,05   | 4",
        "NaN       | 0",
        "Infinity  | 0",
        "-Infinity | 1",
        "null      | 0",
        "é         | 0",
        "٣         | 0",
        "-３       | 1",
        "0.１      | 2"
      })
  void reportsTextThatIsNotANumber(String text, int stop) {
    assertThat(bits(text)).isEqualTo(Float.floatToRawIntBits(Float.NaN));
    assertThat(parser.isNumber()).isFalse();
    assertThat(parser.stop()).isEqualTo(stop);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.0123456789012345678901234", "7.8901234567890123456", "0.12345e-12"})
  void endsANumberAtAnyOtherByte(String number) {
    for (int end = 0; end <= number.length(); end++) {
      String first = number.substring(0, end);
      for (int other = 0; other < 256; other++) {
        if (other < '0' || other > '9') {
          String digits = "123456789012345";
          byte[] bytes =
              (first + (char) other + digits + "\0".repeat(FloatParser.LOOK_AHEAD))
                  .getBytes(StandardCharsets.ISO_8859_1);
          String longer = first + (char) other;
          boolean continues = longer.matches("-|-?\\d\\.|[^eE]*\\d[eE]|.*[eE][+-]");
          String read = continues ? longer + digits : first;
          boolean isNumber = !read.isEmpty() && Character.isDigit(read.charAt(read.length() - 1));

          float parsed = parser.parse(bytes, 0);

          assertThat(parser.stop()).as(longer + digits).isEqualTo(read.length());
          assertThat(parser.isNumber()).as(longer + digits).isEqualTo(isNumber);
          assertThat(Float.floatToRawIntBits(parsed))
              .isEqualTo(Float.floatToRawIntBits(isNumber ? Float.parseFloat(read) : Float.NaN));
        }
      }
    }
  }

  @Test
  void agreesWithTheJdkOnMoreThanAMillionNumbers() {
    check(600_000, this::randomDigits);
    check(200_000, () -> Float.toString(random.nextFloat() - 0.5f));
    check(40_000, () -> Float.toString(randomFloat()));
    check(40_000, () -> Double.toString(randomFloat()));
    check(40_000, () -> Double.toString(random.nextFloat() / 16));
    check(40_000, () -> Double.toString(random.nextGaussian() / 64));
    check(
        20_000, () -> Double.toString(Math.scalb(random.nextDouble(), random.nextInt(300) - 160)));
    check(20_000, this::nearMidpoint);
    check(200_000, this::elementNearMidpoint);

    assertThat(wrong).isEmpty();
    assertThat(checks).isEqualTo(1_200_000);
  }

  private void check(int count, Supplier<String> numbers) {
    for (int i = 0; i < count; i++) {
      check(numbers.get());
    }
  }

  /** {@return a random finite float; all magnitudes are equally likely} */
  private float randomFloat() {
    float any = Float.intBitsToFloat(random.nextInt());
    return Float.isFinite(any) ? any : 0;
  }

  /** {@return a random number of any form, usually like an element of a vector} */
  private String randomDigits() {
    StringBuilder number = new StringBuilder(48);
    int form = random.nextInt();
    if ((form & 1) == 0) {
      number.append('-');
    }
    if ((form & 0b1110) == 0) {
      number.append(someDigits());
    } else {
      number.append((form >>> 4 & 15) * 10 >>> 4);
    }
    if ((form & 0x700) != 0) {
      number.append('.').append("0000", 0, form >>> 11 & 3).append(someDigits());
    }
    if ((form & 0x6000) == 0) {
      number.append((form & 0x8000) == 0 ? 'e' : 'E').append(SIGNS[form >>> 16 & 3]);
      number.append("00", 0, form >>> 18 & 1).append((form >>> 20 & 127) / 2);
    }
    return number.toString();
  }

  /** {@return a number of 1 to 19 digits} */
  private long someDigits() {
    return random.nextLong() >>> 1 + random.nextInt(Long.SIZE - 1);
  }

  /** {@return a midpoint between two floats, rounded down or up to some digits} */
  private String nearMidpoint() {
    BigDecimal exact = midpoint(random.nextInt(0x7F7FFFFF));
    int digits = 1 + random.nextInt(30);
    RoundingMode mode = random.nextBoolean() ? RoundingMode.DOWN : RoundingMode.UP;
    return scientific(exact.round(new MathContext(digits, mode)));
  }

  /** {@return the same with 14 to 25 decimals and the magnitude of an element of a vector} */
  private String elementNearMidpoint() {
    float size = (float) Math.pow(10, 1 - random.nextInt(7)) * random.nextFloat();
    BigDecimal exact = midpoint(Float.floatToRawIntBits(size));
    int decimals = Math.min(14 + random.nextInt(12), exact.scale());
    RoundingMode mode = random.nextBoolean() ? RoundingMode.DOWN : RoundingMode.UP;
    return (random.nextBoolean() ? "-" : "") + exact.setScale(decimals, mode).toPlainString();
  }

  /** Checks the midpoint above a float, exact and rounded down and up to fewer digits. */
  private void checkMidpoint(int bits) {
    BigDecimal exact = midpoint(bits);
    check(exact.toPlainString());
    check(scientific(exact));
    BigDecimal ulp = exact.ulp();
    check(scientific(exact.add(ulp)));
    check(scientific(exact.subtract(ulp)));
    for (int digits = 1; digits < Math.min(40, exact.precision()); digits++) {
      for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
        BigDecimal near = exact.round(new MathContext(digits, mode));
        check(near.toPlainString());
        check("-" + scientific(near));
      }
    }
  }

  private static BigDecimal midpoint(int bits) {
    double below = Float.intBitsToFloat(bits);
    double above = bits == 0x7F7FFFFF ? 0x1p128 : Float.intBitsToFloat(bits + 1);
    return new BigDecimal((below + above) / 2); // doubles hold this exactly
  }

  /** {@return {@code number} in scientific notation with an exponent of two digits} */
  private static String scientific(BigDecimal number) {
    String digits = number.unscaledValue().toString();
    int exponent = digits.length() - 1 - number.scale();
    return digits.charAt(0)
        + "."
        + (digits.length() == 1 ? "0" : digits.substring(1))
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private void checkAll(String numbers) {
    for (String number : numbers.split("\\s+")) {
      check(number);
    }

    assertThat(wrong).isEmpty();
  }

  private int bits(String number) {
    return Float.floatToRawIntBits(parse(number, 0, (byte) 0));
  }

  private void check(String number) {
    checks++;
    int start = checks & 7;
    float parsed = parse(number, start, ENDS[checks % ENDS.length]);
    if (Float.floatToRawIntBits(parsed) != Float.floatToRawIntBits(Float.parseFloat(number))
        || parser.stop() != start + number.length()
        || !parser.isNumber()) {
      wrong.add(number + " -> " + parsed + ", stop " + (parser.stop() - start));
    }
  }

  /** Parses {@code number}, followed by {@code end} and by stale bytes. */
  private float parse(String number, int start, byte end) {
    byte[] utf8 = number.getBytes(StandardCharsets.UTF_8);
    if (text.length < start + utf8.length + FloatParser.LOOK_AHEAD) {
      text = new byte[2 * (start + utf8.length + FloatParser.LOOK_AHEAD)];
    }
    // Of the shortest allowed length, so that reading beyond it fails.
    byte[] buffer =
        utf8.length > 24 || checks % 16 == 0
            ? new byte[start + utf8.length + FloatParser.LOOK_AHEAD]
            : text;
    Arrays.fill(buffer, 0, start, (byte) '7');
    System.arraycopy(utf8, 0, buffer, start, utf8.length);
    int after = start + utf8.length;
    buffer[after] = end;
    System.arraycopy(STALE, 0, buffer, after + 1, FloatParser.LOOK_AHEAD - 1);
    return parser.parse(buffer, start);
  }
}
