package dev.firebuild.simulation.world;

import dev.firebuild.coordinator.owner.Announcer;
import dev.firebuild.coordinator.owner.Cluster;
import dev.firebuild.coordinator.owner.Documents;
import dev.firebuild.coordinator.owner.News;
import dev.firebuild.coordinator.owner.OwnerLogic;
import dev.firebuild.coordinator.owner.QueueWatch;
import dev.firebuild.coordinator.owner.Surroundings;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.Log;
import dev.firebuild.simulation.kafka.Publisher;
import dev.firebuild.simulation.kafka.Request;
import dev.firebuild.simulation.kafka.ShareGroup;
import dev.firebuild.simulation.kafka.StateLog;
import dev.firebuild.simulation.kafka.Tail;
import dev.firebuild.simulation.time.Actor;
import dev.firebuild.simulation.time.Timeline;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A coordinator, as far as it owns: the real core with simulated clients around it. */
final class Coordinator extends Actor {
  private static final long PATIENCE = 30 * Timeline.SECOND;
  private static final byte[] VALUE = {};

  private final World world;
  private final Broker broker;
  private String incarnation = "";
  private long beats;
  private Publisher publisher;
  private Tail feed;
  private OwnerSession session;

  Coordinator(World world, String name) {
    super(name, world.time(), world.chance(), world.historyOf(), world.faults());
    this.world = world;
    this.broker = world.broker();
    this.publisher = new Publisher(this, broker, PATIENCE);
    this.feed = new Tail(this, broker, 0);
    this.session = new OwnerSession(this, world, Optional.empty());
  }

  @Override
  protected void begin() {
    incarnation = world.draw("inc");
    FirstAnswer.of(this, broker, this::connect);
  }

  private void connect() {
    publisher = new Publisher(this, broker, PATIENCE);
    Surroundings here = new Surroundings(name(), incarnation, world::instant, this::now);
    Announcer announcer = new Announcements();
    Tail tail = new Tail(this, broker, 0);
    feed = tail;
    Parts parts = world.parts();
    Cluster cluster =
        new Cluster(
            here, parts.rules(), parts.liveness(now()), announcer, new Watch(), tail::readToEnd);
    subscribe(tail, cluster);
    Documents documents = new Documents(broker::partitionOf, _ -> VALUE, 1 << 20);
    OwnerLogic logic =
        parts.logic(documents, cluster, parts.outbox(announcer, name(), world::instant, this::now));
    session = new OwnerSession(this, world, Optional.of(logic));
    beat();
    session.begin();
  }

  private void subscribe(Tail tail, Cluster cluster) {
    tail.read(
        broker.buildRequests(), broker.buildRequests().start(), item -> queued(cluster, item));
    tail.read(broker.runRequests(), broker.runRequests().start(), item -> queued(cluster, item));
    for (int p = 0; p < broker.partitions(); p++) {
      tail.read(broker.state(p), 0, item -> stored(cluster, item.value()));
      tail.read(broker.events(p), broker.events(p).end(), item -> heard(cluster, item.value()));
    }
  }

  private void queued(Cluster cluster, Log.Item<Request> item) {
    Instant at = World.instantOf(item.at());
    News.Queued news =
        switch (item.value()) {
          case Request.Build(var id, var request, int attempt) ->
              new News.Queued(
                  Topics.DEFAULT.buildRequests(),
                  item.offset(),
                  world.parts().rules().builds().unclaimed(id, request, attempt, at));
          case Request.Run(var id, var request, int attempt) ->
              new News.Queued(
                  Topics.DEFAULT.runRequests(),
                  item.offset(),
                  world.parts().rules().vms().unclaimed(id, request, attempt, at));
        };
    cluster.add(news);
  }

  private static void stored(Cluster cluster, StateLog.Stored stored) {
    if (stored.isCommitted()) {
      if (stored.write().document().isEmpty()) {
        cluster.add(new News.Forgotten(stored.write().key()));
      } else {
        cluster.add(new News.Stored(stored.write().document().get()));
      }
    }
  }

  private static void heard(Cluster cluster, Event event) {
    if (event.data() instanceof WorkerEvent || event.data() instanceof CoordinatorEvent) {
      cluster.add(new News.Heard(event));
    }
  }

  private void beat() {
    beats++;
    var _ =
        publish(
            new Event(
                incarnation + "-" + beats,
                name(),
                name(),
                world.instant(),
                0,
                incarnation,
                beats,
                new CoordinatorEvent.Heartbeat(incarnation, "", "")));
    session.heartbeat();
    idly(Timeline.SECOND, this::beat);
  }

  private CompletionStage<?> publish(Event event) {
    return publisher.send(broker.events(broker.partitionOf(event.subject())), event);
  }

  /** What the owner announces. */
  private final class Announcements implements Announcer {
    @Override
    public CompletionStage<?> publish(Event event) {
      return Coordinator.this.publish(event);
    }

    @Override
    public CompletionStage<?> append(Work document, int attempt, Optional<String> traceparent) {
      return switch (document) {
        case BuildDocument build ->
            publisher.send(
                broker.buildRequests(), new Request.Build(build.id(), build.request(), attempt));
        case VmDocument vm ->
            publisher.send(broker.runRequests(), new Request.Run(vm.id(), vm.request(), attempt));
      };
    }

    @Override
    public CompletionStage<?> bury(Work document, String reason) {
      return publisher.send(broker.deadLetters(), document.id());
    }
  }

  /** How far the queues are. */
  private final class Watch implements QueueWatch {
    private final Queue<Start> starts = new ArrayDeque<>();

    @Override
    public void ask() {
      if (world.parts().watchesQueues()) {
        ask(Topics.DEFAULT.buildRequests(), broker.builders());
        ask(Topics.DEFAULT.runRequests(), broker.runners());
      }
    }

    private void ask(String topic, ShareGroup group) {
      idly(
          chance().latency(),
          () -> {
            if (broker.isUp() && group.start() > 0) {
              starts.add(new Start(topic, group.start()));
            }
          });
    }

    @Override
    public void drain(Consumer<Start> consumer) {
      for (Start start = starts.poll(); start != null; start = starts.poll()) {
        consumer.accept(start);
      }
    }

    @Override
    public void deleteBefore(String topic, long offset) {
      boolean builds = topic.equals(Topics.DEFAULT.buildRequests());
      idly(
          chance().latency(),
          () -> (builds ? broker.buildRequests() : broker.runRequests()).deleteBefore(offset));
    }
  }

  /** Whether all that was said in {@code partition} is decided on here. */
  boolean hasDecided(int partition) {
    return session.hasDecided(partition);
  }

  /** Whether everything is said. */
  boolean isPublished() {
    return publisher.isEmpty();
  }

  @Override
  protected void cutOff() {
    publisher.cutOff();
  }

  @Override
  protected void ended() {
    feed.close();
    // Nothing of the old life runs on: its steps are void.
    session = new OwnerSession(this, world, Optional.empty());
  }
}
