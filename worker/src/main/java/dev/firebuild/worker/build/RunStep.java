package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.instruction.NetworkMode;
import dev.firebuild.dockerfile.plan.PlannedStep;
import dev.firebuild.dockerfile.plan.Step;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.guest.Program;
import dev.firebuild.worker.guest.Step.Document;
import dev.firebuild.worker.guest.StepEnd;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** RUN: a program of the image. */
final class RunStep {
  private RunStep() {}

  static void execute(StepContext context, PreparedStep step, Step.Run run)
      throws IOException, BuildFailedException {
    BuildJob job = context.job();
    StepOutput out = new StepOutput(job.events(), step.number(), "stdout");
    StepOutput err = new StepOutput(job.events(), step.number(), "stderr");
    Program program =
        new Program(
            run.arguments(),
            environment(run, context.proxyEnvironment()),
            run.user(),
            run.workingDirectory());
    StepEnd end =
        context
            .vm()
            .guest()
            .run(
                new dev.firebuild.worker.guest.Step(
                    program, run.network() != NetworkMode.NONE, documents(run)),
                out,
                err);
    switch (end) {
      case StepEnd.Exited(int code) when code == 0 -> {}
      case StepEnd.Exited(int code) -> throw failed(context, step.planned(), code, err, out);
      case StepEnd.Unprepared(String message) ->
          throw BuildFailedException.at(
              step.planned(),
              FailureCode.STEP_FAILED,
              "%s cannot be started: %s".formatted(step.planned().name(), message));
    }
  }

  /** The plan shows them in a directory that is theirs alone. */
  private static List<Document> documents(Step.Run run) {
    return run.files().stream()
        .map(file ->
            new Document(
                file.name().substring(file.name().lastIndexOf('/') + 1),
                file.mode(),
                file.content()))
        .toList();
  }

  /** Proxy settings count only where the Dockerfile says nothing else. */
  private static Map<String, String> environment(Step.Run run, List<String> proxies) {
    Map<String, String> environment = new LinkedHashMap<>();
    proxies.forEach(variable -> put(environment, variable));
    run.environment().forEach(variable -> put(environment, variable));
    return environment;
  }

  private static void put(Map<String, String> environment, String variable) {
    int equals = variable.indexOf('=');
    environment.put(variable.substring(0, equals), variable.substring(equals + 1));
  }

  private static BuildFailedException failed(
      StepContext context, PlannedStep step, int code, StepOutput err, StepOutput out)
      throws IOException {
    if (err.saidDiskFull() || out.saidDiskFull() || context.vm().isDiskFull()) {
      return BuildFailedException.at(
          step,
          FailureCode.DISK_FULL,
          "%s failed (exit code %d): the guest's disk is full".formatted(step.name(), code),
          Optional.of(code));
    }
    return BuildFailedException.at(
        step,
        FailureCode.STEP_FAILED,
        "%s failed: exit code %d".formatted(step.name(), code),
        Optional.of(code));
  }
}
