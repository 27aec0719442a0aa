package dev.firebuild.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventSpoolTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String TOPIC = "events";

  @TempDir Path folder;
  private final FakeKafka kafka = new FakeKafka();

  /** Counts as away while it does not answer; what it was given it keeps in order. */
  private static final class FakeKafka {
    final List<ProducerRecord<String, byte[]>> stored = new CopyOnWriteArrayList<>();
    private final List<Runnable> unanswered = new ArrayList<>();
    private boolean away;

    synchronized CompletableFuture<?> send(ProducerRecord<String, byte[]> record) {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      Runnable store =
          () -> {
            stored.add(record);
            answer.complete(null);
          };
      if (away) {
        unanswered.add(store);
      } else {
        store.run();
      }
      return answer;
    }

    synchronized void leave() {
      away = true;
    }

    synchronized int inHand() {
      return unanswered.size();
    }

    void comeBack() {
      List<Runnable> all;
      synchronized (this) {
        away = false;
        all = List.copyOf(unanswered);
        unanswered.clear();
        all.forEach(Runnable::run);
      }
    }

    /** Of steps, the number; of others, the type. */
    List<String> told() {
      return stored.stream().map(EventSpoolTest::name).toList();
    }
  }

  @Test
  void whileKafkaAnswersNothingIsWritten() throws Exception {
    try (EventSpool spool = open(InstantSource.system())) {
      GrantedEvents events = events(spool, "i1");
      events.publish(new BuildEvent.StepStarted(1)).get(5, TimeUnit.SECONDS);
      assertThat(kafka.told()).containsExactly("1");
      assertThat(segments()).isEmpty();
    }
  }

  @Test
  void whatIsSaidWhileKafkaIsAwayComesInOrderWhenItIsBack() throws Exception {
    try (EventSpool spool = open(InstantSource.system())) {
      GrantedEvents events = events(spool, "i1");
      // When Kafka is away for long
      kafka.leave();
      say(events, 0, 50);
      await().atMost(PATIENCE).until(() -> !segments().isEmpty());
      say(events, 50, 500);
      CompletableFuture<Void> last = events.publish(new BuildEvent.StepStarted(500));
      kafka.comeBack();
      // Then
      last.get(20, TimeUnit.SECONDS);
      assertThat(kafka.told()).isEqualTo(steps(0, 501));
      await().atMost(PATIENCE).until(() -> segments().isEmpty());
      // And then events go straight through
      say(events, 501, 502);
      assertThat(kafka.told()).isEqualTo(steps(0, 502));
      assertThat(segments()).isEmpty();
    }
  }

  @Test
  void theNextProcessDeliversWhatAKilledOneCouldNot() throws Exception {
    // Given a process that is killed while Kafka is away
    kafka.leave();
    EventSpool killed = open(InstantSource.system());
    say(events(killed, "i1"), 0, 100);
    await().atMost(PATIENCE).until(() -> !segments().isEmpty());
    say(events(killed, "i2"), 100, 150);
    // When there is a next one, and Kafka
    FakeKafka back = new FakeKafka();
    try (EventSpool next =
        EventSpool.open(settings(), TOPIC, back::send, InstantSource.system(), System::nanoTime)) {
      next.formerDelivered().get(20, TimeUnit.SECONDS);
      say(events(next, "i3"), 150, 151);
      // Then it is all there, before its own
      assertThat(back.told()).isEqualTo(steps(0, 151));
      await().atMost(PATIENCE).until(() -> segments().isEmpty());
    }
  }

  @Test
  void aClaimOfADeadProcessIsNotRepeated() throws Exception {
    // Given a claim that is still unanswered, and another one that work followed
    kafka.leave();
    EventSpool killed = open(InstantSource.system());
    var _ = killed.publish(event("i1", 1, claim()), Optional.empty());
    var _ = killed.publish(event("i2", 1, claim()), Optional.empty());
    var _ = events(killed, "i2").publish(new BuildEvent.StepStarted(1));
    await().atMost(PATIENCE).until(() -> !segments().isEmpty());
    // When
    FakeKafka back = new FakeKafka();
    try (EventSpool next =
        EventSpool.open(settings(), TOPIC, back::send, InstantSource.system(), System::nanoTime)) {
      next.formerDelivered().get(20, TimeUnit.SECONDS);
      // Then
      assertThat(back.stored)
          .extracting(record -> EventCodec.instanceOf(record.headers()))
          .containsExactly("i2", "i2");
    }
  }

  @Test
  void whatIsOlderThanDocumentsMayBeIsDropped() throws Exception {
    kafka.leave();
    EventSpool killed = open(InstantSource.system());
    say(events(killed, "i1"), 0, 10);
    await().atMost(PATIENCE).until(() -> !segments().isEmpty());
    FakeKafka back = new FakeKafka();
    Instant late = Instant.now().plus(Duration.ofHours(13));
    try (EventSpool next =
        EventSpool.open(
            settings(), TOPIC, back::send, InstantSource.fixed(late), System::nanoTime)) {
      next.formerDelivered().get(20, TimeUnit.SECONDS);
      assertThat(back.stored).isEmpty();
      assertThat(segments()).isEmpty();
    }
  }

  @Test
  void aProcessThatEndsWhileKafkaIsAwayLeavesItsEventsToTheNext() throws Exception {
    EventSpool first = open(InstantSource.system());
    kafka.leave();
    say(events(first, "i1"), 0, 3);
    first.close();
    FakeKafka back = new FakeKafka();
    try (EventSpool next =
        EventSpool.open(settings(), TOPIC, back::send, InstantSource.system(), System::nanoTime)) {
      next.formerDelivered().get(20, TimeUnit.SECONDS);
      assertThat(back.told()).isEqualTo(steps(0, 3));
    }
  }

  @Test
  void beyondTheLimitOutputIsLeftOutAndTheLogSaysSoButNothingElseIs() throws Exception {
    try (EventSpool spool = open(InstantSource.system())) {
      GrantedEvents events = events(spool, "i1");
      kafka.leave();
      var _ = events.publish(new BuildEvent.StepStarted(0));
      await().atMost(PATIENCE).until(() -> !segments().isEmpty());
      // When a build writes twice what there is room for
      byte[] line = ("x".repeat(1023) + "\n").getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 2048; i++) {
        events.buildLog(1, "stdout", line);
      }
      say(events, 1, 3);
      kafka.comeBack();
      // Then it was not held up, its steps are all told, and the log tells how much is missing
      await().atMost(PATIENCE).until(() -> kafka.told().contains("2"));
      assertThat(kafka.told().stream().filter(name -> !name.equals("build.log")))
          .containsExactly("0", "build.log.truncated", "1", "2");
      long kept =
          kafka.stored.stream().filter(EventSpoolTest::isLog).mapToLong(r -> bytes(r)).sum();
      long lost =
          kafka.stored.stream()
              .filter(record -> name(record).equals("build.log.truncated"))
              .mapToLong(record -> truncated(record).lostBytes().orElseThrow())
              .sum();
      assertThat(kept + lost).isEqualTo(2048 * 1024);
      assertThat(kept).isBetween(500L << 10, (1L << 20) + (128L << 10));
      // And it goes on
      events.buildLog(1, "stdout", line);
      await().atMost(PATIENCE).until(() -> name(kafka.stored.getLast()).equals("build.log"));
    }
  }

  @Test
  void aDiskThatCannotBeWrittenCostsNoEvent() throws Exception {
    try (EventSpool spool = open(InstantSource.system())) {
      GrantedEvents events = events(spool, "i1");
      kafka.leave();
      // Given a file where the first segment would be
      Files.createDirectory(folder.resolve("0000000000000000.spool"));
      say(events, 0, 20);
      await().atMost(PATIENCE).until(spool::isSpooling);
      CompletableFuture<Void> last = events.publish(new BuildEvent.StepStarted(20));
      assertThat(kafka.inHand()).isEqualTo(21);
      // When
      kafka.comeBack();
      // Then
      last.get(20, TimeUnit.SECONDS);
      assertThat(kafka.told()).isEqualTo(steps(0, 21));
    }
  }

  @Test
  void anEventThatKafkaRefusesFailsAndHoldsUpNothing() throws Exception {
    try (EventSpool spool =
        EventSpool.open(
            settings(),
            TOPIC,
            record ->
                name(record).equals("1")
                    ? CompletableFuture.failedFuture(new PublishException("too large"))
                    : kafka.send(record),
            InstantSource.system(),
            System::nanoTime)) {
      GrantedEvents events = events(spool, "i1");
      say(events, 0, 1);
      CompletableFuture<Void> refused = events.publish(new BuildEvent.StepStarted(1));
      say(events, 2, 3);
      await().atMost(PATIENCE).until(refused::isCompletedExceptionally);
      assertThat(kafka.told()).containsExactly("0", "2");
    }
  }

  private static BuildEvent claim() {
    // Only its type counts here.
    return new BuildEvent.Claimed(
        new Claim("t", 0, 0, "w", "inc", Optional.empty(), Optional.empty()),
        BuildRequest.of("t", new Source.Inline("FROM scratch")).withId("b"));
  }

  private static Event event(String instance, long seq, BuildEvent data) {
    return new Event(instance + "-" + seq, "w", "b", Instant.EPOCH, 1, instance, seq, data);
  }

  private EventSpool.Settings settings() {
    return new EventSpool.Settings(folder, 1 << 20);
  }

  private EventSpool open(InstantSource clock) throws IOException {
    return EventSpool.open(settings(), TOPIC, kafka::send, clock, System::nanoTime);
  }

  private static GrantedEvents events(EventSpool spool, String instance) {
    return spool.subject("w", 1, "b", 1, instance, Optional.empty());
  }

  private static void say(GrantedEvents events, int from, int to) {
    for (int i = from; i < to; i++) {
      var _ = events.publish(new BuildEvent.StepStarted(i));
    }
  }

  private static List<String> steps(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  private static boolean isLog(ProducerRecord<String, byte[]> record) {
    return name(record).equals("build.log");
  }

  private static String name(ProducerRecord<String, byte[]> record) {
    EventType type =
        EventType.ofType(EventCodec.typeOf(record.headers()).orElseThrow()).orElseThrow();
    return type == EventType.BUILD_STEP_STARTED
        ? Integer.toString(Json.read(record.value(), BuildEvent.StepStarted.class).step())
        : type.shortName();
  }

  private static BuildEvent.LogTruncated truncated(ProducerRecord<String, byte[]> record) {
    return Json.read(record.value(), BuildEvent.LogTruncated.class);
  }

  private static long bytes(ProducerRecord<String, byte[]> record) {
    return Json.read(record.value(), BuildEvent.Log.class).chunk().bytes().length;
  }

  private List<Path> segments() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
