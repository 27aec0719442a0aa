package dev.firebuild.coordinator.owner.kafka;

import dev.firebuild.coordinator.owner.Announcer;
import dev.firebuild.coordinator.owner.Cluster;
import dev.firebuild.coordinator.owner.Documents;
import dev.firebuild.coordinator.owner.Liveness;
import dev.firebuild.coordinator.owner.Outbox;
import dev.firebuild.coordinator.owner.OwnerLogic;
import dev.firebuild.coordinator.owner.Surroundings;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventPublisher;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.OwnerLoop;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.messaging.Tidings;
import dev.firebuild.messaging.TopicAdmin;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of its share of the documents. Started after {@link TopicAdmin#ensure}; others take
 * over when it ends.
 */
public final class Owner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Owner.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration READING = Duration.ofSeconds(1);

  private final EventPublisher publisher;
  private final ShareGroups groups;
  private final Cluster cluster;
  private final OwnerLoop loop;
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("owner-heartbeat").factory());
  private final CoordinatorEvent.Heartbeat heartbeat;
  private final AtomicLong beats = new AtomicLong();
  private final String id;
  private final InstantSource clock;

  /**
   * What the coordinator says of itself.
   *
   * @param id stable over restarts and unique among the coordinators
   * @param version of firebuild
   * @param url of its HTTP port
   */
  public record Identity(String id, String version, String url) {}

  /**
   * @param allowed what {@link TopicAdmin#ensure} found
   * @param keep settled documents are forgotten so long after their end
   * @param readToEnd completes when {@link #tidings} were told all that is there when it is asked
   */
  public Owner(
      Vertx vertx,
      KafkaSettings settings,
      TopicAdmin.Allowed allowed,
      Identity identity,
      Duration keep,
      InstantSource clock,
      RandomGenerator random,
      Supplier<CompletableFuture<Void>> readToEnd) {
    this.id = identity.id();
    this.clock = clock;
    String incarnation = Ids.draw(random);
    this.heartbeat =
        new CoordinatorEvent.Heartbeat(incarnation, identity.version(), identity.url());
    this.publisher = EventPublisher.create(vertx, settings, id + "-outbox", PATIENCE);
    this.groups = new ShareGroups(settings, id);
    Surroundings here = new Surroundings(id, incarnation, clock, System::nanoTime);
    Announcer announcer = new RecordAnnouncer(publisher, settings.topics());
    this.cluster =
        new Cluster(
            here,
            Rules.STANDARD,
            new Liveness(System.nanoTime()),
            announcer,
            groups,
            () -> isRead(readToEnd.get()));
    Documents documents =
        new Documents(
            subject -> Partitions.of(subject, allowed.partitions()),
            DocumentCodec::encode,
            Math.min(allowed.sizes().events(), settings.sizes().events()));
    OwnerLogic logic =
        new OwnerLogic(
            documents,
            cluster,
            new Outbox(announcer, id, clock, System::nanoTime),
            Rules.STANDARD,
            keep);
    RecordLogic records = new RecordLogic(settings.topics(), logic, publisher::send);
    this.loop = new OwnerLoop(settings, id, records);
  }

  /** Must be told of all partitions, from before {@link #start}. */
  public Tidings tidings() {
    return new ClusterNews(Rules.STANDARD, cluster::add);
  }

  private static boolean isRead(CompletableFuture<Void> reading) {
    try {
      reading.get(READING.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.atDebug().addKeyValue("reason", e.toString()).log("not everything is read to the end");
    }
    return false;
  }

  public void start() {
    var _ =
        heartbeats.scheduleAtFixedRate(this::beat, 0, HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
    loop.start();
  }

  /** Completes when this owner has decided on all that was said before it had its partitions. */
  public CompletableFuture<Void> caughtUp() {
    return loop.caughtUp();
  }

  private void beat() {
    long number = beats.incrementAndGet();
    var _ =
        publisher.publish(
            new Event(
                heartbeat.incarnation() + "-" + number,
                id,
                id,
                clock.instant(),
                0,
                heartbeat.incarnation(),
                number,
                heartbeat));
  }

  @Override
  public void close() {
    heartbeats.shutdownNow();
    loop.close();
    groups.close();
    publisher.close();
  }
}
