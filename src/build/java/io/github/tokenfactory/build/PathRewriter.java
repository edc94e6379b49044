package io.github.tokenfactory.build;

import io.github.tokenfactory.internal.openapi.CanonicalJson;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rewrites the path of one operation so that Retrofit sends it below the base URL. */
final class PathRewriter {
  private static final Pattern PARAMETER = Pattern.compile("\\{([^{}]*)}");

  /** No path, a path of another host, or one with a step up, as OkHttp reads it. */
  private static final Pattern LEAVES_BASE_URL =
      Pattern.compile("[^/].*|//.*|(.*/)?(\\.|%2[eE]){2}([/?#].*)?", Pattern.DOTALL);

  /** What OkHttp takes for a slash, or for no character at all. */
  private static final Pattern NOT_LITERAL = Pattern.compile("[\\x00-\\x1F\\x7F\\\\]");

  /** A path whose start could be read as a scheme, or as none if an argument is empty. */
  private static final Pattern NEEDS_START = Pattern.compile("/|/[^/?#]*[:{].*", Pattern.DOTALL);

  private static final Pattern UNSUPPORTED =
      Pattern.compile("[^?]*\\?.*\\{.*|/[^/?#]*\\{[^/?#]*[?#].*", Pattern.DOTALL);

  private final String path;
  private final Map<String, String> names = new LinkedHashMap<>();
  private final Map<String, String> prefixes = new HashMap<>();

  /**
   * Creates a rewriter.
   *
   * @param javaName gives a parameter its Java name
   */
  PathRewriter(String path, UnaryOperator<String> javaName) {
    this.path = path;
    PARAMETER
        .matcher(path)
        .results()
        .forEach(found -> names.computeIfAbsent(found.group(1), javaName));
  }

  /** {@return the parameters of the path, with their Java names} */
  Map<String, String> names() {
    return names;
  }

  /** Has {@code prefix} sent before the value of a parameter. */
  void prefix(String name, String prefix) {
    prefixes.put(name, JavaNames.literal(prefix));
  }

  /**
   * {@return whether Retrofit can send the path} It takes no parameter in a query, and overlooks
   * that an argument such as ".." leaves the base URL if a query follows.
   */
  boolean isSupported() {
    return !UNSUPPORTED.matcher(path).matches();
  }

  /**
   * {@return the path relative to the base URL, as Retrofit takes it} Names of parameters are not
   * sent: they are replaced, because Retrofit allows fewer characters in them than OpenAPI.
   */
  String rewritten() {
    if (LEAVES_BASE_URL.matcher(PARAMETER.matcher(path).replaceAll("x")).matches()) {
      throw new IllegalArgumentException(
          "The path "
              + CanonicalJson.quote(path)
              + " could leave the base URL: no operation is bound to it.");
    }
    JavaNames.requireFits(path, "the paths");
    StringBuilder safe = new StringBuilder();
    if (NEEDS_START.matcher(path).matches()) {
      // Retrofit allows no step "." beside a parameter; OkHttp drops the tab that hides it.
      safe.append(names.isEmpty() ? "./" : JavaNames.literal(".\t/"));
    }
    int end = 1;
    Matcher parameter = PARAMETER.matcher(path);
    while (end < path.length()) {
      int start = parameter.find() ? parameter.start() : path.length();
      safe.append(JavaNames.literal(percentEncoded(path.substring(end, start))));
      if (start < path.length()) {
        String name = parameter.group(1);
        safe.append(prefixes.getOrDefault(name, "")).append("{" + names.get(name) + "}");
      }
      end = start < path.length() ? parameter.end() : start;
    }
    return safe.toString();
  }

  private static String percentEncoded(String text) {
    return NOT_LITERAL
        .matcher(text)
        .replaceAll(c -> String.format("%%%02X", (int) c.group().charAt(0)));
  }
}
