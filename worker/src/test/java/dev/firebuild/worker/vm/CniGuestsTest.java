package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.network.cni.CniHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real guests in a network of the real plugins, and what they reach. */
@Tag("real")
@Tag("long")
class CniGuestsTest {
  private static final String SECRET = "secret";
  private static final int SERVED = 8000;
  private static final int HOST_PORT = 8001;

  private static final String PROBES =
      """
      probe() {
        if printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 "$2" "$3" 2>/dev/null | grep -q secret; then
          echo "$1 reached"
        else
          echo "$1 closed"
        fi
      }
      probe neighbour NEIGHBOUR 8000 &
      probe world 192.0.2.2 8001 &
      probe gateway 10.213.0.1 8001 &
      probe host 192.0.2.1 8001 &
      probe namespace 169.254.30.1 8001 &
      probe metadata 169.254.169.254 8001 &
      nc -w 3 NEIGHBOUR 30022 </dev/null | grep -q SSH || echo 'ssh closed'
      wait
      ip -4 -o address show eth0 | awk '{ print $2, $4, $6, $8 }'
      cat /etc/resolv.conf
      ip address del 127.0.0.1/8 dev lo
      echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
      ip route add 127.0.0.0/8 via 10.213.0.1
      ip route flush table local dev lo
      probe loopback 127.0.0.1 8001
      ip address add 10.213.0.199/24 dev eth0
      ip route replace default via 10.213.0.1 src 10.213.0.199
      probe spoofed 192.0.2.2 8001
      """;

  private static final String SERVER =
      "echo secret >/tmp/index.html; exec httpd -f -p 8000 -h /tmp";

  private static final List<Process> SERVERS = new ArrayList<>();

  private static CniHost network;
  private static NetworkSettings settings;
  private static TestHost host;

  @BeforeAll
  static void start(@TempDir Path pages) throws IOException {
    network = CniHost.create();
    settings =
        new NetworkSettings(
            NetworkSettings.Provider.CNI, false, network.settings(), network.addresses());
    host = TestHost.create(settings);
    Files.writeString(pages.resolve("index.html"), SECRET + "\n");
    serve(network.hostLauncher(), pages);
    serve(network.worldLauncher(), pages);
  }

  private static void serve(List<String> launcher, Path pages) throws IOException {
    List<String> argv = new ArrayList<>(launcher);
    argv.addAll(
        List.of(
            "busybox", "httpd", "-f", "-p", Integer.toString(HOST_PORT), "-h", pages.toString()));
    SERVERS.add(new ProcessBuilder(argv).start());
  }

  @AfterAll
  static void stop() throws IOException {
    SERVERS.forEach(Process::destroyForcibly);
    if (host != null) {
      host.close();
    }
    if (network != null) {
      network.close();
    }
  }

  private static Machine server(PortMapping... ports) throws IOException {
    String id = TestHost.newId();
    return host.machines.start(
        host.run(id, host.upper(id), TestHost.shell(SERVER), List.of(ports)));
  }

  /** Debian's busybox is static: its wget ends in a fault when it looks an address up. */
  private static String[] ask(String address, int port) {
    return new String[] {
      "sh",
      "-c",
      "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 5 \"$0\" \"$1\"",
      address,
      Integer.toString(port)
    };
  }

  private static boolean answers(String address, int port) throws IOException {
    return network.onHost(ask(address, port)).stdout().endsWith(SECRET + "\n");
  }

  private static void awaitAnswer(String address, int port) {
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> answers(address, port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  @Test
  void guestsReachEachOtherAndTheWorldAndNothingOfTheHost() throws IOException {
    int port = freePort();
    try (Machine server = server(new PortMapping("0.0.0.0", port, SERVED))) {
      awaitAnswer(server.ip(), SERVED);
      awaitAnswer("127.0.0.1", port);
      awaitAnswer(CniHost.ADDRESS, port);
      assertThat(network.inWorld(ask(CniHost.ADDRESS, port)).stdout()).endsWith(SECRET + "\n");
      assertThat(network.onHost("busybox", "ping", "-c", "1", "-W", "5", server.ip()).exitCode())
          .isZero();

      List<String> seen = probe(server.ip());

      assertThat(seen)
          .contains(
              "neighbour reached",
              "world reached",
              "gateway closed",
              "host closed",
              "namespace closed",
              "metadata closed",
              "ssh closed",
              "loopback closed",
              "spoofed closed",
              "nameserver 192.0.2.2",
              "search machines.test")
          .anyMatch(line -> line.matches("eth0 10\\.213\\.0\\.\\d+/24 .*"));
    }
    TestHost.drawnIds()
        .forEach(id -> assertThat(Path.of("/run/netns/firebuild-" + id)).doesNotExist());
    assertThat(state()).noneMatch(fact -> fact.contains("10.213.0.1"));
  }

  /** Leases, results and rules that name a guest; what names the network or the host stays. */
  private static NavigableSet<String> state() throws IOException {
    NavigableSet<String> state = network.state();
    state.removeIf(fact -> fact.contains("10.213.0.0/24") || fact.contains("10.213.0.1/32"));
    return state;
  }

  private static List<String> probe(String neighbour) throws IOException {
    String id = TestHost.newId();
    String script = PROBES.replace("NEIGHBOUR", neighbour);
    try (Machine machine =
        host.machines.start(host.run(id, host.upper(id), TestHost.shell(script), List.of()))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      machine.readOutput(0, (_, _, bytes) -> out.write(bytes));
      return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void aGuestOutlivesItsWorkerAndItsBridge() throws IOException {
    Machine machine = server();
    awaitAnswer(machine.ip(), SERVED);
    machine.abandon();

    TestHost later = TestHost.open(host.layout.root(), settings);
    Machines.Leftover leftover = later.machines.recover().getFirst();
    assertThat(leftover.adoptable()).isTrue();
    Machine adopted = later.machines.adopt(leftover);
    assertThat(adopted.ip()).isEqualTo(machine.ip());
    assertThat(answers(adopted.ip(), SERVED)).isTrue();
    network.onHost("ip", "link", "delete", "fb0");
    assertThat(new String(adopted.session().call(List.of("echo", "here")), StandardCharsets.UTF_8))
        .isEqualTo("here\n");
    adopted.close();

    assertThat(host.layout.machine(machine.id()).directory()).doesNotExist();
    assertThat(Path.of("/run/netns/firebuild-" + machine.id())).doesNotExist();
    assertThat(state()).noneMatch(fact -> fact.contains(machine.ip()));
  }
}
