package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFilesTest {
  @Test
  void dataFolderIsClosedToOthers(@TempDir Path temp) throws IOException {
    NodeFiles files = new NodeFiles(temp.resolve("a/b"));

    files.create();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.data())))
        .isEqualTo("rwx------");
  }

  @Test
  void whatLiesInAFolderThatWasThereIsClosedToOthers(@TempDir Path temp) throws IOException {
    // Given a data folder that its user has made, open to all
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    NodeFiles files = new NodeFiles(temp);

    // When
    files.create(files.kafka());

    // Then
    for (Path folder : List.of(files.kafka(), files.logs())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo("rwx------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp)))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void fileInTheWayIsNamed(@TempDir Path temp) throws IOException {
    Path file = Files.createFile(temp.resolve("file"));

    assertThatThrownBy(() -> new NodeFiles(file).create())
        .isInstanceOf(CliException.class)
        .hasMessageContaining("cannot use " + file + " as data folder")
        .hasMessageContaining("choose another with --data DIR");
  }
}
