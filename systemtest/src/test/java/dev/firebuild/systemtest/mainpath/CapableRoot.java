package dev.firebuild.systemtest.mainpath;

import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarReader;
import dev.firebuild.worker.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Root file systems in which {@code /one/busybox} has the capability {@code cap_net_raw=ep}. */
final class CapableRoot {
  /** As the kernel keeps it: version 2, effective; permitted 1 << 13; nothing inheritable. */
  static final Map<String, String> ATTRIBUTES =
      Map.of("security.capability", "\1\0\0\2\0 \0\0" + "\0".repeat(12));

  private CapableRoot() {}

  /** Writes the tar {@code base} and the file to {@code tar}. */
  static Path write(Path base, Path tar) throws IOException {
    try (InputStream in = Files.newInputStream(base);
        TarReader reader = new TarReader(in, StandardCharsets.UTF_8);
        OutputStream out = Files.newOutputStream(tar);
        TarWriter writer = new TarWriter(out, StandardCharsets.UTF_8)) {
      for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        TarEntry entry = next.get();
        if (entry.path().equals("./bin/busybox")) {
          byte[] content = reader.content().readAllBytes();
          writer.write(entry, content);
          writer.write(
              entry.withPath("./one/busybox").withAttributes(new TreeMap<>(ATTRIBUTES)), content);
        } else {
          writer.write(entry, reader.content());
        }
      }
      writer.finish();
    }
    return tar;
  }

  /** Extended attributes of the members of {@code tar}, by path. */
  static Map<String, Map<String, String>> attributes(Path tar) throws IOException {
    Map<String, Map<String, String>> attributes = new TreeMap<>();
    try (InputStream in = Files.newInputStream(tar);
        TarReader reader = new TarReader(in, StandardCharsets.UTF_8)) {
      for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (!next.get().attributes().isEmpty()) {
          attributes.put(next.get().path(), next.get().attributes());
        }
      }
    }
    return attributes;
  }
}
