package dev.firebuild.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is gone when it is closed, or when Ctrl-C ends the command before that. */
record TemporaryFile(Path path) implements AutoCloseable {
  /** A new, empty one, which only this user can read. */
  static TemporaryFile create(String suffix) throws IOException {
    Path path = Files.createTempFile("firebuild-", suffix);
    path.toFile().deleteOnExit();
    return new TemporaryFile(path);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }
}
