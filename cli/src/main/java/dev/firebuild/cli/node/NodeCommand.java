package dev.firebuild.cli.node;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that act on a node of this host have in common. */
abstract class NodeCommand implements Callable<Integer> {
  @Spec protected @Nullable CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The node's data folder (root: /var/lib/firebuild, else ~/.local/share/firebuild).")
  private @Nullable Path data;

  private final Host host;

  NodeCommand(Host host) {
    this.host = host;
  }

  @Override
  public final Integer call() throws Exception {
    try {
      return run();
    } catch (NodeException e) {
      err().println("firebuild: " + e.getMessage());
      return 1;
    }
  }

  /** Does the command; its result is the exit code. */
  abstract int run() throws Exception;

  Host host() {
    return host;
  }

  NodeFiles files() {
    return new NodeFiles(Optional.ofNullable(data).orElseGet(host::defaultData));
  }

  PrintWriter out() {
    return line().getOut();
  }

  PrintWriter err() {
    return line().getErr();
  }

  private picocli.CommandLine line() {
    if (spec == null) {
      throw new IllegalStateException("used outside a command line");
    }
    return spec.commandLine();
  }
}
