package dev.firebuild.cli.output;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A build as a picture that is drawn again and again; the lines of one picture. */
public final class TtyProgress {
  private static final int OUTPUT_LINES = 5;

  private TtyProgress() {}

  /** The picture of {@code model} at {@code now}, at most {@code height} lines. */
  public static List<String> lines(BuildModel model, Instant now, int width, int height) {
    List<BuildModel.Step> steps = List.copyOf(model.steps());
    List<String> body = new ArrayList<>();
    for (BuildModel.Step step : steps) {
      if (step.status() == BuildModel.Status.WAITING) {
        continue;
      }
      body.add(stepLine(step, now, width));
      if (step.status() == BuildModel.Status.RUNNING) {
        step.tail()
            .last(OUTPUT_LINES)
            .forEach(line -> body.add(Text.cut(" => => # " + line, width)));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(Text.cut(header(model, steps, now), width));
    // What happens now stands at the end.
    lines.addAll(body.subList(Math.max(0, body.size() - Math.max(1, height - 2)), body.size()));
    return lines;
  }

  private static String header(BuildModel model, List<BuildModel.Step> steps, Instant now) {
    long done =
        steps.stream()
            .filter(step ->
                step.status() == BuildModel.Status.DONE
                    || step.status() == BuildModel.Status.CACHED)
            .count();
    if (model.started().isEmpty()) {
      return "[+] Waiting for a worker";
    }
    String word =
        switch (model.end().orElse(null)) {
          case null -> "Building";
          case BuildModel.End.Succeeded _ -> "Built";
          case BuildModel.End.Failed _ -> "Failed";
          case BuildModel.End.Cancelled _ -> "Cancelled";
        };
    return "[+] %s %s (%d/%d)"
        .formatted(
            word,
            Units.seconds(Duration.between(model.started().get(), now).toMillis()),
            done,
            steps.size());
  }

  private static String stepLine(BuildModel.Step step, Instant now, int width) {
    String time = Units.seconds(step.taken(now).toMillis());
    String state =
        switch (step.status()) {
          case CACHED -> "CACHED ";
          case FAILED -> "ERROR ";
          case CANCELLED -> "CANCELED ";
          case WAITING, RUNNING, DONE -> "";
        };
    String left = Text.cut(" => " + state + step.title(), Math.max(10, width - time.length() - 1));
    return left + " ".repeat(Math.max(1, width - left.length() - time.length())) + time;
  }
}
