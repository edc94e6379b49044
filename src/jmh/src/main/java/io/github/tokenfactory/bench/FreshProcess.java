package io.github.tokenfactory.bench;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs {@link FreshProcessMain} in a new JVM. */
final class FreshProcess {
  private static final long LIMIT_SECONDS = 60;
  private static final Pattern SOURCE = Pattern.compile("source: file:(\\S+)");

  private final String client;
  private final Workload workload;
  private final String server;
  private final String classPath;

  /**
   * Reduces the class path to the entries from which the client loads classes. Searching the jars
   * of other clients would slow down its start.
   */
  FreshProcess(String client, Workload workload, String server)
      throws IOException, InterruptedException {
    this.client = client;
    this.workload = workload;
    this.server = server;
    Path log = Files.createTempFile("classes", ".log");
    try {
      String all = System.getProperty("java.class.path");
      if (run(all, Redirect.INHERIT, 1, "-Xlog:class+load:file=" + log) == null) {
        throw new IllegalStateException(client + " returned a wrong result");
      }
      Set<Path> used = new LinkedHashSet<>();
      for (String line : Files.readAllLines(log)) {
        Matcher source = SOURCE.matcher(line);
        if (source.find()) {
          used.add(Path.of(source.group(1)));
        }
      }
      List<String> kept = new ArrayList<>();
      for (String entry : all.split(File.pathSeparator)) {
        if (used.contains(Path.of(entry))) {
          kept.add(entry);
        }
      }
      this.classPath = String.join(File.pathSeparator, kept);
    } finally {
      Files.delete(log);
    }
  }

  /** The time of a process from start to end, in milliseconds. */
  record Times(double wall, double cpu) {}

  /** {@return the time of a process that makes these calls, or null if it fails or hangs} */
  Times run(int calls, String... jvmArgs) throws IOException, InterruptedException {
    return run(classPath, Redirect.DISCARD, calls, jvmArgs);
  }

  private Times run(String classPath, Redirect errors, int calls, String... jvmArgs)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(jvmArgs));
    arguments.addAll(
        List.of(
            "-cp", classPath, FreshProcessMain.class.getName(), client, workload.name(), server));
    arguments.add(Integer.toString(calls));
    long start = System.nanoTime();
    Process process = java(arguments).redirectError(errors).start();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    long end = System.nanoTime();
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    return process.exitValue() == 0
        ? new Times((end - start) / 1e6, Long.parseLong(printed) / 1e6)
        : null;
  }

  /** {@return a builder of a process with the same JVM as this one} */
  static ProcessBuilder java(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
