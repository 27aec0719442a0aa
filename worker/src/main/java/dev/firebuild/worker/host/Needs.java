package dev.firebuild.worker.host;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the workers that share a store need of it: each says so in a file that it alone writes,
 * again and again. So whoever removes garbage spares what others need, also those that do not run
 * now.
 */
public final class Needs {
  private static final Logger log = LoggerFactory.getLogger(Needs.class);

  /**
   * A worker of the same installation that is silent for so long loses no more than its cache; one
   * that shares a store has been started in that time, and has said what it needs.
   */
  private static final Duration LOST = Duration.ofDays(7);

  private static final String LOCK = "lock";
  private static final String STATEMENT = ".json";

  /** When somebody needed something of the store for the first time. */
  private static final String SINCE = "since";

  private final Path directory;
  private final Owner owner;
  private final Sharing sharing;
  private final InstantSource clock;
  private final Set<Path> reported = new HashSet<>();

  /**
   * Who needs something.
   *
   * @param installation what tells one Kafka, and all that its documents name, from another
   * @param worker an id, unique in the installation
   */
  public record Owner(String installation, String worker) {
    /** Ids are file names; two installations may have given one id to workers of theirs. */
    private String file() {
      String hash = Digest.of(installation.getBytes(StandardCharsets.UTF_8)).hex();
      return worker + "-" + hash.substring(0, 16) + STATEMENT;
    }
  }

  /** Whose a store is. */
  public enum Sharing {
    /** One worker's alone, whatever Kafka it was with: who else has said something was itself. */
    PRIVATE,
    /** That of several workers, perhaps of several installations. */
    SHARED;

    /**
     * Of the store {@code root}, which is made when it is not there. It is private if it really
     * lies below a worker's {@code data} folder, which no two workers can have.
     */
    public static Sharing of(Path root, Path data) throws IOException {
      Files.createDirectories(root);
      return root.toRealPath().startsWith(data.toRealPath()) ? PRIVATE : SHARED;
    }
  }

  /** What lies in a file. */
  private record Statement(Owner owner, Instant at, List<Digest> needed) {}

  /**
   * @param directory of the store, for this alone; made when it is needed
   * @param owner on whose behalf this process speaks
   * @param sharing of the store
   */
  public Needs(Path directory, Owner owner, Sharing sharing, InstantSource clock) {
    this.directory = directory;
    this.owner = owner;
    this.sharing = sharing;
    this.clock = clock;
  }

  /** Says what this worker needs now, in place of what it said before. */
  public void state(Set<Digest> needed) throws IOException {
    Files.createDirectories(directory);
    List<Digest> sorted = needed.stream().sorted((a, b) -> a.value().compareTo(b.value())).toList();
    byte[] statement = Json.bytes(new Statement(owner, clock.instant(), sorted));
    try (StoreLock _ = lock()) {
      Path since = directory.resolve(SINCE);
      if (Files.notExists(since)) {
        DurableFiles.replace(since, Json.bytes(clock.instant()));
      }
      DurableFiles.replace(directory.resolve(owner.file()), statement);
    }
  }

  /**
   * Whether all that need something have had the time to say so. Of a store that others share some
   * may not have been started since workers say what they need. To be called after {@link #state}.
   *
   * @throws IOException also if it cannot be read since when they do
   */
  public boolean areKnown() throws IOException {
    if (sharing == Sharing.PRIVATE) {
      return true;
    }
    Path file = directory.resolve(SINCE);
    try {
      Instant since = Json.readWhole(Files.readAllBytes(file), Instant.class);
      return !since.plus(LOST).isAfter(clock.instant());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s, which says since when workers say what they need, cannot be read, so nothing is removed; remove the file, then that begins anew"
              .formatted(file),
          e);
    }
  }

  /**
   * What other workers need. One that has said nothing for a week is forgotten if it is of this
   * installation, or the store is private: then it is what this very worker was with another Kafka.
   * Else one of another installation is not, for nobody here knows what its images are worth.
   *
   * @throws IOException also if a worker's statement cannot be read: then it may need anything
   */
  public Set<Digest> ofOthers() throws IOException {
    Files.createDirectories(directory);
    Set<Digest> needed = new HashSet<>();
    try (StoreLock _ = lock();
        DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + STATEMENT)) {
      for (Path file : files) {
        Statement statement = read(file);
        if (statement.owner().equals(owner)) {
          continue;
        }
        boolean silent = statement.at().plus(LOST).isBefore(clock.instant());
        if (silent && isForgotten(statement.owner())) {
          Files.delete(file);
          log.atInfo()
              .addKeyValue("worker", statement.owner().worker())
              .addKeyValue("last-seen", statement.at())
              .log("forgot what a worker needs that is not there any more");
        } else {
          needed.addAll(statement.needed());
          if (silent && reported.add(file)) {
            log.atInfo()
                .addKeyValue("worker", statement.owner().worker())
                .addKeyValue("last-seen", statement.at())
                .addKeyValue("file", file)
                .log(
                    "a worker of another installation has not been here for long, what it needs is kept; if it is gone for good remove the file");
          }
        }
      }
    }
    return needed;
  }

  /** Whether nothing is lost that anybody can still name when {@code silent} is forgotten. */
  private boolean isForgotten(Owner silent) {
    return sharing == Sharing.PRIVATE || silent.installation().equals(owner.installation());
  }

  private StoreLock lock() throws IOException {
    return StoreLock.hold(directory.resolve(LOCK));
  }

  private static Statement read(Path file) throws IOException {
    try {
      return Json.readWhole(Files.readAllBytes(file), Statement.class);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s, which says what a worker needs, cannot be read, so nothing is removed; remove the file if that worker is gone, else start it anew"
              .formatted(file),
          e);
    }
  }
}
