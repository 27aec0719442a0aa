package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.cli.client.EventFollower;
import dev.firebuild.cli.output.BuildModel;
import dev.firebuild.cli.output.PlainProgress;
import dev.firebuild.cli.output.Text;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.VmEvent;
import java.io.PrintStream;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firebuild logs}. */
@Command(
    name = "logs",
    description = "Show the output of a VM, or the steps of a build and their output.")
public final class LogsCommand extends ClientCommand {
  @Option(
      names = {"-f", "--follow"},
      description = "Go on until it ends.")
  private boolean follow;

  @Parameters(paramLabel = "VM|BUILD", description = "An id, or a VM's name.")
  private String id = "";

  public LogsCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    if (isVm(api)) {
      follow(api, VmEnding.path(id), this::showVm);
    } else {
      BuildModel model = new BuildModel();
      PlainProgress progress = new PlainProgress(model);
      follow(api, "/v1/builds/" + ApiClient.part(id), event -> showBuild(event, model, progress));
    }
    context().out().flush();
    return 0;
  }

  private void follow(ApiClient api, String path, Predicate<Event> show) {
    new EventFollower(api)
        .follow(
            path + "/events?follow=" + follow,
            follow,
            whileRead((_, frame) -> show.test(frame.event())));
  }

  private boolean isVm(ApiClient api) {
    try {
      api.get(VmEnding.path(id), JsonNode.class);
      return true;
    } catch (ApiException e) {
      if (!e.is("not-found")) {
        throw e;
      }
      requireBuild(api);
      return false;
    }
  }

  private void requireBuild(ApiClient api) {
    try {
      api.get("/v1/builds/" + ApiClient.part(id), JsonNode.class);
    } catch (ApiException e) {
      if (!e.is("not-found")) {
        throw e;
      }
      throw new CliException("there is no VM and no build \"%s\"".formatted(Text.clean(id)));
    }
  }

  /** What {@code build --progress plain} showed, and how it ended. */
  private boolean showBuild(Event event, BuildModel model, PlainProgress progress) {
    model.apply(event);
    progress.lines(event).forEach(context().out()::println);
    model.end().map(LogsCommand::ending).ifPresent(context().out()::println);
    context().out().flush();
    return model.end().isEmpty();
  }

  private static String ending(BuildModel.End end) {
    return switch (end) {
      case BuildModel.End.Succeeded(var succeeded) ->
          "built %s %s".formatted(succeeded.reference(), succeeded.digest());
      case BuildModel.End.Failed(var failure) -> "ERROR: " + Text.clean(failure.message());
      case BuildModel.End.Cancelled(String reason) -> "CANCELLED: " + Text.clean(reason);
    };
  }

  private boolean showVm(Event event) {
    return switch (event.data()) {
      case VmEvent.Log log -> write(log.chunk());
      case VmEvent.Exited _, VmEvent.Failed _, VmEvent.Rejected _ -> false;
      default -> true;
    };
  }

  private boolean write(LogChunk chunk) {
    PrintStream target = chunk.stream().equals("stderr") ? context().err() : context().out();
    target.writeBytes(chunk.bytes());
    target.flush();
    return true;
  }
}
