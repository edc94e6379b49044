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
 * Decodes base64 to vectors, usually many of the same length; for use by one thread.
 *
 * <p>Since version 21, the JDK decodes with vector instructions on every x86 processor. Older JDKs
 * do so with AVX-512 VBMI only, and otherwise decode one character at a time. For those, this class
 * decodes eight characters in a long, each in a lane of eight bits. The loops are short and simple,
 * so that the JIT compiler turns them into vector instructions; it does not for longer loops, nor
 * for an index that is a sum.
 */
public final class Base64FloatDecoder {
  private static final Base64.Decoder JDK = Base64.getDecoder();
  private static final int BLOCK = 256; // fits the level 1 cache
  private static final long ONES = 0x0101010101010101L;
  private static final int HIGH_BIT = 0x80;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final boolean forceLanes;
  private final long[] block = new long[BLOCK];
  private final long[] errors = new long[BLOCK]; // a high bit marks an error
  private final LongBuffer[] views = new LongBuffer[Long.BYTES]; // by offset of the first long
  private byte[] viewedText = new byte[0];
  private byte[] base64 = new byte[0];
  private byte[] decoded = new byte[0];
  private LongBuffer decodedLongs = LongBuffer.allocate(0);
  private FloatBuffer decodedFloats = FloatBuffer.allocate(0);

  /** Creates a decoder that chooses the faster way for this processor and JDK. */
  Base64FloatDecoder() {
    this(false);
  }

  /** Creates a decoder for tests, which uses lanes on every processor if {@code forceLanes}. */
  Base64FloatDecoder(boolean forceLanes) {
    this.forceLanes = forceLanes;
  }

  /**
   * {@return the floats that {@code length} characters of {@code text} encode, or null if those are
   * not base64 of finite floats}
   */
  float @Nullable [] decode(byte[] text, int from, int length) {
    boolean hasLastLength = length == base64.length && length > 0;
    if (!hasLastLength) {
      base64 = new byte[length];
      decoded = new byte[(length / 4 * 3 + 2 * Long.BYTES) / Long.BYTES * Long.BYTES];
      ByteBuffer bytes = ByteBuffer.wrap(decoded).order(ByteOrder.LITTLE_ENDIAN);
      decodedLongs = bytes.asLongBuffer();
      decodedFloats = bytes.asFloatBuffer();
    }
    Arrays.fill(errors, 0);
    int count;
    try {
      // A single vector does not repay the warm-up of the lanes.
      count =
          hasLastLength && (forceLanes || Lanes.ARE_FASTER)
              ? decodeWithLanes(text, from)
              : decodeWithJdk(text, from);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (count % Float.BYTES != 0) {
      return null;
    }
    checkFinite(count);
    if (hasErrors()) {
      return null;
    }
    float[] floats = new float[count / Float.BYTES];
    decodedFloats.get(0, floats);
    return floats;
  }

  private int decodeWithJdk(byte[] text, int from) {
    System.arraycopy(text, from, base64, 0, base64.length);
    return JDK.decode(base64, decoded);
  }

  private int decodeWithLanes(byte[] text, int from) {
    LongBuffer longsOfText = view(text, from % Long.BYTES);
    // Leaves the last characters to the JDK: there may be padding, or less than a whole group.
    int longs = (base64.length - 1) / Long.BYTES;
    int to = 0;
    for (int at = 0; at < longs; at += BLOCK) {
      int count = Math.min(BLOCK, longs - at);
      longsOfText.get(from / Long.BYTES + at, block, 0, count);
      Lanes.check(block, errors, count);
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

  /** {@return a view of {@code text} as longs; cached, as the array is usually the same} */
  private LongBuffer view(byte[] text, int from) {
    if (text != viewedText) {
      viewedText = text;
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
      checkFinite(block, errors, used);
    }
  }

  private boolean hasErrors() {
    long all = 0;
    for (long lanes : errors) {
      all |= lanes;
    }
    return (all & HIGH_BITS) != 0;
  }

  /**
   * Marks floats that are not finite, two in a long: an exponent of all ones carries into the sign.
   */
  private static void checkFinite(long[] floats, long[] errors, int count) {
    for (int i = 0; i < count; i++) {
      errors[i] |= (floats[i] & 0x7F8000007F800000L) + 0x0080000000800000L & 0x8000000080000000L;
    }
  }

  /** Loops over longs, each with eight characters. */
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

    /** {@return whether the first processor has AVX-512 VBMI, or true if that is unknown} */
    private static boolean hasVbmi(Path cpuInfo) {
      try (BufferedReader lines = Files.newBufferedReader(cpuInfo, StandardCharsets.ISO_8859_1)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("flags")) {
            return line.contains("avx512_vbmi");
          }
        }
      } catch (IOException e) {
        // not Linux
      }
      return true;
    }

    /**
     * {@return the lanes with a high bit set where an ASCII character is at least {@code bound}}
     */
    private static long atLeast(int bound, long lanes) {
      return lanes + ONES * (HIGH_BIT - bound);
    }

    private static long lessThan(int bound, long lanes) {
      return ONES * (HIGH_BIT + bound - 1) - lanes;
    }

    /**
     * Marks characters that are not in the base64 alphabet: those that pass an odd number of
     * bounds.
     *
     * <p>Bit 4 turns a plus into a slash, and leaves all other characters below it there. Bit 32
     * turns letters into lower case.
     */
    static void check(long[] lanes, long[] errors, int count) {
      for (int i = 0; i < count; i++) {
        long c = lanes[i];
        long lowerCase = c | ONES * 32;
        errors[i] |=
            c
                | lessThan('/', c | ONES * 4)
                    ^ atLeast('9' + 1, c)
                    ^ atLeast('a', lowerCase)
                    ^ atLeast('z' + 1, lowerCase);
      }
    }

    /**
     * Replaces characters by their six bits. That is the character plus 19, minus 3 from the slash
     * on, 12 more from the digits on, 5 from the upper case and 6 from the lower case letters on.
     *
     * <p>All but the 5 are multiples of 3: they are summed as {@code thirds}, where {@code c >>> 4
     * & 6} is 2 for other characters, 4 for upper and 6 for lower case. That is 2 too much for all,
     * hence 25 instead of 19. The 5 is 6 less the bit that {@code c >>> 6} tells letters by.
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

    /** Joins the six bits of all lanes, the first highest; the two lowest bytes stay unused. */
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
