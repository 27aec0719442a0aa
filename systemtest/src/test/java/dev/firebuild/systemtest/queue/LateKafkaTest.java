package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.TopicAdmin;
import dev.firebuild.messaging.TopicException;
import dev.firebuild.systemtest.harness.FreePorts;
import dev.firebuild.systemtest.harness.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What coordinators and workers do first, while there is no broker yet. */
@Tag("real")
@Timeout(120)
class LateKafkaTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void whoComesBeforeKafkaWaitsForItAndSaysSoOnce() throws Exception {
    // Given somebody who comes when no broker is there
    int port = FreePorts.one();
    Map<String, String> client;
    try (BrokerProcess first = TestBroker.in(folder, port)) {
      client = first.access().clientProperties();
    }
    Logger logger = (Logger) LoggerFactory.getLogger(TopicAdmin.class.getPackageName());
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    FutureTask<TopicAdmin.Allowed> waiting =
        new FutureTask<>(() -> TopicAdmin.ensure(KafkaSettings.of(client)));
    Thread.ofVirtual().start(waiting);
    await().atMost(PATIENCE).until(() -> !warnings(logged).isEmpty());
    assertThat(waiting).isNotDone();
    // When it comes
    try (BrokerProcess broker = TestBroker.in(folder, port)) {
      // Then all goes on
      assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).partitions()).isEqualTo(12);
      assertThat(warnings(logged))
          .singleElement()
          .asString()
          .contains("Kafka does not answer and is waited for");
      // And who is refused need not wait
      Map<String, String> wrong = new HashMap<>(broker.access().clientProperties());
      wrong.computeIfPresent(
          "sasl.jaas.config", (_, config) -> config.replace("a-test-password", "another-one"));
      assertThatThrownBy(() -> TopicAdmin.ensure(KafkaSettings.of(wrong)))
          .isInstanceOf(TopicException.class)
          .hasMessageContaining("SASL");
    } finally {
      logger.detachAppender(logged);
    }
  }

  private static List<String> warnings(ListAppender<ILoggingEvent> logged) {
    return List.copyOf(logged.list).stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }
}
