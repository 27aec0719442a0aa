package dev.firebuild.dockerfile.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A list of cases with reasons: {@code NAME<tab>reason} in each line. */
final class ListedCases {
  private ListedCases() {}

  static Map<String, String> read(Path file) {
    Map<String, String> reasons = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (!line.startsWith("#") && !line.isBlank()) {
          String[] parts = line.split("\t", 2);
          if (parts.length < 2 || reasons.put(parts[0], parts[1]) != null) {
            throw new IllegalStateException(file + ": no reason, or listed twice: " + line);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return reasons;
  }
}
