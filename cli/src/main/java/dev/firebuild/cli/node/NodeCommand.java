package dev.firebuild.cli.node;

import dev.firebuild.cli.command.GlobalOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands that act on a node of this host have in common. */
abstract class NodeCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Mixin private GlobalOptions global = new GlobalOptions();

  private final Host host;

  NodeCommand(Host host) {
    this.host = host;
  }

  Host host() {
    return host;
  }

  NodeFiles files() {
    return new NodeFiles(global.data().orElseGet(host::defaultData));
  }

  /** The data folder that a flag names. */
  Optional<Path> dataFlag() {
    return global.data();
  }

  /** Whether nothing may be installed on the host. */
  boolean noInstall() {
    return global.noInstall();
  }

  PrintWriter out() {
    if (spec == null) {
      throw new IllegalStateException("used outside a command line");
    }
    return spec.commandLine().getOut();
  }
}
