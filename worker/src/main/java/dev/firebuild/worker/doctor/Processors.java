package dev.firebuild.worker.doctor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processors of a host, as in proc_cpuinfo(5).
 *
 * @param all the fields of each
 */
record Processors(List<Map<String, String>> all) {

  static Processors of(Host host) throws UnknownException {
    String text = host.line("/proc/cpuinfo");
    List<Map<String, String>> all =
        Stream.of(text.split("\n\\s*\n", -1)).map(Processors::fields).toList();
    return new Processors(all.stream().filter(fields -> fields.containsKey("processor")).toList());
  }

  private static Map<String, String> fields(String block) {
    return block
        .lines()
        .map(line -> line.split(":", 2))
        .filter(parts -> parts.length == 2)
        .collect(
            Collectors.toMap(
                parts -> parts[0].strip(),
                parts -> parts[1].strip(),
                (first, _) -> first,
                LinkedHashMap::new));
  }

  boolean isX86() {
    return all.stream().anyMatch(fields -> fields.containsKey("vendor_id"));
  }

  boolean isIntel() {
    return values("vendor_id").contains("GenuineIntel");
  }

  /** Whether a hypervisor shows these processors to this host. */
  boolean areVirtual() {
    return has("hypervisor");
  }

  /** Whether all have {@code flag}. */
  boolean has(String flag) {
    return !all.isEmpty()
        && all.stream()
            .allMatch(
                fields -> List.of(fields.getOrDefault("flags", "").split(" ", -1)).contains(flag));
  }

  /** The different values of {@code field}. */
  Set<String> values(String field) {
    return all.stream()
        .flatMap(fields -> Optional.ofNullable(fields.get(field)).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  String model() {
    return values("model name").stream().findFirst().orElse("a processor without a name");
  }
}
