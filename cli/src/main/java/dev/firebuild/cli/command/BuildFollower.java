package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.cli.client.EventFollower;
import dev.firebuild.cli.output.BuildModel;
import dev.firebuild.cli.output.FailureReport;
import dev.firebuild.cli.output.Units;
import dev.firebuild.protocol.resource.Accepted;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows a build until it ends; Ctrl-C cancels it. */
final class BuildFollower {
  private static final int INTERRUPTED = 130;

  private final CliContext context;
  private final ApiClient api;

  BuildFollower(CliContext context, ApiClient api) {
    this.context = context;
    this.api = api;
  }

  /**
   * Follows {@code build}; returns the exit code.
   *
   * @param dockerfileName as the person knows it
   * @param dockerfile its lines, to show the guilty ones
   */
  int follow(Accepted build, ProgressMode mode, String dockerfileName, List<String> dockerfile) {
    BuildModel model = new BuildModel();
    try (Interrupt interrupt = new Interrupt(() -> cancel(build))) {
      show(build, mode, model);
      if (mode != ProgressMode.RAWJSON) {
        summary(model, build, dockerfileName, dockerfile).forEach(context.err()::println);
      }
      context.err().flush();
      return switch (model.end().orElseThrow()) {
        case BuildModel.End.Succeeded _ -> 0;
        case BuildModel.End.Failed _ -> CliException.FAILURE;
        case BuildModel.End.Cancelled _ ->
            interrupt.happened() ? INTERRUPTED : CliException.FAILURE;
      };
    }
  }

  private void show(Accepted build, ProgressMode mode, BuildModel model) {
    try (Display display = Display.of(context, mode, model)) {
      new EventFollower(api)
          .follow(
              build.url() + "/events",
              true,
              (line, frame) -> {
                display.show(line, frame.event());
                return model.end().isEmpty();
              });
    }
  }

  private void cancel(Accepted build) {
    context.err().println("cancelling the build " + build.id());
    try {
      var _ =
          api.post(
              build.url() + "/cancel",
              Optional.of(Map.of("reason", "interrupted at the terminal")),
              Optional.empty());
    } catch (ApiException | CliException e) {
      context.err().println("cancelling the build %s: %s".formatted(build.id(), e.getMessage()));
    }
  }

  private static List<String> summary(
      BuildModel model, Accepted build, String name, List<String> dockerfile) {
    return switch (model.end().orElseThrow()) {
      case BuildModel.End.Succeeded(var succeeded) ->
          List.of(
              "built %s %s in %s (build %s)"
                  .formatted(
                      succeeded.reference(),
                      succeeded.digest(),
                      Units.seconds(succeeded.durationMillis()),
                      build.id()));
      case BuildModel.End.Failed(var failure) ->
          FailureReport.lines(failure, model.failedStep(), name, dockerfile);
      case BuildModel.End.Cancelled(String reason) ->
          List.of("CANCELLED: the build %s: %s".formatted(build.id(), reason));
    };
  }
}
