package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.github.tokenfactory.bulk.BulkEmbedder;
import io.github.tokenfactory.bulk.BulkItem;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.internal.codec.Decoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.Test;

/** A small heap is enough for many large responses in sequence, and for a corpus larger than it. */
class SmallHeapTest {
  private static final int CALLS = 50;
  private static final int VECTORS = 256;
  private static final int DIMENSIONS = 4096;
  private static final int TEXTS = 25_000;
  private static final int TEXT_BYTES = 4096;

  @Test
  void receivesLargeResponsesInASmallHeap() throws IOException, InterruptedException {
    try (FaultServer server = new FaultServer().always(FaultServer.answer(200, largeBody()))) {
      run(Caller.class, 16, server.url());

      assertThat(server.exchanges()).hasSize(CALLS);
    }
  }

  @Test
  void embedsACorpusFourTimesTheHeap() throws IOException, InterruptedException {
    try (MockWebServer server = new MockWebServer()) {
      server.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              return response(
                  JsonParser.parseString(request.getBody().readUtf8())
                      .getAsJsonObject()
                      .getAsJsonArray("input"));
            }
          });
      server.start();

      run(CorpusReader.class, 24, server.url("/").toString());
    }
  }

  private static void run(Class<?> program, int megabytes, String url)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "-XX:+UseSerialGC", // the default on a machine of that size
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                url)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
  }

  private static float[] vector(int index) {
    return Decoding.floats(DIMENSIONS, index);
  }

  private static byte[] largeBody() {
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

  /** {@return a vector for each text, whose only element is the number of the text} */
  private static MockResponse response(JsonArray texts) {
    return new MockResponse()
        .setBody(
            IntStream.range(0, texts.size())
                .mapToObj(
                    i ->
                        "{\"index\":"
                            + i
                            + ",\"embedding\":["
                            + number(texts.get(i).getAsString())
                            + "]}")
                .collect(Collectors.joining(",", "{\"data\":[", "]}")));
  }

  private static String text(int number) {
    String start = number + " ";
    return start + "x".repeat(TEXT_BYTES - start.length());
  }

  private static int number(String text) {
    return Integer.parseInt(text.substring(0, text.indexOf(' ')));
  }

  /** The program of the small JVM: receives large responses. */
  static final class Caller {
    private Caller() {}

    public static void main(String[] args) {
      int[][] tokens = new int[VECTORS][1];
      float[] last = vector(VECTORS - 1);
      try (TokenFactoryClient client =
          TokenFactoryClient.builder().apiKey("k3y").baseUrl(args[0]).maxRetries(0).build()) {
        for (int i = 0; i < CALLS; i++) {
          EmbeddingResult result =
              EmbeddingsService.of(client).create("m", EmbeddingInput.tokenArrays(tokens));
          if (result.size() != VECTORS || !Arrays.equals(result.vector(VECTORS - 1), last)) {
            throw new IllegalStateException("not what was sent in call " + i);
          }
        }
      }
    }
  }

  /** The program of the small JVM: embeds a large corpus. */
  static final class CorpusReader {
    private CorpusReader() {}

    public static void main(String[] args) {
      try (TokenFactoryClient client =
              TokenFactoryClient.builder().apiKey("k3y").baseUrl(args[0]).build();
          Stream<BulkItem> items =
              BulkEmbedder.builder(EmbeddingsService.of(client), "m").build().stream(
                  IntStream.range(0, TEXTS).mapToObj(SmallHeapTest::text).iterator())) {
        long right =
            items
                .filter(
                    item ->
                        item.vector()[0] == number(item.text())
                            && item.position() == number(item.text()))
                .count();
        if (right != TEXTS) {
          throw new IllegalStateException("only " + right + " vectors are right");
        }
      }
    }
  }
}
