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

  private final PrintStream out = System.err;
  private final boolean isTerminal = System.console() != null;
  private Duration lastPrinted = Duration.ZERO;
  private int lineLength;

  private ConsoleProgress() {}

  /** {@return a listener that prints to standard error} */
  public static ConsoleProgress create() {
    return new ConsoleProgress();
  }

  @Override
  public void accept(BulkProgress progress) {
    long ended = progress.done() + progress.failed();
    boolean isEnd = ended == progress.total();
    Duration sincePrinted = progress.elapsed().minus(lastPrinted);
    if (!isEnd && sincePrinted.compareTo(isTerminal ? TERMINAL_INTERVAL : LINE_INTERVAL) < 0) {
      return;
    }
    lastPrinted = progress.elapsed();
    String line = line(progress, ended);
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

  private static String line(BulkProgress progress, long ended) {
    StringBuilder line = new StringBuilder(format("%,d", progress.done()));
    if (progress.total() > 0) {
      long percent = 100 * ended / progress.total();
      line.append(format(" of %,d texts (%d%%)", progress.total(), percent));
    } else {
      line.append(" texts");
    }
    if (progress.failed() > 0) {
      line.append(format(", %,d failed", progress.failed()));
    }
    line.append(
        format(", %,.0f a second, %,d tokens", progress.textsPerSecond(), progress.tokens()));
    Duration left = progress.remaining();
    if (left != null) {
      line.append(
          format(
              ", %d:%02d:%02d left", left.toHours(), left.toMinutesPart(), left.toSecondsPart()));
    }
    return line.toString();
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
