package dev.firebuild.systemtest.engine;

import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The root file systems of the recorded cases, as tars. Making them needs root. */
public final class BaseRoots {
  private static final Duration TIME = Duration.ofMinutes(10);

  private BaseRoots() {}

  /** The directory of the recorded cases. */
  public static Path cases() {
    return Checkout.find().root().resolve("systemtest/dockerfile-cases");
  }

  /** Makes the base {@code name} in {@code directory} by the script of the cases. */
  public static Path tar(String name, Path directory) throws IOException {
    Processes processes = Processes.of(System.getenv());
    Path script = cases().resolve("bases").resolve("make-" + name + ".sh");
    Path root = directory.resolve(name);
    Path tar = directory.resolve(name + ".tar");
    processes.require(
        ProcessCommand.of("sh", script.toString(), root.toString()).withTimeout(TIME));
    processes.require(
        ProcessCommand.of(
                "tar", "-C", root.toString(), "--numeric-owner", "-cf", tar.toString(), ".")
            .withTimeout(TIME));
    return tar;
  }
}
