package dev.firebuild.worker.vm;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.MachineLayout;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host holds for machines, written down before it exists: a worker that was killed at any
 * point finds all that it left by the directories and by the mark on the processes.
 */
final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final Pattern ID = Pattern.compile("[a-z0-9]{20}");

  private final HostLayout layout;

  Journal(HostLayout layout) {
    this.layout = layout;
  }

  /** Makes a machine's directory, readable by this user only; it must not be there. */
  MachineLayout open(String id) throws IOException {
    MachineLayout files = layout.machine(id);
    Files.createDirectories(layout.machines());
    try {
      Files.createDirectory(
          files.directory(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      throw new IOException("there is a machine %s on this host already".formatted(id), e);
    }
    return files;
  }

  /** The files of machine {@code id}. */
  MachineLayout files(String id) {
    return layout.machine(id);
  }

  /** The first entry, before anything else of the machine exists. */
  void begin(MachineRecord machine) throws IOException {
    DurableFiles.syncDirectory(layout.machines());
    write(machine);
  }

  /** Writes down what has changed. */
  void write(MachineRecord machine) throws IOException {
    DurableFiles.replace(layout.machine(machine.id()).journal(), Json.bytes(machine));
  }

  /**
   * What is written of machine {@code id}; absent if it was killed before it wrote anything, or if
   * nobody can read it: all that the machine has is found by its id, so it can be removed.
   */
  Optional<MachineRecord> read(String id) throws IOException {
    Path file = layout.machine(id).journal();
    try {
      return Optional.of(Json.read(Files.readAllBytes(file), MachineRecord.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      LOG.atWarn().addKeyValue("file", file).setCause(e).log("Unreadable journal of a machine");
      return Optional.empty();
    }
  }

  /** The ids of all machines that there are. */
  List<String> ids() throws IOException {
    List<String> ids = new ArrayList<>();
    if (Files.isDirectory(layout.machines())) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(layout.machines())) {
        for (Path entry : entries) {
          String name = entry.getFileName().toString();
          if (ID.matcher(name).matches()) {
            ids.add(name);
          }
        }
      }
    }
    return ids;
  }

  /** The last act for a machine: nothing else of it may be left. */
  void close(String id) throws IOException {
    DurableFiles.deleteTree(layout.machine(id).directory());
  }
}
