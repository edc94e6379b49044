package io.github.tokenfactory.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Describes what the results depend on: the machine, the JVM and the versions. */
final class Machine {
  private static final List<String> LIBRARIES =
      List.of(
          "okhttp",
          "retrofit",
          "gson",
          "jackson-core",
          "openai-java",
          "langchain4j-open-ai",
          "openapi-generator",
          "jmh-core");

  private Machine() {}

  /** {@return the processor, the JVM and the operating system} */
  static String describe() throws IOException {
    return String.format(
        "%s, %d cores; %s %s; %s %s",
        processor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.name"),
        System.getProperty("java.vm.version"),
        System.getProperty("os.name"),
        System.getProperty("os.version"));
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.exists(info)) {
      Matcher model =
          Pattern.compile("(?m)^model name\\s*:\\s*(.+)$").matcher(Files.readString(info));
      if (model.find()) {
        return model.group(1);
      }
    }
    return System.getProperty("os.arch");
  }

  /** {@return the versions of the compared libraries, taken from the names of their jars} */
  static String versions() {
    StringJoiner versions = new StringJoiner(", ");
    for (String library : LIBRARIES) {
      Matcher jar =
          Pattern.compile("[/\\\\]" + Pattern.quote(library) + "-(\\d[^/\\\\]*)\\.jar")
              .matcher(System.getProperty("java.class.path"));
      if (jar.find()) {
        versions.add(library + " " + jar.group(1));
      }
    }
    return versions.toString();
  }
}
