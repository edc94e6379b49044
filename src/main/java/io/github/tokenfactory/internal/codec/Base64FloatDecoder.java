package io.github.tokenfactory.internal.codec;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Makes vectors of base64, most often many of one length; for use by one thread.
 *
 * <p>From 21 on, the JDK decodes with vector instructions on any x86 processor; before, it needs
 * one with AVX-512 VBMI, and else takes one character at a time. There, this takes eight in a long,
 * each a lane of its own, and many longs in each of a few short loops, which the JIT compiler makes
 * vector instructions of, as it does not of longer ones, or of an index that is a sum.
 */
public final class Base64FloatDecoder {
  private static final Base64.Decoder JDK = Base64.getDecoder();
  private static final int BLOCK = 256; // stays in the nearest cache
  private static final long ONES = 0x0101010101010101L;
  private static final int HIGH_BIT = 0x80;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final boolean anywayByLanes;
  private final long[] block = new long[BLOCK];
  private final long[] bad = new long[BLOCK]; // high bits say so
  private final LongBuffer[] views = new LongBuffer[Long.BYTES]; // of the text, from its n-th byte
  private byte[] viewed = new byte[0];
  private byte[] base64 = new byte[0];
  private byte[] decoded = new byte[0];
  private LongBuffer decodedLongs = LongBuffer.allocate(0);
  private FloatBuffer decodedFloats = FloatBuffer.allocate(0);

  /** Decodes in the way that is fastest on this processor and JDK. */
  Base64FloatDecoder() {
    this(false);
  }

  /** Is for tests. */
  Base64FloatDecoder(boolean anywayByLanes) {
    this.anywayByLanes = anywayByLanes;
  }

