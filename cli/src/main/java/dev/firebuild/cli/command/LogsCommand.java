package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.EventFollower;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.VmEvent;
import java.io.PrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firebuild logs}. */
@Command(name = "logs", description = "Show the output of a VM, or of a build.")
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
    new EventFollower(api)
        .follow(path(api) + "/events?follow=" + follow, follow, (_, frame) -> show(frame.event()));
    context().out().flush();
    return 0;
  }

  private String path(ApiClient api) {
    try {
      api.get(VmEnding.path(id), JsonNode.class);
      return VmEnding.path(id);
    } catch (ApiException e) {
      if (!e.is("not-found")) {
        throw e;
      }
      String path = "/v1/builds/" + ApiClient.part(id);
      api.get(path, JsonNode.class);
      return path;
    }
  }

  private boolean show(Event event) {
    return switch (event.data()) {
      case BuildEvent.Log log -> write(log.chunk());
      case VmEvent.Log log -> write(log.chunk());
      case BuildEvent.Succeeded _,
          BuildEvent.Failed _,
          BuildEvent.Cancelled _,
          BuildEvent.Rejected _,
          VmEvent.Exited _,
          VmEvent.Failed _,
          VmEvent.Rejected _ ->
          false;
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
