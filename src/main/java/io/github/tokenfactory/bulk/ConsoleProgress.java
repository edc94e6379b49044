package io.github.tokenfactory.bulk;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Prints the progress of a bulk run: on a terminal one line that is kept up to date, anywhere else,
 * such as in a log file, a line every 10 seconds and one at the end. For one run; not for use by
 * several threads.
 */
public final class ConsoleProgress implements Consumer<BulkProgress> {
  private static final Duration BETWEEN_UPDATES = Duration.ofMillis(100);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final PrintStream out;
  private final boolean terminal;
  private Duration last = Duration.ZERO;
  private int width;

  private ConsoleProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** {@return one that prints to standard error} */
  public static ConsoleProgress create() {
    return to(System.err, System.console() != null);
  }

  /**
   * {@return one that prints to {@code out}}
   *
   * @param terminal whether a line can be overwritten there
   */
  public static ConsoleProgress to(PrintStream out, boolean terminal) {
    return new ConsoleProgress(out, terminal);
  }

  @Override
  public void accept(BulkProgress progress) {
    boolean ended = progress.done() + progress.failed() == progress.total();
    Duration since = progress.elapsed().minus(last);
    if (!ended && since.compareTo(terminal ? BETWEEN_UPDATES : BETWEEN_LINES) < 0) {
      return;
    }
    last = progress.elapsed();
    String line = line(progress);
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    }
    if (!terminal) {
      out.println(line);
    } else if (ended) {
      out.println();
    }
    out.flush();
  }

  private static String line(BulkProgress progress) {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%,d", progress.done()));
    if (progress.total() >= 0) {
      line.append(String.format(Locale.ROOT, " of %,d texts", progress.total()));
      if (progress.total() > 0) {
        long settled = progress.done() + progress.failed();
        line.append(String.format(Locale.ROOT, " (%d%%)", 100 * settled / progress.total()));
      }
    } else {
      line.append(" texts");
    }
    if (progress.failed() > 0) {
      line.append(String.format(Locale.ROOT, ", %,d failed", progress.failed()));
    }
    line.append(
        String.format(
            Locale.ROOT,
            ", %,.0f a second, %,d tokens",
            progress.textsPerSecond(),
            progress.tokens()));
    Duration remaining = progress.remaining();
    return line.append(remaining == null ? "" : ", " + time(remaining) + " left").toString();
  }

  private static String time(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
