package dev.firebuild.coordinator.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders of things that the simulation found. */
class OwnerLogicTest {
  private static final Instant AT = Instant.ofEpochSecond(1000);
  private static final Set<Integer> ALL = Set.of(0);

  private final List<EventData> said = new ArrayList<>();

  /** News that are there and not yet read. */
  private final List<News> unread = new ArrayList<>();

  private final Cluster cluster =
      new Cluster(
          new Surroundings("c1", "inc", () -> AT, this::nanos),
          Rules.STANDARD,
          new Liveness(0),
          new Announcements(),
          new NoQueues(),
          this::readToEnd);
  private final OwnerLogic logic =
      new OwnerLogic(
          new Documents(_ -> 0, Json::bytes, 1 << 20),
          cluster,
          new Outbox(new Announcements(), "c1", () -> AT, this::nanos),
          Rules.STANDARD,
          Duration.ofDays(1));
  private final List<CompletableFuture<Void>> underWay = new ArrayList<>();
  private final Map<String, Document> stored = new HashMap<>();
  private long nanos;
  private int numbers;
  private int readings;
  private boolean readable = true;

  @BeforeEach
  void owns() {
    logic.assigned(0, List.of());
  }

  @Test
  void whatIsClaimedWasCreatedWhenItWasAskedFor() {
    // Given requests that lay in the queue for an hour
    Claim claim =
        new Claim("t", 0, 0, "w1", "inc1", Optional.empty(), Optional.of(AT.minusSeconds(3600)));

    turn(told("b1", "i1", new BuildEvent.Claimed(claim, buildRequest("b1"))));
    turn(told("v1", "i1", new VmEvent.Claimed(claim, vmRequest("v1"))));

    // Then they keep their place in the lists
    assertThat(build("b1").createdAt()).isEqualTo(AT.minusSeconds(3600));
    assertThat(vm("v1").createdAt()).isEqualTo(AT.minusSeconds(3600));
  }

  @Test
  void aRemovalIsToldThoughTheEndBeforeItIsStillBeingTold() {
    // Given a VM that is ended in the queue, and the word of it on its way
    cluster.add(queuedVm("v1"));
    turn(command("v1", new Command.Kill()));

    // When it is removed before that word is stored
    turn(command("v1", Command.Remove.vm(true)));
    underWay.forEach(one -> one.complete(null));
    turn();

    // Then both are told, and nothing remains to be said
    assertThat(said).hasExactlyElementsOfTypes(VmEvent.Exited.class, VmEvent.Removed.class);
    underWay.forEach(one -> one.complete(null));
    turn();
    assertThat(vm("v1").outbox()).isEmpty();
  }

  @Test
  void aVmThatShallGoIsGoneWhenItsWorkerIsLostBeforeItRan() {
    // Given a claimed VM that somebody wants to be removed
    heartbeat("w1", "inc1", 1, List.of("i1"));
    turn(told("v1", "i1", new VmEvent.Claimed(claim("w1", "inc1"), vmRequest("v1"))));
    turn(command("v1", Command.Remove.vm(true)));

    // When the worker comes back without it
    heartbeat("w1", "inc2", 2, List.of());
    pass(Duration.ofSeconds(2), "w1", "inc2");

    // Then nobody waits for a worker that knows nothing of it
    assertThat(vm("v1").phase()).isEqualTo(VmDocument.Phase.REMOVED);
    assertThat(said).hasOnlyElementsOfType(VmEvent.Removed.class);
  }

  @Test
  void anEndedVmThatNobodyHoldsIsRemovedAsWished() {
    // Given a VM that has ended before it ran, on a worker that is started again without it
    heartbeat("w1", "inc1", 1, List.of("i1"));
    turn(told("v1", "i1", new VmEvent.Claimed(claim("w1", "inc1"), vmRequest("v1"))));
    turn(told("v1", "i1", new VmEvent.Exited(Optional.empty(), "killed")));
    heartbeat("w1", "inc2", 2, List.of());

    // When
    turn(command("v1", Command.Remove.vm(false)));
    pass(Duration.ofSeconds(5), "w1", "inc2");

    // Then
    assertThat(vm("v1").phase()).isEqualTo(VmDocument.Phase.REMOVED);
  }

