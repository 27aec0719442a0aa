package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.worker.host.HostMemory;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How this worker builds.
 *
 * @param worker id of the worker
 * @param workRoot where builds keep what they work on, one directory each; of this process alone
 * @param cpus virtual CPUs of a build VM, unless the request says otherwise
 * @param memMib memory of a build VM in MiB, unless the request says otherwise
 * @param memoryMib memory in MiB that all build VMs may have together
 * @param diskBytes virtual size of a layer: the most that the steps of a stage can write
 * @param timeout of a build, unless the request says otherwise
 * @param kernel name of the kernel, unless the request says otherwise
 * @param platform that images are built on and for
 */
public record BuildSettings(
    String worker,
    Path workRoot,
    int cpus,
    int memMib,
    int memoryMib,
    long diskBytes,
    Duration timeout,
    String kernel,
    Platform platform) {
  private static final long GIB = 1L << 30;

  /** What a worker uses unless told otherwise: half of the host's memory for builds. */
  public static BuildSettings defaults(String worker, Path workRoot) {
    return new BuildSettings(
        worker,
        workRoot,
        1,
        1024,
        HostMemory.mib() / 2,
        16 * GIB,
        Duration.ofHours(1),
        "default",
        Platform.LINUX_AMD64);
  }
}
