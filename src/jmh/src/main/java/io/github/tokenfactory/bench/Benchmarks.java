package io.github.tokenfactory.bench;

import io.github.tokenfactory.bench.Jmh.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs the selected benchmarks and prints the results as Markdown.
 *
 * <p>System properties select them: {@code bench} the parts to run, {@code cases} and {@code
 * clients} the workloads and clients, by parts of their names. Without a property, all run. {@code
 * quick} measures too briefly for useful figures, but shows that everything works.
 */
final class Benchmarks {
  private static final List<Integer> HEAPS =
      List.of(8, 10, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256);
  private static final int HEAP_CALLS = 50;
  private static final List<String> COMPARED_WITH = List.of(Client.OKHTTP_TUNED, Client.OURS);

  private final boolean quick = Boolean.getBoolean("quick");
  private final List<Workload> workloads =
      Workload.ALL.stream().filter(workload -> isSelected("cases", workload.name())).toList();
  private final List<String> clients =
      Client.NAMES.stream()
          .filter(name -> isSelected("clients", name) || COMPARED_WITH.contains(name))
          .toList();

  private Benchmarks() {}

  public static void main(String[] args) throws Exception {
    new Benchmarks().run();
    System.exit(0);
  }

  private static boolean isSelected(String property, String name) {
    String selected = System.getProperty(property, "");
    return selected.isBlank() || Arrays.stream(selected.split(",")).anyMatch(name::contains);
  }

  private void run() throws Exception {
    for (Workload workload : Workload.ALL) {
      workload.render();
    }
    System.out.printf("%n%s%n%s%n", Machine.describe(), Machine.versions());
    if (isSelected("bench", "decode")) {
      decode();
    }
    try (ServerProcess server = ServerProcess.start()) {
      if (isSelected("bench", "calls")) {
        calls(server.url());
      }
      if (isSelected("bench", "bulk")) {
        bulk(server.url());
      }
      if (isSelected("bench", "start")) {
        start(server.url());
      }
      if (isSelected("bench", "heap")) {
        heap(server.url());
      }
    }
  }

  private void decode() throws RunnerException {
    List<Workload> large =
        workloads.stream().filter(w -> w.vectors() > 1 && !w.isRequest()).toList();
    if (large.isEmpty()) {
      return;
    }
    Grid grid =
        Grid.measure(
            quick ? 1 : 2,
            new Jmh(DecodeBenchmark.class, quick),
            "decoder",
            DecodeBenchmark.NAMES,
            large,
            DecodeBenchmark::supports);
    System.out.println(
        grid.table(
            "Decoding a response in memory, nanoseconds per float",
            "decoder",
            (name, workload) ->
                Table.number(
                    grid.median(name, workload, Sample::wall)
                        / workload.vectors()
                        / workload.dimensions())));
  }

  private void calls(String server) throws RunnerException {
    Jmh jmh = new Jmh(CallBenchmark.class, quick, "-D" + CallBenchmark.SERVER + "=" + server);
    Grid grid = Grid.measure(quick ? 1 : 3, jmh, "client", clients, workloads, Client::supports);
    System.out.println(
        grid.table(
            "Wall time of a call, relative to \"" + Client.OKHTTP_TUNED + "\"",
            "client",
            (name, workload) -> ratio(grid, Client.OKHTTP_TUNED, name, workload, Sample::wall)));
    System.out.println(
        grid.table(
            "CPU time of the client's process for a call, relative to \""
                + Client.OKHTTP_TUNED
                + "\"",
            "client",
            (name, workload) -> ratio(grid, Client.OKHTTP_TUNED, name, workload, Sample::cpu)));
    System.out.println(
        grid.table(
            "Bytes allocated by a call, per byte of floats returned (last two columns: per byte of"
                + " the request)",
            "client",
            (name, workload) ->
                Table.number(grid.median(name, workload, Sample::bytes) / workload.payload())));
    System.out.println(
        grid.table(
            "Wall time of a call, ms",
            "client",
            (name, workload) ->
                Table.number(grid.median(name, workload, Sample::wall))
                    + spread(grid, name, workload)));
    System.out.println(
        grid.table(
            "CPU time of the client's process for a call, ms",
            "client",
            (name, workload) -> Table.number(grid.median(name, workload, Sample::cpu))));
    System.out.println(
        grid.table(
            "Allocated by a call, MB",
            "client",
            (name, workload) -> Table.number(grid.median(name, workload, Sample::bytes) / 1e6)));
  }

