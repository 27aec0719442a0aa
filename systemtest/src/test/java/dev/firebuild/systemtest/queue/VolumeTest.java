package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.systemtest.harness.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many requests: while one is worked on for long, while one waits, and while processes are killed.
 * {@code -Dfirebuild.seed=N} repeats the kills of a run.
 */
@Tag("real")
@Timeout(1800)
@SuppressWarnings("NullAway.Init")
class VolumeTest {
  private static final long SEED =
      Long.getLong("firebuild.seed", System.nanoTime() % 1_000_000_000);

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration FOR_EVER = Duration.ofHours(10);

  /** As few requests as a share group may have in flight: then few are many. */
  private static final int WINDOW = 100;

  private static final List<String> COORDINATORS = List.of("c1", "c2");
  private static final List<String> WORKERS = List.of("w1", "w2");

  @TempDir static Path kafka;
  private static BrokerProcess broker;

  @TempDir Path dir;
  private Installation all;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = TestBroker.in(kafka);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @BeforeEach
  void start(TestInfo test) throws Exception {
    String prefix = "t-" + test.getTestMethod().orElseThrow().getName();
    all =
        new Installation(
            KafkaSettings.of(broker.access().clientProperties()).withTopics(new Topics(prefix)));
  }

  @AfterEach
  void stop() throws Exception {
    all.close();
  }

  @Test
  void aLongBuildHoldsNothingBack() throws Exception {
    inFlight(WINDOW);
    aLongBuildOver(WINDOW + WINDOW / 2);
  }

  @Test
  @Tag("long")
  void aLongBuildHoldsTwelveThousandRequestsNotBack() throws Exception {
    aLongBuildOver(12_000);
  }

  private void aLongBuildOver(int requests) throws Exception {
    // Given a build that is worked on all the time
    all.owner("c1");
    all.worker("w1");
    all.build("long", FOR_EVER.toMillis());
    all.awaitBuild("long", Phase.RUNNING);
    all.worker("w2");
    all.worker("w3");
    // When many more come
    List<String> ids = submit(requests, new Random(SEED), 1);
    // Then they are done meanwhile
    new Ends(all, ids).await(requests);
    BuildDocument busy = all.awaitBuild("long", Phase.RUNNING);
    assertThat(busy.attempt()).isEqualTo(1);
    DoneOnce.check(all, ids);
  }

  /** What waits for its owner keeps its record, and the broker goes on only so far beyond it. */
  @Test
  void aClaimThatWaitsHoldsNothingBackButWhatIsBeyondTheWindow() throws Exception {
    // Given a claim that nobody answers, unlike all others: the test plays the owner
    inFlight(WINDOW);
    all.worker("w1");
    all.build("waits", 0);
    awaitClaim("waits");
    try (GrantingOwner owner = new GrantingOwner(all, Set.of("waits")).start()) {
      // When more come than may be in flight
      List<String> ids = submit(WINDOW + WINDOW / 2, new Random(SEED), 1);
      // Then they are done up to where the window ends
      await().atMost(PATIENCE).until(() -> succeeded(ids) >= WINDOW - 1);
      // When it is answered, then the others are done too, and each once
      owner.answer("waits");
      await().atMost(PATIENCE).until(() -> succeeded(ids) == ids.size());
      await().atMost(PATIENCE).until(() -> succeeded(List.of("waits")) == 1);
      assertThat(all.log)
          .filteredOn(event -> event.data() instanceof BuildEvent.Succeeded)
          .extracting(Event::subject)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void nothingIsLostOrDoneTwiceWhoeverIsKilled() throws Exception {
    killAmong(200, 3);
  }

  @Test
  @Tag("long")
  void ofTwoThousandNothingIsLostOrDoneTwiceWhoeverIsKilled() throws Exception {
    killAmong(2000, 12);
  }

  private void killAmong(int requests, int kills) throws Exception {
    System.out.printf("kills of the seed %d (-Dfirebuild.seed)%n", SEED);
    Random random = new Random(SEED);
    try (KillableFleet fleet = new KillableFleet(dir, all)) {
      // Given
      for (List<String> kind : List.of(COORDINATORS, WORKERS)) {
        for (String id : kind) {
          fleet.start(id);
        }
      }
      COORDINATORS.forEach(fleet::awaitReady);
      WORKERS.forEach(fleet::awaitReady);
      // When one after the other is killed while many requests are on their way
      List<String> ids = submit(requests, random, 40);
      Ends ends = new Ends(all, ids);
      for (int kill = 0; kill < kills; kill++) {
        ends.await(requests * kill / kills + random.nextInt(Math.ceilDiv(requests, kills)));
        List<String> kind = kill % 2 == 0 ? WORKERS : COORDINATORS;
        String victim = kind.get(random.nextInt(kind.size()));
        System.out.printf("%d of %d ended: kill %s%n", ends.count(), requests, victim);
        fleet.kill(victim);
        if (random.nextBoolean()) {
          fleet.start(victim);
        } else {
          startAllThatAreGone(fleet, victim);
        }
      }
      startAllThatAreGone(fleet, "");
      ends.await(requests);
      // Then
      DoneOnce.check(all, ids);
      assertThat(all.letters).isEmpty();
    }
  }

  private static void startAllThatAreGone(KillableFleet fleet, String except) throws Exception {
    for (List<String> kind : List.of(COORDINATORS, WORKERS)) {
      for (String id : kind) {
        if (!id.equals(except) && !fleet.isAlive(id)) {
          fleet.start(id);
        }
      }
    }
  }

  /** Of builds that take up to {@code most} milliseconds each. */
  private List<String> submit(int requests, Random random, int most) {
    List<String> ids = IntStream.range(0, requests).mapToObj("b%d"::formatted).toList();
    List<CompletableFuture<?>> stored = new ArrayList<>();
    for (String id : ids) {
      stored.add(
          all.sendLater(
              RequestCodec.encode(
                  all.settings.topics().buildRequests(),
                  id,
                  Installation.request(id, new Source.Inline("# " + random.nextInt(most))),
                  1,
                  Optional.empty())));
    }
    CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new)).join();
    return ids;
  }

  private long succeeded(List<String> ids) {
    Set<String> wanted = new HashSet<>(ids);
    return all.log.stream()
        .filter(event -> event.data() instanceof BuildEvent.Succeeded)
        .filter(event -> wanted.contains(event.subject()))
        .count();
  }

  private void awaitClaim(String id) {
    await()
        .atMost(Installation.PATIENCE)
        .until(() ->
            all.log.stream()
                .anyMatch(event ->
                    event.subject().equals(id) && event.data() instanceof BuildEvent.Claimed));
  }

  private void inFlight(int most) throws Exception {
    var group = new ConfigResource(ConfigResource.Type.GROUP, all.settings.topics().builders());
    try (Admin admin = all.settings.admin("test-window")) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  group,
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("share.partition.max.record.locks", String.valueOf(most)),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }
}
