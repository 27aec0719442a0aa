package dev.firebuild.worker.run;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.host.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs of one worker on disk: one directory each, with its record. */
final class RunRecords {
  private static final Logger log = LoggerFactory.getLogger(RunRecords.class);

  private final RunLayout layout;

  RunRecords(RunLayout layout) {
    this.layout = layout;
  }

  /** Makes the run's directory, if it is missing, and puts {@code record} in place at once. */
  void write(RunRecord record) throws IOException {
    Files.createDirectories(layout.directory(record.instance()));
    DurableFiles.replace(layout.record(record.instance()), Json.bytes(record));
  }

  /** The record of {@code instance}; empty if there is none that can be read. */
  Optional<RunRecord> read(String instance) throws IOException {
    Path file = layout.record(instance);
    try {
      return Optional.of(Json.read(Files.readAllBytes(file), RunRecord.class));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("unreadable record of a run");
      return Optional.empty();
    }
  }

  /** The instances that have a directory. */
  List<String> instances() throws IOException {
    List<String> instances = new ArrayList<>();
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(layout.root())) {
      for (Path directory : directories) {
        String name = String.valueOf(directory.getFileName());
        if (RunLayout.isInstance(name)) {
          instances.add(name);
        }
      }
    } catch (NoSuchFileException _) {
      return List.of();
    }
    return List.copyOf(instances);
  }

  /** Deletes the run's directory with its disk. */
  void delete(String instance) throws IOException {
    DurableFiles.deleteTree(layout.directory(instance));
  }
}
