package dev.firebuild.systemtest.fake;

import dev.firebuild.messaging.EventSpool;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.Topics;
import dev.firebuild.worker.queue.QueueMember;
import dev.firebuild.worker.queue.WorkerQueue;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * A worker with fake engines as a process of its own; ends when its input ends, or is killed. Of
 * the VMs that it starts nobody hears that they run.
 */
public final class FakeWorkerMain {
  /** The prefix of the topics, as a system property. */
  public static final String TOPICS = "firebuild.topics";

  private FakeWorkerMain() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> client = new TreeMap<>();
    for (int i = 2; i < args.length; i += 2) {
      client.put(args[i], args[i + 1]);
    }
    WorkerQueue worker =
        newWorker(
            Vertx.vertx(),
            KafkaSettings.of(client)
                .withTopics(new Topics(System.getProperty(TOPICS, Topics.DEFAULT.prefix()))),
            args[0],
            Long.parseLong(args[1]),
            InstantSource.system());
    worker.start(new FakeBuilds(args[0]), new FakeRuns(args[0], /* saysRunning= */ false));
    System.out.println("OPEN");
    System.in.readAllBytes();
    System.exit(0);
  }

  /** A worker of two build slots and one run slot that is not started yet. */
  public static WorkerQueue newWorker(
      Vertx vertx, KafkaSettings settings, String id, long life, InstantSource clock) {
    try {
      Path events = Files.createTempDirectory("firebuild-events");
      // Empty by then, unless Kafka has not got all.
      events.toFile().deleteOnExit();
      return newWorker(vertx, settings, id, life, events, clock);
    } catch (IOException e) {
      throw new UncheckedIOException("a worker needs a folder for its events", e);
    }
  }

  /** The same; its events wait for Kafka in the folder {@code events}. */
  public static WorkerQueue newWorker(
      Vertx vertx, KafkaSettings settings, String id, long life, Path events, InstantSource clock)
      throws IOException {
    return new WorkerQueue(
        vertx,
        settings,
        new QueueMember(id, life, "host", "http://127.0.0.1", "test", 2, 1),
        new EventSpool.Settings(events, EventSpool.Settings.DEFAULT_LIMIT),
        clock,
        new SecureRandom());
  }
}
