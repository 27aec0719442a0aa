package dev.firebuild.systemtest.mainpath;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the host shows of VMs.
 *
 * @param worker a worker's data root
 */
record HostView(Path worker) {
  /** Whether neither a VM's processes nor its directory are there. */
  boolean isClean() {
    return vmProcesses().isEmpty() && machines().isEmpty();
  }

  /** QEMU and slirp4netns that name the worker's folder on their command lines. */
  List<ProcessHandle> vmProcesses() {
    return ProcessHandle.allProcesses().filter(this::isOfVm).toList();
  }

  private boolean isOfVm(ProcessHandle process) {
    return commandLine(process)
        .filter(line -> line.contains(worker + "/"))
        .filter(line -> line.contains("qemu-system") || line.contains("slirp4netns"))
        .isPresent();
  }

  /** The last resort after a test that failed: ends what {@link #vmProcesses} finds. */
  void endVms() {
    vmProcesses().forEach(ProcessHandle::destroyForcibly);
  }

  private static Optional<String> commandLine(ProcessHandle process) {
    try {
      byte[] arguments = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline"));
      return Optional.of(new String(arguments, StandardCharsets.UTF_8).replace('\0', ' '));
    } catch (IOException _) {
      // It has just ended.
      return Optional.empty();
    }
  }

  /** Directories of VMs. */
  List<Path> machines() {
    Path folder = worker.resolve("machines");
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
