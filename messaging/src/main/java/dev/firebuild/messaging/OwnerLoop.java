package dev.firebuild.messaging;

import dev.firebuild.protocol.document.Document;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of the documents of some partitions. Coordinators share out the partitions of
 * events and commands in a consumer group; who has a partition of those has the same one of the
 * state topic.
 *
 * <p>Documents and the offsets of the inputs that led to them are one transaction: the offsets,
 * with the group's metadata, are what stops a stale owner, so they go with every write, also with
 * one that has no input. After any failure everything is thrown away, clients and documents, and
 * read anew: half of what could be kept would be wrong.
 *
 * <p>It stands on the plain clients: Vert.x' cannot send offsets to a transaction.
 */
public final class OwnerLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OwnerLoop.class);

  private static final Duration AFTER_FAILURE = Duration.ofMillis(300);

  private final KafkaSettings settings;
  private final String id;
  private final Logic logic;
  private final Thread thread;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private volatile boolean closed;

  /** What is decided; called by one thread. */
  public interface Logic {
    /** This process owns {@code partition} from now on; {@code documents} are all it has. */
    void assigned(int partition, Collection<Document> documents);

    /** These partitions are owned no more: their documents must be forgotten. */
    void revoked(Set<Integer> partitions);

    /**
     * Decides on new inputs. Called about every 100 ms also without any, for what time brings, and
     * every 250 ms while {@link #isIdle}.
     *
     * @return what shall be written, in order; nothing else may be done before {@link #committed}
     */
    List<Write> decide(List<ConsumerRecord<String, byte[]>> records);

    /** What {@link #decide} returned is stored: now it may be acted upon. */
    void committed(List<Write> writes);

    /** Whether time alone brings nothing that is urgent. */
    boolean isIdle();
  }

  /**
   * A document to be written.
   *
   * @param partition that of its subject's events, which {@link Partitions#of} tells
   * @param document absent: the key is deleted
   * @param value of the record
   */
  public record Write(
      int partition, String key, Optional<Document> document, Optional<byte[]> value) {
    public static Write of(int partition, Document document) {
      return new Write(
          partition,
          document.key(),
          Optional.of(document),
          Optional.of(DocumentCodec.encode(document)));
    }

    public static Write delete(int partition, String key) {
      return new Write(partition, key, Optional.empty(), Optional.empty());
    }
  }

  /**
   * @param id stable name of the coordinator: a restarted one takes its old place at once
   */
  public OwnerLoop(KafkaSettings settings, String id, Logic logic) {
    this.settings = settings;
    this.id = id;
    this.logic = logic;
    // A platform thread: it must go on in time when virtual threads keep the carriers busy.
    this.thread = Thread.ofPlatform().daemon().name("owner").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /**
   * Completes when this process has its share of the partitions and has decided on all inputs that
   * were there by then.
   */
  public CompletableFuture<Void> caughtUp() {
    return caughtUp;
  }

  private void run() {
    while (!closed) {
      try (OwnerSession session = new OwnerSession(settings, id, logic, caughtUp)) {
        while (!closed) {
          session.turn();
        }
      } catch (InterruptException e) {
        closed = true;
      } catch (WakeupException e) {
        // closing
      } catch (KafkaException | IllegalStateException e) {
        log.atWarn()
            .addKeyValue("owner", id)
            .addKeyValue("reason", e.toString())
            .log("the owner begins anew");
        pauseAfterFailure();
      } catch (Throwable e) {
        // An Error, too: the process would go on, with nobody who decides.
        log.atError().addKeyValue("owner", id).setCause(e).log("the owner failed, begins anew");
        pauseAfterFailure();
      }
    }
  }

  private void pauseAfterFailure() {
    try {
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /** Leaves the group, so that others take over at once. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(Duration.ofSeconds(15));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
