package dev.firebuild.worker;

import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A kernel package of the distribution, downloaded once. */
public final class TestKernel {
  private static final Duration TIME = Duration.ofMinutes(10);

  private TestKernel() {}

  /** The package; {@code FIREBUILD_TEST_KERNEL} names one that is there already. */
  public static synchronized Path file(Processes processes) throws IOException {
    String given = System.getenv("FIREBUILD_TEST_KERNEL");
    if (given != null) {
      return Path.of(given);
    }
    // Maven runs the tests of a module in its folder.
    Path checkout = Path.of("..").toAbsolutePath().normalize();
    String script = checkout.resolve("scripts/fetch-kernel").toString();
    String directory = checkout.resolve("target/kernel").toString();
    return Path.of(
        processes.require(ProcessCommand.of(script, directory).withTimeout(TIME)).stdout().strip());
  }
}
