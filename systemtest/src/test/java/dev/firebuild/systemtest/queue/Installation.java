package dev.firebuild.systemtest.queue;

import static org.awaitility.Awaitility.await;

import dev.firebuild.coordinator.feed.RecentEvents;
import dev.firebuild.coordinator.feed.Tail;
import dev.firebuild.coordinator.owner.kafka.Owner;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.EventPublisher;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.messaging.TopicAdmin;
import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.recordcheck.RecordCheck;
import dev.firebuild.systemtest.fake.FakeBuilds;
import dev.firebuild.systemtest.fake.FakeRuns;
import dev.firebuild.systemtest.fake.FakeWorkerMain;
import dev.firebuild.worker.queue.BuildExecutor;
import dev.firebuild.worker.queue.WorkerQueue;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;

/**
 * Coordinators and workers with fake engines on a real Kafka, and a reader of all topics, who wants
 * every record to be as it is documented.
 */
public final class Installation {
  public static final Duration PATIENCE = Duration.ofSeconds(40);

  public final KafkaSettings settings;
  public final Collection<Event> log = new ConcurrentLinkedQueue<>();
  final List<ConsumerRecord<String, byte[]>> letters = new CopyOnWriteArrayList<>();
  public final List<ConsumerRecord<String, byte[]>> requests = new CopyOnWriteArrayList<>();
  public final Map<String, Document> documents = new ConcurrentHashMap<>();
  private final Vertx vertx = Vertx.vertx();
  private final RecordCheck check;
  private final TopicAdmin.Allowed allowed;
  private final EventPublisher publisher;
  private final Tailer tailer;
  private final List<AutoCloseable> open = new ArrayList<>();

  /** What the owners know of the others comes by these. */
  private final Map<AutoCloseable, Tail> tails = new ConcurrentHashMap<>();

  private final AtomicLong lives = new AtomicLong();

  Installation(Map<String, String> client) throws InterruptedException {
    this(KafkaSettings.of(client));
  }

  public Installation(KafkaSettings settings) throws InterruptedException {
    this.settings = settings;
    this.allowed = TopicAdmin.ensure(settings);
    this.check = new RecordCheck(settings.topics(), allowed.partitions());
    this.publisher = EventPublisher.create(vertx, settings, "test", Duration.ofSeconds(60));
    var topics = settings.topics();
    this.tailer =
        Tailer.start(
            settings,
            "test-reader",
            List.of(
                Tailer.Subscription.fromBeginning(topics.events()),
                Tailer.Subscription.fromBeginning(topics.state()),
                Tailer.Subscription.fromBeginning(topics.buildRequests()),
                Tailer.Subscription.fromBeginning(topics.runRequests()),
                Tailer.Subscription.fromBeginning(topics.commands()),
                Tailer.Subscription.fromBeginning(topics.deadLetters())),
            IsolationLevel.READ_COMMITTED,
            this::onRecord);
  }

  private void onRecord(ConsumerRecord<String, byte[]> record) {
    if (EventCodec.typeOf(record).filter(Histories.LATER_TYPE::equals).isEmpty()) {
      check.see(record);
    }
    if (record.topic().equals(settings.topics().events())) {
      EventCodec.decode(record).ifPresent(log::add);
    } else if (record.topic().equals(settings.topics().buildRequests())) {
      requests.add(record);
    } else if (record.topic().equals(settings.topics().deadLetters())) {
      letters.add(record);
    } else if (!record.topic().equals(settings.topics().state())) {
      // Runs and commands are only looked at.
      return;
    } else if (record.value() == null) {
      documents.remove(record.key());
    } else {
      DocumentCodec.decode(record.key(), record.value())
          .ifPresent(document -> documents.put(record.key(), document));
    }
  }

  public Owner owner(String id) {
    RecentEvents recent = new RecentEvents(1 << 20);
    recent.start(allowed.partitions());
    Tail tail = new Tail(settings, id, new Views(), recent);
    Owner owner =
        new Owner(
            vertx,
            settings,
            allowed,
            new Owner.Identity(id, "test", "http://127.0.0.1"),
            Duration.ofDays(7),
            InstantSource.system(),
            new SecureRandom(),
            tail::readToEnd);
    open.add(owner);
    tails.put(owner, tail);
    tail.start(owner.tidings());
    owner.start();
    return owner;
  }

