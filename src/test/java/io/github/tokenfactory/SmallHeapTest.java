package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Large answers, one after the other, fit into a heap with room for three of their results. */
class SmallHeapTest {
  private static final int CALLS = 50;
  private static final int VECTORS = 256;
  private static final int DIMENSIONS = 4096;

  @Test
  void receivesLargeAnswersInASmallHeap() throws IOException, InterruptedException {
    try (FaultServer server = new FaultServer().always(FaultServer.answer(200, answer()))) {
      Process caller =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx16m",
                  "-XX:+UseSerialGC", // as on a machine that is as small
                  "-cp",
                  System.getProperty("java.class.path"),
                  Caller.class.getName(),
                  server.url())
              .redirectErrorStream(true)
              .start();
      String said = new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(caller.waitFor()).as(said).isZero();
      assertThat(server.exchanges()).hasSize(CALLS);
    }
  }

  private static float[] vector(int index) {
    return Decoding.floats(DIMENSIONS, index);
  }

  private static byte[] answer() {
    return IntStream.range(0, VECTORS)
        .mapToObj(
            i ->
                """
                {"object":"embedding","index":%d,"embedding":"%s"}\
                """
                    .formatted(i, Decoding.base64(vector(i))))
        .collect(Collectors.joining(",", "{\"object\":\"list\",\"data\":[", "],\"model\":\"m\"}"))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** What the small machine runs. */
  static final class Caller {
    private Caller() {}

    public static void main(String[] args) {
      int[][] tokens = new int[VECTORS][1];
      float[] last = vector(VECTORS - 1);
      try (TokenFactoryClient client =
          TokenFactoryClient.builder().apiKey("k3y").baseUrl(args[0]).maxRetries(0).build()) {
        for (int i = 0; i < CALLS; i++) {
          EmbeddingResult result =
              client.embeddings().create("m", EmbeddingInput.tokenArrays(tokens));
          if (result.size() != VECTORS || !Arrays.equals(result.vector(VECTORS - 1), last)) {
            throw new IllegalStateException("not what was sent in call " + i);
          }
        }
      }
    }
  }
}
