package dev.firebuild.systemtest.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a measurement keeps its files, named so that it can be found when its bench was killed.
 * Only the process of {@link Bench} itself may make one: {@code scripts/end-benches.sh} takes every
 * other for dead, and removes what is named after it.
 */
final class BenchFolder {
  private BenchFolder() {}

  /** A new one. */
  static Path create() throws IOException {
    return Files.createTempDirectory("fbb%d-".formatted(ProcessHandle.current().pid()));
  }

  /** Where all lie. */
  static Path parent() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }
}
