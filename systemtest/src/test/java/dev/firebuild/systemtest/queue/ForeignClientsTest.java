package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerAccess;
import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.resource.BuildResource;
import dev.firebuild.protocol.resource.VmResource;
import dev.firebuild.recordcheck.CheckedClient;
import dev.firebuild.systemtest.harness.Program;
import dev.firebuild.systemtest.harness.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Programs that know only Kafka and docs/events.md submit, follow and replay, over a log in which
 * much has happened: what is done here, and hard histories of simulated installations.
 */
@Tag("real")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignClientsTest {
  /** What clients derive; a document has more. */
  private static final List<String> DERIVED =
      List.of(
          "id",
          "attempt",
          "instance",
          "worker",
          "phase",
          "digest",
          "failure",
          "exitCode",
          "exitReason");

  private static final String TOKEN = "the-token-of-this-test";

  /** Simulated histories are of 1970. */
  private static final Duration KEEP = Duration.ofDays(365 * 1000);

  private static final long SEED = Long.getLong("firebuild.seed", 0);

  private Path dir;
  private BrokerProcess broker;
  private Installation all;
  private Histories histories;
  private Coordinator coordinator;
  private final HttpClient http = CheckedClient.create();

  @BeforeAll
  void aLogWithAllThatCanHappen(@TempDir Path folder) throws Exception {
    dir = folder;
    broker = TestBroker.in(dir);
    all = new Installation(broker.access().clientProperties());
    histories = Histories.from(SEED);
    tell(histories);
    coordinator = startCoordinator();
    all.build("cancelled-in-the-queue", 0);
    all.command("cancelled-in-the-queue", new Command.Cancel(Optional.of("changed my mind")));
    all.awaitBuild("cancelled-in-the-queue", BuildDocument.Phase.CANCELLED);
    aBuildOfALostWorkerWhoseOldInstanceGoesOn();
    all.worker("w1");
    all.awaitBuild("lost", BuildDocument.Phase.SUCCEEDED);
    sayAgain("lost");
    all.foreign("{\"id\":\"failed\",\"tag\":\"t\",\"source\":{\"dockerfile\":\"# no number\"}}");
    all.awaitBuild("failed", BuildDocument.Phase.FAILED);
    aVmThatEnds("stopped", new Command.Stop(Optional.empty()), VmDocument.Phase.EXITED);
    aVmThatEnds("removed", Command.Remove.vm(true), VmDocument.Phase.REMOVED);
  }

  /** What other installations have gone through, as if it had happened here. */
  private void tell(Histories told) {
    System.out.printf("histories of the seed %d%n", SEED);
    var topics = all.settings.topics();
    List<CompletableFuture<?>> stored = new ArrayList<>();
    told.events()
        .forEach(event ->
            stored.add(all.sendLater(EventCodec.encode(topics.events(), event, Optional.empty()))));
    for (Document document : told.documents()) {
      String subject = document.key().replaceFirst("^(?!name/)[a-z]+/", "");
      stored.add(
          all.sendLater(
              new ProducerRecord<>(
                  topics.state(),
                  Partitions.of(subject, all.settings.partitions()),
                  document.key(),
                  DocumentCodec.encode(document))));
    }
    CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new))
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  private Coordinator startCoordinator() throws Exception {
    Coordinator started =
        Coordinator.start(
            new CoordinatorConfig(
                "c1",
                all.settings,
                "127.0.0.1",
                0,
                new BearerToken(TOKEN),
                dir.resolve("blobs"),
                CoordinatorConfig.BLOB_LIMIT,
                CoordinatorConfig.KEEP_BLOBS,
                KEEP));
    started.hasDecided().get(Installation.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    await().atMost(Installation.PATIENCE).until(started::isReady);
    return started;
  }

  private void aBuildOfALostWorkerWhoseOldInstanceGoesOn() throws Exception {
    var lost = all.worker("w0");
    all.build("lost", 3000);
    BuildDocument first = all.awaitBuild("lost", BuildDocument.Phase.RUNNING);
    all.close(lost);
    all.awaitBuild("lost", build -> build.attempt() == 2);
    Event zombie = last("lost", first.assignment().orElseThrow().instance());
    all.say(
        new Event(
            zombie.id() + "-late",
            zombie.source(),
            zombie.subject(),
            zombie.time(),
            zombie.attempt(),
            zombie.instance(),
            zombie.seq() + 1,
            new BuildEvent.Cancelled("of an attempt that is void")));
  }

  private Event last(String subject, String instance) {
    return all.log.stream()
        .filter(event -> event.subject().equals(subject) && event.instance().equals(instance))
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  /** A record is written at least once. */
  private void sayAgain(String subject) {
    all.believed(subject);
    List.copyOf(all.log).stream()
        .filter(event -> event.subject().equals(subject))
        .forEach(all::say);
  }

  private void aVmThatEnds(String id, Command command, VmDocument.Phase end) {
    all.run(id, Optional.empty());
    all.awaitVm(id, vm -> vm.phase() == VmDocument.Phase.RUNNING);
    all.command(id, command);
    all.awaitVm(id, vm -> vm.phase() == end);
  }

  @AfterAll
  void stop() throws Exception {
    coordinator.close();
    all.close();
    broker.close();
    http.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource
  void aForeignClientSubmitsFollowsAndReplays(ForeignClient kind) throws Exception {
    // Given
    Program client = kind.in(dir.resolve("clients")).and(settings().toString());
    // When it submits a build
    String request = "{\"tag\": \"foreign\", \"source\": {\"dockerfile\": \"# 100\"}}";
    String id =
        ForeignClient.answers(
                client.and("submit", all.settings.topics().buildRequests()).withInput(request))
            .getFirst()
            .path("id")
            .asString();
    // Then it sees the build to its end
    assertThat(ForeignClient.answers(client.and("follow", id)))
        .extracting(event -> event.path("type").asString())
        .containsExactly("build.claimed", "build.started", "build.log", "build.succeeded");
    // And the log makes the same of everything as the documents say
    await()
        .atMost(Installation.PATIENCE)
        .until(() ->
            all.documents.get(BuildDocument.key(id)) instanceof BuildDocument build
                && build.phase().isSettled());
    assertThat(byId(ForeignClient.answers(client.and("replay"))))
        .containsExactlyInAnyOrderEntriesOf(shown());
  }

  @Test
  void anOwnerThatReadsHardHistoriesAgainChangesNothing() throws Exception {
    Map<String, Map<String, Object>> simulated =
        byId(
            histories.documents().stream()
                .filter(Work.class::isInstance)
                .map(ForeignClientsTest::resource)
                .map(shown -> Json.mapper().<JsonNode>valueToTree(shown))
                .toList());

    assertThat(simulated).isNotEmpty();
    assertThat(shown()).containsAllEntriesOf(simulated);
  }

  @Test
  void theLogHasWhatTheRulesAreFor() throws Exception {
    assertThat(shown().keySet())
        .contains("cancelled-in-the-queue", "lost", "failed", "stopped", "removed");
    assertThat(shown().get("lost")).containsEntry("attempt", 2).containsEntry("phase", "succeeded");
  }

  private Path settings() throws Exception {
    BrokerAccess access = broker.access();
    return Files.writeString(
        dir.resolve("kafka.properties"),
        """
        bootstrap.servers=%s
        security.protocol=SASL_PLAINTEXT
        sasl.mechanisms=PLAIN
        sasl.username=%s
        sasl.password=%s
        """
            .formatted(access.bootstrap(), access.user(), access.password()));
  }

  /** What the API shows of everything. */
  private Map<String, Map<String, Object>> shown() throws Exception {
    List<JsonNode> resources = new ArrayList<>();
    for (Document document : List.copyOf(all.documents.values())) {
      if (document instanceof Work work) {
        resources.add(get(work instanceof BuildDocument ? "/v1/builds/" : "/v1/vms/", work.id()));
      }
    }
    return byId(resources);
  }

  private JsonNode get(String path, String id) throws Exception {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(coordinator.url() + path + id))
                .timeout(Installation.PATIENCE)
                .header("Authorization", "Bearer " + TOKEN)
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(id).isEqualTo(200);
    return Json.mapper().readTree(answer.body());
  }

  private static Object resource(Document document) {
    return switch (document) {
      case BuildDocument build -> BuildResource.of(build);
      case VmDocument vm -> VmResource.of(vm);
      default -> throw new IllegalArgumentException(document.key() + " is no work");
    };
  }

  private boolean isEndedByOwner(String id) {
    DocumentedRules rules = new DocumentedRules();
    boolean ended = false;
    for (Event event : all.log) {
      if (event.subject().equals(id)) {
        ended =
            switch (rules.next(event)) {
              case OWNER_ENDS, OWNER_ENDS_A_NEW_ATTEMPT -> true;
              case OWNER_REQUEUES,
                  OWNER_REQUEUES_WHAT_HAD_ENDED,
                  CLAIM_IS_GRANTED,
                  CLAIM_IS_OLDER_THAN_THE_LOG ->
                  false;
              default -> ended;
            };
      }
    }
    return ended;
  }

  private static final TypeReference<TreeMap<String, Object>> FIELDS = new TypeReference<>() {};

  private Map<String, Map<String, Object>> byId(List<JsonNode> documents) {
    Map<String, Map<String, Object>> found = new TreeMap<>();
    for (JsonNode document : documents) {
      ObjectNode derived = ((ObjectNode) document.deepCopy()).retain(DERIVED);
      String id = document.path("id").asString();
      if (histories.headless().contains(id)) {
        // Whose claim it was stood in what the log has lost.
        derived.remove("worker");
      }
      if (isEndedByOwner(id)) {
        // Who held it last is not to be derived.
        derived.remove(List.of("instance", "worker"));
      }
      found.put(id, Json.mapper().convertValue(derived, FIELDS));
    }
    return found;
  }
}
