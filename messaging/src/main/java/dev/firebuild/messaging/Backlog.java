package dev.firebuild.messaging;

import dev.firebuild.messaging.spool.SpoolFile;
import dev.firebuild.messaging.spool.SpooledRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that Kafka has not confirmed, in order: some of them with Kafka's client, some of them
 * on disk. What is on disk is always a beginning of what is not confirmed, as far as it goes. Not
 * safe for use by several threads.
 */
final class Backlog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Backlog.class);

  /** What a record costs at least: it is remembered here, too. */
  private static final int LEAST = 1 << 10;

  private final SpoolFile file;
  private final Deque<Entry> waiting = new ArrayDeque<>();

  /** Those of them that Kafka's client does not have yet. */
  private final Deque<Entry> unsent = new ArrayDeque<>();

  /** Those of them that lie on disk, and some that are confirmed. */
  private final Deque<Entry> onDisk = new ArrayDeque<>();

  private long bytes;
  private long logBytes;
  private long inHand;
  private boolean broken;

  /** An event that is on its way. */
  static final class Entry {
    private final CompletableFuture<Void> stored = new CompletableFuture<>();
    private final int size;
    private final boolean isLog;
    private Optional<ProducerRecord<String, byte[]>> record;
    private Optional<SpoolFile.Place> place;
    private long handedAt;
    private boolean done;

    private Entry(
        Optional<ProducerRecord<String, byte[]>> record,
        Optional<SpoolFile.Place> place,
        int bytes,
        boolean isLog) {
      this.record = record;
      this.place = place;
      this.size = Math.max(LEAST, bytes);
      this.isLog = isLog;
    }

    /** Completes when Kafka has it, or never will. */
    CompletableFuture<Void> stored() {
      return stored;
    }
  }

  Backlog(SpoolFile file) {
    this.file = file;
  }

  /** What a former process has left; what else lies on disk is removed with it. */
  List<Entry> takeOver(List<SpoolFile.Place> places) {
    List<Entry> former =
        places.stream()
            .map(place -> new Entry(Optional.empty(), Optional.of(place), place.length(), false))
            .toList();
    former.forEach(this::add);
    onDisk.addAll(former);
    unsent.addAll(former);
    removeConfirmed();
    return former;
  }

  /** A new event, which Kafka's client gets when its turn comes. */
  Entry add(ProducerRecord<String, byte[]> record, boolean isLog) {
    Entry entry = new Entry(Optional.of(record), Optional.empty(), record.value().length, isLog);
    add(entry);
    unsent.add(entry);
    return entry;
  }

  private void add(Entry entry) {
    waiting.add(entry);
    bytes += entry.size;
    logBytes += entry.isLog ? entry.size : 0;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int count() {
    return waiting.size();
  }

  /** Of all that is not confirmed. */
  long bytes() {
    return bytes;
  }

  /** Of the output of builds among it. */
  long logBytes() {
    return logBytes;
  }

  /** Of what Kafka's client has. */
  long inHand() {
    return inHand;
  }

  /** Whether there is something that Kafka's client does not have. */
  boolean hasUnsent() {
    return !unsent.isEmpty();
  }

  /** When Kafka's client was given the oldest event, if it was. */
  long oldestHandedAt() {
    return waiting.getFirst().handedAt;
  }

  /** The next one for Kafka's client, at {@code now}: it must be sent, or be {@link #settle}d. */
  Entry next(long now) {
    Entry entry = unsent.removeFirst();
    inHand += entry.size;
    entry.handedAt = now;
    return entry;
  }

  ProducerRecord<String, byte[]> record(Entry entry) throws IOException {
    return entry.record.isPresent()
        ? entry.record.get()
        : SpooledRecord.decode(file.read(entry.place.orElseThrow()));
  }

  /** Kafka has {@code entry}, or never will. */
  void settle(Entry entry) {
    inHand -= entry.size;
    entry.done = true;
    entry.record = Optional.empty();
    bytes -= entry.size;
    logBytes -= entry.isLog ? entry.size : 0;
    while (!waiting.isEmpty() && waiting.getFirst().done) {
      waiting.removeFirst();
    }
    boolean leaves = false;
    while (!onDisk.isEmpty() && onDisk.getFirst().done) {
      onDisk.removeFirst();
      leaves = true;
    }
    if (leaves) {
      removeConfirmed();
    }
  }

  private void removeConfirmed() {
    try {
      if (onDisk.isEmpty()) {
        file.clear();
      } else {
        file.removeBefore(onDisk.getFirst().place.orElseThrow().segment());
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("events that were delivered cannot be removed from the disk");
    }
  }

  /**
   * Writes to disk what does not lie there yet, in order. After a failure nothing is written any
   * more, until {@link #trustDisk}: what follows would lie there without what is before it.
   */
  void spool() {
    for (Entry entry : waiting) {
      if (!entry.done && entry.place.isEmpty()) {
        spool(entry);
      }
    }
  }

  /** The same for the last one. */
  void spool(Entry entry) {
    if (broken) {
      return;
    }
    try {
      entry.place = Optional.of(file.append(SpooledRecord.encode(entry.record.orElseThrow())));
      entry.record = Optional.empty();
      onDisk.add(entry);
    } catch (IOException e) {
      broken = true;
      log.atWarn()
          .setCause(e)
          .log("events cannot be kept on disk; they are kept in memory, without output of builds");
    }
  }

  /** Whether something could not be written. */
  boolean isBroken() {
    return broken;
  }

  /** The disk is tried again with what comes. */
  void trustDisk() {
    broken = false;
  }

  /** Lets go of the files; what lies there stays. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("closing the spool failed");
    }
  }
}
