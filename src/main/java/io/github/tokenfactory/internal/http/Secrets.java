package io.github.tokenfactory.internal.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import okhttp3.Headers;

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

  /** {@return the values of {@code headers} by name, with a mark in place of the secret} */
  public static Map<String, List<String>> hide(Headers headers, String secret) {
    Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < headers.size(); i++) {
      byName
          .computeIfAbsent(hide(headers.name(i), secret), name -> new ArrayList<>())
          .add(hide(headers.value(i), secret));
    }
    return byName;
  }

  private static Pattern escaped(String secret) {
    return Pattern.compile(
        secret
            .chars()
            .mapToObj(c -> String.format("(?:\\\\?\\x{%x}|\\\\u(?i:%04x))", c, c))
            .collect(Collectors.joining()));
  }
}
