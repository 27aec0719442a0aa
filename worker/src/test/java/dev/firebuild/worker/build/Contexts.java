package dev.firebuild.worker.build;

import dev.firebuild.worker.source.ContextIndex;
import dev.firebuild.worker.source.ContextReader;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarWriter;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small contexts for tests. */
final class Contexts {
  private Contexts() {}

  /** Writes a tar of {@code entries}; every file's content is its own path. */
  static Path write(Path file, TarEntry... entries) throws Exception {
    try (OutputStream out = Files.newOutputStream(file);
        TarWriter tar = new TarWriter(out, StandardCharsets.UTF_8)) {
      for (TarEntry entry : entries) {
        tar.write(entry, content(entry));
      }
      tar.finish();
    }
    return file;
  }

  static ContextIndex index(Path file, TarEntry... entries) throws Exception {
    return ContextReader.read(write(file, entries));
  }

  /** A file whose content is its path. */
  static TarEntry file(String path) {
    return TarEntry.file(path, 0644, path.length(), 0);
  }

  static TarEntry directory(String path) {
    return TarEntry.directory(path, 0755, 0);
  }

  private static byte[] content(TarEntry entry) {
    return entry.type() == TarEntry.Type.FILE
        ? entry.path().getBytes(StandardCharsets.UTF_8)
        : new byte[0];
  }
}