  /**
   * {@return the floats that {@code length} characters of {@code text} stand for, or null if that
   * is no base64 of finite floats}
   */
  float @Nullable [] decode(byte[] text, int from, int length) {
    boolean isLikeLast = length == base64.length && length > 0;
    if (!isLikeLast) {
      base64 = new byte[length];
      decoded = new byte[(length / 4 * 3 + 2 * Long.BYTES) / Long.BYTES * Long.BYTES];
      ByteBuffer bytes = ByteBuffer.wrap(decoded).order(ByteOrder.LITTLE_ENDIAN);
      decodedLongs = bytes.asLongBuffer();
      decodedFloats = bytes.asFloatBuffer();
    }
    Arrays.fill(bad, 0);
    int count;
    try {
      // A single vector is not worth the start of the other way.
      count =
          isLikeLast && (anywayByLanes || Lanes.ARE_FASTER)
              ? decodeByLanes(text, from)
              : decodeAsJdk(text, from);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (count % Float.BYTES != 0) {
      return null;
    }
    checkFinite(count);
    if (isBad()) {
      return null;
    }
    float[] floats = new float[count / Float.BYTES];
    decodedFloats.get(0, floats);
    return floats;
  }

  private int decodeAsJdk(byte[] text, int from) {
    System.arraycopy(text, from, base64, 0, base64.length);
    return JDK.decode(base64, decoded);
  }

  private int decodeByLanes(byte[] text, int from) {
    LongBuffer characters = view(text, from % Long.BYTES);
    // The last characters may be padding, or too few: the JDK knows the rules.
    int longs = (base64.length - 1) / Long.BYTES;
    int to = 0;
    for (int at = 0; at < longs; at += BLOCK) {
      int count = Math.min(BLOCK, longs - at);
      characters.get(from / Long.BYTES + at, block, 0, count);
      Lanes.check(block, bad, count);
      Lanes.toValues(block, count);
      Lanes.join(block, count);
      Lanes.write(block, count, decoded, to);
      to += count * Lanes.DECODED_BYTES;
    }
    byte[] rest =
        JDK.decode(Arrays.copyOfRange(text, from + longs * Long.BYTES, from + base64.length));
    System.arraycopy(rest, 0, decoded, to, rest.length);
    return to + rest.length;
  }

  /** {@return the longs of {@code text}, most often the same array, filled anew} */
  private LongBuffer view(byte[] text, int from) {
    if (text != viewed) {
      viewed = text;
      Arrays.fill(views, null);
    }
    if (views[from] == null) {
      views[from] =
          ByteBuffer.wrap(text, from, text.length - from)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asLongBuffer();
    }
    return views[from];
  }

  private void checkFinite(int count) {
    Arrays.fill(decoded, count, count + Float.BYTES, (byte) 0);
    int longs = (count + Float.BYTES) / Long.BYTES;
    for (int at = 0; at < longs; at += BLOCK) {
      int used = Math.min(BLOCK, longs - at);
      decodedLongs.get(at, block, 0, used);
      checkFinite(block, bad, used);
    }
  }

  private boolean isBad() {
    long any = 0;
    for (long lanes : bad) {
      any |= lanes;
    }
    return (any & HIGH_BITS) != 0;
  }

  /** Looks at two floats at once: only an exponent of all ones carries into the sign. */
  private static void checkFinite(long[] floats, long[] bad, int count) {
    for (int i = 0; i < count; i++) {
      bad[i] |= (floats[i] & 0x7F8000007F800000L) + 0x0080000000800000L & 0x8000000080000000L;
    }
  }

  /** Loops over longs of eight characters. */
  private static final class Lanes {
    static final boolean ARE_FASTER = areFaster();
    static final int DECODED_BYTES = Long.BYTES / 4 * 3;
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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

    /**
     * {@return in the high bit of each lane, if it is ASCII, whether it is {@code bound} or more}
     */
    private static long atLeast(int bound, long lanes) {
      return lanes + ONES * (HIGH_BIT - bound);
    }

    private static long lessThan(int bound, long lanes) {
      return ONES * (HIGH_BIT + bound - 1) - lanes;
    }

    /**
     * Finds what is not in the alphabet: it passes an odd number of bounds. With the bit of 4, the
     * plus is a slash, and nothing else becomes one or more; with that of 32, letters are small.
     */
    static void check(long[] lanes, long[] bad, int count) {
      for (int i = 0; i < count; i++) {
        long c = lanes[i];
        long small = c | ONES * 32;
        bad[i] |=
            c
                | lessThan('/', c | ONES * 4)
                    ^ atLeast('9' + 1, c)
                    ^ atLeast('a', small)
                    ^ atLeast('z' + 1, small);
      }
    }

    /**
     * Makes six bits of each character: it and 19, less 3 from the slash on, less another 12 from
     * the digits on, 5 from the letters on, and 6 from the small ones on. The next to last two bits
     * tell letters and small ones, as 4 and 2; the 2 that others have is in the sum, too.
     */
    static void toValues(long[] lanes, int count) {
      for (int i = 0; i < count; i++) {
        long c = lanes[i];
        long thirds =
            (atLeast('/', c) >>> 7 & ONES)
                + (atLeast('0', c) >>> 5 & ONES * 4)
                + (c >>> 4 & ONES * 6);
        lanes[i] = c + ONES * 25 + (c >>> 6 & ONES) - (thirds + thirds + thirds);
      }
    }

    /** Joins the low six bits of a long's lanes, the first first, and leaves its last two bytes. */
    static void join(long[] lanes, int count) {
      for (int i = 0; i < count; i++) {
        long six = lanes[i];
        long twelve = (six & 0x003F003F003F003FL) << 6 | six >>> 8 & 0x003F003F003F003FL;
        long twentyFour =
            (twelve & 0x00000FFF00000FFFL) << 12 | twelve >>> 16 & 0x00000FFF00000FFFL;
        lanes[i] = twentyFour << 40 | twentyFour >>> 16 & 0x000000FFFFFF0000L;
      }
    }

    static void write(long[] lanes, int count, byte[] target, int to) {
      for (int i = 0; i < count; i++) {
        LONGS.set(target, to + i * DECODED_BYTES, Long.reverseBytes(lanes[i]));
      }
    }
  }
}
