package dev.firebuild.worker.build;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.host.DataRanges;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.SparseFiles;
import dev.firebuild.worker.image.ImageException;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest.Layer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results of steps by key: small records, and for results that are no published layer a copy of the
 * upper disk. The directory belongs to one process; what is missing or damaged is not known.
 */
public final class StepCache {
  private static final Logger log = LoggerFactory.getLogger(StepCache.class);
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
  private static final String DISK = ".ext4";

  private final Path records;
  private final Path disks;
  private final ImageStore images;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong copies = new AtomicLong();

  /**
   * @param root made if it is missing
   * @param images where the layers are that results refer to
   */
  public StepCache(Path root, ImageStore images, InstantSource clock) throws IOException {
    this.records = Files.createDirectories(root.resolve("records"));
    this.disks = Files.createDirectories(root.resolve("disks"));
    this.images = images;
    this.clock = clock;
    removeUnfinished();
  }

  /** The result under {@code key}, if it and all it needs is there. */
  Optional<StepResult> find(String key) {
    Path record = record(key);
    try {
      StepResult result = Json.read(Files.readAllBytes(record), StepResult.class);
      boolean complete =
          result.layers().stream().allMatch(images::has)
              && (result.own().isPresent() || Files.exists(disk(result)));
      if (!complete) {
        return Optional.empty();
      }
      Files.setLastModifiedTime(record, FileTime.from(clock.instant()));
      return Optional.of(result);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("record", record)
          .setCause(e)
          .log("a record of the step cache cannot be read; the step will be executed");
      return Optional.empty();
    }
  }

  /** Remembers {@code result}, whose layer is published. */
  void put(String key, StepResult result) throws IOException {
    write(key, result);
  }

  /**
   * Copies {@code upper}, the disk of {@code result}, which nobody writes to meanwhile. It counts
   * from {@link Copy#keep} on.
   */
  Copy copy(StepResult result, Path upper) throws IOException {
    Path copy = disks.resolve(result.id() + ".part");
    try {
      SparseFiles.copy(upper, copy);
    } catch (IOException e) {
      Files.deleteIfExists(copy);
      throw e;
    }
    return new Copy(result, copy);
  }

  /** The disk of a result that is not remembered yet. */
  final class Copy {
    private final StepResult result;
    private final Path file;

    private Copy(StepResult result, Path file) {
      this.result = result;
      this.file = file;
    }

    /** Remembers the result under {@code key}. If that fails nothing is left of it. */
    void keep(String key) throws IOException {
      try {
        // A record that outlives a power loss without the disk's bytes would be a wrong result.
        DurableFiles.syncFile(file);
        lock.lock();
        try {
          Files.move(file, disk(result), StandardCopyOption.ATOMIC_MOVE);
          write(key, result);
        } finally {
          lock.unlock();
        }
      } finally {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Makes a disk to go on with after {@code result}.
   *
   * @param key that it was found under
   * @param upper where it is made; must not exist
   * @throws ImageException if its disk is gone by now: no other disk may take its place
   */
  void copyDisk(String key, StepResult result, Path upper) throws IOException {
    Path disk = disks.resolve("%s-%d.part".formatted(result.id(), copies.getAndIncrement()));
    try {
      SparseFiles.copy(hold(key, result, disk), upper);
    } finally {
      Files.deleteIfExists(disk);
    }
  }

  /**
   * The file of the disk. Another build may make it a layer meanwhile, or it may be forgotten: a
   * name of its own keeps it for the time of the copy.
   */
  private Path hold(String key, StepResult result, Path name) throws IOException {
    lock.lock();
    try {
      StepResult now = read(record(key)).filter(r -> r.id().equals(result.id())).orElse(result);
      if (now.own().isPresent()) {
        return images.layer(now.own().get());
      }
      return Files.createLink(name, disk(result));
    } catch (NoSuchFileException _) {
      throw new ImageException(
          FailureCode.HOST,
          "the step cache has given up a step while the build waited to go on after it; submit the build again");
    } finally {
      lock.unlock();
    }
  }

  /** Makes the disk of {@code result} a layer, and remembers under {@code key} that it is one. */
  StepResult publish(String key, StepResult result) throws IOException {
    lock.lock();
    try {
      // Another build may have been faster.
      StepResult known = read(record(key)).filter(r -> r.id().equals(result.id())).orElse(result);
      if (known.own().isPresent()) {
        return known;
      }
      StepResult published = known.withOwn(images.publishLayer(disk(known)));
      write(key, published);
      return published;
    } finally {
      lock.unlock();
    }
  }

  /** Layers that results need, also such that no image has. */
  public Set<Digest> layers() throws IOException {
    Set<Digest> layers = new HashSet<>();
    for (Path record : list(records)) {
      read(record)
          .ifPresent(result -> result.layers().stream().map(Layer::digest).forEach(layers::add));
    }
    return layers;
  }

  /**
   * Forgets the results that were not used for the longest time, until their disks occupy at most
   * {@code limit} bytes.
   */
  public void shrink(long limit) throws IOException {
    lock.lock();
    try {
      List<Path> oldestFirst = new ArrayList<>(list(records));
      oldestFirst.sort(Comparator.comparing(StepCache::lastUse));
      Set<Path> needed = new HashSet<>();
      oldestFirst.forEach(record -> read(record).ifPresent(result -> needed.add(disk(result))));
      long bytes = 0;
      for (Path disk : list(disks)) {
        if (disk.toString().endsWith(DISK) && !needed.contains(disk)) {
          Files.deleteIfExists(disk);
        } else {
          bytes += DataRanges.bytes(disk);
        }
      }
      for (Path record : oldestFirst) {
        if (bytes <= limit) {
          return;
        }
        bytes -= forget(record);
      }
    } finally {
      lock.unlock();
    }
  }

  private long forget(Path record) throws IOException {
    Optional<StepResult> result = read(record);
    Files.deleteIfExists(record);
    if (result.isEmpty() || !Files.exists(disk(result.get()))) {
      return 0;
    }
    long bytes = DataRanges.bytes(disk(result.get()));
    Files.deleteIfExists(disk(result.get()));
    return bytes;
  }

  private void write(String key, StepResult result) throws IOException {
    Path record = record(key);
    Path part = records.resolve(key + ".part");
    Files.write(part, Json.bytes(result));
    Files.move(part, record, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Optional<StepResult> read(Path record) {
    try {
      return Optional.of(Json.read(Files.readAllBytes(record), StepResult.class));
    } catch (IOException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private Path record(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("not a step key: " + key);
    }
    return records.resolve(key + ".json");
  }

  private Path disk(StepResult result) {
    return disks.resolve(Ids.requireValid(result.id()) + DISK);
  }

  private void removeUnfinished() throws IOException {
    for (Path directory : List.of(records, disks)) {
      try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory, "*.part")) {
        for (Path part : parts) {
          Files.delete(part);
        }
      }
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  private static FileTime lastUse(Path record) {
    try {
      return Files.getLastModifiedTime(record);
    } catch (IOException _) {
      return FileTime.fromMillis(0);
    }
  }
}
