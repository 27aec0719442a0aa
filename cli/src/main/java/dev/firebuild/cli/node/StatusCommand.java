package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code firebuild status}. */
@Command(
    name = "status",
    description = "Say whether the node runs and is ready; exit code 1 if it is not.")
final class StatusCommand extends NodeCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  StatusCommand(Host host) {
    super(host);
  }

  /** The state that describes the running node; empty if none runs. */
  static Optional<NodeState> running(NodeFiles files) throws IOException {
    if (!NodeLock.isTaken(files.lock())) {
      return Optional.empty();
    }
    return NodeState.read(files.state()).filter(state -> state.process().isPresent());
  }

  static CliException noNode(NodeFiles files) {
    return new CliException(
        "no node runs on %s; start one with: firebuild up -d, or name its folder with --data"
            .formatted(files.data()));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeFiles files = files();
    Optional<NodeState> found = running(files);
    if (found.isEmpty()) {
      if (NodeLock.isTaken(files.lock())) {
        out().println("a node on %s is starting".formatted(files.data()));
        return 1;
      }
      throw noNode(files);
    }
    NodeState state = found.get();
    String ready = readiness(state);
    PrintWriter out = out();
    out.println(
        "node     %s (pid %d, firebuild %s)".formatted(ready, state.pid(), state.version()));
    out.println("since    " + state.processStart());
    out.println("http     " + state.url());
    out.println("kafka    " + state.kafka());
    out.println("data     " + files.data());
    out.println("log      " + files.nodeLog());
    out.flush();
    return ready.equals("ready") ? 0 : 1;
  }

  private static String readiness(NodeState state) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(state.url() + "/readyz")).timeout(PATIENCE).build();
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    try {
      // The body is left alone: it could stop in the middle.
      int status = client.send(request, HttpResponse.BodyHandlers.ofInputStream()).statusCode();
      return status == 200 ? "ready" : "not ready (HTTP %d)".formatted(status);
    } catch (IOException e) {
      return "not answering (%s)".formatted(e);
    } finally {
      client.shutdownNow();
    }
  }
}
