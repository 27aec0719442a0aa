package dev.firebuild.worker.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.Ids;
import dev.firebuild.worker.host.HostState.Kind;
import dev.firebuild.worker.host.HostState.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is left over is seen and named, whatever it is. */
@Tag("real")
class HostStateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int ID_IN_NAME = 8;

  @TempDir Path folder;

  private final Processes processes = Processes.of(System.getenv());
  private final String id = Ids.draw(new SecureRandom());

  /** A leftover, until it is closed. */
  private record Planted(String name, Removal removal) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      removal.remove();
    }
  }

  @FunctionalInterface
  private interface Removal {
    void remove() throws IOException;
  }

  private Scope scope(Set<Integer> ports) {
    return new Scope(List.of(folder), "mark-" + id, Set.of(id), ports);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aLeftoverOfEachKindIsNamed(Kind kind) throws Exception {
    // Given
    Scope scope = scope(Set.of());
    HostState before = HostState.of(scope);
    assertThat(HostState.of(scope).difference(before)).isEmpty();

    // When
    String seen;
    String name;
    try (Planted planted = plant(kind, scope)) {
      name = planted.name();
      seen = HostState.of(scope).difference(before);
    }

    // Then it is seen while it is there
    assertThat(seen.lines())
        .anySatisfy(line -> assertThat(line).startsWith("left over: ").contains(name));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(HostState.of(scope).difference(before)).isEmpty());
  }

  @Test
  void whatIsGoneIsNamedToo() throws Exception {
    Path file = Files.createFile(folder.resolve("there"));
    HostState before = HostState.of(scope(Set.of()));

    Files.delete(file);

    assertThat(HostState.of(scope(Set.of())).difference(before)).isEqualTo("gone: file " + file);
  }

  @Test
  void aPortThatIsStillListenedOnIsNamed() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(HostState.of(scope(Set.of(socket.getLocalPort()))).facts())
          .contains("socket tcp port " + socket.getLocalPort());
    }
  }

  @Test
  void aProcessOfAMachineCountsWhoeverStartedIt() throws Exception {
    DetachedProcess sleep =
        processes.startDetached(
            List.of("sleep", "1000"), ProcessTable.mark(id), folder.resolve("log"));
    try {
      assertThat(scope(Set.of()).processes(0))
          .extracting(ProcessHandle::pid)
          .containsExactly(sleep.identity().pid());
    } finally {
      sleep.identity().kill();
    }
  }

  private Planted plant(Kind kind, Scope scope) throws IOException {
    String name = "fb" + id.substring(0, ID_IN_NAME);
    return switch (kind) {
      case FILE -> {
        Path file = Files.createFile(folder.resolve(name));
        yield new Planted(name, () -> Files.delete(file));
      }
      case SOCKET -> {
        Path path = folder.resolve(name);
        ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        socket.bind(UnixDomainSocketAddress.of(path));
        Files.delete(path); // Of the name nothing is left, of the socket all.
        yield new Planted("socket " + path, socket::close);
      }
      case PROCESS -> {
        DetachedProcess sleep =
            processes.startDetached(
                List.of("sleep", "1000"), scope.environment(), Path.of("/dev/null"));
        yield new Planted("sleep 1000", sleep.identity()::kill);
      }
      case GROUP -> {
        requireRoot();
        Cgroup group = Cgroup.of(id);
        group.create(new Cgroup.Limits(1 << 20, 1, 1));
        yield new Planted(id, group::remove);
      }
      case NAMESPACE -> {
        requireRoot();
        // As `ip netns add` leaves it, but for the mount on it.
        Path file =
            Files.createFile(Files.createDirectories(Path.of("/run/netns")).resolve("test-" + id));
        yield new Planted("namespace test-" + id, () -> Files.delete(file));
      }
      case LINK -> {
        run("ip", "tuntap", "add", "dev", name, "mode", "tap");
        yield new Planted(
            "link " + name, () -> run("ip", "tuntap", "delete", "dev", name, "mode", "tap"));
      }
      case RULE -> {
        run("nft", "add", "table", "inet", name);
        yield new Planted(name, () -> run("nft", "delete", "table", "inet", name));
      }
      case MOUNT -> {
        run("mount", "-t", "tmpfs", name, folder.toString());
        yield new Planted("mount " + folder, () -> run("umount", folder.toString()));
      }
    };
  }

  private void run(String... argv) throws IOException {
    requireRoot();
    processes.require(ProcessCommand.of(argv));
  }

  private static void requireRoot() {
    Assumptions.assumeTrue(VmUser.isRoot(), "only root can leave this behind");
  }
}
