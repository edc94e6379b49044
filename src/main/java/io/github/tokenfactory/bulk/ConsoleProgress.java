package io.github.tokenfactory.bulk;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Prints the progress of one bulk run; not safe for use by several threads.
 *
 * <p>A terminal shows one line that is updated in place. Other outputs, such as log files, get a
 * line every 10 seconds and one at the end.
 */
public final class ConsoleProgress implements Consumer<BulkProgress> {
  private static final Duration TERMINAL_INTERVAL = Duration.ofMillis(100);
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  private final PrintStream out;
  private final boolean isTerminal;
  private Duration lastPrinted = Duration.ZERO;
  private int lineLength;

  private ConsoleProgress(PrintStream out, boolean isTerminal) {
    this.out = out;
    this.isTerminal = isTerminal;
  }

  /** {@return a listener that prints to standard error} */
  public static ConsoleProgress create() {
    return to(System.err, System.console() != null);
  }

  /**
   * {@return a listener that prints to {@code out}}
   *
   * @param terminal whether {@code out} can overwrite a line
   */
  public static ConsoleProgress to(PrintStream out, boolean terminal) {
    return new ConsoleProgress(out, terminal);
  }

  @Override
  public void accept(BulkProgress progress) {
    boolean isEnd = progress.done() + progress.failed() == progress.total();
    Duration sincePrinted = progress.elapsed().minus(lastPrinted);
    if (!isEnd && sincePrinted.compareTo(isTerminal ? TERMINAL_INTERVAL : LINE_INTERVAL) < 0) {
      return;
    }
    lastPrinted = progress.elapsed();
    String line = line(progress);
    if (isTerminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, lineLength - line.length())));
      lineLength = line.length();
    } else {
      out.print(line);
    }
    if (isEnd || !isTerminal) {
      out.println();
    }
    out.flush();
  }

  private static String line(BulkProgress progress) {
    StringBuilder line = new StringBuilder();
    line.append(format("%,d", progress.done()));
    if (progress.total() >= 0) {
      line.append(format(" of %,d", progress.total()));
    }
    line.append(" texts");
    if (progress.total() > 0) {
      long ended = progress.done() + progress.failed();
      line.append(format(" (%d%%)", 100 * ended / progress.total()));
    }
    if (progress.failed() > 0) {
      line.append(format(", %,d failed", progress.failed()));
    }
    line.append(
        format(", %,.0f a second, %,d tokens", progress.textsPerSecond(), progress.tokens()));
    Duration left = progress.remaining();
    return line.append(left == null ? "" : ", " + time(left) + " left").toString();
  }

  private static String time(Duration time) {
    String minutesAndSeconds = format("%d:%02d", time.toMinutesPart(), time.toSecondsPart());
    return time.toHours() == 0
        ? minutesAndSeconds
        : format("%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
