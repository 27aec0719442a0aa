package dev.firebuild.worker.doctor;

import java.util.List;
import java.util.stream.Stream;

/** All checks. */
final class Catalog {
  private Catalog() {}

  /** In the order in which they are shown. */
  static List<Check> of(Subject subject) {
    return Stream.of(
            ProcessorChecks.all(),
            VulnerabilityChecks.all(),
            KernelChecks.all(),
            KvmChecks.all(),
            MemoryChecks.all(),
            CgroupChecks.all(),
            LimitChecks.all(),
            JailerChecks.all(subject),
            NetworkChecks.all(),
            CniChecks.all(subject),
            StorageChecks.all(subject),
            ProgramChecks.all(),
            NodeChecks.all(subject))
        .flatMap(List::stream)
        .toList();
  }
}
