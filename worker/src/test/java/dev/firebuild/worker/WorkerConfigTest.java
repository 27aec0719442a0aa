package dev.firebuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.worker.build.BuildSettings;
import dev.firebuild.worker.host.HostMemory;
import dev.firebuild.worker.run.RunSettings;
import dev.firebuild.worker.vm.MachineSettings;
import dev.firebuild.worker.vm.NetworkSettings;
import dev.firebuild.worker.vmm.Acceleration;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerConfigTest {
  private static final WorkerConfig CONFIG =
      WorkerConfig.of(
          "w1",
          "box",
          WorkerConfig.Roots.below(Path.of("/data")),
          KafkaSettings.of(Map.of("bootstrap.servers", "127.0.0.1:9092")),
          URI.create("http://127.0.0.1:7080"),
          "a-secret-token");

  @Test
  void everyDefault() {
    assertThat(CONFIG.roots())
        .isEqualTo(
            new WorkerConfig.Roots(
                Path.of("/data"), Path.of("/data/images"), Path.of("/data/kernels")));
    assertThat(CONFIG.listen()).isEqualTo(new WorkerConfig.Listen("127.0.0.1", 0));
    assertThat(CONFIG.slots()).isEqualTo(new WorkerConfig.Slots(2, 2));
    assertThat(CONFIG.machines())
        .isEqualTo(
            new MachineSettings(Acceleration.AUTO, NetworkSettings.DEFAULT, Duration.ofMinutes(2)));
    assertThat(CONFIG.runs()).isEqualTo(new RunSettings(1, 256, 10L << 30, "default"));
    assertThat(CONFIG.builds())
        .isEqualTo(
            new BuildSettings(
                "w1",
                Path.of("/data/builds"),
                1,
                1024,
                HostMemory.mib() / 2,
                16L << 30,
                Duration.ofHours(1),
                "default",
                Platform.LINUX_AMD64));
    assertThat(CONFIG.limits())
        .isEqualTo(
            new WorkerConfig.Limits(
                1L << 30, 10L << 30, 20L << 30, 256L << 20, Duration.ofDays(1)));
  }

  @Test
  void aWorkerHasAtLeastOneSlot() {
    assertThatThrownBy(() -> new WorkerConfig.Slots(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one");
  }

  @Test
  void theTextFormHoldsNoSecret() {
    assertThat(CONFIG.toString()).doesNotContain("a-secret-token");
  }
}
