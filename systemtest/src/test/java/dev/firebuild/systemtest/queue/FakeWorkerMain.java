package dev.firebuild.systemtest.queue;

import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.Topics;
import dev.firebuild.worker.queue.WorkerQueue;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * A worker with fake engines as a process of its own; ends when its input ends, or is killed. Of
 * the VMs that it starts nobody hears that they run.
 */
final class FakeWorkerMain {
  /** The prefix of the topics, as a system property. */
  static final String TOPICS = "firebuild.topics";

  private FakeWorkerMain() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> client = new TreeMap<>();
    for (int i = 2; i < args.length; i += 2) {
      client.put(args[i], args[i + 1]);
    }
    WorkerQueue worker =
        Installation.newWorker(
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
}
