package dev.firebuild.worker.network.user;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.DetachedProcess;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.Waiting;
import dev.firebuild.worker.network.Attachment;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** slirp4netns and its control socket (see slirp4netns(1)). */
final class Slirp {
  private static final Duration START = Duration.ofSeconds(20);

  private final Processes processes;

  Slirp(Processes processes) {
    this.processes = processes;
  }

  /**
   * Starts it on the existing device {@code world}, so that it could be restarted without the VM.
   * Its own protection of the host's loopback is not enough; {@code TapFilter} is.
   */
  ProcessIdentity start(String id, MachineLayout files, Attachment namespace, String world)
      throws IOException {
    List<String> argv =
        List.of(
            "slirp4netns",
            "--mtu",
            Integer.toString(Attachment.MTU),
            "--api-socket",
            files.networkApi().toString(),
            "--disable-host-loopback",
            "--enable-sandbox",
            "--enable-seccomp",
            Long.toString(namespace.holder().pid()),
            world);
    DetachedProcess process =
        processes.startDetached(argv, ProcessTable.mark(id), files.networkLog());
    boolean answers = Waiting.until(START, () -> answers(files.networkApi()) || !process.isAlive());
    if (!answers || !process.isAlive()) {
      process.identity().kill();
      throw process.failure("slirp4netns did not start");
    }
    return process.identity();
  }

  private static boolean answers(Path socket) {
    try {
      call(socket, "list_hostfwd", Map.of());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static void publish(Path socket, PortMapping port) throws IOException {
    try {
      call(
          socket,
          "add_hostfwd",
          Map.of(
              "proto", "tcp",
              "host_addr", port.address(),
              "host_port", port.host(),
              "guest_addr", Attachment.GUEST_ADDRESS,
              "guest_port", port.guest()));
    } catch (IOException e) {
      throw new IOException(
          "cannot publish port %s:%d: another program has just taken it (%s)"
              .formatted(port.address(), port.host(), e.getMessage()),
          e);
    }
  }

  private static JsonNode call(Path socket, String command, Map<String, ?> arguments)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer request =
          ByteBuffer.wrap(Json.bytes(Map.of("execute", command, "arguments", arguments)));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      channel.shutdownOutput();
      try (InputStream in = Channels.newInputStream(channel)) {
        JsonNode answer = Json.mapper().readTree(in.readAllBytes());
        if (answer.has("error")) {
          throw new IOException(answer.path("error").path("desc").asString());
        }
        return answer.path("return");
      }
    } catch (JacksonException e) {
      throw new IOException("slirp4netns gave no answer to " + command, e);
    }
  }
}