  public WorkerQueue worker(String id) throws InterruptedException {
    return worker(id, new FakeRuns(id));
  }

  WorkerQueue worker(String id, FakeRuns runs) throws InterruptedException {
    return worker(id, runs, InstantSource.system());
  }

  WorkerQueue worker(String id, FakeRuns runs, InstantSource clock) throws InterruptedException {
    return worker(id, new FakeBuilds(id), runs, clock);
  }

  public WorkerQueue worker(String id, BuildExecutor builds) throws InterruptedException {
    return worker(id, builds, new FakeRuns(id), InstantSource.system());
  }

  private WorkerQueue worker(String id, BuildExecutor builds, FakeRuns runs, InstantSource clock)
      throws InterruptedException {
    WorkerQueue worker = FakeWorkerMain.newWorker(vertx, settings, id, nextLife(), clock);
    open.add(worker);
    worker.start(builds, runs);
    return worker;
  }

  /** That of a worker that is started now. */
  public long nextLife() {
    return lives.incrementAndGet();
  }

  public void close(AutoCloseable one) throws Exception {
    open.remove(one);
    one.close();
    Optional.ofNullable(tails.remove(one)).ifPresent(Tail::close);
  }

  public void build(String id, long millis) {
    send(
        RequestCodec.encode(
            settings.topics().buildRequests(),
            id,
            request(id, new Source.Inline("# " + millis)),
            1,
            Optional.empty()));
  }

  static BuildRequest request(String id, Source source) {
    return BuildRequest.of("image-of-" + id.toLowerCase(java.util.Locale.ROOT), source).withId(id);
  }

  public void run(String id, Optional<String> name) {
    RunRequest request = RunRequest.of("image", name, false).withId(id);
    send(RequestCodec.encode(settings.topics().runRequests(), id, request, 1, Optional.empty()));
  }

  void command(String id, Command command) {
    send(RequestCodec.encode(settings.topics().commands(), id, command));
  }

  /** A record of a foreign producer: no key, no headers. */
  void foreign(String value) {
    send(
        new ProducerRecord<>(
            settings.topics().buildRequests(), value.getBytes(StandardCharsets.UTF_8)));
  }

  /** An event of somebody else. */
  void say(Event event) {
    publisher.publish(event).orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
  }

  Vertx vertx() {
    return vertx;
  }

  void send(ProducerRecord<String, byte[]> record) {
    sendLater(record).orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
  }

  /** Sends {@code record} after those before; completes when it is stored. */
  CompletableFuture<?> sendLater(ProducerRecord<String, byte[]> record) {
    return publisher.send(record);
  }

  public BuildDocument awaitBuild(String id, BuildDocument.Phase phase) {
    return awaitBuild(id, build -> build.phase() == phase);
  }

  public BuildDocument awaitBuild(String id, Predicate<BuildDocument> condition) {
    await("build " + id + ": " + documents.get(BuildDocument.key(id)))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() ->
            documents.get(BuildDocument.key(id)) instanceof BuildDocument build
                && condition.test(build));
    return (BuildDocument) Objects.requireNonNull(documents.get(BuildDocument.key(id)));
  }

  public VmDocument awaitVm(String id, Predicate<VmDocument> condition) {
    await("VM " + id + ": " + documents.get(VmDocument.key(id)))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> documents.get(VmDocument.key(id)) instanceof VmDocument vm && condition.test(vm));
    return (VmDocument) Objects.requireNonNull(documents.get(VmDocument.key(id)));
  }

  /** The events of {@code subject} that a reader believes. */
  public List<EventData> believed(String subject) {
    tailer.readToEnd().orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join();
    SubjectFold fold = SubjectFold.fresh();
    return log.stream()
        .filter(event -> event.subject().equals(subject))
        .filter(fold::accept)
        .map(Event::data)
        .toList();
  }

  public void close() throws Exception {
    for (AutoCloseable one : List.copyOf(open).reversed()) {
      close(one);
    }
    publisher.close();
    tailer.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    check.requireClean();
  }
}
