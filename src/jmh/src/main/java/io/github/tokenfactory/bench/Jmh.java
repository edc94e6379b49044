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

/** Runs a JMH benchmark in one fork at a time, so that those compared can take turns. */
final class Jmh {
  private static final List<String> JVM_ARGS = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");
  private static final int ITERATIONS = 4;
  private static final int ITERATION_MILLIS = 200;
  private static final int WARM_UP_MILLIS = 4000; // until all is compiled, beside the server

  private final Class<?> benchmark;
  private final boolean quick;
  private final String[] jvmArgs;

  /** Is for a class with one benchmark; quick measures too early and too little. */
  Jmh(Class<?> benchmark, boolean quick, String... moreJvmArgs) {
    List<String> args = new ArrayList<>(JVM_ARGS);
    args.addAll(List.of(moreJvmArgs));
    this.benchmark = benchmark;
    this.quick = quick;
    this.jvmArgs = args.toArray(new String[0]);
  }

  /**
   * What one operation takes.
   *
   * @param wall in the benchmark's unit
   * @param cpu of the whole process, in milliseconds
   * @param bytes allocated
   */
  record Sample(double wall, double cpu, double bytes) {}

  /**
   * {@return what a fork of its own measures; {@code who} is the benchmark's parameter named so}
   */
  Sample run(String parameter, String who, Workload workload) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(benchmark.getName())
            .param(parameter, who)
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
