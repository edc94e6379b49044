package io.github.tokenfactory.internal.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Decodes base64 to vectors, most often many of one length; for use by one thread. */
public final class Base64FloatDecoder {
  private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private byte[] base64 = new byte[0];
  private byte[] decoded = new byte[0];
  private FloatBuffer decodedFloats = FloatBuffer.allocate(0);

  /**
   * {@return the floats that {@code length} bytes of {@code text} stand for, or null if they are
   * not base64 of finite floats}
   */
  float @Nullable [] decode(byte[] text, int from, int length) {
    if (length != base64.length) {
      base64 = new byte[length];
      decoded = new byte[length / 4 * 3 + 2]; // the last four characters may be two or three
      decodedFloats = ByteBuffer.wrap(decoded).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
    System.arraycopy(text, from, base64, 0, length);
    int count;
    try {
      count = Base64.getDecoder().decode(base64, decoded);
    } catch (IllegalArgumentException e) {
      return null;
    }
    float[] floats = new float[count / Float.BYTES];
    decodedFloats.get(0, floats);
    return count % Float.BYTES == 0 && areFinite(floats) ? floats : null;
  }

  /** {@return whether {@code elements} contains neither an infinity nor a NaN} */
  private static boolean areFinite(float[] elements) {
    for (float element : elements) {
      if ((Float.floatToRawIntBits(element) & INFINITE) == INFINITE) {
        return false;
      }
    }
    return true;
  }
}
