package dev.firebuild.worker.vmm.qemu;

import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.vmm.VmmProcess;
import dev.firebuild.worker.vmm.VmmSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether guests boot with KVM here, by booting one: {@code /dev/kvm} that opens proves
 * nothing, nor does a VMM that starts. The answer is kept for this boot of the host.
 */
public final class KvmProbe {
  private static final Logger LOG = LoggerFactory.getLogger(KvmProbe.class);
  private static final Path DEVICE = Path.of("/dev/kvm");
  private static final long LIMIT_SECONDS = 10;
  private static final int MEM_MIB = 256;
  private static final String WORKS = "works";
  private static final String ID = "kvmprobe000000000000";

  private final Processes processes;
  private final Path cache;

  /**
   * @param cache directory for the answer
   */
  public KvmProbe(Processes processes, Path cache) {
    this.processes = processes;
    this.cache = cache;
  }

  /** Whether guests boot; the reason is logged when it is found out. */
  public boolean works(Path kernel, Path initramfs) throws IOException {
    Files.createDirectories(cache);
    Path answer = cache.resolve("kvm-" + bootId());
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
    return boots(kernel, initramfs)
        ? Optional.empty()
        : Optional.of("/dev/kvm opens, but no guest booted within %d s".formatted(LIMIT_SECONDS));
  }

  private static boolean processorVirtualizes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .flatMap(line -> List.of(line.split("\\s+", -1)).stream())
          .anyMatch(flag -> flag.equals("vmx") || flag.equals("svm"));
    }
  }

  private boolean boots(Path kernel, Path initramfs) throws IOException {
    MachineLayout files = new MachineLayout(Files.createTempDirectory(cache, "kvm"));
    CountDownLatch waits = new CountDownLatch(1);
    VmmSpec spec =
        new VmmSpec(
            ID, files, List.of(), 1, MEM_MIB, kernel, initramfs, List.of(), Optional.empty());
    try (VmmProcess vmm =
        new Qemu(processes, true)
            .create(
                spec,
                line -> {
                  if (line.contains("] waiting")) {
                    waits.countDown();
                  }
                })) {
      try {
        vmm.boot();
        return waits.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      } finally {
        vmm.kill();
        vmm.exit().join();
      }
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a guest was tried with KVM", e);
    } finally {
      DurableFiles.deleteTree(files.directory());
    }
  }

  private static String bootId() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }
}
