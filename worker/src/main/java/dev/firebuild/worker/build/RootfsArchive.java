package dev.firebuild.worker.build;

import dev.firebuild.protocol.Text;
import dev.firebuild.worker.source.ArchiveDetector;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarFormatException;
import dev.firebuild.worker.tar.TarReader;
import dev.firebuild.worker.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Brings somebody's root file-system tar into the form that the guest extracts: not compressed, no
 * name that leaves the root, only extended attributes that a Linux file system keeps. Names that
 * are not UTF-8 survive.
 */
final class RootfsArchive {
  /** Gives every byte back as it was. */
  private static final Charset NAMES = StandardCharsets.ISO_8859_1;

  private static final List<String> KEPT_ATTRIBUTES =
      List.of("security.", "system.posix_acl_", "trusted.", "user.");

  /** What overlayfs notes about its own files: the guest's kernel would take them for its own. */
  private static final String OVERLAY_ATTRIBUTES = "trusted.overlay.";

  private final long limit;
  private long bytes;
  private long droppedAttributes;

  /**
   * @param limit of the files' bytes
   */
  RootfsArchive(long limit) {
    this.limit = limit;
  }

  /** Writes the archive {@code rootfs} to {@code drive}. */
  InputDrive.Place write(Path rootfs, InputDrive drive) throws IOException {
    try (InputStream file = Files.newInputStream(rootfs);
        TarReader in = new TarReader(ArchiveDetector.decompress(file), NAMES)) {
      return drive.archive(NAMES, out -> copy(in, out));
    }
  }

  /** How many extended attributes of the archive were left out. */
  long droppedAttributes() {
    return droppedAttributes;
  }

  /** Writes the members of {@code in}, brought into form. */
  void copy(TarReader in, TarWriter out) throws IOException {
    Optional<TarEntry> next = in.next();
    if (next.isEmpty()) {
      throw new TarFormatException("the archive is empty");
    }
    while (next.isPresent()) {
      TarEntry entry = withKeptAttributes(normalize(next.get()));
      // A sparse member may say any size up to 2^63 - 1: no sum of sizes is safe.
      if (entry.size() > limit - bytes) {
        throw new TarFormatException("the files have more than %d bytes".formatted(limit));
      }
      bytes += entry.size();
      out.write(entry, in.content());
      next = in.next();
    }
  }

  private TarEntry withKeptAttributes(TarEntry entry) {
    SortedMap<String, String> kept = new TreeMap<>(entry.attributes());
    kept.keySet().removeIf(name -> !isKept(name));
    droppedAttributes += entry.attributes().size() - kept.size();
    return entry.withAttributes(kept);
  }

  private static boolean isKept(String name) {
    return !name.startsWith(OVERLAY_ATTRIBUTES)
        && KEPT_ATTRIBUTES.stream().anyMatch(name::startsWith);
  }

  private static TarEntry normalize(TarEntry entry) throws TarFormatException {
    TarEntry inside = entry.withPath(normalize(entry.path()));
    return entry.type() == TarEntry.Type.HARD_LINK
        ? inside.withLink(normalize(entry.link()))
        : inside;
  }

  private static String normalize(String path) throws TarFormatException {
    StringBuilder normal = new StringBuilder(".");
    for (String name : path.split("/", -1)) {
      if (name.equals("..")) {
        throw new TarFormatException("the name %s leaves the root".formatted(Text.quote(path)));
      }
      if (!name.isEmpty() && !name.equals(".")) {
        normal.append('/').append(name);
      }
    }
    return normal.toString();
  }
}
