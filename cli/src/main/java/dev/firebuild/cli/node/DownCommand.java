package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code firebuild down}. */
@Command(name = "down", description = "Stop the node. VMs go on unless --vms is given.")
final class DownCommand extends NodeCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @Option(names = "--vms", description = "Stop its VMs first.")
  private boolean vms;

  DownCommand(Host host) {
    super(host);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeFiles files = files();
    NodeState state = StatusCommand.running(files).orElseThrow(() -> StatusCommand.noNode(files));
    int left = leaveOrStopVms(state, SecretFile.read(files.token()));
    stop(state);
    out().println("stopped the node on " + files.data());
    if (left > 0) {
      out()
          .println(
              "%d VM%s still running; firebuild up finds %s again, firebuild down --vms stops them too"
                  .formatted(left, left == 1 ? " is" : "s are", left == 1 ? "it" : "them"));
    }
    out().flush();
    return 0;
  }

  /** Returns how many go on. */
  private int leaveOrStopVms(NodeState state, String token) throws InterruptedException {
    try (NodeApi api = new NodeApi(state.url(), token)) {
      if (!vms) {
        return api.runningVms().size();
      }
      int stopped = api.stopAll();
      out().println("stopped %d VM%s".formatted(stopped, stopped == 1 ? "" : "s"));
      return 0;
    } catch (IOException e) {
      if (vms) {
        throw new CliException(
            "cannot stop the VMs: the node does not answer (%s)".formatted(e), e);
      }
      // A node that does not answer must still be stoppable.
      return 0;
    }
  }

  private static void stop(NodeState state) throws InterruptedException {
    ProcessHandle process =
        state.process().orElseThrow(() -> new CliException("the node has just ended by itself"));
    if (!process.destroy()) {
      throw new CliException(
          "cannot stop process %d: it belongs to another user".formatted(state.pid()));
    }
    try {
      process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new CliException(
          "the node (pid %d) has not ended after %d s; kill -9 %d ends it, and the next firebuild up goes on with everything"
              .formatted(state.pid(), PATIENCE.toSeconds(), state.pid()),
          e);
    }
  }
}
