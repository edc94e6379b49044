package io.github.tokenfactory.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Starts and stops the process of the {@link Server}. */
final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final String url;

  private ServerProcess(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  static ServerProcess start() throws IOException {
    String classPath = System.getProperty("java.class.path");
    Process process =
        FreshProcess.java(List.of("-Xmx1g", "-cp", classPath, Server.class.getName()))
            .redirectError(Redirect.INHERIT)
            .start();
    String url =
        new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    if (url == null) {
      throw new IOException("The server did not start");
    }
    return new ServerProcess(process, url);
  }

  /** {@return the URL, such as {@code http://127.0.0.1:12345}} */
  String url() {
    return url;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
