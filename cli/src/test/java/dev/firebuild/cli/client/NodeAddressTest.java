package dev.firebuild.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeAddressTest {
  @TempDir Path data;

  @BeforeEach
  void writeNode() throws Exception {
    Files.writeString(data.resolve("node.json"), "{\"url\":\"http://127.0.0.1:7080\",\"pid\":1}");
    Files.writeString(data.resolve("token"), "secret-of-the-node\n");
  }

  @Test
  void environmentNamesTheNode() {
    NodeAddress node =
        find(Map.of("FIREBUILD_URL", "http://h:1/", "FIREBUILD_TOKEN", "t"), Optional.empty());

    assertThat(node.url()).hasToString("http://h:1");
    assertThat(node.token()).isEqualTo("t");
  }

  @Test
  void dataFolderNamesTheNode() {
    for (NodeAddress node :
        List.of(
            find(Map.of(), Optional.of(data)),
            find(Map.of("FIREBUILD_DATA", data.toString()), Optional.empty()),
            find(Map.of("FIREBUILD_URL", "http://other:1"), Optional.of(data)))) {
      assertThat(node.url()).hasToString("http://127.0.0.1:7080");
      assertThat(node.token()).isEqualTo("secret-of-the-node");
      assertThat(node.toString()).doesNotContain("secret");
    }
  }

  @Test
  void theTokenOfThisHostGoesToNoOtherHost() {
    String folder = data.toString();

    assertThat(
            find(
                    Map.of("FIREBUILD_URL", "http://localhost:1", "FIREBUILD_DATA", folder),
                    Optional.empty())
                .token())
        .isEqualTo("secret-of-the-node");
    assertThatThrownBy(() ->
            find(
                Map.of("FIREBUILD_URL", "http://127.0.0.1.example.org:1", "FIREBUILD_DATA", folder),
                Optional.empty()))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("set FIREBUILD_TOKEN");
  }

  @Test
  void missingNodeSaysHowToStartOne() {
    assertThatThrownBy(() -> find(Map.of(), Optional.of(data.resolve("none"))))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("firebuild up -d");
  }

  @Test
  void wrongAddressIsAMistakeOfUsage() {
    assertThatThrownBy(() -> find(Map.of("FIREBUILD_URL", "localhost:7080"), Optional.empty()))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(CliException.USAGE));
  }

  @Test
  void aPortOrATokenThatCannotBeIsAMistakeOfUsage() {
    for (Map<String, String> env :
        List.of(
            Map.of("FIREBUILD_URL", "http://h:99999", "FIREBUILD_TOKEN", "t"),
            Map.of("FIREBUILD_URL", "http://h:1", "FIREBUILD_TOKEN", "secret\nX: y"))) {
      assertThatThrownBy(() -> find(env, Optional.empty()))
          .isInstanceOfSatisfying(
              CliException.class, e -> assertThat(e.exitCode()).isEqualTo(CliException.USAGE))
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void usualFoldersDependOnTheUser() {
    Path home = Path.of("/home/u");
    assertThat(NodeAddress.defaultData(Map.of(), "root", home))
        .isEqualTo(Path.of("/var/lib/firebuild"));
    assertThat(NodeAddress.defaultData(Map.of(), "u", home))
        .isEqualTo(Path.of("/home/u/.local/share/firebuild"));
    assertThat(NodeAddress.defaultData(Map.of("XDG_DATA_HOME", "/d"), "u", home))
        .isEqualTo(Path.of("/d/firebuild"));
  }

  private static NodeAddress find(Map<String, String> env, Optional<Path> folder) {
    return NodeAddress.find(env, folder, "u", Path.of("/nonexistent"));
  }
}
