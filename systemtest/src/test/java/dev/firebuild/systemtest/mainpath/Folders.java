package dev.firebuild.systemtest.mainpath;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Build contexts. */
final class Folders {
  private Folders() {}

  /** A new folder below {@code parent} with these files. */
  static Path of(Path parent, Map<String, String> files) throws IOException {
    Path folder = Files.createTempDirectory(parent, "context");
    for (var file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  /** Gives {@code file} an extended attribute; returns what it has then. */
  static Map<String, String> note(Path file) throws IOException {
    Files.setAttribute(file, "user:note", StandardCharsets.UTF_8.encode("seen"));
    return Map.of("user.note", "seen");
  }

  /** A context with nothing but a Dockerfile. */
  static Path dockerfile(Path parent, String text) throws IOException {
    return of(parent, Map.of("Dockerfile", text));
  }
}
