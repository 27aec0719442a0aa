package dev.firebuild.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Packs a few files of the person's choice. */
final class TarFiles {
  private TarFiles() {}

  /** Writes {@code files} into {@code tar}, each under its own name; folders with all they hold. */
  static void write(List<Path> files, Path tar) throws IOException {
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (Path file : files) {
        add(out, file.toAbsolutePath().normalize());
      }
    }
  }

  private static void add(TarArchiveOutputStream out, Path root) throws IOException {
    Path base = root.getParent() == null ? root : root.getParent();
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(root)) {
      paths = walk.sorted().toList();
    }
    for (Path path : paths) {
      String name = base.relativize(path).toString();
      // Links among modules point to sources that no guest has.
      if (Files.isDirectory(path) && !Files.isSymbolicLink(path)) {
        out.putArchiveEntry(new TarArchiveEntry(name + "/"));
        out.closeArchiveEntry();
      } else if (Files.isRegularFile(path)) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(Files.size(path));
        out.putArchiveEntry(entry);
        var _ = Files.copy(path, out);
        out.closeArchiveEntry();
      }
    }
  }
}
