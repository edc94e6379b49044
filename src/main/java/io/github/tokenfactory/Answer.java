package io.github.tokenfactory;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What results and errors keep of the last answer of a call: no live object, and nowhere the API
 * key.
 */
record Answer(int status, Map<String, List<String>> headers, String body, int attempts)
    implements Serializable {
  /** No answer, to nothing that was sent. */
  static final Answer NONE = none(0);

  /** {@return no answer, to this many attempts} */
  static Answer none(int attempts) {
    return new Answer(0, Map.of(), "", attempts);
  }

  /** {@return the headers by name in any case, without {@code secret}} */
  static Map<String, List<String>> headers(Headers headers, String secret) {
    Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : headers.names()) {
      List<String> values = new ArrayList<>();
      for (String value : headers.values(name)) {
        values.add(redact(value, secret));
      }
      byName.put(redact(name, secret), Collections.unmodifiableList(values));
    }
    return Collections.unmodifiableMap(byName);
  }

  /** {@return {@code text} with a mark wherever it has {@code secret}} */
  static String redact(String text, String secret) {
    return secret.isEmpty() ? text : text.replace(secret, "[API key]");
  }

  /** {@return the last value of a header, or null if there is none} */
  @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null || values.isEmpty() ? null : values.get(values.size() - 1).strip();
  }

  @Nullable String requestId() {
    String id = header("x-request-id");
    return id == null ? header("request-id") : id;
  }

  RateLimits rateLimits() {
    return new RateLimits(this);
  }
}
