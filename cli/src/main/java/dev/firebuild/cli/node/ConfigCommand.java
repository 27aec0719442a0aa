package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.cli.output.Table;
import dev.firebuild.protocol.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;

/** {@code firebuild config}. */
@Command(
    name = "config",
    description =
        "Show every setting with its value and where that comes from: a flag, the environment or"
            + " the default.")
final class ConfigCommand extends NodeCommand {
  /** The commands that have settings, and their parts of a node. */
  enum Part {
    up,
    coordinator,
    worker
  }

  /** How the settings are shown. */
  enum Format {
    table,
    /** One object per line. */
    json
  }

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}: one object per line (default: ${DEFAULT-VALUE}).")
  private Format format = Format.table;

  @Parameters(
      index = "0",
      paramLabel = "COMMAND",
      defaultValue = "up",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Part part = Part.up;

  @Parameters(
      index = "1..*",
      paramLabel = "FLAG",
      description = "Flags of that command, as it would be called.")
  private List<String> flags = new ArrayList<>();

  /** What a setting is, where from ({@code flag}, {@code environment}, {@code default}). */
  record Value(String setting, String value, String origin, String name) {}

  ConfigCommand(Host host) {
    super(host);
  }

  @Override
  public Integer call() {
    List<String> arguments = new ArrayList<>(flags);
    dataFlag()
        .ifPresent(data -> arguments.addAll(0, List.of(Setting.DATA.flag(), data.toString())));
    List<Value> values = values(part, arguments);
    PrintWriter out = out();
    switch (format) {
      case table ->
          new Table(
                  List.of("SETTING", "VALUE", "FROM"),
                  values.stream()
                      .map(v ->
                          List.of(v.setting(), v.value(), (v.origin() + " " + v.name()).strip()))
                      .toList())
              .lines()
              .forEach(out::println);
      case json -> values.forEach(value -> out.println(Json.text(value)));
    }
    if (format == Format.table) {
      out.println(client());
    }
    out.flush();
    return 0;
  }

  /** Where the other commands go to; the token stays a secret. */
  private String client() {
    String node =
        Optional.ofNullable(host().environment().get("FIREBUILD_URL"))
            .filter(url -> !url.isEmpty())
            .map(url -> "%s, from the environment's FIREBUILD_URL".formatted(url))
            .orElse("the node of the data folder");
    String token =
        Optional.ofNullable(host().environment().get("FIREBUILD_TOKEN"))
            .filter(secret -> !secret.isEmpty())
            .map(_ -> "the environment's FIREBUILD_TOKEN")
            .orElse("the data folder's token");
    return "%nCommands talk to %s, with %s.".formatted(node, token);
  }

  /** The settings of {@code part}, called with {@code arguments}. */
  List<Value> values(Part part, List<String> arguments) {
    NodeCommand command =
        switch (part) {
          case up -> new UpCommand(host());
          case coordinator -> new CoordinatorCommand(host());
          case worker -> new WorkerCommand(host());
        };
    EnvironmentDefaults environment = new EnvironmentDefaults(host().environment());
    CommandLine line = NodeCommands.line(command, environment);
    // What must be given to start it need not be given to look.
    line.getCommandSpec().parser().collectErrors(true);
    ParseResult parsed = line.parseArgs(arguments.toArray(String[]::new));
    parsed.errors().stream()
        .filter(error -> !(error instanceof MissingParameterException))
        .findFirst()
        .ifPresent(error -> {
          throw error instanceof ParameterException wrong
              ? wrong
              : new CliException(CliException.USAGE, String.valueOf(error.getMessage()));
        });
    NodeFiles files = command.files();
    return line.getCommandSpec().options().stream()
        .flatMap(option ->
            Setting.of(option)
                .map(setting -> value(setting, option, parsed, environment, files, part))
                .stream())
        .toList();
  }

  private static Value value(
      Setting setting,
      OptionSpec option,
      ParseResult parsed,
      EnvironmentDefaults environment,
      NodeFiles files,
      Part part) {
    if (parsed.hasMatchedOption(option)) {
      return new Value(
          setting.label(), String.join(",", option.originalStringValues()), "flag", setting.flag());
    }
    Optional<String> variable = environment.variable(option);
    if (variable.isPresent()) {
      return new Value(
          setting.label(),
          String.valueOf(environment.defaultValue(option)),
          "environment",
          variable.get());
    }
    return new Value(
        setting.label(),
        Optional.ofNullable(option.defaultValue()).orElseGet(() -> otherwise(setting, files, part)),
        "default",
        "");
  }

  /** What counts where a flag has no fixed default. */
  private static String otherwise(Setting setting, NodeFiles files, Part part) {
    return switch (setting) {
      case DATA -> files.data().toString();
      case TOKEN_FILE -> files.token().toString();
      case BLOBS -> files.blobs().toString();
      case IMAGES -> files.images().toString();
      case ID ->
          Identity.read(part == Part.worker ? files.workerId() : files.coordinatorId())
              .orElse("(drawn at the first start)");
      case CNI_NETWORK_NAME -> "(the first)";
      case KAFKA,
          KAFKA_PROPERTIES,
          COORDINATOR,
          HTTP,
          KAFKA_LISTEN,
          START_TIMEOUT,
          KEEP_UPLOADS,
          KEEP,
          BUILD_SLOTS,
          RUN_SLOTS,
          VMM,
          EVENT_SPOOL,
          KEEP_IMAGES,
          NETWORK_PROVIDER,
          CNI_CONF_DIR,
          CNI_BIN_DIR,
          CNI_CACHE_DIR,
          REACH_HOST,
          REACH_PRIVATE,
          TOPIC_PREFIX,
          REPLICATION ->
          "(not set)";
    };
  }
}
