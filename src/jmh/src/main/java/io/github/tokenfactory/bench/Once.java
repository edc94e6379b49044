package io.github.tokenfactory.bench;

import java.time.Duration;

/**
 * What a fresh process does: so many calls by one client, of which the first is checked, and the
 * last. Prints the CPU time of the process in nanoseconds.
 *
 * <p>Nothing here may be slow to load: it would blur what the clients take to start.
 */
final class Once {
  private Once() {}

  /**
   * @param args a client's name, a workload's name, the server's URL and how many calls
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
