package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.Platform;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How this worker builds.
 *
 * @param worker id of the worker
 * @param workRoot where builds keep what they work on, one directory each; of this process alone
 * @param cpus virtual CPUs of a build VM, unless the request says otherwise
 * @param memMib memory of a build VM in MiB, unless the request says otherwise
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
    long diskBytes,
    Duration timeout,
    String kernel,
    Platform platform) {
  private static final long GIB = 1L << 30;

  /** What a worker uses unless told otherwise. */
  public static BuildSettings defaults(String worker, Path workRoot) {
    return new BuildSettings(
        worker, workRoot, 1, 1024, 16 * GIB, Duration.ofHours(1), "default", Platform.LINUX_AMD64);
  }

  public BuildSettings withMemMib(int other) {
    return new BuildSettings(
        worker, workRoot, cpus, other, diskBytes, timeout, kernel, platform);
  }
}
