package dev.firebuild.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.LogChunk;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final BuildModel model = new BuildModel();
  private final PlainProgress plain = new PlainProgress(model);
  private final List<String> lines = new ArrayList<>();
  private long millis;

  @Test
  void plainShowsStepsOutputAndTimes() {
    plan();
    after(0, new BuildEvent.StepCached(1));
    after(0, new BuildEvent.StepStarted(2));
    after(1500, log(2, "one\ntw"));
    after(100, log(2, "o\nthree"));
    after(400, new BuildEvent.StepFinished(2, 2000));

    assertThat(lines)
        .containsExactly(
            "#0 building on worker worker-a",
            "",
            "#1 [1/3] WORKDIR /src",
            "#1 CACHED",
            "",
            "#2 [2/3] RUN make",
            "#2 1.500 one",
            "#2 1.600 two",
            "#2 2.000 three",
            "#2 DONE 2.0s");
  }

  @Test
  void ofTwoStepsThatRunOneIsGuilty() {
    plan();
    after(0, new BuildEvent.StepStarted(2));
    after(0, new BuildEvent.StepStarted(3));
    after(500, log(3, "half a line"));
    after(
        500,
        new BuildEvent.Failed(
            new Failure(
                FailureCode.STEP_FAILED,
                "RUN make ended with exit code 2",
                Optional.of("[2/3] RUN make"),
                Optional.of(3),
                Optional.of(3),
                Optional.of(2))));

    assertThat(model.failedStep()).map(BuildModel.Step::number).hasValue(2);
    assertThat(lines).endsWith("#3 1.000 half a line", "#3 CANCELED", "#2 ERROR");
  }

  @Test
  void failureShowsLastOutputAndGuiltyLines() {
    plan();
    after(0, new BuildEvent.StepStarted(2));
    after(10, log(2, "cannot make\n"));
    Failure failure =
        new Failure(
            FailureCode.STEP_FAILED,
            "RUN make ended with exit code 2",
            Optional.of("RUN make"),
            Optional.of(3),
            Optional.of(3),
            Optional.of(2));
    after(10, new BuildEvent.Failed(failure));

    assertThat(lines).endsWith("#2 ERROR");
    assertThat(
            FailureReport.lines(
                failure,
                model.failedStep(),
                "Dockerfile",
                List.of("FROM debian", "", "RUN make", "COPY . /", "RUN x", "RUN y")))
        .containsExactly(
            "------",
            " > [2/3] RUN make:",
            "cannot make",
            "------",
            "Dockerfile:3",
            "--------------------",
            "   1 |     FROM debian",
            "   2 |",
            "   3 | >>> RUN make",
            "   4 |     COPY . /",
            "   5 |     RUN x",
            "--------------------",
            "ERROR: RUN make ended with exit code 2");
  }

  @Test
  void guestCannotDriveTheTerminal() {
    plan();
    after(0, new BuildEvent.StepStarted(2));
    after(0, log(2, "\u001b[2J\u001b]0;title\u0007red\u001b[31m\u0007 10%\r 90%\r100%\n"));

    assertThat(lines.getLast()).isEqualTo("#2 0.000 100%");
    assertThat(String.join("", lines)).doesNotContain("\u001b").doesNotContain("\u0007");
  }

  @Test
  void pictureFitsTheTerminalAndShowsWhatRuns() {
    plan();
    after(0, new BuildEvent.StepCached(1));
    after(0, new BuildEvent.StepStarted(2));
    after(0, log(2, "a\nb\nc\nd\ne\nf\n" + "x".repeat(200) + "\n"));

    List<String> picture = TtyProgress.lines(model, START.plusMillis(2500), 60, 7);

    assertThat(picture).hasSizeLessThanOrEqualTo(7).allMatch(line -> line.length() <= 60);
    assertThat(picture.getFirst()).isEqualTo("[+] Building 2.5s (1/3)");
    assertThat(picture).anyMatch(line -> line.startsWith(" => => # f"));
    assertThat(TtyProgress.lines(model, START, 60, 24).get(1))
        .startsWith(" => CACHED [1/3] WORKDIR");
  }

  @Test
  void lostWorkerBeginsAnew() {
    plan();
    after(0, new BuildEvent.StepStarted(2));
    after(0, new BuildEvent.Requeued(2, "worker-a", "silent"));

    assertThat(lines.getLast()).contains("worker-a was lost").contains("attempt 2");
    assertThat(model.steps()).isEmpty();
    assertThat(model.end()).isEmpty();
  }

  @Test
  void successEndsTheModel() {
    Digest digest = new Digest("sha256:" + "a".repeat(64));
    after(0, new BuildEvent.Succeeded("demo:1", digest, 5, Optional.empty()));

    assertThat(model.end()).get().isInstanceOf(BuildModel.End.Succeeded.class);
  }

  private void plan() {
    after(0, new BuildEvent.Started("worker-a", "demo:1"));
    after(
        0,
        new BuildEvent.Planned(
            List.of(
                new BuildEvent.Planned.Stage(
                    0,
                    "0",
                    "debian",
                    List.of(
                        new BuildEvent.Planned.Step(1, "[1/3] WORKDIR /src", 1, 1),
                        new BuildEvent.Planned.Step(2, "[2/3] RUN make", 3, 3),
                        new BuildEvent.Planned.Step(3, "[3/3] COPY . /", 4, 4))))));
  }

  private void after(long passed, EventData data) {
    millis += passed;
    Event event = new Event("e", "worker-a", "b1", START.plusMillis(millis), 1, "i1", millis, data);
    model.apply(event);
    lines.addAll(plain.lines(event));
  }

  private static BuildEvent.Log log(int step, String text) {
    return new BuildEvent.Log(step, LogChunk.of("stdout", text.getBytes(StandardCharsets.UTF_8)));
  }
}
