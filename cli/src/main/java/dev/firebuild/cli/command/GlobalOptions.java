package dev.firebuild.cli.command;

import dev.firebuild.cli.client.CliException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command of the client understands. */
public final class GlobalOptions {
  private static final List<String> LEVELS = List.of("trace", "debug", "info", "warn", "error");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Data folder of this host's node (default: FIREBUILD_DATA, /var/lib/firebuild for root,"
              + " else ~/.local/share/firebuild).")
  private @Nullable Path data;

  @Option(names = "--debug", description = "Show the stack trace of an error.")
  private boolean debug;

  @Option(names = "--log-as-json", description = "Log as one JSON object per line.")
  private boolean logAsJson;

  /** The seed's flag; a client has little to log, so the level only has to be one. */
  @Option(names = "--log-level", hidden = true)
  void logLevel(String level) {
    if (!LEVELS.contains(level)) {
      throw new CliException(
          CliException.USAGE,
          "--log-level %s: expected one of %s".formatted(level, String.join(", ", LEVELS)));
    }
  }

  /** The seed's flags; nothing here is coloured. */
  @Option(
      names = {"--log-color", "--log-force-color"},
      hidden = true)
  void logColor(boolean ignored) {}

  /** The launcher obeys it too, before there is a JVM. */
  @Option(
      names = "--no-install",
      description = "Install nothing on this host; say what is missing.")
  private boolean noInstall;

  /** Whether nothing may be installed on the host. */
  public boolean noInstall() {
    return noInstall;
  }

  /** The data folder that is named. */
  public Optional<Path> data() {
    return Optional.ofNullable(data);
  }

  public boolean debug() {
    return debug;
  }

  public boolean logAsJson() {
    return logAsJson;
  }
}
