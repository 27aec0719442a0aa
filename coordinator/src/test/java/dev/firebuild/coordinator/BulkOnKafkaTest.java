package dev.firebuild.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.EmbeddedKafka;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Topics;
import dev.firebuild.recordcheck.CheckedClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many requests in one, on a real broker. */
@Tag("real")
@Timeout(120)
class BulkOnKafkaTest {
  private static final String TOKEN = "0123456789abcdef-test";
  private static final int LINES = 10_000;

  @TempDir static Path data;

  @Test
  void tenThousandLinesAreTenThousandRecordsInTheirOrder() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(data.resolve("kafka"));
        Coordinator coordinator = start(broker);
        HttpClient client = CheckedClient.create()) {
      await().atMost(Duration.ofSeconds(30)).until(coordinator::isReady);
      // When
      post(client, coordinator, requests());
      // Then
      assertThat(recorded(broker))
          .isEqualTo(IntStream.range(0, LINES).mapToObj(i -> "id-" + i).toList());
    }
  }

  private static Coordinator start(EmbeddedKafka broker) throws Exception {
    return Coordinator.start(
        new CoordinatorConfig(
            "coordinator-a",
            KafkaSettings.of(broker.access().clientProperties()),
            "127.0.0.1",
            0,
            new BearerToken(TOKEN),
            data.resolve("blobs")));
  }

  private static List<String> requests() {
    return IntStream.range(0, LINES)
        .mapToObj(i ->
            "{\"id\":\"id-%d\",\"tag\":\"demo/app:1\",\"source\":{\"dockerfile\":\"FROM scratch\\nCOPY . /\\n\"}}"
                .formatted(i))
        .toList();
  }

  private static void post(HttpClient client, Coordinator coordinator, List<String> requests)
      throws Exception {
    HttpResponse<Stream<String>> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(coordinator.url() + "/v1/builds"))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/x-ndjson")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        utf8(requests.stream().collect(Collectors.joining("\n")))))
                .build(),
            HttpResponse.BodyHandlers.ofLines());
    assertThat(answer.body().filter(line -> line.contains("\"status\":202"))).hasSize(LINES);
  }

  private static List<String> recorded(EmbeddedKafka broker) {
    Map<String, Object> properties = new HashMap<>(broker.access().clientProperties());
    TopicPartition requests = new TopicPartition(Topics.DEFAULT.buildRequests(), 0);
    List<String> keys = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(requests));
      consumer.seekToBeginning(List.of(requests));
      long end = consumer.endOffsets(List.of(requests)).getOrDefault(requests, 0L);
      while (consumer.position(requests) < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> keys.add(record.key()));
      }
    }
    return keys;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
