package dev.firebuild.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class EmbeddedKafkaTest {
  private static final Duration START = Duration.ofSeconds(90);
  private static final String PASSWORD = "a-password-1";

  @TempDir Path dir;

  @Test
  void topicsSurviveKillAndRestartOnTheSamePort() throws Exception {
    // Given a broker with a topic, killed as by a power cut
    BrokerProcess first = start(0);
    createTopic(first.access());
    first.kill();
    int port = port(first.access());
    // When it starts again on the same port
    try (BrokerProcess second = start(port)) {
      // Then the topic is there
      assertThat(second.access().bootstrap()).isEqualTo(first.access().bootstrap());
      assertThat(topics(second.access())).contains("kept");
    }
  }

  @Test
  void aClientWithAnotherPasswordIsRefused() throws Exception {
    try (BrokerProcess broker = start(0)) {
      BrokerAccess wrong =
          new BrokerAccess(broker.access().bootstrap(), "firebuild", "another-password");
      assertThatThrownBy(() -> topics(wrong))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SaslAuthenticationException.class);
    }
  }

  @Test
  void endsWhenItsInputEnds() throws Exception {
    // Given
    BrokerProcess broker = start(0);
    // When its input ends, as when the parent dies
    broker.close();
    // Then
    broker.onExit().get(1, TimeUnit.SECONDS);
    assertThat(ProcessHandle.of(broker.pid())).isEmpty();
  }

  @Test
  void aPortInUseIsOneClearMessage() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(taken.getLocalPort()))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void twoBrokersNeverShareAFolder() throws Exception {
    try (BrokerProcess first = start(0)) {
      assertThatThrownBy(() -> start(0))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining(dir.resolve("data").toString());
      assertThat(topics(first.access())).isNotNull();
    }
  }

  private BrokerProcess start(int port) throws InterruptedException {
    return BrokerProcess.start(
        BrokerProcess.Options.like(
            dir.resolve("data"), port, PASSWORD, dir.resolve("broker.log"), START));
  }

  private static int port(BrokerAccess access) {
    return Integer.parseInt(access.bootstrap().substring("127.0.0.1:".length()));
  }

  private static void createTopic(BrokerAccess access) throws Exception {
    try (Admin admin = admin(access)) {
      admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1))).all().get();
    }
  }

  private static Set<String> topics(BrokerAccess access) throws Exception {
    try (Admin admin = admin(access)) {
      return admin.listTopics().names().get();
    }
  }

  private static Admin admin(BrokerAccess access) {
    Map<String, Object> properties = new HashMap<>(access.clientProperties());
    properties.put("default.api.timeout.ms", 30000);
    return Admin.create(properties);
  }
}
