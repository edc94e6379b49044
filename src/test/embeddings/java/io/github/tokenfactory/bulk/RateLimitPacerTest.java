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

/** Simulates clients and a server with rate limits, and their time. */
class RateLimitPacerTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final int MAX_IN_FLIGHT = 8;

  /** How a server applies its limits per minute. */
  enum Limiter {
    FIXED_WINDOW,
    SLIDING_WINDOW,
    BUCKET
  }

  private record Event(long time, long number, Runnable action) implements Comparable<Event> {
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

  private void schedule(long delay, Runnable action) {
    events.add(new Event(now + delay, lastEvent++, action));
  }

  /** A limit on requests or tokens. */
  private final class Limit {
    private final Limiter limiter;
    private final String quota;
    private double limit;
    private final List<long[]> taken = new ArrayList<>(); // pairs of time and amount
    private long start;
    private double level;

    Limit(Limiter limiter, String quota, long limit) {
      this.limiter = limiter;
      this.quota = quota;
      this.limit = limit;
    }

    private void advance() {
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

    boolean allows(long count) {
      advance();
      return level + count <= limit;
    }

    void take(long count) {
      level += count;
      taken.add(new long[] {now, count});
    }

    void addHeaders(Map<String, List<String>> headers) {
      advance();
      double reset =
          switch (limiter) {
            case FIXED_WINDOW -> start + MINUTE - now;
            case SLIDING_WINDOW -> taken.isEmpty() ? 0 : taken.get(0)[0] + MINUTE - now;
            case BUCKET -> level / limit * MINUTE;
          };
      headers.put("x-ratelimit-limit-" + quota, List.of(Long.toString((long) limit)));
      headers.put("x-ratelimit-remaining-" + quota, List.of(Long.toString((long) (limit - level))));
      headers.put(
          "x-ratelimit-reset-" + quota, List.of(String.format(Locale.ROOT, "%.3f", reset / 1e9)));
    }
  }

  /** A client whose bulk runs send as much as the pacer allows. */
  private final class Simulation {
    private final RateLimitPacer pacer = new RateLimitPacer();
    private final Limit requests;
    private final Limit tokens;
    private final boolean sendsHeaders;
    private final long latency;
    private final long cost;
    private long left;
    private int inFlight;
    private int served;
    private int refused;

    Simulation(Limit requests, Limit tokens, boolean sendsHeaders, long latencyMillis, long cost) {
      this.requests = requests;
      this.tokens = tokens;
      this.sendsHeaders = sendsHeaders;
      this.latency = TimeUnit.MILLISECONDS.toNanos(latencyMillis);
      this.cost = cost;
    }

    void send() {
      while (inFlight < MAX_IN_FLIGHT && left > 0) {
        long wait = pacer.reserve(cost, now);
        if (wait > 0) {
          if (wait != RateLimitPacer.FOREVER) {
            schedule(wait, this::send);
          }
          return;
        }
        left--;
        inFlight++;
        schedule(latency / 2, this::serve);
      }
    }

    private void serve() {
      boolean allowed = requests.allows(1) && tokens.allows(cost);
      Map<String, List<String>> headers = new TreeMap<>();
      if (allowed) {
        requests.take(1);
        tokens.take(cost);
        served++;
      } else {
        refused++;
      }
      if (sendsHeaders) {
        requests.addHeaders(headers);
        tokens.addHeaders(headers);
      }
      int status = allowed ? 200 : 429;
      schedule(
          latency / 2,
          () -> {
            inFlight--;
            left += allowed ? 0 : 1;
            pacer.release(cost, new ResponseInfo(status, headers, "", 1, Instant.EPOCH), now);
            send();
          });
    }

    void start() {
      left = Integer.MAX_VALUE;
      schedule(0, this::send);
    }

    /** {@return how many requests are served in {@code minutes}} */
    int run(int minutes) {
      start();
      while (events.peek().time < minutes * MINUTE) {
        Event event = events.remove();
        now = event.time;
        event.action.run();
      }
      return served;
    }
  }

  /** In some cases the requests are the scarce quota, in others the tokens. */
  @ParameterizedTest
  @CsvSource({
    "FIXED_WINDOW, 200, 5000, 60", "FIXED_WINDOW, 200, 10000, 40",
    "FIXED_WINDOW, 3000, 5000, 60", "FIXED_WINDOW, 3000, 10000, 40",
    "SLIDING_WINDOW, 200, 5000, 60", "SLIDING_WINDOW, 200, 10000, 40",
    "SLIDING_WINDOW, 3000, 5000, 60", "SLIDING_WINDOW, 3000, 10000, 40",
    "BUCKET, 200, 5000, 60", "BUCKET, 200, 10000, 40",
    "BUCKET, 3000, 5000, 60", "BUCKET, 3000, 10000, 40"
  })
  void usesTheWholeQuota(Limiter limiter, long latency, long cost, int eachMinute) {
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

  /** Such as the executors of a cluster, which see each other in the response headers only. */
  @ParameterizedTest
  @EnumSource(Limiter.class)
  void usesTheWholeQuotaTogetherWithOtherClients(Limiter limiter) {
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
  void followsChangesOfTheLimits() {
    Limit requests = new Limit(Limiter.FIXED_WINDOW, "requests", 60);
    Simulation simulation =
        new Simulation(
            requests, new Limit(Limiter.FIXED_WINDOW, "tokens", 400_000), true, 500, 100);
    schedule(5 * MINUTE, () -> requests.limit = 120);
    schedule(10 * MINUTE, () -> requests.limit = 80);

    int served = simulation.run(15);

    assertThat(served).isGreaterThan((60 + 120 + 80) * 5 * 95 / 100);
    assertThat(simulation.refused).isLessThanOrEqualTo(15);
  }

  @Test
  void doesNotThrottleWithoutLimitHeaders() {
    Limit none = new Limit(Limiter.FIXED_WINDOW, "requests", Long.MAX_VALUE);
    Simulation simulation = new Simulation(none, none, false, 100, 50_000);

    // 8 in flight, 10 times a second.
    assertThat(simulation.run(1)).isGreaterThan(8 * 10 * 60 * 95 / 100);
  }

  @Test
  void adaptsToAServerWhoseOnlySignalIs429() {
    Limit requests = new Limit(Limiter.BUCKET, "requests", 120);
    Limit none = new Limit(Limiter.BUCKET, "tokens", Long.MAX_VALUE);
    Simulation simulation = new Simulation(requests, none, false, 500, 100);

    int served = simulation.run(10);

    assertThat(served).isGreaterThan(120 * 10 / 2);
    assertThat(simulation.refused).isLessThan(served);
  }

  @Test
  void limitsWaitsToAYear() {
    RateLimitPacer pacer = new RateLimitPacer();
    pacer.reserve(1, now);

    Map<String, List<String>> headers = Map.of("Retry-After", List.of("999999999999999"));
    pacer.release(1, new ResponseInfo(429, headers, "", 1, Instant.EPOCH), now);

    assertThat(pacer.reserve(1, now)).isEqualTo(Duration.ofDays(365).toNanos());
  }
}
