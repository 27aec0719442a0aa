package dev.firebuild.worker.network.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.VmUser;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.network.Network.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class UserNetworkTest {
  private static final String ID = "networktest000000000";

  private final Processes processes = Processes.of(System.getenv());

  @TempDir private Path directory;

  private String rules(Attachment attachment) throws IOException {
    List<String> argv = new ArrayList<>(attachment.launcher());
    argv.add(processes.find("nft").orElseThrow().toString());
    argv.addAll(List.of("list", "table", "netdev", "vm"));
    return processes.require(ProcessCommand.of(argv)).stdout();
  }

  @Test
  void theFilterFollowsTheAddressesOfTheHost() throws IOException {
    // Given
    AtomicReference<List<String>> addresses = new AtomicReference<>(List.of("198.51.100.7"));
    UserNetwork network = new UserNetwork(processes, false, addresses::get);
    MachineLayout files = new MachineLayout(directory);
    Attachment attachment = network.attach(ID, files, Wish.NONE);
    try {
      assertThat(rules(attachment)).contains("198.51.100.7").doesNotContain("203.0.113.9");

      // When
      addresses.set(List.of("203.0.113.9"));
      Attachment kept = network.keep(ID, files, attachment, List.of());

      // Then
      assertThat(kept).isEqualTo(attachment);
      assertThat(rules(attachment)).contains("203.0.113.9").doesNotContain("198.51.100.7");
    } finally {
      network.detach(ID, files, Optional.of(attachment));
    }
  }

  @Test
  void otherNamespacesOfTheHostKeepTheirNames() throws IOException {
    Assumptions.assumeTrue(VmUser.isRoot(), "only root can name a namespace");
    String name = "fb-" + directory.getFileName();
    Path path = Path.of("/run/netns", name);
    processes.require(ProcessCommand.of("ip", "netns", "add", name));
    try {
      UserNetwork network = new UserNetwork(processes, false, List::of);
      MachineLayout files = new MachineLayout(directory);

      Attachment attachment = network.attach(ID, files, Wish.NONE);

      network.detach(ID, files, Optional.of(attachment));
      assertThat(Files.getAttribute(path, "unix:dev"))
          .isNotEqualTo(Files.getAttribute(path.getParent(), "unix:dev"));
    } finally {
      processes.require(ProcessCommand.of("ip", "netns", "delete", name));
    }
  }
}
