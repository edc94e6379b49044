package io.github.tokenfactory.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Remembers from which input the generated code was made. The generator runs again only if any of
 * it has changed, or if the last run did not end well.
 */
final class GenerationState {
  private static final String HASH = "input.sha256";

  private GenerationState() {}

  /** {@return whether {@code output} is complete, and was made from these files and folders} */
  static boolean isUpToDate(List<Path> sources, Path input, Path output) throws IOException {
    MessageDigest digest = sha256();
    for (Path source : sources) {
      try (Stream<Path> files = Files.walk(source)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          digest.update((file.getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
          digest.update(Files.readAllBytes(file));
        }
      }
    }
    String hash = HexFormat.of().formatHex(digest.digest());
    PullDocument.replace(input.resolve(HASH), hash);
    Path made = output.resolve(HASH);
    return Files.exists(made) && Files.readString(made).equals(hash);
  }

  /** Notes that {@code output} is complete. The generator deletes the note when it starts. */
  static void complete(Path input, Path output) throws IOException {
    PullDocument.replace(output.resolve(HASH), Files.readString(input.resolve(HASH)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256.", e);
    }
  }
}
