package dev.firebuild.systemtest.fault;

import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.protocol.BearerToken;
import java.nio.file.Path;

/** A whole coordinator; ends when its input ends, or is killed. */
final class CoordinatorMain {
  private CoordinatorMain() {}

  /** {@code ID BLOBS}. */
  public static void main(String[] args) throws Exception {
    Arguments arguments = Arguments.of(args);
    Coordinator coordinator =
        Coordinator.start(
            new CoordinatorConfig(
                arguments.own().get(0),
                arguments.settings(),
                "127.0.0.1",
                0,
                new BearerToken(Ground.TOKEN),
                Path.of(arguments.own().get(1))));
    coordinator.hasDecided().join();
    System.out.println(DebuggedProcess.OPEN);
    System.in.readAllBytes();
    System.exit(0);
  }
}
