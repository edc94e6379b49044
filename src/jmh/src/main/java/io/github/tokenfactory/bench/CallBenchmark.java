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

/** One call after the other, by one client to the server of another process. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CallBenchmark {
  /** The system property that says where the server is. */
  static final String SERVER = "bench.server";

  @Param(Client.OURS)
  String client;

  @Param("1x1024-base64")
  String workload;

  private Client opened;

  /** Connects, and fails unless the client's result is right. */
  @Setup
  public void open() throws Exception {
    Workload asked = Workload.named(workload);
    opened = Client.open(client, asked, System.getProperty(SERVER));
    asked.check(opened.call());
  }

  @Benchmark
  public Object call() throws Exception {
    return opened.call();
  }
}
