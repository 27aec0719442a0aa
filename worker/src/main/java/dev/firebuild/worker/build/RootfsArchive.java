package dev.firebuild.worker.build;

import dev.firebuild.protocol.Text;
import dev.firebuild.worker.source.ArchiveDetector;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarFormatException;
import dev.firebuild.worker.tar.TarReader;
import dev.firebuild.worker.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Brings somebody's root file-system tar into the form that the guest's busybox extracts: not
 * compressed, no pax headers, no name that leaves the root. Names that are not UTF-8 survive.
 */
final class RootfsArchive {
  /** Gives every byte back as it was. */
  private static final Charset NAMES = StandardCharsets.ISO_8859_1;

  private final long limit;
  private final ByteArrayOutputStream links = new ByteArrayOutputStream();
  private long bytes;
  private long droppedAttributes;

  /**
   * @param limit of the files' bytes
   */
  RootfsArchive(long limit) {
    this.limit = limit;
  }

  /** Writes the archive {@code rootfs} to {@code drive}. */
  InputDrive.Load write(Path rootfs, InputDrive drive) throws IOException {
    try (InputStream file = Files.newInputStream(rootfs);
        TarReader in = new TarReader(ArchiveDetector.decompress(file), NAMES)) {
      InputDrive.Place data = drive.archive(NAMES, out -> copy(in, out));
      droppedAttributes = in.droppedAttributes();
      InputDrive.Place lists =
          drive.archive(
              NAMES,
              out ->
                  out.write(
                      TarEntry.file("links", 0600, links.size(), InputDrive.MTIME),
                      links.toByteArray()));
      return new InputDrive.Load(lists, data);
    }
  }

  /** How many extended attributes were in the archive; busybox cannot set them. */
  long droppedAttributes() {
    return droppedAttributes;
  }

  private void copy(TarReader in, TarWriter out) throws IOException {
    Optional<TarEntry> next = in.next();
    if (next.isEmpty()) {
      throw new TarFormatException("the archive is empty");
    }
    while (next.isPresent()) {
      TarEntry entry = normalize(next.get());
      bytes += entry.size();
      if (bytes > limit) {
        throw new TarFormatException("the files have more than %d bytes".formatted(limit));
      }
      out.write(entry, in.content());
      if (entry.type() == TarEntry.Type.SYMLINK && (entry.uid() != 0 || entry.gid() != 0)) {
        note(entry.uid() + ":" + entry.gid());
        note(entry.path());
      }
      next = in.next();
    }
  }

  private void note(String text) {
    links.writeBytes(text.getBytes(NAMES));
    links.write(0);
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
