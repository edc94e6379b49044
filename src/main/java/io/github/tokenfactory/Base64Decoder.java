package io.github.tokenfactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * Decodes base64 as the JDK does.
 *
 * <p>From 21 on, the JDK decodes with vector instructions on any x86 processor; before, it needs
 * one with AVX-512 VBMI, and else takes one character at a time. There, a table of all pairs of
 * characters is faster.
 */
final class Base64Decoder {
  private static final Base64.Decoder JDK = Base64.getDecoder();
  private static final boolean BY_PAIRS = isJdkSlow();

  private Base64Decoder() {}

  /**
   * Writes what {@code base64} stands for to the start of {@code target}, which has room for eight
   * bytes more.
   *
   * @return how many bytes that are
   * @throws IllegalArgumentException if it is no base64
   */
  static int decode(byte[] base64, byte[] target) {
    return BY_PAIRS ? Pairs.decode(base64, target) : JDK.decode(base64, target);
  }

  private static boolean isJdkSlow() {
    String processor = System.getProperty("os.arch");
    return Runtime.version().feature() < 21
        && (processor.equals("amd64") || processor.equals("x86_64"))
        && !hasVbmi(Path.of("/proc/cpuinfo"));
  }

  /** {@return whether the first processor has the instructions, or nothing says that it has not} */
  private static boolean hasVbmi(Path processors) {
    try (BufferedReader lines = Files.newBufferedReader(processors, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("flags")) {
          return line.contains("avx512_vbmi");
        }
      }
    } catch (IOException e) {
      // Not Linux.
    }
    return true;
  }

  /** Takes eight characters as four pairs. */
  static final class Pairs {
    private static final String ALPHABET =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BITS = 12;
    private static final int VALID = 1 << BITS;
    private static final long ALL_VALID =
        (long) VALID << 3 * BITS | (long) VALID << 2 * BITS | VALID << BITS | VALID;

    /** By two characters, the first in the lower byte: their bits, and that they are valid. */
    private static final short[] TABLE = new short[1 << Short.SIZE];

    static {
      for (int i = 0; i < VALID; i++) {
        char first = ALPHABET.charAt(i >>> BITS / 2);
        char second = ALPHABET.charAt(i & ALPHABET.length() - 1);
        TABLE[second << Byte.SIZE | first] = (short) (VALID | i);
      }
    }

    private Pairs() {}

    static int decode(byte[] base64, byte[] target) {
      short[] table = TABLE;
      int valid = VALID;
      int to = 0;
      int at = 0;
      // The last characters may be padding, or too few: the JDK knows the rules.
      for (; at < base64.length - Long.BYTES; at += Long.BYTES) {
        long text = (long) LONGS.get(base64, at);
        int first = table[(int) text & 0xFFFF];
        int second = table[(int) text >>> Short.SIZE];
        int third = table[(int) (text >>> 2 * Short.SIZE) & 0xFFFF];
        int fourth = table[(int) (text >>> 3 * Short.SIZE)];
        valid &= first & second & third & fourth;
        long bits =
            ((long) (first << BITS) + second << 2 * BITS) + ((third << BITS) + fourth) - ALL_VALID;
        LONGS.set(target, to, Long.reverseBytes(bits << Short.SIZE));
        to += 4 * BITS / Byte.SIZE;
      }
      if (valid == 0) {
        throw new IllegalArgumentException("not base64");
      }
      byte[] rest = JDK.decode(Arrays.copyOfRange(base64, at, base64.length));
      System.arraycopy(rest, 0, target, to, rest.length);
      return to + rest.length;
    }
  }
}
