package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The table decodes as the JDK does, on whichever processor and JDK the tests run. */
class Base64DecoderTest {
  private final Random random = new Random(4711);

  @Test
  void decodesBytesOfAnyLength() {
    for (int length = 0; length < 300; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertThat(decode(Base64.getEncoder().encode(bytes))).isEqualTo(bytes);
      assertThat(decode(Base64.getEncoder().withoutPadding().encode(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  void refusesAnyOtherByteAnywhere() {
    byte[] good = Base64.getEncoder().encode(new byte[48]);
    for (int at = 0; at < good.length; at++) {
      for (int other = Byte.MIN_VALUE; other <= Byte.MAX_VALUE; other++) {
        byte[] base64 = good.clone();
        base64[at] = (byte) other;
        byte[] expected = jdk(base64);
        if (expected == null) {
          assertThatIllegalArgumentException()
              .as("byte %d at %d", other, at)
              .isThrownBy(() -> decode(base64));
        } else {
          assertThat(decode(base64)).isEqualTo(expected);
        }
      }
    }
  }

  private static byte[] jdk(byte[] base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte[] decode(byte[] base64) {
    byte[] target = new byte[base64.length / 4 * 3 + Long.BYTES];
    return Arrays.copyOf(target, Base64Decoder.Pairs.decode(base64, target));
  }
}
