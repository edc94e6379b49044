package io.github.tokenfactory.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.Okio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading allocates little more than the vectors, and writing only a small buffer. */
class AllocationTest {
  private static final int VECTORS = 64;
  private static final int DIMENSIONS = 4096;
  private static final long OVERHEAD = 64 << 10;

  private enum Form {
    BASE64,
    NUMBERS;

    String json(float[] vector) {
      return this == BASE64
          ? '"' + Decoding.base64(vector) + '"'
          : IntStream.range(0, vector.length)
              .mapToObj(i -> new BigDecimal(Float.toString(vector[i])).toPlainString())
              .collect(Collectors.joining(", ", "[", "]"));
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void allocatesLittleMoreThanTheVectors(Form form) throws IOException {
    String item =
        """
        {"object":"embedding","index":0,"embedding":%s}\
        """
            .formatted(form.json(Decoding.floats(DIMENSIONS, 1)));
    Buffer response =
        new Buffer()
            .writeUtf8("{\"object\":\"list\",\"data\":[")
            .writeUtf8(String.join(",", Collections.nCopies(VECTORS, item)))
            .writeUtf8("],\"model\":\"m\",\"usage\":{\"prompt_tokens\":64,\"total_tokens\":64}}");

    long allocated =
        allocated(
            () -> Decoding.read(ResponseBody.create(response.clone(), null, response.size())));

    long result = (long) VECTORS * DIMENSIONS * Float.BYTES;
    assertThat(allocated).isBetween(result, result + result / 10 + OVERHEAD);
  }

  @Test
  void writesTokensWithoutCopies() throws IOException {
    Random random = new Random(1);
    int[][] tokens = new int[256][];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = random.ints(1024, 0, 150_000).toArray();
    }
    EmbeddingRequest request =
        EmbeddingRequest.builder().model("m").input(EmbeddingInput.tokenArrays(tokens)).build();

    long allocated =
        allocated(
            () -> {
              RequestBody body = RequestJsonWriterTest.body(request);
              BufferedSink sink = Okio.buffer(Okio.blackhole());
              body.writeTo(sink);
              sink.flush();
            });

    assertThat(allocated).isBetween(1L, OVERHEAD);
  }

  /** {@return the bytes that {@code work} allocates on this thread, without first-time costs} */
  private static long allocated(Work work) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long smallest = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      work.run();
      smallest = Math.min(smallest, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return smallest;
  }
}
