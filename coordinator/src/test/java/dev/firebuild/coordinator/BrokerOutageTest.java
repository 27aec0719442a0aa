package dev.firebuild.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Topics;
import dev.firebuild.recordcheck.WholeLog;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is killed under a coordinator and comes back. */
@Tag("real")
class BrokerOutageTest {
  private static final String TOKEN = "0123456789abcdef-test";
  private static final String PASSWORD = "a-password-1";
  private static final String BUILD =
      "{\"tag\":\"demo/app:1\",\"source\":{\"dockerfile\":\"FROM scratch\\nCOPY . /\\n\"}}";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path data;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void submissionIsRefusedWhileKafkaIsAwayAndTakenAgainAfterwards() throws Exception {
    // Given
    BrokerProcess first = start(0);
    int port = Integer.parseInt(first.access().bootstrap().replaceAll(".*:", ""));
    try (Coordinator coordinator = startCoordinator(first)) {
      await().atMost(PATIENCE).until(coordinator::isReady);
      assertThat(submit(coordinator).statusCode()).isEqualTo(202);

      // When
      first.kill();
      HttpResponse<String> refused = submit(coordinator);

      // Then
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.body()).contains("\"code\":\"unavailable\"");
      try (BrokerProcess second = start(port)) {
        await().atMost(PATIENCE).until(() -> submit(coordinator).statusCode() == 202);
        WholeLog.requireClean(second.access().clientProperties(), Topics.DEFAULT);
      }
    } finally {
      client.shutdownNow();
      first.kill();
    }
  }

  private Coordinator startCoordinator(BrokerProcess broker) throws Exception {
    return Coordinator.start(
        new CoordinatorConfig(
            "coordinator-a",
            KafkaSettings.of(broker.access().clientProperties()),
            "127.0.0.1",
            0,
            new BearerToken(TOKEN),
            data.resolve("blobs")));
  }

  private BrokerProcess start(int port) throws InterruptedException {
    return BrokerProcess.start(
        BrokerProcess.Options.like(
            data.resolve("kafka"), port, PASSWORD, data.resolve("broker.log"), PATIENCE));
  }

  private HttpResponse<String> submit(Coordinator coordinator) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(coordinator.url() + "/v1/builds"))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + TOKEN)
            .POST(HttpRequest.BodyPublishers.ofString(BUILD))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
