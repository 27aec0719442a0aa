package dev.firebuild.worker.doctor;

import java.util.List;

/** How much processes of firebuild, and all of this host, may have. */
final class LimitChecks {
  /** Firecracker has more than twenty open, the jailer allows 2048; the worker has some per VM. */
  private static final long FILES = 4096;

  private static final long PROCESSES = 4096;
  private static final long PIDS = 32_768;

  /** In bytes; a VM's disk is sparse, but a file of this size. */
  private static final long FILE_SIZE = 64L << 30;

  private LimitChecks() {}

  static List<Check> all() {
    return List.of(
        check(
            "limit-open-files",
            "Processes may have enough files open",
            Source.JAILER,
            new Limit("Max open files", FILES, raise("n", "LimitNOFILE", FILES))),
        check(
            "limit-file-size",
            "Files may be as large as disks of VMs",
            Source.PRODUCTION,
            new Limit(
                "Max file size",
                FILE_SIZE,
                "ulimit -f unlimited, or LimitFSIZE=infinity in the worker's unit")),
        check(
            "limit-processes",
            "The user may have enough processes and threads",
            Source.FIREBUILD,
            new Limit("Max processes", PROCESSES, raise("u", "LimitNPROC", PROCESSES))),
        check(
            "limit-pids",
            "The host may have enough processes and threads",
            Source.FIREBUILD,
            LimitChecks::pids),
        check(
            "limit-system-files",
            "The host may have more files open than it has",
            Source.FIREBUILD,
            LimitChecks::systemFiles));
  }

  private static Check check(String id, String title, Source source, Probe probe) {
    return new Check(id, Group.LIMITS, title, source, probe);
  }

  private static String raise(String flag, String setting, long number) {
    return "ulimit -H%s %d as root, or %s=%d in the worker's unit"
        .formatted(flag, number, setting, number);
  }

  private static Finding pids(Host host) throws UnknownException {
    long most =
        Math.min(
            host.number("/proc/sys/kernel/pid_max"), host.number("/proc/sys/kernel/threads-max"));
    return most >= PIDS
        ? Finding.pass(Long.toString(most))
        : Finding.warn(
            "%d, where %d are enough".formatted(most, PIDS),
            "sysctl -w kernel.pid_max=4194304 kernel.threads-max=%d".formatted(PIDS));
  }

  private static Finding systemFiles(Host host) throws UnknownException {
    String[] numbers = host.line("/proc/sys/fs/file-nr").split("\\s+", -1);
    long open = Long.parseLong(numbers[0]);
    long most = Long.parseLong(numbers[numbers.length - 1]);
    String found = "%d of %d are open".formatted(open, most);
    return open < most / 10 * 8
        ? Finding.pass(found)
        : Finding.warn(found, "sysctl -w fs.file-max=%d".formatted(most * 2));
  }
}
