package io.github.tokenfactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * Decodes base64 as the JDK does; for use by one thread.
 *
 * <p>From 21 on, the JDK decodes with vector instructions on any x86 processor; before, it needs
 * one with AVX-512 VBMI, and else takes one character at a time. There, loops that the JIT compiler
 * makes vector instructions of are faster.
 */
interface Base64Decoder {
  Base64Decoder JDK = new Jdk();

  /**
   * Writes what {@code base64} stands for to the start of {@code target}, which has room for eight
   * bytes more.
   *
   * @return how many bytes that are
   * @throws IllegalArgumentException if it is no base64
   */
  int decode(byte[] base64, byte[] target);

  /** {@return the fastest on this processor and JDK} */
  static Base64Decoder fastest() {
    return Lanes.ARE_FASTER ? new Lanes() : JDK;
  }

  /** The JDK's own. */
  final class Jdk implements Base64Decoder {
    private static final Base64.Decoder DECODER = Base64.getDecoder();

    @Override
    public int decode(byte[] base64, byte[] target) {
      return DECODER.decode(base64, target);
    }
  }

  /**
   * Takes eight characters in a long, each a lane of its own, and many longs in each of a few short
   * loops: longer ones are not made vector instructions of.
   */
  final class Lanes implements Base64Decoder {
    private static final boolean ARE_FASTER = areFaster();
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = 512; // stays in the nearest cache
    private static final int DECODED_BYTES = Long.BYTES / 4 * 3;
    private static final long ONES = 0x0101010101010101L;
    private static final int HIGH_BIT = 0x80;

    private final long[] block = new long[BLOCK];
    private final long[] bad = new long[BLOCK];
    private byte[] source = new byte[0];
    private LongBuffer text = LongBuffer.allocate(0);

    private static boolean areFaster() {
      String processor = System.getProperty("os.arch");
      return Runtime.version().feature() < 21
          && (processor.equals("amd64") || processor.equals("x86_64"))
          && !hasVbmi(Path.of("/proc/cpuinfo"));
    }

    /**
     * {@return whether the first processor has the instructions, or nothing says that it has not}
     */
    private static boolean hasVbmi(Path processors) {
      try (BufferedReader lines =
          Files.newBufferedReader(processors, StandardCharsets.ISO_8859_1)) {
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

    @Override
    public int decode(byte[] base64, byte[] target) {
      if (base64 != source) { // most often it is the same array, filled anew
        source = base64;
        text = ByteBuffer.wrap(base64).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
      }
      // The last characters may be padding, or too few: the JDK knows the rules.
      int longs = (base64.length - 1) / Long.BYTES;
      int used = Math.min(BLOCK, longs);
      Arrays.fill(bad, 0, used, 0);
      int to = 0;
      for (int at = 0; at < longs; at += BLOCK) {
        int count = Math.min(BLOCK, longs - at);
        text.get(at, block, 0, count);
        check(block, bad, count);
        toValues(block, count);
        join(block, count);
        write(block, count, target, to);
        to += count * DECODED_BYTES;
      }
      long anyBad = 0;
      for (int i = 0; i < used; i++) {
        anyBad |= bad[i];
      }
      if ((anyBad & ONES * HIGH_BIT) != 0) {
        throw new IllegalArgumentException("not base64");
      }
      byte[] rest =
          Jdk.DECODER.decode(Arrays.copyOfRange(base64, longs * Long.BYTES, base64.length));
      System.arraycopy(rest, 0, target, to, rest.length);
      return to + rest.length;
    }

    /**
     * {@return in the high bit of each lane, if it is ASCII, whether it is {@code bound} or more}
     */
    private static long atLeast(int bound, long lanes) {
      return lanes + ONES * (HIGH_BIT - bound);
    }

    private static long lessThan(int bound, long lanes) {
      return ONES * (HIGH_BIT + bound - 1) - lanes;
    }

    /** Sets the high bit of what is not in the alphabet: it passes an even number of bounds. */
    private static void check(long[] lanes, long[] bad, int count) {
      for (int i = 0; i < count; i++) {
        long c = lanes[i];
        bad[i] |=
            c
                | lessThan('+', c)
                    ^ atLeast('+' + 1, c)
                    ^ atLeast('/', c)
                    ^ atLeast('9' + 1, c)
                    ^ atLeast('A', c)
                    ^ atLeast('Z' + 1, c)
                    ^ atLeast('a', c)
                    ^ atLeast('z' + 1, c);
      }
    }

    /**
     * Makes six bits of each character: it and 19, less 3 from the slash on, less another 12 from
     * the digits on, 69 from the letters on, and 6 from the small ones on.
     */
    private static void toValues(long[] lanes, int count) {
      for (int i = 0; i < count; i++) {
        long c = lanes[i];
        long thirds =
            (atLeast('/', c) >>> 7 & ONES)
                + (atLeast('0', c) >>> 5 & ONES * 4)
                + (atLeast('a', c) >>> 6 & ONES * 2);
        long letters = atLeast('A', c) & ONES * HIGH_BIT;
        lanes[i] =
            c + ONES * 19 - (thirds + thirds + thirds) - (letters - (letters >>> 7) & ONES * 69);
      }
    }

    /** Joins the bits of a long, the first first, and leaves its last two bytes. */
    private static void join(long[] lanes, int count) {
      for (int i = 0; i < count; i++) {
        long six = lanes[i];
        long twelve = (six & 0x003F003F003F003FL) << 6 | six >>> 8 & 0x003F003F003F003FL;
        long twentyFour =
            (twelve & 0x00000FFF00000FFFL) << 12 | twelve >>> 16 & 0x00000FFF00000FFFL;
        lanes[i] = twentyFour << 40 | twentyFour >>> 16 & 0x000000FFFFFF0000L;
      }
    }

    private static void write(long[] lanes, int count, byte[] target, int to) {
      for (int i = 0; i < count; i++) {
        LONGS.set(target, to + i * DECODED_BYTES, Long.reverseBytes(lanes[i]));
      }
    }
  }
}
