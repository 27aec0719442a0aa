package dev.firebuild.systemtest.bench;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.KafkaHistory;
import dev.firebuild.coordinator.feed.RecentEvents;
import dev.firebuild.coordinator.http.HttpApi;
import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Topics;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The coordinator's own HTTP handlers as a process, where what is appended goes nowhere: what a
 * submission costs without its durability. Arguments: port, token, a folder. Ends with its input.
 */
final class HandlerWithoutKafka {
  static final String READY = "OPEN";
  private static final long BLOB_LIMIT = 1L << 30;

  private HandlerWithoutKafka() {}

  public static void main(String[] args) throws Exception {
    Views views = new Views();
    RecentEvents recent = new RecentEvents(1 << 20);
    KafkaHistory nothing =
        new KafkaHistory(
            () -> {
              throw new IllegalStateException("there is no Kafka here");
            },
            "nothing",
            _ -> Optional.empty());
    HttpApi.start(
        Vertx.vertx(),
        "127.0.0.1",
        Integer.parseInt(args[0]),
        new HttpApi.Parts(
            views,
            new EventFeed(recent, nothing, views.subjects()),
            _ -> Optional.empty(),
            new Nowhere(),
            Topics.DEFAULT,
            new BlobStore(Path.of(args[2]), BLOB_LIMIT, InstantSource.system()),
            new BearerToken(args[1]),
            Optional::empty,
            new SecureRandom(),
            InstantSource.system(),
            HttpPatience.DEFAULT));
    System.out.println(READY);
    System.in.readAllBytes();
    System.exit(0);
  }

  private static final class Nowhere implements RecordLog {
    @Override
    public CompletableFuture<Instant> send(String topic, String key, byte[] value, Pace pace) {
      return CompletableFuture.completedFuture(Instant.now());
    }

    @Override
    public void close() {}
  }
}
