package io.github.tokenfactory.bench;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a JMH benchmark one fork at a time, so that the compared clients can take turns. */
final class Jmh {
  private static final List<String> JVM_ARGS = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");
  private static final int ITERATIONS = 4;
  private static final int ITERATION_MILLIS = 200;

  /** Long enough for the JIT compiler, which shares the cores with the server. */
  private static final int WARM_UP_MILLIS = 4000;

  private final Class<?> benchmark;
  private final boolean quick;
  private final String[] jvmArgs;

  /**
   * Runs the only benchmark of a class.
   *
   * @param quick measures briefly and before the code is warm
   */
  Jmh(Class<?> benchmark, boolean quick, String... moreJvmArgs) {
    List<String> args = new ArrayList<>(JVM_ARGS);
    args.addAll(List.of(moreJvmArgs));
    this.benchmark = benchmark;
    this.quick = quick;
    this.jvmArgs = args.toArray(new String[0]);
  }

  /**
   * The cost of one operation.
   *
   * @param wall the time in the benchmark's unit
   * @param cpu the CPU time of the process, in milliseconds
   * @param bytes the bytes allocated
   */
  record Sample(double wall, double cpu, double bytes) {}

  /** {@return the sample of a new fork} {@code value} is the value of {@code parameter}. */
  Sample run(String parameter, String value, Workload workload) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(benchmark.getName())
            .param(parameter, value)
            .param("workload", workload.name())
            .forks(1)
            .warmupIterations(1)
            .warmupTime(time(WARM_UP_MILLIS))
            .measurementIterations(ITERATIONS)
            .measurementTime(time(ITERATION_MILLIS))
            .addProfiler(GCProfiler.class)
            .addProfiler(CpuProfiler.class)
            .jvmArgs(jvmArgs)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    RunResult result = new Runner(options.build()).runSingle();
    return new Sample(
        result.getPrimaryResult().getScore(),
        result.getSecondaryResults().get(CpuProfiler.CPU).getScore(),
        result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
  }

  private TimeValue time(int millis) {
    return TimeValue.milliseconds(quick ? millis / 4 : millis);
  }
}
