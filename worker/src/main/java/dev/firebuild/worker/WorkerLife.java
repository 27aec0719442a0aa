package dev.firebuild.worker;

import dev.firebuild.worker.host.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of a worker's process among those of one data root: it rises with each start, whatever
 * the host's clock does. It begins at the seconds since 1970, so that a worker whose data root was
 * lost does not begin below what the coordinators have heard of it.
 */
final class WorkerLife {
  private static final Logger log = LoggerFactory.getLogger(WorkerLife.class);

  /** Beyond it the numbers of events would not fit; the clock gets there in 2242. */
  private static final long MOST = (1L << 33) - 1;

  private WorkerLife() {}

  /**
   * Begins the next life; its number is on disk when this returns.
   *
   * @param data root of the worker's data, locked by this process
   */
  static long begin(Path data, InstantSource clock) throws IOException {
    Path file = data.resolve("life");
    long last = last(file).orElse(0L);
    long next = Math.max(last + 1, Math.clamp(clock.instant().getEpochSecond(), 1, MOST));
    DurableFiles.replace(file, Long.toString(next).getBytes(StandardCharsets.US_ASCII));
    return next;
  }

  private static Optional<Long> last(Path file) throws IOException {
    try {
      long last = Long.parseLong(Files.readString(file, StandardCharsets.ISO_8859_1).strip());
      if (last < 0 || last >= MOST) {
        throw new NumberFormatException("expected 0 to " + (MOST - 1));
      }
      return Optional.of(last);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (NumberFormatException e) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("reason", e.getMessage())
          .log("the number of the worker's last process cannot be read; the clock gives the next");
      return Optional.empty();
    }
  }
}
