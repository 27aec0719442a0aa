package dev.firebuild.cli.output;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A build as lines, one after the other: {@code #3 [2/4] RUN make}, {@code #3 DONE 1.2s}. */
public final class PlainProgress {
  private final BuildModel model;
  private final Map<Integer, Tail> output = new HashMap<>();

  /** {@code model} must take in each event before {@link #lines} does. */
  public PlainProgress(BuildModel model) {
    this.model = model;
  }

  /** What {@code event} adds. */
  public List<String> lines(Event event) {
    return switch (event.data()) {
      case BuildEvent.Started started ->
          List.of("#0 building on worker " + Text.clean(started.worker()));
      case BuildEvent.StepStarted(int step) ->
          List.of("", "#%d %s".formatted(step, model.find(step).title()));
      case BuildEvent.StepCached(int step) ->
          List.of(
              "", "#%d %s".formatted(step, model.find(step).title()), "#%d CACHED".formatted(step));
      case BuildEvent.StepFinished(int step, long millis) -> {
        List<String> lines = new ArrayList<>(rest(step, event));
        lines.add("#%d DONE %s".formatted(step, Units.seconds(millis)));
        yield lines;
      }
      case BuildEvent.Log log ->
          numbered(
              log.step(),
              event,
              output.computeIfAbsent(log.step(), _ -> new Tail()).add(log.chunk().bytes()));
      case BuildEvent.LogTruncated(long limit, Optional<Long> lost) ->
          List.of(
              lost.map(bytes -> "#0 %s of the log are missing here".formatted(Units.size(bytes)))
                  .orElseGet(() -> "#0 the log is cut off after " + Units.size(limit)));
      case BuildEvent.Requeued requeued ->
          List.of(
              "",
              "#0 the worker %s was lost (%s); attempt %d follows"
                  .formatted(
                      Text.clean(requeued.worker()),
                      Text.clean(requeued.reason()),
                      requeued.attempt()));
      case BuildEvent.Failed _, BuildEvent.Cancelled _ -> ended(event);
      default -> List.of();
    };
  }

  private List<String> ended(Event event) {
    List<String> lines = new ArrayList<>();
    for (BuildModel.Step step : model.cancelledSteps()) {
      lines.addAll(rest(step.number(), event));
      lines.add("#%d CANCELED".formatted(step.number()));
    }
    model
        .failedStep()
        .ifPresent(step -> {
          lines.addAll(rest(step.number(), event));
          lines.add("#%d ERROR".formatted(step.number()));
        });
    return lines;
  }

  private List<String> rest(int step, Event event) {
    Tail tail = output.get(step);
    return tail == null ? List.of() : numbered(step, event, tail.finish());
  }

  private List<String> numbered(int step, Event event, List<String> lines) {
    Duration into = model.find(step).since(event.time());
    return lines.stream()
        .map(line ->
            String.format(
                Locale.ROOT, "#%d %.3f %s", step, Math.max(0, into.toMillis()) / 1000.0, line))
        .toList();
  }
}
