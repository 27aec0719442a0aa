package dev.firebuild.worker.vmm.qemu;

import dev.firebuild.worker.host.Boot;
import dev.firebuild.worker.host.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether guests boot with KVM here, by booting one: {@code /dev/kvm} that opens proves
 * nothing, nor does a VMM that starts. The answer is kept for this boot of the host.
 */
public final class KvmProbe {
  private static final Logger LOG = LoggerFactory.getLogger(KvmProbe.class);
  private static final Path DEVICE = Path.of("/dev/kvm");
  private static final String WORKS = "works";

  /** So long a guest may take: a few times of what it needs. */
  public static final Duration LIMIT = Duration.ofSeconds(10);

  private final Path cache;
  private final Trial trial;

  /** Boots a guest with KVM and leaves nothing of it. */
  @FunctionalInterface
  public interface Trial {
    /**
     * Whether it boots within {@link #LIMIT}.
     *
     * @throws IOException if that could not be found out: the next VM tries again
     */
    boolean boots(Path kernel, Path initramfs) throws IOException;
  }

  /**
   * @param cache directory for the answer
   */
  public KvmProbe(Path cache, Trial trial) {
    this.cache = cache;
    this.trial = trial;
  }

  /** Whether guests boot; the reason is logged when it is found out. */
  public boolean works(Path kernel, Path initramfs) throws IOException {
    Files.createDirectories(cache);
    Path answer = cache.resolve("kvm-" + Boot.id());
    if (!Files.exists(answer)) {
      Optional<String> obstacle = obstacle(kernel, initramfs);
      LOG.atInfo()
          .addKeyValue("vmm", obstacle.isPresent() ? "qemu-tcg" : "qemu-kvm")
          .addKeyValue("reason", obstacle.orElse("a guest booted with KVM"))
          .log("VMM chosen");
      DurableFiles.replace(answer, obstacle.orElse(WORKS).getBytes(StandardCharsets.UTF_8));
    }
    return Files.readString(answer).equals(WORKS);
  }

  private Optional<String> obstacle(Path kernel, Path initramfs) throws IOException {
    try (FileChannel device =
        FileChannel.open(DEVICE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      device.isOpen();
    } catch (IOException e) {
      return Optional.of("/dev/kvm can't be opened: " + e.getMessage());
    }
    if (!processorVirtualizes()) {
      return Optional.of("/dev/kvm opens, but the processor shows neither vmx nor svm");
    }
    return trial.boots(kernel, initramfs)
        ? Optional.empty()
        : Optional.of(
            "/dev/kvm opens, but no guest booted within %d s".formatted(LIMIT.toSeconds()));
  }

  private static boolean processorVirtualizes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .flatMap(line -> List.of(line.split("\\s+", -1)).stream())
          .anyMatch(flag -> flag.equals("vmx") || flag.equals("svm"));
    }
  }
}
