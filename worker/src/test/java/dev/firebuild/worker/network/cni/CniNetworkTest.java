package dev.firebuild.worker.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.Waiting;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.network.Network.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real bridge, host-local, firewall and portmap. */
@Tag("real")
class CniNetworkTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Wish PORT =
      new Wish(List.of(new PortMapping("0.0.0.0", 18080, 80)), Optional.empty());

  private static CniHost host;

  /** After the first machine: what plugins make once stays. */
  private static NavigableSet<String> before;

  private static int drawn;

  private final Processes processes = Processes.of(System.getenv());

  @TempDir private Path folder;

  @BeforeAll
  static void makeHost(@TempDir Path folder) throws IOException {
    host = CniHost.create();
    CniNetwork network = host.network(LIMIT);
    String id = newId();
    MachineLayout files = new MachineLayout(folder);
    Attachment attachment = network.attach(id, files, PORT);
    network.detach(id, files, Optional.of(attachment));
    before = host.state();
  }

  @AfterAll
  static void removeHost() throws IOException {
    if (host != null) {
      host.close();
    }
  }

  /** What a test that failed has left would let the others fail, too. */
  @AfterEach
  void removeAll() throws IOException {
    mendHost();
    try (Stream<Path> machines = Files.list(folder)) {
      for (Path machine : machines.toList()) {
        String id = String.valueOf(machine.getFileName());
        for (ProcessIdentity process : ProcessTable.marked(id)) {
          end(process);
        }
        host.network(LIMIT).detach(id, files(id), Optional.empty());
      }
    }
  }

  @BeforeEach
  void mendHost() throws IOException {
    host.pool(200);
    for (String type : List.of("bridge", "host-local", "firewall", "portmap")) {
      host.plugin(type, "");
    }
  }

  private static String newId() {
    return CniHost.IDS + "%013d".formatted(drawn++);
  }

  private MachineLayout files(String id) throws IOException {
    return new MachineLayout(Files.createDirectories(folder.resolve(id)));
  }

  private void requireNothingLeft(String id) throws IOException {
    for (ProcessIdentity process : ProcessTable.marked(id)) {
      assertThat(Waiting.until(LIMIT, () -> !process.isAlive())).isTrue();
    }
    assertThat(host.state()).isEqualTo(before);
  }

  private List<String> inside(Attachment attachment, String... argv) throws IOException {
    List<String> command = new ArrayList<>(attachment.launcher());
    command.addAll(List.of(argv));
    return processes.require(ProcessCommand.of(command)).stdout().lines().toList();
  }

  @Test
  void aMachineHasItsAddressItsTapAndItsFilter() throws IOException {
    String id = newId();
    CniNetwork network = host.network(LIMIT);

    Attachment attachment = network.attach(id, files(id), PORT);

    assertThat(attachment.link().network()).isEqualTo("10.213.0.0/24");
    assertThat(attachment.link().gateway()).contains(CniHost.GATEWAY);
    assertThat(attachment.link().names().resolvConf())
        .containsExactly("nameserver 192.0.2.2", "search machines.test");
    assertThat(attachment.link().mtu()).isEqualTo(1500);
    assertThat(String.join("\n", inside(attachment, "ip", "-brief", "link")))
        .contains("eth0", "tap0", attachment.link().mac());
    assertThat(String.join("\n", inside(attachment, "nft", "list", "table", "netdev", "vm")))
        .contains(
            "fwd to \"eth0\"", "fwd to \"tap0\"", "ip saddr != " + attachment.link().address());
    assertThat(host.state()).anyMatch(fact -> fact.contains("--dport 18080"));
    network.detach(id, files(id), Optional.of(attachment));
    requireNothingLeft(id);
  }

  @Test
  void manyMachinesLeaveNothing() throws IOException {
    rounds(5);
  }

  @Test
  @Tag("long")
  void twoHundredMachinesLeaveNothing() throws IOException {
    rounds(200);
  }

  private void rounds(int count) throws IOException {
    CniNetwork network = host.network(LIMIT);
    for (int i = 0; i < count; i++) {
      String id = newId();
      Attachment attachment = network.attach(id, files(id), PORT);
      network.detach(id, files(id), Optional.of(attachment));
      requireNothingLeft(id);
    }
  }

  @Test
  void whatAKilledWorkerLeftIsRemovedByTheNext() throws IOException {
    String id = newId();
    Attachment attachment = host.network(LIMIT).attach(id, files(id), PORT);
    attachment.holder().kill();

    host.network(LIMIT).detach(id, files(id), Optional.empty());
    host.network(LIMIT).detach(id, files(id), Optional.empty());

    requireNothingLeft(id);
  }

  @Test
  void aHolderThatEndsIsStartedAgain() throws IOException {
    String id = newId();
    CniNetwork network = host.network(LIMIT);
    Attachment attachment = network.attach(id, files(id), Wish.NONE);
    end(attachment.holder());

    Attachment kept = network.keep(id, files(id), attachment, List.of());

    assertThat(kept.holder()).isNotEqualTo(attachment.holder());
    assertThat(String.join("\n", inside(kept, "ip", "-brief", "link"))).contains("eth0", "tap0");
    network.detach(id, files(id), Optional.of(kept));
    requireNothingLeft(id);
  }

  @Test
  void aPluginThatFailsInTheMiddleLeavesNothing() throws IOException {
    String id = newId();
    host.plugin(
        "portmap",
        "[ $CNI_COMMAND != ADD ] || { echo '{\"code\": 11, \"msg\": \"later\"}'; exit 1; }");

    assertThatThrownBy(() -> host.network(LIMIT).attach(id, files(id), PORT))
        .hasMessageContaining("the CNI plugin portmap refused ADD: later (code 11)");

    requireNothingLeft(id);
  }

  @Test
  void aPluginThatHangsIsKilledAndLeavesNothing() throws IOException {
    String id = newId();
    host.plugin("firewall", "[ $CNI_COMMAND != ADD ] || sleep 1000");

    assertThatThrownBy(() -> host.network(Duration.ofSeconds(2)).attach(id, files(id), PORT))
        .hasMessageContaining("firewall: not finished after PT2S; killed");

    requireNothingLeft(id);
  }

  @Test
  void aPluginThatFailsToRemoveIsAskedAgain() throws IOException {
    String id = newId();
    CniNetwork network = host.network(LIMIT);
    Attachment attachment = network.attach(id, files(id), PORT);
    host.plugin("bridge", "[ $CNI_COMMAND != DEL ] || exit 1");

    assertThatThrownBy(() -> network.detach(id, files(id), Optional.of(attachment)))
        .hasMessageContaining("the CNI plugin bridge refused DEL");
    assertThat(host.state()).anyMatch(fact -> fact.contains("namespace"));
    host.plugin("bridge", "");
    attachment.holder().kill();
    network.detach(id, files(id), Optional.empty());

    requireNothingLeft(id);
  }

  @Test
  void aPoolThatRunsDrySaysSo() throws IOException {
    host.pool(10);
    String first = newId();
    String second = newId();
    CniNetwork network = host.network(LIMIT);
    Attachment attachment = network.attach(first, files(first), Wish.NONE);

    assertThatThrownBy(() -> network.attach(second, files(second), Wish.NONE))
        .hasMessageContaining("the CNI plugin bridge refused ADD")
        .hasMessageContaining("no IP addresses available");

    network.detach(first, files(first), Optional.of(attachment));
    requireNothingLeft(second);
    Attachment third = network.attach(second, files(second), Wish.NONE);
    network.detach(second, files(second), Optional.of(third));
    requireNothingLeft(second);
  }

  @Test
  void aGuestGetsTheAddressThatItAskedFor() throws IOException {
    String id = newId();
    CniNetwork network = host.network(LIMIT);
    Wish wish = new Wish(List.of(), Optional.of("10.213.0.77"));

    Attachment attachment = network.attach(id, files(id), wish);

    assertThat(attachment.link().address()).isEqualTo("10.213.0.77");
    String other = newId();
    assertThatThrownBy(() -> network.attach(other, files(other), wish))
        .hasMessageContaining("10.213.0.77");
    network.detach(id, files(id), Optional.of(attachment));
    requireNothingLeft(id);
  }

  private void removeNamespace(String id) throws IOException {
    processes.require(ProcessCommand.of("ip", "netns", "delete", "firebuild-" + id));
  }

  private static void end(ProcessIdentity process) {
    process.kill();
    assertThat(Waiting.until(LIMIT, () -> !process.isAlive())).isTrue();
  }

  @Test
  void aNamespaceThatLosesItsNameGetsItBack() throws IOException {
    String id = newId();
    CniNetwork network = host.network(LIMIT);
    Attachment attachment = network.attach(id, files(id), Wish.NONE);
    removeNamespace(id);

    assertThat(network.keep(id, files(id), attachment, List.of())).isEqualTo(attachment);

    end(attachment.holder());
    network.detach(id, files(id), Optional.of(attachment));
    requireNothingLeft(id);
  }

  @Test
  void aNamespaceThatGoesAwayIsToldAndItsAddressIsFree() throws IOException {
    // Of its own: where the namespace is gone the bridge plugin leaves a rule behind.
    try (CniHost another = CniHost.create()) {
      String id = newId();
      another.pool(10);
      CniNetwork network = another.network(LIMIT);
      Attachment attachment = network.attach(id, files(id), Wish.NONE);
      removeNamespace(id);
      end(attachment.holder());

      assertThatThrownBy(() -> network.keep(id, files(id), attachment, List.of()))
          .hasMessage("the machine's network namespace was removed");
      network.detach(id, files(id), Optional.of(attachment));

      Attachment again = network.attach(id, files(id), Wish.NONE);
      assertThat(again.link().address()).isEqualTo(attachment.link().address());
      network.detach(id, files(id), Optional.of(again));
      assertThat(another.state())
          .noneMatch(fact -> fact.contains("file 10.") || fact.contains(id + "-"));
    }
  }

  @Test
  void aBridgeThatGoesAwayIsToldAndLeavesNothing() throws IOException {
    String id = newId();
    CniNetwork network = host.network(LIMIT);
    Attachment attachment = network.attach(id, files(id), Wish.NONE);
    host.onHost("ip", "link", "delete", "fb0");

    assertThatThrownBy(() -> network.keep(id, files(id), attachment, List.of()))
        .hasMessageContaining("the CNI plugin bridge refused CHECK");
    assertThat(network.keep(id, files(id), attachment, List.of())).isEqualTo(attachment);
    network.detach(id, files(id), Optional.of(attachment));

    Attachment again = network.attach(id, files(id), Wish.NONE);
    network.detach(id, files(id), Optional.of(again));
    requireNothingLeft(id);
  }

  @Test
  void aForeignProgramsPortIsNotTaken() throws IOException {
    try (java.net.ServerSocket taken = new java.net.ServerSocket(0)) {
      String id = newId();
      assertThatThrownBy(() ->
              host.network(LIMIT)
                  .attach(
                      id,
                      files(id),
                      new Wish(
                          List.of(new PortMapping("127.0.0.1", taken.getLocalPort(), 80)),
                          Optional.empty())))
          .hasMessageContaining("cannot publish port 127.0.0.1:" + taken.getLocalPort());
      requireNothingLeft(id);
    }
  }
}
