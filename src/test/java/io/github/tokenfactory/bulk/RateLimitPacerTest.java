package io.github.tokenfactory.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tokenfactory.ResponseInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients and a server with limits, in simulated time. */
class RateLimitPacerTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final int AT_ONCE = 8;

  /** How a server limits what it takes in a minute. */
  enum Limiter {
    FIXED_WINDOW,
    SLIDING_WINDOW,
    BUCKET
  }

  private record Event(long time, long number, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return time == other.time
          ? Long.compare(number, other.number)
          : Long.compare(time, other.time);
    }
  }

  private final Queue<Event> events = new PriorityQueue<>();
  private long now;
  private long lastEvent;

  private void in(long delay, Runnable what) {
    events.add(new Event(now + delay, lastEvent++, what));
  }

  /** A limit on requests or tokens. */
  private final class Limit {
    private final Limiter limiter;
    private final String what;
    private double limit;
    private final List<long[]> taken = new ArrayList<>(); // when, and how many
    private long start;
    private double level;

    Limit(Limiter limiter, String what, long limit) {
      this.limiter = limiter;
      this.what = what;
      this.limit = limit;
    }

    private void pass() {
      switch (limiter) {
        case FIXED_WINDOW -> {
          if (now - start >= MINUTE) {
            start = now - now % MINUTE;
            level = 0;
          }
        }
        case SLIDING_WINDOW -> {
          taken.removeIf(each -> now - each[0] >= MINUTE);
          level = taken.stream().mapToLong(each -> each[1]).sum();
        }
        case BUCKET -> {
          level = Math.max(0, level - limit * (now - start) / MINUTE);
          start = now;
        }
      }
    }

    boolean has(long count) {
      pass();
      return level + count <= limit;
    }

    void take(long count) {
      level += count;
      taken.add(new long[] {now, count});
    }

    void state(Map<String, List<String>> headers) {
      pass();
      double reset =
          switch (limiter) {
            case FIXED_WINDOW -> start + MINUTE - now;
            case SLIDING_WINDOW -> taken.isEmpty() ? 0 : taken.get(0)[0] + MINUTE - now;
            case BUCKET -> level / limit * MINUTE;
          };
      headers.put("x-ratelimit-limit-" + what, List.of(Long.toString((long) limit)));
      headers.put("x-ratelimit-remaining-" + what, List.of(Long.toString((long) (limit - level))));
      headers.put(
          "x-ratelimit-reset-" + what, List.of(String.format(Locale.ROOT, "%.3f", reset / 1e9)));
    }
  }

  /** Several runs of one client that send as much as they may. */
  private final class Simulation {
    private final RateLimitPacer pacer = new RateLimitPacer();
    private final Limit requests;
    private final Limit tokens;
    private final boolean states;
    private final long latency;
    private final long cost;
    private long left;
    private int underWay;
    private int served;
    private int refused;

    Simulation(Limit requests, Limit tokens, boolean states, long latencyMillis, long cost) {
      this.requests = requests;
      this.tokens = tokens;
      this.states = states;
      this.latency = TimeUnit.MILLISECONDS.toNanos(latencyMillis);
      this.cost = cost;
    }

    void send() {
      while (underWay < AT_ONCE && left > 0) {
        long wait = pacer.tryTake(cost, now);
        if (wait > 0) {
          if (wait != RateLimitPacer.FOREVER) {
            in(wait, this::send);
          }
          return;
        }
        left--;
        underWay++;
        in(latency / 2, this::serve);
      }
    }

    private void serve() {
      boolean allowed = requests.has(1) && tokens.has(cost);
      Map<String, List<String>> headers = new TreeMap<>();
      if (allowed) {
        requests.take(1);
        tokens.take(cost);
        served++;
      } else {
        refused++;
      }
      if (states) {
        requests.state(headers);
        tokens.state(headers);
      }
      int status = allowed ? 200 : 429;
      in(
          latency / 2,
          () -> {
            underWay--;
            left += allowed ? 0 : 1;
            pacer.settle(cost, new ResponseInfo(status, headers, "", 1, Instant.EPOCH), now);
            send();
          });
    }

    void start() {
      left = Integer.MAX_VALUE;
      in(0, this::send);
    }

    /** {@return how many requests were served in so many minutes} */
    int run(int minutes) {
      start();
      while (events.peek().time < minutes * MINUTE) {
        Event event = events.remove();
        now = event.time;
        event.what.run();
      }
      return served;
    }
  }

  /** Requests are what there is least of, or tokens. */
  @ParameterizedTest
  @CsvSource({
    "FIXED_WINDOW, 200, 5000, 60", "FIXED_WINDOW, 200, 10000, 40",
    "FIXED_WINDOW, 3000, 5000, 60", "FIXED_WINDOW, 3000, 10000, 40",
    "SLIDING_WINDOW, 200, 5000, 60", "SLIDING_WINDOW, 200, 10000, 40",
    "SLIDING_WINDOW, 3000, 5000, 60", "SLIDING_WINDOW, 3000, 10000, 40",
    "BUCKET, 200, 5000, 60", "BUCKET, 200, 10000, 40",
    "BUCKET, 3000, 5000, 60", "BUCKET, 3000, 10000, 40"
  })
  void usesWhatIsAllowed(Limiter limiter, long latency, long cost, int eachMinute) {
    Simulation simulation =
        new Simulation(
            new Limit(limiter, "requests", 60),
            new Limit(limiter, "tokens", 400_000),
            true,
            latency,
            cost);

    int served = simulation.run(10);

    assertThat(served).isGreaterThan(eachMinute * 10 * 95 / 100);
    assertThat(simulation.refused).isLessThanOrEqualTo(10);
  }

  /** As the executors of a cluster do, which know of each other by the server's headers alone. */
  @ParameterizedTest
  @EnumSource(Limiter.class)
  void usesWhatIsAllowedToSeveralClients(Limiter limiter) {
    Limit requests = new Limit(limiter, "requests", 60);
    Limit tokens = new Limit(limiter, "tokens", 400_000);
    List<Simulation> clients =
        IntStream.range(0, 4)
            .mapToObj(i -> new Simulation(requests, tokens, true, 500, 5_000))
            .toList();
    clients.subList(1, clients.size()).forEach(Simulation::start);

    clients.get(0).run(10);

    int served = clients.stream().mapToInt(client -> client.served).sum();
    int refused = clients.stream().mapToInt(client -> client.refused).sum();
    assertThat(served).isGreaterThan(60 * 10 * 95 / 100);
    assertThat(refused).isLessThan(served / 2);
  }

  @Test
  void speedsUpAndSlowsDownWithTheServer() {
    Limit requests = new Limit(Limiter.FIXED_WINDOW, "requests", 60);
    Simulation simulation =
        new Simulation(
            requests, new Limit(Limiter.FIXED_WINDOW, "tokens", 400_000), true, 500, 100);
    in(5 * MINUTE, () -> requests.limit = 120);
    in(10 * MINUTE, () -> requests.limit = 80);

    int served = simulation.run(15);

    assertThat(served).isGreaterThan((60 + 120 + 80) * 5 * 95 / 100);
    assertThat(simulation.refused).isLessThanOrEqualTo(15);
  }

  @Test
  void isHeldUpByNothingWhereNothingIsLimited() {
    Limit none = new Limit(Limiter.FIXED_WINDOW, "requests", Long.MAX_VALUE);
    Simulation simulation = new Simulation(none, none, false, 100, 50_000);

    // 8 at once, 10 times a second.
    assertThat(simulation.run(1)).isGreaterThan(8 * 10 * 60 * 95 / 100);
  }

  @Test
  void findsOutWhatAServerTakesThatOnlyRefuses() {
    Limit requests = new Limit(Limiter.BUCKET, "requests", 120);
    Limit none = new Limit(Limiter.BUCKET, "tokens", Long.MAX_VALUE);
    Simulation simulation = new Simulation(requests, none, false, 500, 100);

    int served = simulation.run(10);

    assertThat(served).isGreaterThan(120 * 10 / 2);
    assertThat(simulation.refused).isLessThan(served);
  }

  @Test
  void waitsNoLongerThanCanBeCounted() {
    RateLimitPacer pacer = new RateLimitPacer();
    pacer.tryTake(1, now);

    Map<String, List<String>> headers = Map.of("Retry-After", List.of("999999999999999"));
    pacer.settle(1, new ResponseInfo(429, headers, "", 1, Instant.EPOCH), now);

    assertThat(pacer.tryTake(1, now)).isEqualTo(Duration.ofDays(365).toNanos());
  }
}
