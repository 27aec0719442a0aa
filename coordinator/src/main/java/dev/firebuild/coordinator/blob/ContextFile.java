package dev.firebuild.coordinator.blob;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/** Reads one file of a context tar, without unpacking it. */
public final class ContextFile {
  private static final int LIMIT = 4 * 1024 * 1024;

  private ContextFile() {}

  /** The text of the regular file {@code name} of {@code tar}; empty if there is none. */
  public static Optional<String> read(Path tar, String name) throws IOException {
    String wanted = normal(name);
    try (TarFile archive = new TarFile(tar)) {
      // The last entry of a name counts, as when unpacking.
      for (TarArchiveEntry entry : archive.getEntries().reversed()) {
        if (entry.isFile() && normal(entry.getName()).equals(wanted)) {
          if (entry.getSize() > LIMIT) {
            throw new IOException(
                "%s has %d bytes, more than a Dockerfile may have (%d)"
                    .formatted(name, entry.getSize(), LIMIT));
          }
          try (var in = archive.getInputStream(entry)) {
            return Optional.of(new String(in.readNBytes(LIMIT), StandardCharsets.UTF_8));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static String normal(String name) {
    return name.startsWith("./") ? name.substring(2) : name;
  }
}
