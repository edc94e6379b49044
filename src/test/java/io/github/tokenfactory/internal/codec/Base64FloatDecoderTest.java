package io.github.tokenfactory.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In both ways of decoding, on whichever processor and JDK the tests run. */
class Base64FloatDecoderTest {
  private static final int EXPONENT = 0x7F;

  private final Random random = new Random(4711);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void decodesAsTheJdkDoes(boolean byLanes) {
    Base64FloatDecoder vectors = new Base64FloatDecoder(byLanes);
    for (int length = 0; length < 300; length++) {
      assertDecodes(vectors, length);
      assertDecodes(vectors, 10_000 - length);
      assertDecodes(vectors, random.nextInt(10_000)); // a shorter one after a longer one
    }
  }

  private void assertDecodes(Base64FloatDecoder vectors, int length) {
    byte[] bytes = finite(length);
    assertDecodes(vectors, Base64.getEncoder().encode(bytes));
    assertDecodes(vectors, Base64.getEncoder().withoutPadding().encode(bytes));
  }

  private void assertDecodes(Base64FloatDecoder vectors, byte[] base64) {
    float[] expected = expected(base64);
    for (int from = 0; from < 9; from++) { // the first is decoded in the JDK's way
      byte[] text = new byte[from + base64.length + random.nextInt(9)];
      random.nextBytes(text);
      System.arraycopy(base64, 0, text, from, base64.length);
      assertThat(vectors.decode(text, from, base64.length)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesAnyOtherByteAnywhere(boolean byLanes) {
    Base64FloatDecoder vectors = new Base64FloatDecoder(byLanes);
    byte[] good = Base64.getEncoder().encode(new byte[48]);
    for (int at = 0; at < good.length; at++) {
      for (int other = Byte.MIN_VALUE; other <= Byte.MAX_VALUE; other++) {
        byte[] base64 = good.clone();
        base64[at] = (byte) other;
        assertThat(vectors.decode(base64, 0, base64.length))
            .as("byte %d at %d", other, at)
            .isEqualTo(expected(base64));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesABadByteAnywhereInALongTextAndForgetsIt(boolean byLanes) {
    Base64FloatDecoder vectors = new Base64FloatDecoder(byLanes);
    byte[] good = finite(10_000);
    byte[] base64 = Base64.getEncoder().encode(good);
    float[] expected = expected(base64);
    for (int at = 0; at < base64.length; at++) {
      byte kept = base64[at];
      base64[at] = (byte) (at % 2 == 0 ? '*' : -1);
      assertThat(vectors.decode(base64, 0, base64.length)).as("at %d", at).isNull();
      base64[at] = kept;
      assertThat(vectors.decode(base64, 0, base64.length)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesAFloatThatIsNotFiniteAnywhere(boolean byLanes) {
    Base64FloatDecoder vectors = new Base64FloatDecoder(byLanes);
    for (int dimensions : new int[] {1, 2, 3, 1536, 2049}) {
      ByteBuffer good =
          ByteBuffer.wrap(finite(dimensions * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < dimensions; i++) {
        float kept = good.getFloat(i * Float.BYTES);
        for (float other :
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          good.putFloat(i * Float.BYTES, other);
          assertDoesNotDecode(vectors, good.array());
        }
        good.putFloat(i * Float.BYTES, i % 2 == 0 ? Float.MAX_VALUE : -Float.MIN_VALUE);
        byte[] base64 = Base64.getEncoder().encode(good.array());
        assertThat(vectors.decode(base64, 0, base64.length)).isEqualTo(expected(base64));
        good.putFloat(i * Float.BYTES, kept);
      }
    }
  }

  private static void assertDoesNotDecode(Base64FloatDecoder vectors, byte[] bytes) {
    byte[] base64 = Base64.getEncoder().encode(bytes);
    assertThat(vectors.decode(base64, 0, base64.length)).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void takesTextsOfOtherArrays(boolean byLanes) {
    Base64FloatDecoder vectors = new Base64FloatDecoder(byLanes);
    for (int i = 0; i < 5; i++) {
      byte[] base64 = Base64.getEncoder().encode(finite(4_000));
      byte[] text =
          ("{\"embedding\":\"" + ascii(base64) + "\"}").getBytes(StandardCharsets.US_ASCII);
      assertThat(vectors.decode(text, 14, base64.length)).isEqualTo(expected(base64));
    }
  }

  private static String ascii(byte[] text) {
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** {@return bytes that make no float but finite ones} */
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
