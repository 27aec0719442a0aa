package dev.firebuild.coordinator;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.KafkaHistory;
import dev.firebuild.coordinator.feed.KafkaLetters;
import dev.firebuild.coordinator.feed.RecentEvents;
import dev.firebuild.coordinator.feed.Tail;
import dev.firebuild.coordinator.http.HttpApi;
import dev.firebuild.coordinator.owner.kafka.Owner;
import dev.firebuild.coordinator.submit.KafkaRecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.TopicAdmin;
import dev.firebuild.messaging.http.HttpPatience;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running coordinator: topics, views, the HTTP API, the owner of its share of documents. */
public final class Coordinator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Coordinator.class);

  /** Memory for the latest events. */
  private static final long RECENT_BYTES = 24 << 20;

  private static final int VERTX_CLOSE_SECONDS = 10;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CoordinatorConfig config;
  private final Tail tail;
  private final HttpApi api;
  private final Owner owner;

  private Coordinator(CoordinatorConfig config) throws IOException, InterruptedException {
    this.config = config;
    KafkaSettings kafka = config.kafka();
    TopicAdmin.Allowed allowed = TopicAdmin.ensure(kafka);
    try {
      Vertx vertx = Vertx.vertx();
      parts.push(() -> close(vertx));
      Views views = new Views();
      RecentEvents recent = new RecentEvents(RECENT_BYTES);
      recent.start(allowed.partitions());
      tail = opened(new Tail(kafka, config.id(), views, recent));
      EventFeed feed =
          new EventFeed(
              recent,
              opened(new KafkaHistory(this::consumer, kafka.topics().events(), Tail::decode)),
              views.subjects());
      BlobStore blobs = new BlobStore(config.blobs(), config.blobLimit(), InstantSource.system());
      api =
          opened(
              HttpApi.start(
                  vertx,
                  config.host(),
                  config.port(),
                  new HttpApi.Parts(
                      views,
                      feed,
                      new KafkaLetters(this::consumer, kafka.topics().deadLetters()),
                      opened(new KafkaRecordLog(properties("-submit"))),
                      kafka.topics(),
                      blobs,
                      config.token(),
                      this::notReady,
                      new SecureRandom(),
                      InstantSource.system(),
                      HttpPatience.DEFAULT)));
      owner =
          opened(
              new Owner(
                  vertx,
                  kafka,
                  allowed,
                  new Owner.Identity(config.id(), version(), url()),
                  config.keep(),
                  InstantSource.system(),
                  new SecureRandom(),
                  tail::readToEnd));
      tail.start(owner.tidings());
      owner.start();
      opened(new BlobGarbage(blobs, config.keepBlobs(), views, this::isReady)).start();
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
    log.atInfo()
        .addKeyValue("coordinator", config.id())
        .addKeyValue("url", url())
        .log("coordinator running");
  }

  /**
   * Starts a coordinator. It answers when this returns; it is ready when {@link #isReady}. Throws
   * {@link IOException} if its port or folder cannot be used, {@link
   * dev.firebuild.messaging.TopicException} if Kafka cannot.
   */
  public static Coordinator start(CoordinatorConfig config)
      throws IOException, InterruptedException {
    return new Coordinator(config);
  }

  /** The address of the HTTP API. */
  public String url() {
    return "http://%s:%d".formatted(config.host(), api.port());
  }

  private static String version() {
    return Optional.ofNullable(Coordinator.class.getPackage().getImplementationVersion())
        .orElse("dev");
  }

  /** Whether the views show all there is. */
  public boolean isReady() {
    return notReady().isEmpty();
  }

  /** Completes when the documents tell all that was said before the start. */
  public CompletableFuture<Void> hasDecided() {
    return owner.caughtUp();
  }

  private Optional<String> notReady() {
    return tail.hasCaughtUp()
        ? Optional.empty()
        : Optional.of("the coordinator is still reading what happened before its start");
  }

  private Consumer<String, byte[]> consumer() {
    Map<String, Object> properties = properties("-history");
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "earliest");
    properties.put("default.api.timeout.ms", "10000");
    // Each keeps what it has fetched.
    properties.put("max.partition.fetch.bytes", "131072");
    properties.put("fetch.max.bytes", "1048576");
    return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private Map<String, Object> properties(String suffix) {
    Map<String, Object> properties = new HashMap<>(config.kafka().client());
    properties.put("client.id", config.id() + suffix);
    properties.put("enable.metrics.push", "false");
    return properties;
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  private static void close(Vertx vertx)
      throws ExecutionException, InterruptedException, TimeoutException {
    vertx
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .get(VERTX_CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  /** Ends the owner and the API first, then what they stand on. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        log.atWarn().setCause(e).log("a part of the coordinator did not close");
      }
    }
  }
}
