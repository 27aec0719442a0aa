package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.cli.client.CliException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class ConfigCommandTest {
  /** Flags that say how this one call behaves; nobody wants them in an environment. */
  private static final Set<String> OF_ONE_CALL =
      Set.of(
          "--detach",
          "--debug",
          "--log-as-json",
          "--log-level",
          "--log-force-color",
          "--no-install");

  @Test
  void everyValueHasItsOrigin() {
    Map<String, String> environment =
        Map.of("FIREBUILD_DATA", "/data", "FIREBUILD_VMM", "tcg", "FIREBUILD_HTTP", "81");

    List<ConfigCommand.Value> values =
        config(environment).values(ConfigCommand.Part.up, List.of("--http", "82", "-d"));

    assertThat(values)
        .containsExactlyInAnyOrder(
            new ConfigCommand.Value("data", "/data", "environment", "FIREBUILD_DATA"),
            new ConfigCommand.Value("http", "82", "flag", "--http"),
            new ConfigCommand.Value("vmm", "tcg", "environment", "FIREBUILD_VMM"),
            new ConfigCommand.Value("kafka-listen", "9092", "default", ""),
            new ConfigCommand.Value("keep-uploads", "24", "default", ""),
            new ConfigCommand.Value("start-timeout", "120", "default", ""),
            new ConfigCommand.Value("keep", "7", "default", ""),
            new ConfigCommand.Value("build-slots", "2", "default", ""),
            new ConfigCommand.Value("run-slots", "2", "default", ""),
            new ConfigCommand.Value("event-spool", "256", "default", ""),
            new ConfigCommand.Value("keep-images", "24", "default", ""),
            new ConfigCommand.Value("network-provider", "user", "default", ""),
            new ConfigCommand.Value("cni-network-name", "(the first)", "default", ""),
            new ConfigCommand.Value("cni-conf-dir", "/etc/cni/net.d", "default", ""),
            new ConfigCommand.Value("cni-bin-dir", "/opt/cni/bin", "default", ""),
            new ConfigCommand.Value("cni-cache-dir", "/var/lib/cni", "default", ""),
            new ConfigCommand.Value("reach-host", "closed", "default", ""),
            new ConfigCommand.Value("reach-private", "open", "default", ""));
  }

  @Test
  void whatAWorkerMustBeToldNeedNotBeToldToLook() {
    assertThat(config(Map.of()).values(ConfigCommand.Part.worker, List.of()))
        .contains(
            new ConfigCommand.Value("coordinator", "(not set)", "default", ""),
            new ConfigCommand.Value(
                "token-file", "/home/ada/.local/share/firebuild/token", "default", ""));
    assertThatThrownBy(
            () -> config(Map.of()).values(ConfigCommand.Part.worker, List.of("--images2", "x")))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--images2");
  }

  @Test
  void flagsOfAPartAreSettingsOrOfOneCall() {
    Host host = host(Map.of());
    Set<String> flags =
        Stream.of(new UpCommand(host), new CoordinatorCommand(host), new WorkerCommand(host))
            .flatMap(command -> new CommandLine(command).getCommandSpec().options().stream())
            .map(option -> option.longestName())
            .collect(Collectors.toCollection(TreeSet::new));

    flags.removeAll(OF_ONE_CALL);

    assertThat(flags)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Setting.values()).map(Setting::flag).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "FIREBUILD_HTPP, did you mean FIREBUILD_HTTP?",
    "FIREBUILD_KAFKA_PROPERTY, did you mean FIREBUILD_KAFKA_PROPERTIES?",
    "FIREBUILD_TOKENS, did you mean FIREBUILD_TOKEN?",
    "FIREBUILD_WHATEVER, 'known are FIREBUILD_AOT, FIREBUILD_BLOBS'"
  })
  void unknownKeyIsAnErrorWithASuggestion(String name, String hint) {
    assertThatThrownBy(() -> EnvironmentKeys.requireKnown(Map.of(name, "1", "PATH", "/bin")))
        .isInstanceOfSatisfying(CliException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
        .hasMessageContaining(name)
        .hasMessageContaining(hint);
  }

  @Test
  void everyKeyOfTheLauncherAndTheClientIsKnown() {
    EnvironmentKeys.requireKnown(
        EnvironmentKeys.known().stream().collect(Collectors.toMap(name -> name, _ -> "x")));
    assertThat(EnvironmentKeys.known())
        .contains("FIREBUILD_URL", "FIREBUILD_TOKEN", "FIREBUILD_DATA", "FIREBUILD_AOT");
  }

  private static ConfigCommand config(Map<String, String> environment) {
    return new ConfigCommand(host(environment));
  }

  private static Host host(Map<String, String> environment) {
    return new Host(environment, "ada", Path.of("/home/ada"), Path.of("/opt/firebuild"));
  }
}
