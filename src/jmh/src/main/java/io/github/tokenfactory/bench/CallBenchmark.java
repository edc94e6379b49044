package io.github.tokenfactory.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Sequential calls of one client; the server is another process. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CallBenchmark {
  /** The system property with the URL of the server. */
  static final String SERVER = "bench.server";

  @Param(Client.OURS)
  String client;

  @Param("1x1024-base64")
  String workload;

  private Client opened;

  /** Connects; fails if the result of a first call is wrong. */
  @Setup
  public void open() throws Exception {
    Workload measured = Workload.named(workload);
    opened = Client.open(client, measured, System.getProperty(SERVER));
    measured.check(opened.call());
  }

  @Benchmark
  public Object call() throws Exception {
    return opened.call();
  }
}
