package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFilesTest {
  private static final Path HOME = Path.of("/home/ada");

  @Test
  void rootKeepsItsDataInVar() {
    assertThat(NodeFiles.defaultData(Map.of("XDG_DATA_HOME", "/x"), "root", Path.of("/root")))
        .isEqualTo(Path.of("/var/lib/firebuild"));
  }

  @Test
  void userKeepsItsDataInTheXdgFolder() {
    assertThat(NodeFiles.defaultData(Map.of("XDG_DATA_HOME", "/x"), "ada", HOME))
        .isEqualTo(Path.of("/x/firebuild"));
    assertThat(NodeFiles.defaultData(Map.of(), "ada", HOME))
        .isEqualTo(Path.of("/home/ada/.local/share/firebuild"));
  }

  @Test
  void relativeXdgFolderIsIgnored() {
    // As the XDG base directory specification demands.
    assertThat(NodeFiles.defaultData(Map.of("XDG_DATA_HOME", "x"), "ada", HOME))
        .isEqualTo(Path.of("/home/ada/.local/share/firebuild"));
  }

  @Test
  void dataFolderIsClosedToOthers(@TempDir Path temp) throws IOException {
    NodeFiles files = new NodeFiles(temp.resolve("a/b"));

    files.create();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.data())))
        .isEqualTo("rwx------");
  }

  @Test
  void fileInTheWayIsNamed(@TempDir Path temp) throws IOException {
    Path file = Files.createFile(temp.resolve("file"));

    assertThatThrownBy(() -> new NodeFiles(file).create())
        .isInstanceOf(NodeException.class)
        .hasMessageContaining("cannot use " + file + " as data folder")
        .hasMessageContaining("choose another with --data DIR");
  }
}
