package dev.firebuild.worker.build;

import dev.firebuild.protocol.Ids;
import dev.firebuild.worker.host.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where one build keeps what it works on; closing removes it. */
final class BuildDirectory implements AutoCloseable {
  private final Path path;

  private BuildDirectory(Path path) {
    this.path = path;
  }

  static BuildDirectory create(Path root, String instance) throws IOException {
    Files.createDirectories(root);
    return new BuildDirectory(
        Files.createDirectory(
            root.resolve(Ids.requireValid(instance)),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    DurableFiles.deleteTree(path);
  }
}
