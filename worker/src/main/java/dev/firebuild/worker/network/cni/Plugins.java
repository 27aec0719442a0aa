package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.ProcessResult;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Looks the programs of networks up and runs them. */
final class Plugins {
  private final Processes processes;
  private final List<Path> folders;
  private final Limits limits;

  /**
   * How long a plugin may take; it is killed after it.
   *
   * @param add a lease may have to be waited for
   * @param delete as long
   * @param ask CHECK, STATUS and VERSION
   */
  record Limits(Duration add, Duration delete, Duration ask) {
    static final Limits DEFAULT =
        new Limits(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(5));
  }

  /** What a plugin can be asked for. */
  enum Command {
    ADD,
    CHECK,
    DEL,
    STATUS,
    VERSION
  }

  Plugins(Processes processes, List<Path> folders, Limits limits) {
    this.processes = processes;
    this.folders = List.copyOf(folders);
    this.limits = limits;
  }

  /** Where the plugin {@code type} lies. */
  Path find(String type) throws IOException {
    return folders.stream()
        .map(folder -> folder.resolve(type))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "there is no CNI plugin %s in %s (Debian package: containernetworking-plugins); name another folder with --cni-bin-dir"
                    .formatted(
                        type,
                        folders.stream().map(Path::toString).collect(Collectors.joining(", ")))));
  }

  /** Runs a command that is about {@code attachment}; what the plugin prints may be nothing. */
  Optional<JsonNode> run(Command command, String type, CniAttachment attachment, String request)
      throws IOException {
    Map<String, String> env = new HashMap<>(ProcessTable.mark(attachment.containerId()));
    env.put("CNI_CONTAINERID", attachment.containerId());
    env.put("CNI_NETNS", attachment.namespace().map(Path::toString).orElse(""));
    env.put("CNI_IFNAME", CniAttachment.DEVICE);
    env.put("CNI_ARGS", attachment.genericText());
    return run(command, type, env, request);
  }

  /** Runs a command that is about the plugin itself. */
  Optional<JsonNode> run(Command command, String type, String request) throws IOException {
    return run(command, type, new HashMap<>(), request);
  }

  private Optional<JsonNode> run(
      Command command, String type, Map<String, String> env, String request) throws IOException {
    env.put("CNI_COMMAND", command.name());
    env.put("CNI_PATH", folders.stream().map(Path::toString).collect(Collectors.joining(":")));
    // They call programs of root's: iptables.
    env.put("PATH", processes.path());
    ProcessResult result =
        processes.run(
            ProcessCommand.of(find(type).toString())
                .withEnv(env)
                .withStdin(request)
                .withTimeout(limit(command)));
    if (result.exitCode() != 0) {
      throw CniException.refusal(type, command.name(), result);
    }
    return answer(command, type, result.stdout());
  }

  private Duration limit(Command command) {
    return switch (command) {
      case ADD -> limits.add();
      case DEL -> limits.delete();
      case CHECK, STATUS, VERSION -> limits.ask();
    };
  }

  private static Optional<JsonNode> answer(Command command, String type, String stdout)
      throws CniException {
    if (stdout.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.mapper().readTree(stdout));
    } catch (JacksonException e) {
      if (command == Command.ADD || command == Command.VERSION) {
        throw CniException.nonsense(type, command.name(), "what is no JSON");
      }
      return Optional.empty(); // Nobody asked for an answer.
    }
  }
}
