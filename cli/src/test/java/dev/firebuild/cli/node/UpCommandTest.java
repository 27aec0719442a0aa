package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.worker.network.HostAddresses;
import dev.firebuild.worker.network.cni.CniSettings;
import dev.firebuild.worker.vm.NetworkSettings;
import dev.firebuild.worker.vmm.Acceleration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class UpCommandTest {
  @Test
  void defaults() {
    assertThat(config(Map.of()))
        .isEqualTo(
            new NodeConfig(
                Path.of("/home/ada/.local/share/firebuild"),
                new HostPort("127.0.0.1", 7080),
                9092,
                new WorkerTuning(2, 2, Acceleration.AUTO, 256, 24, NetworkSettings.DEFAULT),
                Duration.ofHours(24),
                Duration.ofMinutes(2),
                Duration.ofDays(7)));
  }

  @Test
  void everyFlagIsTakenFromTheEnvironment() {
    assertThat(
            config(
                Map.ofEntries(
                    Map.entry("FIREBUILD_DATA", "/data"),
                    Map.entry("FIREBUILD_KEEP_UPLOADS", "5"),
                    Map.entry("FIREBUILD_HTTP", "0.0.0.0:80"),
                    Map.entry("FIREBUILD_KAFKA_LISTEN", "19092"),
                    Map.entry("FIREBUILD_START_TIMEOUT", "7"),
                    Map.entry("FIREBUILD_KEEP", "30"),
                    Map.entry("FIREBUILD_BUILD_SLOTS", "3"),
                    Map.entry("FIREBUILD_RUN_SLOTS", "4"),
                    Map.entry("FIREBUILD_VMM", "tcg"),
                    Map.entry("FIREBUILD_EVENT_SPOOL", "16"),
                    Map.entry("FIREBUILD_KEEP_IMAGES", "48"),
                    Map.entry("FIREBUILD_NETWORK_PROVIDER", "cni"),
                    Map.entry("FIREBUILD_CNI_NETWORK_NAME", "machines"),
                    Map.entry("FIREBUILD_CNI_CONF_DIR", "/etc/networks"),
                    Map.entry("FIREBUILD_CNI_BIN_DIR", "/opt/plugins"),
                    Map.entry("FIREBUILD_CNI_CACHE_DIR", "/var/cache/cni"),
                    Map.entry("FIREBUILD_REACH_HOST", "open"),
                    Map.entry("FIREBUILD_REACH_PRIVATE", "closed"))))
        .isEqualTo(
            new NodeConfig(
                Path.of("/data"),
                new HostPort("0.0.0.0", 80),
                19_092,
                new WorkerTuning(
                    3,
                    4,
                    Acceleration.TCG,
                    16,
                    48,
                    new NetworkSettings(
                        NetworkSettings.Provider.CNI,
                        true,
                        new CniSettings(
                            Optional.of("machines"),
                            Path.of("/etc/networks"),
                            Path.of("/opt/plugins"),
                            Path.of("/var/cache/cni")),
                        HostAddresses.NONE)),
                Duration.ofHours(5),
                Duration.ofSeconds(7),
                Duration.ofDays(30)));
  }

  @Test
  void flagsGoBeforeTheEnvironment() {
    assertThat(config(Map.of("FIREBUILD_HTTP", "81"), "--http", "82").http().port()).isEqualTo(82);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "3651", "a week"})
  void whatIsNoNumberOfDaysIsAnError(String days) {
    assertThatThrownBy(() -> config(Map.of(), "--keep", days))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--keep")
        .hasMessageContaining("1 to 3650");
  }

  private static NodeConfig config(Map<String, String> environment, String... flags) {
    Host host = new Host(environment, "ada", Path.of("/home/ada"), Path.of("/opt/firebuild"));
    UpCommand command = new UpCommand(host);
    new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setDefaultValueProvider(new EnvironmentDefaults(environment))
        .parseArgs(flags);
    return command.config();
  }
}
