package io.github.tokenfactory.bench;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.bulk.BulkEmbedder;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Embeds a corpus with concurrent requests of one size; the server is another process. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class BulkBenchmark {
  static final String CREATE = "create, in threads";
  static final String ORDERED = "bulk, in order";
  static final String AS_COMPLETED = "bulk, as completed";
  static final List<String> MODES = List.of(CREATE, ORDERED, AS_COMPLETED);
  static final int CONCURRENCY = 8;

  private static final int REQUESTS = 64;

  @Param(ORDERED)
  String mode;

  @Param("256x4096-base64")
  String workload;

  private final ExecutorService threads = Executors.newFixedThreadPool(CONCURRENCY);
  private TokenFactoryClient client;
  private List<String> texts;

  static boolean supports(Workload workload) {
    return workload.base64() && workload.tokens() == 0;
  }

  /** Connects; fails if the result of a first call is wrong. */
  @Setup
  public void open() throws Exception {
    Workload measured = Workload.named(workload);
    String url = System.getProperty(CallBenchmark.SERVER) + "/" + workload + "/";
    client = TokenFactoryClient.builder().apiKey("key").baseUrl(url).build();
    texts = measured.texts();
    List<float[]> vectors = new ArrayList<>();
    embed(1, vectors::add);
    measured.check(vectors);
  }

  @TearDown
  public void close() {
    client.close();
    threads.shutdown();
  }

  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public void embed(Blackhole sink) throws Exception {
    embed(REQUESTS, sink::consume);
  }

  private void embed(int requests, Consumer<float[]> sink) throws Exception {
    if (mode.equals(CREATE)) {
      create(requests, sink);
      return;
    }
    BulkEmbedder bulk =
        BulkEmbedder.builder(EmbeddingsService.of(client), "m")
            .concurrency(CONCURRENCY)
            .maxTexts(texts.size())
            .maxBytes(Integer.MAX_VALUE)
            .maxTokens(Integer.MAX_VALUE)
            .ordered(mode.equals(ORDERED))
            .build();
    bulk.embedAll(() -> corpus(requests), item -> sink.accept(item.vector()));
  }

  /** {@return the texts of {@code requests} requests; producing them costs almost nothing} */
  private Iterator<String> corpus(int requests) {
    return new Iterator<>() {
      private int read;

      @Override
      public boolean hasNext() {
        return read < requests * texts.size();
      }

      @Override
      public String next() {
        return texts.get(read++ % texts.size());
      }
    };
  }

  private void create(int requests, Consumer<float[]> sink) throws Exception {
    AtomicInteger left = new AtomicInteger(requests);
    Callable<Void> caller =
        () -> {
          while (left.getAndDecrement() > 0) {
            EmbeddingsService.of(client)
                .create("m", EmbeddingInput.texts(texts))
                .vectors()
                .forEach(sink);
          }
          return null;
        };
    for (Future<Void> ended : threads.invokeAll(Collections.nCopies(CONCURRENCY, caller))) {
      ended.get();
    }
  }
}
