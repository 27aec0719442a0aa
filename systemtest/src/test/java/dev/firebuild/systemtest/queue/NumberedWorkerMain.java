package dev.firebuild.systemtest.queue;

import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.systemtest.fake.FakeRuns;
import dev.firebuild.systemtest.fake.FakeWorkerMain;
import dev.firebuild.worker.queue.WorkerQueue;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * A worker of {@link NumberedBuilds} as a process of its own: id, life, folder for its events,
 * Kafka's properties. Ends when its input ends, or is killed.
 */
final class NumberedWorkerMain {
  private NumberedWorkerMain() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> client = new TreeMap<>();
    for (int i = 3; i < args.length; i += 2) {
      client.put(args[i], args[i + 1]);
    }
    WorkerQueue worker =
        FakeWorkerMain.newWorker(
            Vertx.vertx(),
            KafkaSettings.of(client),
            args[0],
            Long.parseLong(args[1]),
            Path.of(args[2]),
            InstantSource.system());
    System.out.println("MADE");
    worker.start(new NumberedBuilds(args[0]), new FakeRuns(args[0]));
    System.out.println("OPEN");
    System.in.readAllBytes();
    System.exit(0);
  }
}
