package io.github.tokenfactory.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Base64FloatDecoderTest {
  private static final int EXPONENT = 0x7F;

  private final Random random = new Random(4711);

  @Test
  void decodesLikeTheJdk() {
    Base64FloatDecoder decoder = new Base64FloatDecoder();
    for (int length = 0; length < 300; length++) {
      assertDecodes(decoder, length);
      assertDecodes(decoder, 10_000 - length);
      assertDecodes(decoder, random.nextInt(10_000)); // a shorter one after a longer one
    }
  }

  private void assertDecodes(Base64FloatDecoder decoder, int length) {
    byte[] bytes = finite(length);
    assertDecodes(decoder, Base64.getEncoder().encode(bytes));
    assertDecodes(decoder, Base64.getEncoder().withoutPadding().encode(bytes));
  }

  private void assertDecodes(Base64FloatDecoder decoder, byte[] base64) {
    float[] expected = expected(base64);
    for (int from = 0; from < 9; from++) {
      byte[] text = new byte[from + base64.length + random.nextInt(9)];
      random.nextBytes(text);
      System.arraycopy(base64, 0, text, from, base64.length);
      assertThat(decoder.decode(text, from, base64.length)).isEqualTo(expected);
    }
  }

  @Test
  void refusesBytesOutsideTheAlphabetAnywhere() {
    Base64FloatDecoder decoder = new Base64FloatDecoder();
    byte[] good = Base64.getEncoder().encode(new byte[48]);
    for (int at = 0; at < good.length; at++) {
      for (int other = Byte.MIN_VALUE; other <= Byte.MAX_VALUE; other++) {
        byte[] base64 = good.clone();
        base64[at] = (byte) other;
        assertThat(decoder.decode(base64, 0, base64.length))
            .as("byte %d at %d", other, at)
            .isEqualTo(expected(base64));
      }
    }
  }

  @Test
  void refusesAnInvalidByteInALongTextAndRecovers() {
    Base64FloatDecoder decoder = new Base64FloatDecoder();
    byte[] good = finite(10_000);
    byte[] base64 = Base64.getEncoder().encode(good);
    float[] expected = expected(base64);
    for (int at = 0; at < base64.length; at++) {
      byte kept = base64[at];
      base64[at] = (byte) (at % 2 == 0 ? '*' : -1);
      assertThat(decoder.decode(base64, 0, base64.length)).as("at %d", at).isNull();
      base64[at] = kept;
      assertThat(decoder.decode(base64, 0, base64.length)).isEqualTo(expected);
    }
  }

  @Test
  void refusesNonFiniteFloatsAnywhere() {
    Base64FloatDecoder decoder = new Base64FloatDecoder();
    for (int dimensions : new int[] {1, 2, 3, 1536, 2049}) {
      ByteBuffer good =
          ByteBuffer.wrap(finite(dimensions * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < dimensions; i++) {
        float kept = good.getFloat(i * Float.BYTES);
        for (float other :
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          good.putFloat(i * Float.BYTES, other);
          assertDoesNotDecode(decoder, good.array());
        }
        good.putFloat(i * Float.BYTES, i % 2 == 0 ? Float.MAX_VALUE : -Float.MIN_VALUE);
        byte[] base64 = Base64.getEncoder().encode(good.array());
        assertThat(decoder.decode(base64, 0, base64.length)).isEqualTo(expected(base64));
        good.putFloat(i * Float.BYTES, kept);
      }
    }
  }

  private static void assertDoesNotDecode(Base64FloatDecoder decoder, byte[] bytes) {
    byte[] base64 = Base64.getEncoder().encode(bytes);
    assertThat(decoder.decode(base64, 0, base64.length)).isNull();
  }

  @Test
  void decodesTextsFromSeveralArrays() {
    Base64FloatDecoder decoder = new Base64FloatDecoder();
    for (int i = 0; i < 5; i++) {
      byte[] base64 = Base64.getEncoder().encode(finite(4_000));
      byte[] text =
          ("{\"embedding\":\"" + ascii(base64) + "\"}").getBytes(StandardCharsets.US_ASCII);
      assertThat(decoder.decode(text, 14, base64.length)).isEqualTo(expected(base64));
    }
  }

  private static String ascii(byte[] text) {
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** {@return random bytes of finite floats} */
  private byte[] finite(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    for (int i = 3; i < length; i += Float.BYTES) {
      if ((bytes[i] & EXPONENT) == EXPONENT) {
        bytes[i] = 0;
      }
    }
    return bytes;
  }

  private static float[] expected(byte[] base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (bytes.length % Float.BYTES != 0) {
      return null;
    }
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    for (float each : floats) {
      if (!Float.isFinite(each)) {
        return null;
      }
    }
    return floats;
  }
}
