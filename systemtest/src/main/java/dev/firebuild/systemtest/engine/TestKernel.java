package dev.firebuild.systemtest.engine;

import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A kernel package of the distribution, downloaded once. */
public final class TestKernel {
  private static final String METAPACKAGE = "linux-image-cloud-amd64";
  private static final String DEPENDS = "Depends: ";

  private TestKernel() {}

  /** The package; {@code FIREBUILD_TEST_KERNEL} names one that is there already. */
  public static synchronized Path file(Processes processes) throws IOException {
    String given = System.getenv("FIREBUILD_TEST_KERNEL");
    if (given != null) {
      return Path.of(given);
    }
    Path directory = Files.createDirectories(Path.of("target", "test-kernel").toAbsolutePath());
    Optional<Path> known = find(directory);
    return known.isPresent() ? known.get() : download(processes, directory);
  }

  private static Path download(Processes processes, Path directory) throws IOException {
    String name =
        processes
            .require(ProcessCommand.of("apt-cache", "depends", METAPACKAGE))
            .stdout()
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith(DEPENDS + "linux-image-"))
            .map(line -> line.substring(DEPENDS.length()))
            .findFirst()
            .orElseThrow(() -> new IOException("apt knows no kernel; run apt-get update"));
    processes.require(
        ProcessCommand.of("env", "-C", directory.toString(), "apt-get", "download", name)
            .withTimeout(Duration.ofMinutes(5)));
    return find(directory).orElseThrow();
  }

  private static Optional<Path> find(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".deb")).findFirst();
    }
  }
}
