package dev.firebuild.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.EmbeddedKafka;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.LogChunk;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers that stop reading cost a coordinator. */
@Tag("real")
class StalledReadersTest {
  private static final String TOKEN = "0123456789abcdef-test";
  private static final Duration PATIENCE = Duration.ofSeconds(110);
  private static final int READERS = 600;

  /** Several times what a coordinator keeps of a partition: the readers need Kafka. */
  private static final int EVENTS = 3000;

  private static final int MIB = 1 << 20;
  private static final int MOST_MIB = 200;

  @TempDir static Path data;

  @Test
  void sixHundredOfThemCostLittle() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(data.resolve("kafka"));
        Coordinator coordinator = start(broker)) {
      // Given
      write(broker);
      List<Socket> readers = new ArrayList<>();
      try {
        readers.add(stalled(coordinator));
        await().atMost(PATIENCE).until(() -> hasStalled(readers));
        long base = usedHeap();

        // When
        while (readers.size() < READERS) {
          readers.add(stalled(coordinator));
        }
        await().atMost(PATIENCE).until(() -> hasStalled(readers));
        long mib = (usedHeap() - base) / MIB;

        // Then
        System.out.printf("%d stalled readers cost %d MiB of heap%n", READERS, mib);
        assertThat(mib).isLessThan(MOST_MIB);
      } finally {
        for (Socket reader : readers) {
          reader.close();
        }
      }
    }
  }

  private static Coordinator start(EmbeddedKafka broker) throws Exception {
    Coordinator started =
        Coordinator.start(
            new CoordinatorConfig(
                "coordinator-a",
                KafkaSettings.of(broker.access().clientProperties()),
                "127.0.0.1",
                0,
                new BearerToken(TOKEN),
                data.resolve("blobs")));
    await().atMost(PATIENCE).until(started::isReady);
    return started;
  }

  private static void write(EmbeddedKafka broker) throws Exception {
    Map<String, Object> properties = new HashMap<>(broker.access().clientProperties());
    String topic = KafkaSettings.of(broker.access().clientProperties()).topics().events();
    byte[] line = ("x".repeat(32 * 1024 - 1) + "\n").getBytes(StandardCharsets.UTF_8);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 1; i <= EVENTS; i++) {
        Event event =
            new Event(
                "i-" + i,
                "worker-a",
                // In all partitions, which a reader of all events merges.
                "b" + i % 50,
                Instant.now(),
                1,
                "i",
                i,
                new BuildEvent.Log(1, LogChunk.of("stdout", line)));
        sent.add(producer.send(EventCodec.encode(topic, event, Optional.empty())));
      }
      for (Future<?> one : sent) {
        one.get();
      }
    }
  }

  /** A reader of all events that takes only what the system takes for it. */
  private static Socket stalled(Coordinator coordinator) throws IOException {
    URI url = URI.create(coordinator.url());
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
    socket
        .getOutputStream()
        .write(
            "GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer %s\r\n\r\n"
                .formatted(TOKEN)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** Whether each has got something, and none gets more. */
  private static boolean hasStalled(List<Socket> readers) throws Exception {
    List<Integer> before = available(readers);
    Thread.sleep(2000);
    return before.stream().allMatch(bytes -> bytes > 1000) && available(readers).equals(before);
  }

  private static List<Integer> available(List<Socket> readers) throws IOException {
    List<Integer> bytes = new ArrayList<>();
    for (Socket reader : readers) {
      bytes.add(reader.getInputStream().available());
    }
    return bytes;
  }

  private static long usedHeap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
