package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.cli.client.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
  @TempDir private Path folder;
  private final List<String> seen = new ArrayList<>();

  @Test
  void linesAreSeenAsTheyComeAndAreLogged() throws Exception {
    Path log = folder.resolve("log");
    Path gate = folder.resolve("gate");
    List<String> argv =
        List.of(
            "/bin/sh",
            "-c",
            "echo first >&2; until [ -e \"$0\" ]; do sleep 0.05; done; echo $NAME",
            gate.toString());

    new Programs(Map.of("NAME", "second"))
        .logged(
            argv,
            log,
            line -> {
              seen.add(line);
              // The program waits for this: the line has come before it ended.
              open(gate);
            });

    assertThat(seen).containsExactly("first", "second");
    assertThat(log).hasContent("first\nsecond\n");
  }

  @Test
  void aFailureNamesTheLog() {
    Path log = folder.resolve("log");

    assertThatThrownBy(
            () -> new Programs(Map.of()).logged(List.of("/bin/sh", "-c", "exit 3"), log, seen::add))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("ended with 3")
        .hasMessageContaining(log.toString());
  }

  private static void open(Path gate) {
    try {
      if (!Files.exists(gate)) {
        Files.createFile(gate);
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
