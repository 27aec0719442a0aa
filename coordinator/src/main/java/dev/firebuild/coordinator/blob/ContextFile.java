package dev.firebuild.coordinator.blob;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Reads one file of a context tar, without unpacking it, and without keeping more of it than that
 * file: a context may have millions.
 */
public final class ContextFile {
  private static final int LIMIT = 4 * 1024 * 1024;
  private static final int BUFFER = 64 * 1024;

  private ContextFile() {}

  /** The text of the regular file {@code name} of {@code tar}; empty if there is none. */
  public static Optional<String> read(Path tar, String name) throws IOException {
    String wanted = normal(name);
    // The last entry of a name counts, as when unpacking.
    Optional<TarArchiveEntry> last = Optional.empty();
    byte[] content = {};
    try (TarArchiveInputStream archive =
        new TarArchiveInputStream(
            new BufferedInputStream(Files.newInputStream(tar), BUFFER), UTF_8.name())) {
      for (TarArchiveEntry entry = archive.getNextEntry();
          entry != null;
          entry = archive.getNextEntry()) {
        if (entry.isFile() && normal(entry.getName()).equals(wanted)) {
          last = Optional.of(entry);
          content = archive.readNBytes((int) Math.min(entry.getSize(), LIMIT));
        }
      }
    }
    if (last.isPresent() && last.get().getSize() > LIMIT) {
      throw new IOException(
          "%s has %d bytes, more than a Dockerfile may have (%d)"
              .formatted(name, last.get().getSize(), LIMIT));
    }
    byte[] text = content;
    return last.map(_ -> new String(text, UTF_8));
  }

  private static String normal(String name) {
    return name.startsWith("./") ? name.substring(2) : name;
  }
}
