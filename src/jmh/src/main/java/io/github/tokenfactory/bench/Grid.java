package io.github.tokenfactory.bench;

import io.github.tokenfactory.bench.Jmh.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.runner.RunnerException;

/** Samples by client and workload, one per round; the value of a cell is the median. */
final class Grid {
  private final List<String> names;
  private final List<Workload> workloads;
  private final Map<String, Map<Workload, List<Sample>>> samples = new LinkedHashMap<>();

  private Grid(List<String> names, List<Workload> workloads) {
    this.names = names;
    this.workloads = workloads;
  }

  /**
   * Measures all clients in turn, in each of the rounds.
   *
   * @param parameter the benchmark's parameter that {@code names} are the values of
   * @param supports tells which name has a cell for a workload
   */
  static Grid measure(
      int rounds,
      Jmh jmh,
      String parameter,
      List<String> names,
      List<Workload> workloads,
      BiPredicate<String, Workload> supports)
      throws RunnerException {
    Grid grid = new Grid(names, workloads);
    for (int round = 1; round <= rounds; round++) {
      for (Workload workload : workloads) {
        System.err.printf("%s %s, round %d of %d%n", parameter, workload.name(), round, rounds);
        for (String name : names) {
          if (supports.test(name, workload)) {
            grid.samples
                .computeIfAbsent(name, key -> new LinkedHashMap<>())
                .computeIfAbsent(workload, key -> new ArrayList<>())
                .add(jmh.run(parameter, name, workload));
          }
        }
      }
    }
    return grid;
  }

  /** Formats the value of one cell. */
  interface Cell {
    String of(String name, Workload workload);
  }

  Table table(String title, String corner, Cell cell) {
    List<String> header = new ArrayList<>(List.of(corner));
    workloads.forEach(workload -> header.add(workload.name()));
    Table table = new Table(title, header);
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(name));
      for (Workload workload : workloads) {
        row.add(has(name, workload) ? cell.of(name, workload) : Table.NO_VALUE);
      }
      table.add(row);
    }
    return table;
  }

  private boolean has(String name, Workload workload) {
    return samples.containsKey(name) && samples.get(name).containsKey(workload);
  }

  double median(String name, Workload workload, ToDoubleFunction<Sample> value) {
    double[] sorted = sorted(name, workload, value);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** {@return half the range of the rounds, as a fraction of the median} */
  double spread(String name, Workload workload, ToDoubleFunction<Sample> value) {
    double[] sorted = sorted(name, workload, value);
    return (sorted[sorted.length - 1] - sorted[0]) / 2 / median(name, workload, value);
  }

  private double[] sorted(String name, Workload workload, ToDoubleFunction<Sample> value) {
    return samples.get(name).get(workload).stream().mapToDouble(value).sorted().toArray();
  }
}
