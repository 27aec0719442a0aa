package dev.firebuild.worker.run;

/**
 * What a run gets that does not say it.
 *
 * @param cpus virtual CPUs
 * @param memMib memory in MiB
 * @param diskBytes size of the disk that takes what the guest writes; sparse
 * @param kernel name of the kernel
 */
public record RunSettings(int cpus, int memMib, long diskBytes, String kernel) {
  /** What a worker uses unless told otherwise. */
  public static final RunSettings DEFAULT = new RunSettings(1, 256, 10L << 30, "default");
}
