package dev.firebuild.cli.command;

import dev.firebuild.cli.output.Units;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Shows how far the packing of a context is, and that it is sent, once that takes long. */
final class PackingProgress implements Packing.Listener, AutoCloseable {
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final InstantSource clock;
  private final Style style;
  private Instant due;
  private boolean shown;

  private enum Style {
    SILENT(Duration.ZERO, Duration.ZERO),
    LINES(Duration.ofSeconds(3), Duration.ofSeconds(3)),
    PICTURE(Duration.ofMillis(500), Duration.ofMillis(100));

    private final Duration before;
    private final Duration between;

    Style(Duration before, Duration between) {
      this.before = before;
      this.between = between;
    }
  }

  private PackingProgress(PrintStream out, InstantSource clock, Style style) {
    this.out = out;
    this.clock = clock;
    this.style = style;
    this.due = clock.instant().plus(style.before);
  }

  /** The display of {@code mode}; raw JSON is the stream of events and nothing else. */
  static PackingProgress of(CliContext context, ProgressMode mode) {
    Style style =
        switch (mode) {
          case RAWJSON -> Style.SILENT;
          case PLAIN -> Style.LINES;
          case AUTO -> context.terminal() ? Style.PICTURE : Style.LINES;
        };
    return new PackingProgress(context.err(), context.clock(), style);
  }

  @Override
  public void packed(long files, long bytes) {
    if (style == Style.SILENT) {
      return;
    }
    Instant now = clock.instant();
    if (!now.isBefore(due)) {
      due = now.plus(style.between);
      show("packing the context: %d files, %s".formatted(files, Units.size(bytes)));
    }
  }

  /** The context of {@code bytes} is sent now; that is said if packing it took long. */
  void sending(long bytes) {
    if (shown) {
      show("sending the context: " + Units.size(bytes));
    }
  }

  private void show(String what) {
    if (style == Style.PICTURE) {
      out.print(CLEAR + "[+] " + what);
    } else {
      out.println("#0 " + what);
    }
    out.flush();
    shown = true;
  }

  @Override
  public void close() {
    if (shown && style == Style.PICTURE) {
      out.print(CLEAR);
      out.flush();
    }
  }
}
