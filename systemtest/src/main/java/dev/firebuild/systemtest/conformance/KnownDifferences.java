package dev.firebuild.systemtest.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The cases that are known not to conform, with the reasons. */
final class KnownDifferences {
  private final Map<String, String> reasons = new HashMap<>();

  /** Reads {@code file}: lines of a case's name, a tab, the reason. */
  KnownDifferences(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int tab = line.indexOf('\t');
      if (tab < 0) {
        throw new IOException("%s: no tab in the line: %s".formatted(file, line));
      }
      reasons.put(line.substring(0, tab), line.substring(tab + 1));
    }
  }

  /** Whether the case is listed, and so must fail. */
  boolean has(CaseFile file) {
    return reasons.containsKey(file.name());
  }
}