  @Test
  void aCancelCountsThoughAClaimWasDecidedAndNeverStored() {
    // Given a claim that is decided on, and a transaction that fails
    cluster.add(queuedBuild("b1"));
    var _ = logic.decide(List.of(told("b1", "i1", claimedBuild("b1"))));
    logic.revoked(ALL);
    logic.assigned(0, List.of());

    // When the cancel is read before the claim this time
    turn(command("b1", new Command.Cancel(Optional.empty())));
    turn(told("b1", "i1", claimedBuild("b1")));

    // Then
    assertThat(build("b1").phase()).isEqualTo(BuildDocument.Phase.CANCELLED);
  }

  @Test
  void aClaimIsASignOfLife() {
    // Given a worker that was silent for long, and is heard of by its claim first
    heartbeat("w1", "inc1", 1, List.of());
    pass(Duration.ofSeconds(5), "w2", "inc9");

    // When
    turn(told("b1", "i1", claimedBuild("b1")));
    pass(Duration.ofMillis(400), "w2", "inc9");

    // Then the build stays where it is
    assertThat(build("b1").phase()).isEqualTo(BuildDocument.Phase.ASSIGNED);
    assertThat(build("b1").attempt()).isEqualTo(1);
  }

  @Test
  void afterAPauseNobodyIsLostBeforeTheOwnHeartbeatIsBack() {
    // Given a worker that was silent when this coordinator was frozen
    turn(told("b1", "i1", claimedBuild("b1")));
    heartbeat("w1", "inc1", 1, List.of("i1"));
    pass(Duration.ofMillis(2800), "w2", "inc9");
    nanos += Duration.ofSeconds(20).toNanos();

    // When it goes on, and reads its partitions before the heartbeats
    turn();
    turn();

    // Then
    assertThat(build("b1").attempt()).isEqualTo(1);
  }

  @Test
  void nobodyIsLostBeforeEverythingIsRead() {
    // Given a worker that ended and was started again, of which only the end is read
    heartbeat("w1", "inc1", 1, List.of());
    turn(told("b1", "i1", claimedBuild("b1")));
    heartbeat("w1", "inc1", 1, List.of("i1"));
    pass(Duration.ofMillis(400), "w2", "inc9");
    cluster.add(new News.Heard(event("w1", "inc0", 0, new WorkerEvent.Stopping("inc1"))));
    unread.add(heartbeatOf("w1", "inc1", 1, List.of("i1")));
    unread.add(heartbeatOf("w1", "inc2", 2, List.of("i1")));

    // When
    pass(Duration.ofMillis(400), "w2", "inc9");

    // Then
    assertThat(unread).isEmpty();
    assertThat(build("b1").attempt()).isEqualTo(1);
  }

  @Test
  void forHoweverManyCommandsEverythingIsReadOnce() {
    // Given
    unread.add(queuedBuild("b7"));

    // When
    turn(cancels(0, 1000));

    // Then each of them knows what was there
    assertThat(readings).isEqualTo(1);
    assertThat(build("b7").phase()).isEqualTo(BuildDocument.Phase.CANCELLED);

    // And it is read again for those that come later
    unread.add(queuedBuild("b2000"));
    turn(cancels(2000, 2001));
    assertThat(build("b2000").phase()).isEqualTo(BuildDocument.Phase.CANCELLED);
  }

  @Test
  void aLogThatCannotBeReadHoldsNoOwnerUp() {
    readable = false;

    turn(cancels(0, 1000));

    assertThat(readings).isBetween(1, 10);
  }

