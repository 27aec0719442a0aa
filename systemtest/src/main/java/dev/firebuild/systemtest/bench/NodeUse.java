package dev.firebuild.systemtest.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a process and all below it have used so far, by process id. */
record NodeUse(Map<Long, ProcessUse> processes) {

  static NodeUse of(long pid) {
    Map<Long, ProcessUse> found = new HashMap<>();
    ProcessHandle node =
        ProcessHandle.of(pid)
            .orElseThrow(() -> new IllegalStateException("process %d is gone".formatted(pid)));
    ProcessUse.of(pid).ifPresent(use -> found.put(pid, use));
    node.descendants()
        .forEach(child -> ProcessUse.of(child.pid()).ifPresent(use -> found.put(child.pid(), use)));
    return new NodeUse(Map.copyOf(found));
  }

  double mebibytes() {
    return processes.values().stream().mapToDouble(ProcessUse::mebibytes).sum();
  }

  /** Seconds on a core since {@code earlier}, of those that are there now. */
  double secondsSince(NodeUse earlier) {
    return processes.entrySet().stream()
        .mapToDouble(entry ->
            Optional.ofNullable(earlier.processes.get(entry.getKey()))
                .map(before -> entry.getValue().secondsSince(before))
                .orElse(0.0))
        .sum();
  }
}
