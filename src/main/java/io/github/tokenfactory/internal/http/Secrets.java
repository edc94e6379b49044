package io.github.tokenfactory.internal.http;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Keeps a secret out of texts of a server that repeats it. */
public final class Secrets {
  private static final String MARK = "[API key]";

  private Secrets() {}

  /** {@return {@code text} with a mark in place of the secret, as it is or escaped in JSON} */
  public static String hide(String text, String secret) {
    if (secret.isBlank()) {
      return text;
    }
    String plain = text.replace(secret, MARK);
    return plain.indexOf('\\') < 0 ? plain : escaped(secret).matcher(plain).replaceAll(MARK);
  }

  private static Pattern escaped(String secret) {
    return Pattern.compile(
        secret
            .chars()
            .mapToObj(c -> String.format("(?:\\\\?\\x{%x}|\\\\u(?i:%04x))", c, c))
            .collect(Collectors.joining()));
  }
}
