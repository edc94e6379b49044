package io.github.tokenfactory.bench;

import java.time.Duration;

/**
 * The main class of {@link FreshProcess}: makes calls with one client, checks the results of the
 * first and the last, and prints the CPU time of the process in nanoseconds.
 *
 * <p>This class must load fast, since its time counts as the client's.
 */
final class FreshProcessMain {
  private FreshProcessMain() {}

  /**
   * @param args the client, the workload, the URL of the server and the number of calls
   */
  public static void main(String[] args) throws Exception {
    Workload workload = Workload.named(args[1]);
    Client client = Client.open(args[0], workload, args[2]);
    workload.check(client.call());
    int calls = Integer.parseInt(args[3]);
    for (int i = 2; i < calls; i++) {
      client.call();
    }
    if (calls > 1) {
      workload.check(client.call());
    }
    System.out.println(
        ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos());
    System.exit(0);
  }
}