  private void bulk(String server) throws RunnerException {
    Jmh jmh = new Jmh(BulkBenchmark.class, quick, "-D" + CallBenchmark.SERVER + "=" + server);
    List<Workload> supported = workloads.stream().filter(BulkBenchmark::supports).toList();
    Grid grid =
        Grid.measure(
            quick ? 1 : 5, jmh, "mode", BulkBenchmark.MODES, supported, (name, workload) -> true);
    String create = BulkBenchmark.CREATE;
    System.out.println(
        grid.table(
            "Wall time of a corpus, "
                + BulkBenchmark.CONCURRENCY
                + " concurrent requests, relative to \""
                + create
                + "\"",
            "mode",
            (name, workload) -> ratio(grid, create, name, workload, Sample::wall)));
    System.out.println(
        grid.table(
            "CPU time of the client's process for a corpus, relative to \"" + create + "\"",
            "mode",
            (name, workload) -> ratio(grid, create, name, workload, Sample::cpu)));
    System.out.println(
        grid.table(
            "Wall time of a corpus per request, ms",
            "mode",
            (name, workload) ->
                Table.number(grid.median(name, workload, Sample::wall))
                    + spread(grid, name, workload)));
  }

  private static String ratio(
      Grid grid, String to, String name, Workload workload, ToDoubleFunction<Sample> value) {
    return Table.number(grid.median(name, workload, value) / grid.median(to, workload, value));
  }

  private String spread(Grid grid, String name, Workload workload) {
    return quick ? "" : String.format(" ±%.0f%%", 100 * grid.spread(name, workload, Sample::wall));
  }

  private void start(String server) throws IOException, InterruptedException {
    Map<String, FreshProcess> processes = new LinkedHashMap<>();
    for (String client : clients) {
      processes.put(client, new FreshProcess(client, Workload.SMALL, server));
    }
    Map<String, List<Double>> walls = new LinkedHashMap<>();
    Map<String, List<Double>> cpus = new LinkedHashMap<>();
    for (int round = quick ? 7 : 1; round <= 9; round++) {
      System.err.printf("start, round %d of 9%n", round);
      for (String client : clients) {
        FreshProcess.Times times = processes.get(client).run(1);
        walls.computeIfAbsent(client, key -> new ArrayList<>()).add(times.wall());
        cpus.computeIfAbsent(client, key -> new ArrayList<>()).add(times.cpu());
      }
    }
    Table table =
        new Table(
            "A process that makes one call (" + Workload.SMALL.name() + "), from start to end",
            List.of(
                "client",
                "wall, relative to ours",
                "CPU, relative to ours",
                "wall, ms",
                "CPU, ms"));
    for (String client : clients) {
      double wall = median(walls.get(client));
      double cpu = median(cpus.get(client));
      table.add(
          List.of(
              client,
              Table.number(wall / median(walls.get(Client.OURS))),
              Table.number(cpu / median(cpus.get(Client.OURS))),
              Table.number(wall),
              Table.number(cpu)));
    }
    System.out.println(table);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private void heap(String server) throws IOException, InterruptedException {
    Table table =
        new Table(
            "Smallest heap (-Xmx) in which "
                + HEAP_CALLS
                + " calls of "
                + Workload.MEDIUM.name()
                + " succeed, out of "
                + HEAPS,
            List.of("client", "MB"));
    for (String client : clients) {
      if (Client.LOWER_BOUNDS.contains(client)) {
        continue;
      }
      System.err.printf("heap, %s%n", client);
      FreshProcess process = new FreshProcess(client, Workload.MEDIUM, server);
      int low = 0;
      int high = HEAPS.size();
      while (low < high) {
        int middle = (low + high) / 2;
        if (process.run(HEAP_CALLS, "-Xmx" + HEAPS.get(middle) + "m", "-XX:+ExitOnOutOfMemoryError")
            == null) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      table.add(List.of(client, low == HEAPS.size() ? "more" : HEAPS.get(low).toString()));
    }
    System.out.println(table);
  }
}
