package dev.firebuild.worker.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkConfigsTest {
  private static final String LIST =
      """
      {"cniVersion": "0.4.0", "name": "NAME", "plugins": [{"type": "TYPE", "of": {"mine": 1}}]}
      """;

  @TempDir private Path folder;

  private static String list(String name, String type) {
    return LIST.replace("NAME", name).replace("TYPE", type);
  }

  private void write(String file, String json) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, json);
  }

  private NetworkConfig load(String... name) throws IOException {
    return new NetworkConfigs(folder)
        .load(Optional.of(name).filter(n -> n.length > 0).map(n -> n[0]));
  }

  private static List<String> types(NetworkConfig config) {
    return config.plugins().stream().map(NetworkConfig.Plugin::type).toList();
  }

  @Test
  void theFirstFileByNameIsTheNetwork() throws IOException {
    write("20-b.conflist", list("second", "bridge"));
    write("10-a.conflist", list("first", "ptp"));
    write("00-notes.txt", "no network");

    NetworkConfig config = load();

    assertThat(config.name()).isEqualTo("first");
    assertThat(types(config)).containsExactly("ptp");
  }

  @Test
  void aNetworkByNameIsFoundBesideBrokenFiles() throws IOException {
    write("10-a.conflist", "{");
    write("20-b.conflist", list("second", "bridge"));

    assertThat(load("second").name()).isEqualTo("second");
    assertThatThrownBy(this::load).hasMessageContaining("10-a.conflist: no JSON");
    assertThatThrownBy(() -> load("third"))
        .hasMessageContaining("no network third in " + folder)
        .hasMessageContaining("10-a.conflist: no JSON")
        .hasMessageContaining("second");
  }

  @Test
  void aSinglePluginIsAListOfOne() throws IOException {
    write(
        "10-a.conf",
        """
        {"cniVersion": "0.3.1", "name": "old", "type": "bridge", "bridge": "br0"}
        """);

    NetworkConfig config = load();

    assertThat(types(config)).containsExactly("bridge");
    assertThat(config.plugins().getFirst().config().path("bridge").asString()).isEqualTo("br0");
  }

  @Test
  void pluginsInTheNetworksFolderFollowUnlessItSaysNo() throws IOException {
    write("10-a.conflist", list("net", "bridge"));
    write("net/10-portmap.conf", "{\"type\": \"portmap\"}");

    assertThat(types(load())).containsExactly("bridge", "portmap");

    write(
        "10-a.conflist",
        list("net", "bridge").replace("{\"cni", "{\"loadOnlyInlinedPlugins\": true, \"cni"));
    assertThat(types(load())).containsExactly("bridge");
  }

  @Test
  void noConfigurationSaysWhatToDo() {
    assertThatThrownBy(this::load)
        .hasMessageContaining("no network is configured in " + folder)
        .hasMessageContaining("--cni-conf-dir");
    assertThatThrownBy(() -> new NetworkConfigs(folder.resolve("none")).load(Optional.empty()))
        .hasMessageContaining("no network is configured");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"cniVersion\": \"1.0.0\", \"name\": \"../x\", \"plugins\": []} | name: expected",
        "{\"cniVersion\": \"1.0.0\", \"plugins\": []} | name: expected",
        "{\"cniVersion\": \"1.0.0\", \"name\": \"x\", \"plugins\": [{\"type\": \"../sh\"}]} | type: expected",
        "{\"cniVersion\": \"1.0.0\", \"name\": \"x\", \"plugins\": [{\"type\": \"..\"}]} | type: expected",
        "{\"cniVersion\": \"1.0.0\", \"name\": \"x\", \"plugins\": [1]} | type: expected",
        "{\"cniVersion\": \"1.0.0\", \"name\": \"x\", \"plugins\": []} | has no plugins",
        "{\"cniVersion\": \"0.2.0\", \"name\": \"x\", \"plugins\": []} | expected one of 0.3.0, 0.3.1",
        "{\"cniVersion\": \"9.0.0\", \"name\": \"x\", \"plugins\": []} | [9.0.0]: expected one of",
        "{\"name\": \"x\", \"plugins\": []} | cniVersion is missing",
        "[] | expected a JSON object"
      })
  void whatIsNoConfigurationSaysWhy(String json, String message) throws IOException {
    write("10-a.conflist", json);

    assertThatThrownBy(this::load)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }

  @Test
  void aConfigurationIsReadAsItWasWritten() throws IOException {
    write(
        "10-a.conflist",
        list("net", "bridge")
            .replace("0.4.0\"", "0.4.0\", \"cniVersions\": [\"1.0.0\", \"7.0.0\"]"));
    NetworkConfig config = load();
    assertThat(CniVersion.spoken(config.versions()))
        .containsExactly(CniVersion.V1_0_0, CniVersion.V0_4_0);

    NetworkConfig again = NetworkConfig.parse("copy", config.in(CniVersion.V0_4_0).json());

    assertThat(again.versions()).containsExactly("0.4.0");
    assertThat(again.plugins()).isEqualTo(config.plugins());
    assertThat(new String(again.json(), StandardCharsets.UTF_8)).contains("\"mine\":1");
  }
}
