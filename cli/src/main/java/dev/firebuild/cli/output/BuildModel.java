package dev.firebuild.cli.output;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The fold of a build's events: what a progress display knows. */
public final class BuildModel {
  private final Map<Integer, Step> steps = new LinkedHashMap<>();
  private Optional<Instant> started = Optional.empty();
  private Optional<End> end = Optional.empty();
  private Optional<String> worker = Optional.empty();
  private int attempt;

  /** Where a step is. */
  public enum Status {
    WAITING,
    RUNNING,
    CACHED,
    DONE,
    FAILED,
    /** Another step has failed, or somebody has ended the build. */
    CANCELLED
  }

  /** A step of the plan. */
  public static final class Step {
    private final int number;
    private final String title;
    private final Tail tail = new Tail();
    private Status status = Status.WAITING;
    private Instant startedAt = Instant.EPOCH;
    private long millis;

    Step(int number, String title) {
      this.number = number;
      this.title = title;
    }

    public int number() {
      return number;
    }

    /** As the plan names it: {@code [stage 2/5] RUN make}. */
    public String title() {
      return title;
    }

    public Status status() {
      return status;
    }

    /** The last lines of its output. */
    public Tail tail() {
      return tail;
    }

    /** How long it takes, or took. */
    public Duration taken(Instant now) {
      return switch (status) {
        case RUNNING -> Duration.between(startedAt, now);
        case DONE, FAILED, CANCELLED -> Duration.ofMillis(millis);
        case WAITING, CACHED -> Duration.ZERO;
      };
    }

    /** How far into the step {@code time} is. */
    public Duration since(Instant time) {
      return startedAt.equals(Instant.EPOCH) ? Duration.ZERO : Duration.between(startedAt, time);
    }
  }

  /** How the build ended. */
  public sealed interface End {
    record Succeeded(BuildEvent.Succeeded event) implements End {}

    record Failed(Failure failure) implements End {}

    record Cancelled(String reason) implements End {}
  }

  /** Takes in the next event. */
  public void apply(Event event) {
    attempt = Math.max(attempt, event.attempt());
    switch (event.data()) {
      case BuildEvent.Started begun -> {
        started = Optional.of(event.time());
        worker = Optional.of(begun.worker());
      }
      case BuildEvent.Planned planned -> plan(planned);
      case BuildEvent.StepStarted(int number) -> {
        Step step = step(number);
        step.status = Status.RUNNING;
        step.startedAt = event.time();
      }
      case BuildEvent.StepCached(int number) -> step(number).status = Status.CACHED;
      case BuildEvent.StepFinished(int number, long millis) -> {
        Step step = step(number);
        step.status = Status.DONE;
        step.millis = millis;
      }
      case BuildEvent.Log log -> step(log.step()).tail.add(log.chunk().bytes());
      case BuildEvent.Succeeded succeeded -> end = Optional.of(new End.Succeeded(succeeded));
      case BuildEvent.Failed(Failure failure) -> fail(failure, event.time());
      case BuildEvent.Rejected(Failure failure) -> fail(failure, event.time());
      case BuildEvent.Cancelled(String reason) -> {
        end = Optional.of(new End.Cancelled(reason));
        stop(event.time(), _ -> Status.CANCELLED);
      }
      case BuildEvent.Requeued _ -> {
        steps.clear();
        started = Optional.empty();
      }
      default -> {
        // Nothing to show.
      }
    }
  }

  private void plan(BuildEvent.Planned planned) {
    steps.keySet().removeIf(number -> number != 0);
    for (BuildEvent.Planned.Stage stage : planned.stages()) {
      for (BuildEvent.Planned.Step step : stage.steps()) {
        steps.put(step.number(), new Step(step.number(), Text.clean(step.name())));
      }
    }
  }

  /** Of the steps that run at the same time one has failed. */
  private void fail(Failure failure, Instant now) {
    end = Optional.of(new End.Failed(failure));
    Optional<String> guilty = failure.step().map(Text::clean);
    stop(
        now,
        step ->
            guilty.filter(name -> !step.title.endsWith(name)).isEmpty()
                ? Status.FAILED
                : Status.CANCELLED);
  }

  private void stop(Instant now, Function<Step, Status> result) {
    for (Step step : steps.values()) {
      if (step.status == Status.RUNNING) {
        step.millis = Duration.between(step.startedAt, now).toMillis();
        step.status = result.apply(step);
      }
    }
  }

  private Step step(int number) {
    return steps.computeIfAbsent(
        number, _ -> new Step(number, number == 0 ? "[internal]" : "[step " + number + "]"));
  }

  /** The step {@code number}; 0 is the build itself. */
  public Step find(int number) {
    return step(number);
  }

  /** All steps of the plan, in its order. */
  public Collection<Step> steps() {
    return steps.values().stream().filter(step -> step.number() != 0).toList();
  }

  /** Steps that were ended before their end. */
  public List<Step> cancelledSteps() {
    return steps.values().stream().filter(step -> step.status == Status.CANCELLED).toList();
  }

  /** The step that failed, if one did. */
  public Optional<Step> failedStep() {
    return steps.values().stream().filter(step -> step.status == Status.FAILED).findFirst();
  }

  public Optional<Instant> started() {
    return started;
  }

  public Optional<String> worker() {
    return worker;
  }

  public int attempt() {
    return attempt;
  }

  public Optional<End> end() {
    return end;
  }
}
