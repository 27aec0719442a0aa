package dev.firebuild.cli.command;

import dev.firebuild.cli.output.BuildModel;
import dev.firebuild.cli.output.PlainProgress;
import dev.firebuild.cli.output.TtyProgress;
import dev.firebuild.protocol.event.Event;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Where a build's progress is shown while it runs. */
sealed interface Display extends AutoCloseable {
  /** Shows the next event, which came as {@code line}. */
  void show(String line, Event event);

  @Override
  void close();

  /** The display of {@code mode}, over {@code model}, which it keeps up to date. */
  static Display of(CliContext context, ProgressMode mode, BuildModel model) {
    return switch (mode) {
      case RAWJSON -> new Raw(context.out(), model);
      case PLAIN -> new Plain(context.err(), model, new PlainProgress(model));
      case AUTO ->
          context.terminal()
              ? new Tty(context, model)
              : new Plain(context.err(), model, new PlainProgress(model));
    };
  }

  /** The stream of events itself. */
  record Raw(PrintStream out, BuildModel model) implements Display {
    @Override
    public void show(String line, Event event) {
      model.apply(event);
      out.println(line);
      out.flush();
    }

    @Override
    public void close() {}
  }

  /** Lines, one after the other. */
  record Plain(PrintStream err, BuildModel model, PlainProgress progress) implements Display {
    @Override
    public void show(String line, Event event) {
      model.apply(event);
      progress.lines(event).forEach(err::println);
    }

    @Override
    public void close() {
      err.flush();
    }
  }

  /** A picture, drawn ten times a second. */
  final class Tty implements Display {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final String CLEAR = "\r\u001b[K";

    private final CliContext context;
    private final BuildModel model;
    private final Thread ticker;
    private int drawn;
    private boolean closed;

    Tty(CliContext context, BuildModel model) {
      this.context = context;
      this.model = model;
      this.ticker = Thread.ofVirtual().name("progress").start(this::tick);
    }

    private void tick() {
      try {
        while (true) {
          draw();
          Thread.sleep(TICK);
        }
      } catch (InterruptedException e) {
        // Closed.
      }
    }

    @Override
    public synchronized void show(String line, Event event) {
      model.apply(event);
    }

    private synchronized void draw() {
      if (closed) {
        return;
      }
      List<String> lines =
          TtyProgress.lines(
              model, context.clock().instant(), number("COLUMNS", 80), number("LINES", 24));
      StringBuilder picture = new StringBuilder();
      if (drawn > 0) {
        picture.append("\u001b[%dA".formatted(drawn));
      }
      for (String line : lines) {
        picture.append(CLEAR).append(line).append('\n');
      }
      // A smaller picture leaves nothing of the larger one.
      for (int i = lines.size(); i < drawn; i++) {
        picture.append(CLEAR).append('\n');
      }
      drawn = Math.max(drawn, lines.size());
      context.err().print(picture);
      context.err().flush();
    }

    private int number(String variable, int otherwise) {
      Map<String, String> env = context.env();
      try {
        return Math.clamp(
            Integer.parseInt(env.getOrDefault(variable, Integer.toString(otherwise))), 20, 400);
      } catch (NumberFormatException e) {
        return otherwise;
      }
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        draw();
        closed = true;
        ticker.interrupt();
      }
    }
  }
}
