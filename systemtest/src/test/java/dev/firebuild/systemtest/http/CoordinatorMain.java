package dev.firebuild.systemtest.http;

import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.BearerToken;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A coordinator as a process of its own; ends when its input ends, or is killed. */
final class CoordinatorMain {
  private CoordinatorMain() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> client = new TreeMap<>();
    for (int i = 3; i < args.length; i += 2) {
      client.put(args[i], args[i + 1]);
    }
    Coordinator coordinator =
        Coordinator.start(
            new CoordinatorConfig(
                args[0],
                KafkaSettings.of(client),
                "127.0.0.1",
                Integer.parseInt(args[1]),
                new BearerToken(CoordinatorProcess.TOKEN),
                Path.of(args[2])));
    System.out.println(coordinator.url());
    System.in.readAllBytes();
    System.exit(0);
  }
}
