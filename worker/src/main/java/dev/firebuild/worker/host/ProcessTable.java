package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds processes by a mark in their environment: also those whose pid nobody could write down
 * before this program was killed.
 */
public final class ProcessTable {
  private static final String VARIABLE = "FIREBUILD_MACHINE";

  private ProcessTable() {}

  /** The environment that marks every process of machine {@code id}. */
  public static Map<String, String> mark(String id) {
    return Map.of(VARIABLE, id);
  }

  /** The processes that carry the mark of {@code id}, this user's own (for root: everyone's). */
  public static List<ProcessIdentity> marked(String id) throws IOException {
    String entry = VARIABLE + "=" + id;
    List<ProcessIdentity> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (hasEntry(process.resolve("environ"), entry)) {
          found.add(ProcessIdentity.of(Long.parseLong(process.getFileName().toString())));
        }
      }
    }
    return found;
  }

  private static boolean hasEntry(Path environ, String entry) {
    try {
      // Latin-1 keeps every byte, and the mark is ASCII.
      String text = new String(Files.readAllBytes(environ), StandardCharsets.ISO_8859_1);
      return List.of(text.split("\0", -1)).contains(entry);
    } catch (IOException e) {
      return false; // Another user's, or it has just ended.
    }
  }
}