  private static Input[] cancels(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> command("b" + i, new Command.Cancel(Optional.empty())))
        .toArray(Input[]::new);
  }

  private boolean readToEnd() {
    readings++;
    if (!readable) {
      return false;
    }
    unread.forEach(cluster::add);
    unread.clear();
    return true;
  }

  private long nanos() {
    return nanos;
  }

  /** Time goes on, with heartbeats of this coordinator and of {@code worker}. */
  private void pass(Duration duration, String worker, String incarnation) {
    for (long left = duration.toMillis(); left > 0; left -= 100) {
      nanos += Duration.ofMillis(100).toNanos();
      cluster.add(
          new News.Heard(event("c1", "inc", 0, new CoordinatorEvent.Heartbeat("inc", "", ""))));
      heartbeat(worker, incarnation, incarnation.equals("inc2") ? 2 : 1, List.of());
      turn();
    }
  }

  private void turn(Input... inputs) {
    List<Write> writes = logic.decide(List.of(inputs));
    for (Write write : writes) {
      write.document().ifPresent(document -> stored.put(write.key(), document));
    }
    logic.committed(writes);
  }

  private VmDocument vm(String id) {
    return (VmDocument) Objects.requireNonNull(stored.get(VmDocument.key(id)));
  }

  private BuildDocument build(String id) {
    return (BuildDocument) Objects.requireNonNull(stored.get(BuildDocument.key(id)));
  }

  private void heartbeat(String worker, String incarnation, long life, List<String> instances) {
    cluster.add(heartbeatOf(worker, incarnation, life, instances));
  }

  private News heartbeatOf(String worker, String incarnation, long life, List<String> instances) {
    return new News.Heard(
        event(
            worker,
            incarnation,
            0,
            new WorkerEvent.Heartbeat(
                new WorkerEvent.WorkerInfo(incarnation, life, "", worker, "", 1, 1, instances))));
  }

  private Input told(String subject, String instance, EventData data) {
    return new Input.Told(event(subject, instance, 1, data), AT);
  }

  private Event event(String subject, String instance, int attempt, EventData data) {
    int number = ++numbers;
    return new Event(instance + "-" + number, "w", subject, AT, attempt, instance, number, data);
  }

  private static Input command(String subject, Command command) {
    return new Input.Commanded(subject, command, AT);
  }

  private static Claim claim(String worker, String incarnation) {
    return new Claim("t", 0, 0, worker, incarnation, Optional.empty(), Optional.empty());
  }

  private static BuildEvent.Claimed claimedBuild(String id) {
    return new BuildEvent.Claimed(claim("w1", "inc1"), buildRequest(id));
  }

  private static News queuedBuild(String id) {
    return new News.Queued(
        Topics.DEFAULT.buildRequests(),
        0,
        Rules.STANDARD.builds().unclaimed(id, buildRequest(id), 1, AT));
  }

  private static News queuedVm(String id) {
    return new News.Queued(
        Topics.DEFAULT.runRequests(), 0, Rules.STANDARD.vms().unclaimed(id, vmRequest(id), 1, AT));
  }

  private static BuildRequest buildRequest(String id) {
    return read(
        "{\"id\": \"%s\", \"tag\": \"t\", \"source\": {\"dockerfile\": \"FROM scratch\"}}"
            .formatted(id),
        BuildRequest.class);
  }

  private static RunRequest vmRequest(String id) {
    return read("{\"id\": \"%s\", \"image\": \"t\"}".formatted(id), RunRequest.class);
  }

  private static <T> T read(String json, Class<T> type) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), type);
  }

  private final class Announcements implements Announcer {
    @Override
    public CompletionStage<?> publish(Event event) {
      said.add(event.data());
      CompletableFuture<Void> stored = new CompletableFuture<>();
      underWay.add(stored);
      return stored;
    }

    @Override
    public CompletionStage<?> append(Work document, int attempt, Optional<String> traceparent) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> bury(Work document, String reason) {
      return CompletableFuture.completedFuture(null);
    }
  }
}
