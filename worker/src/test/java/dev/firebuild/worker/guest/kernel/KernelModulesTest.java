package dev.firebuild.worker.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelModulesTest {
  @Test
  void aModuleIsLoadedAfterThoseThatItNeeds() {
    List<String> order =
        KernelModules.loadOrder(
            Map.of(
                "virtio_net", List.of("net_failover", "virtio", "virtio_ring"),
                "net_failover", List.of("failover"),
                "failover", List.of(),
                "virtio", List.of(),
                "virtio_ring", List.of("virtio"),
                "unwanted", List.of("failover")));

    assertThat(order)
        .containsExactly("virtio", "virtio_ring", "failover", "net_failover", "virtio_net");
  }

  @Test
  void whatThePackageDoesNotHaveIsPartOfTheKernel() {
    assertThat(KernelModules.loadOrder(Map.of("overlay", List.of("builtin"))))
        .containsExactly("overlay");
  }

  @Test
  void dependenciesAreReadFromTheModule() {
    byte[] module =
        "\177ELF\0license=GPL\0depends=virtio-ring,virtio\0name=x\0"
            .getBytes(StandardCharsets.ISO_8859_1);

    assertThat(KernelModules.dependencies(module)).containsExactly("virtio_ring", "virtio");
  }

  @Test
  void namesAreThoseOfTheKernel() {
    assertThat(KernelModules.nameOf("./lib/modules/6.1/kernel/drivers/char/virtio-rng.ko.xz"))
        .contains("virtio_rng");
    assertThat(KernelModules.nameOf("./boot/vmlinuz-6.1")).isEmpty();
  }
}
