package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.StoreLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is kept of the attachments of this host, where libcni keeps it. */
final class CniCache {
  private final Path folder;

  CniCache(Path folder) {
    this.folder = folder;
  }

  private Path results() {
    return folder.resolve("results");
  }

  /** Where the record of an attachment lies. */
  Path file(String network, String containerId) {
    return results().resolve("%s-%s-%s".formatted(network, containerId, CniAttachment.DEVICE));
  }

  /**
   * Writes {@code record} of an attachment that is still to be made.
   *
   * @throws IOException if a port of it leads to another attachment
   */
  void begin(Path file, CniRecord record) throws IOException {
    Files.createDirectories(
        results(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (StoreLock _ = StoreLock.hold(folder.resolve("firebuild.lock"))) {
      for (CniRecord other : all()) {
        requireNoMeeting(record, other);
      }
      write(file, record);
    }
  }

  private static void requireNoMeeting(CniRecord record, CniRecord other) throws IOException {
    List<CniRecord.HostPort> taken = other.ports().toList();
    Optional<CniRecord.HostPort> meeting =
        record.ports().filter(port -> taken.stream().anyMatch(port::meets)).findFirst();
    if (meeting.isPresent()) {
      throw new IOException(
          "cannot publish port %d: it leads to %s already; choose another port"
              .formatted(meeting.get().port(), other.containerId()));
    }
  }

  /** Puts {@code record} in the place of the one in {@code file}. */
  static void write(Path file, CniRecord record) throws IOException {
    DurableFiles.replace(file, record.json());
  }

  /** What {@code file} holds; absent: it is not there. */
  static Optional<CniRecord> read(Path file) throws IOException {
    try {
      return Optional.of(Json.readWhole(Files.readAllBytes(file), CniRecord.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private List<CniRecord> all() throws IOException {
    List<CniRecord> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(results())) {
      for (Path file : files) {
        try {
          read(file).ifPresent(all::add);
        } catch (IOException e) {
          // Another program's, in another form.
        }
      }
    }
    return all;
  }
}
