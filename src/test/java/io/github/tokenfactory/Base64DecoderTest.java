package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Decoding by lanes is as the JDK does, on whichever processor and JDK the tests run. */
class Base64DecoderTest {
  private final Random random = new Random(4711);
  private final Base64Decoder decoder = new Base64Decoder.Lanes();

  @Test
  void decodesBytesOfAnyLength() {
    for (int length = 0; length < 300; length++) {
      assertDecodes(length);
      assertDecodes(10_000 - length);
      assertDecodes(random.nextInt(10_000)); // a shorter one after a longer one
    }
  }

  private void assertDecodes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    assertThat(decode(Base64.getEncoder().encode(bytes))).isEqualTo(bytes);
    assertThat(decode(Base64.getEncoder().withoutPadding().encode(bytes))).isEqualTo(bytes);
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

  @Test
  void refusesABadByteAnywhereInALongTextAndForgetsIt() {
    byte[] good = new byte[9_999];
    random.nextBytes(good);
    byte[] base64 = Base64.getEncoder().encode(good);
    for (int at = 0; at < base64.length; at++) {
      byte kept = base64[at];
      base64[at] = (byte) (at % 2 == 0 ? '*' : -1);
      assertThatIllegalArgumentException().as("at %d", at).isThrownBy(() -> decode(base64));
      base64[at] = kept;
    }
    assertThat(decode(base64)).isEqualTo(good);
  }

  private static byte[] jdk(byte[] base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private byte[] decode(byte[] base64) {
    byte[] target = new byte[base64.length / 4 * 3 + Long.BYTES];
    return Arrays.copyOf(target, decoder.decode(base64, target));
  }
}
