package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerAccess;
import dev.firebuild.broker.BrokerProcess;
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
import dev.firebuild.systemtest.harness.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

/** Programs that know only Kafka and docs/events.md submit, follow and replay. */
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

  private Path dir;
  private BrokerProcess broker;
  private Installation all;

  @BeforeAll
  void aLogWithAllThatCanHappen(@TempDir Path folder) throws Exception {
    dir = folder;
    broker =
        BrokerProcess.start(
            BrokerProcess.Options.like(
                dir.resolve("data"),
                0,
                "a-test-password",
                dir.resolve("broker.log"),
                Installation.PATIENCE));
    all = new Installation(broker.access().clientProperties());
    all.owner("c1");
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
    all.close();
    broker.close();
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
    assertThat(byId(ForeignClient.answers(client.and("replay")))).isEqualTo(shown());
  }

  @Test
  void theLogHasWhatTheRulesAreFor() {
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
  private Map<String, Map<String, Object>> shown() {
    return byId(
        all.documents.values().stream()
            .filter(Work.class::isInstance)
            .map(ForeignClientsTest::resource)
            .map(shown -> Json.mapper().<JsonNode>valueToTree(shown))
            .toList());
  }

  private static Object resource(Document document) {
    return switch (document) {
      case BuildDocument build -> BuildResource.of(build);
      case VmDocument vm -> VmResource.of(vm);
      default -> throw new IllegalArgumentException(document.key() + " is no work");
    };
  }

  private static final TypeReference<TreeMap<String, Object>> FIELDS = new TypeReference<>() {};

  private static Map<String, Map<String, Object>> byId(List<JsonNode> documents) {
    Map<String, Map<String, Object>> all = new TreeMap<>();
    for (JsonNode document : documents) {
      ObjectNode derived = ((ObjectNode) document.deepCopy()).retain(DERIVED);
      all.put(document.path("id").asString(), Json.mapper().convertValue(derived, FIELDS));
    }
    return all;
  }
}
