package dev.firebuild.systemtest.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What else the machine did just before or after a measurement.
 *
 * @param load average of the last minute
 * @param busy programs that used more than 5 % of a core, with how much
 */
record MachineState(double load, List<String> busy) {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final double BUSY_PERCENT = 5;

  /** Looks for a second. */
  static MachineState now() throws IOException, InterruptedException {
    Map<Long, ProcessUse> before = uses();
    long start = System.nanoTime();
    Thread.sleep(LOOK);
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> busy =
        uses().entrySet().stream()
            .filter(entry -> entry.getKey() != ProcessHandle.current().pid())
            .flatMap(entry ->
                Optional.ofNullable(before.get(entry.getKey())).stream()
                    .map(earlier ->
                        Map.entry(
                            entry.getValue().program(),
                            100 * entry.getValue().secondsSince(earlier) / seconds)))
            .filter(entry -> entry.getValue() > BUSY_PERCENT)
            .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
            .map(
                entry -> String.format(Locale.ROOT, "%s %.0f %%", entry.getKey(), entry.getValue()))
            .toList();
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    return new MachineState(Double.parseDouble(load), busy);
  }

  private static Map<Long, ProcessUse> uses() throws IOException {
    Map<Long, ProcessUse> uses = new HashMap<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      entries
          .filter(path -> path.getFileName().toString().matches("\\d+"))
          .forEach(path -> {
            long pid = Long.parseLong(path.getFileName().toString());
            Optional<ProcessUse> use = ProcessUse.of(pid);
            use.ifPresent(found -> uses.put(pid, found));
          });
    }
    return uses;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "load %.2f%s",
        load,
        busy.isEmpty() ? "" : ", busy: " + String.join(", ", busy));
  }
}
