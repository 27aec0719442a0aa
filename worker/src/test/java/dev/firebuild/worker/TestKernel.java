package dev.firebuild.worker;

import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.worker.guest.kernel.Kernel;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.guest.kernel.Kernels;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A kernel package of the distribution, downloaded once. */
public final class TestKernel {
  private static final Duration TIME = Duration.ofMinutes(10);

  private TestKernel() {}

  /** The kernels that VMs of a test may boot: {@code name}, once it is in {@code store}. */
  public static Kernels kernels(KernelStore store, String name) {
    return new Kernels(
        store,
        () -> {
          try {
            return store.get(name).map(TestKernel::document).stream().toList();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Says that {@code kernel} was imported. */
  public static KernelDocument document(Kernel kernel) {
    return new KernelDocument(kernel.name(), kernel.digest(), "build", "w", Instant.EPOCH);
  }

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
