package dev.firebuild.worker.queue;

import dev.firebuild.messaging.GrantedEvents;
import dev.firebuild.messaging.HandOutConsumer;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.host.HostFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room for one request: takes it from the queue, claims it, waits for the document, does what is
 * granted. Its consumer polls while the slot is free and is closed while it works.
 */
final class Slot implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Slot.class);
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
  private static final Duration WHILE_REFUSING = Duration.ofSeconds(1);

  /** A third of the lock's 15 s. */
  private static final Duration RENEWAL = Duration.ofSeconds(5);

  private static final Duration STORED = Duration.ofSeconds(30);
  private static final String END = "the worker ends";

  private final Trade trade;
  private final HandOutConsumer queue;
  private final Burials burials;
  private final Hold hold;
  private final Claims claims;
  private final Supplier<Optional<String>> refusal;
  private volatile boolean draining;
  private volatile boolean givesBack;
  private volatile @Nullable Holding current;

  /** Makes the holding of a claimed job. */
  @FunctionalInterface
  interface Hold {
    Holding begin(String id, String key, int attempt, String instance, Optional<String> trace);
  }

  /** What a claim says of the worker. */
  interface Claims {
    Claim claim(ConsumerRecord<String, byte[]> record);

    String drawInstance();
  }

  Slot(
      Trade trade,
      HandOutConsumer queue,
      Burials burials,
      Hold hold,
      Claims claims,
      Supplier<Optional<String>> refusal) {
    this.trade = trade;
    this.queue = queue;
    this.burials = burials;
    this.hold = hold;
    this.claims = claims;
    this.refusal = refusal;
  }

  @Override
  public void run() {
    try (queue) {
      while (!draining) {
        turn();
      }
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn() throws InterruptedException {
    try {
      if (refusal.get().isPresent()) {
        // Others may take what this host has no room for.
        queue.pause();
        TimeUnit.MILLISECONDS.sleep(WHILE_REFUSING.toMillis());
        return;
      }
      Optional<ConsumerRecord<String, byte[]>> record = queue.take(IDLE);
      if (record.isPresent()) {
        handle(record.get());
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      log.atWarn().addKeyValue("reason", e.toString()).log("taking a request failed, tried again");
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("a slot failed and goes on");
      queue.pause();
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
    }
  }

  private void handle(ConsumerRecord<String, byte[]> record) throws InterruptedException {
    Trade.Job job;
    try {
      job = trade.read(record);
    } catch (IllegalArgumentException e) {
      bury(record, String.valueOf(e.getMessage()));
      return;
    }
    int attempt = RequestCodec.attemptOf(record);
    Holding holding =
        hold.begin(
            job.id(),
            job.key(),
            attempt,
            claims.drawInstance(),
            RequestCodec.traceparentOf(record));
    current = holding;
    if (givesBack) {
      // Who gave everything back did not see it yet.
      holding.giveBack(END);
    }
    try {
      if (awaitGrant(job, holding, record)) {
        work(job, attempt, holding);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      // The owner must not take the instance for one that is at work.
      holding.giveBack("a slot failed");
      throw e;
    } finally {
      current = null;
    }
  }

  /**
   * Claims and waits, keeping the request meanwhile as far as Kafka answers. True: granted. Every
   * claim is answered, as soon as there are a broker and an owner.
   */
  private boolean awaitGrant(Trade.Job job, Holding holding, ConsumerRecord<String, byte[]> record)
      throws InterruptedException {
    CompletableFuture<Void> claim = holding.events().publish(job.claimed(claims.claim(record)));
    boolean held = true;
    while (true) {
      try {
        boolean granted = holding.granted().get(RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
        if (!granted && draining) {
          // Given back: nobody may ever have heard of the claim.
          queue.release();
        } else if (!granted) {
          drop(job, holding, record);
        }
        return granted;
      } catch (TimeoutException e) {
        if (draining) {
          holding.giveBack(END);
          queue.release();
          return false;
        }
        if (claim.isCompletedExceptionally()) {
          // Nobody will ever answer it; whoever takes the request next claims it anew.
          holding.giveBack("its claim could not be stored");
          queue.release();
          return false;
        }
        if (held && !queue.renew()) {
          // Whoever gets it claims it too, and the first claim counts: this one may be granted
          // yet. Given up, it would cost an attempt.
          held = false;
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("nothing completes a grant with a failure", e);
      }
    }
  }

  /**
   * Somebody else has the id. Of a copy nothing is missed; who asked for something else was told
   * that it is accepted, and shall not wait for it in vain.
   */
  private void drop(Trade.Job job, Holding holding, ConsumerRecord<String, byte[]> record)
      throws InterruptedException {
    if (holding.refusal().filter(document -> !job.isThatOf(document)).isPresent()) {
      bury(
          record,
          "%s is the id of another request, which is done; send this one with an id of its own"
              .formatted(job.id()));
    } else {
      log.atInfo().addKeyValue("id", job.id()).log("the claim is not granted");
      queue.accept();
    }
  }

  private void work(Trade.Job job, int attempt, Holding holding) throws InterruptedException {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("work-" + job.id())
        .start(() -> {
          try {
            execute(job, attempt, holding);
          } finally {
            end.complete(null);
          }
        });
    // Beside the work, which need not wait for it. If it fails the record comes again, and its
    // claim is not granted.
    queue.accept();
    queue.pause();
    try {
      end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing completes the work with a failure", e);
    }
    awaitStored(job, holding);
  }

  private void execute(Trade.Job job, int attempt, Holding holding) {
    GrantedEvents events = holding.events();
    try {
      job.work(attempt, holding);
      if (job instanceof Trade.Build && !events.hasEnded()) {
        fail(job, events, "the build engine returned without a result");
      }
    } catch (InterruptedException e) {
      fail(job, events, "the worker's thread was interrupted");
    } catch (RuntimeException | Error e) {
      log.atError().addKeyValue("id", job.id()).setCause(e).log("an engine failed");
      fail(
          job,
          events,
          "an engine failed: %s; the worker's log has the stack trace"
              .formatted(HostFailure.withoutFolders(e.toString())));
    }
  }

  private static void fail(Trade.Job job, GrantedEvents events, String message) {
    if (!events.hasEnded()) {
      var _ = events.publish(job.failed(Failure.of(FailureCode.INTERNAL, message)));
    }
  }

  /**
   * The instance stays in the heartbeat until its document tells the end. A build whose end is
   * lost, however late, is given back: the owner misses it and has it tried again. A VM tells its
   * own end until it is stored.
   */
  private static void awaitStored(Trade.Job job, Holding holding) throws InterruptedException {
    CompletableFuture<Void> stored =
        holding
            .events()
            .stored()
            .whenComplete((_, failure) -> {
              if (failure != null && job instanceof Trade.Build) {
                log.atError().addKeyValue("id", job.id()).setCause(failure).log("events are lost");
                holding.giveBack("its events are lost");
              }
            });
    try {
      stored.get(STORED.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.atWarn().addKeyValue("id", job.id()).log("the end is not stored yet; Kafka is slow");
    } catch (ExecutionException e) {
      log.atDebug().addKeyValue("id", job.id()).setCause(e).log("not all events are stored");
    }
  }

  /** Makes {@code record} a dead letter; while that cannot be stored, it stays in the queue. */
  private void bury(ConsumerRecord<String, byte[]> record, String reason)
      throws InterruptedException {
    if (burials.bury(record, reason)) {
      queue.accept();
    } else {
      queue.release();
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
    }
  }

  /** Takes nothing more; what is at work goes on. */
  void drain() {
    draining = true;
    queue.wakeup();
  }

  /** Gives back what is at work. */
  void giveBack() {
    givesBack = true;
    Holding holding = current;
    if (holding != null) {
      holding.giveBack(END);
    }
  }
}
