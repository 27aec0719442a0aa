package dev.firebuild.worker.vm;

import static org.awaitility.Awaitility.await;

import dev.firebuild.worker.guest.GuestKeys;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Attachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class GuestConnectionTest {
  private static final String ID = "c0123456789abcdefghi";
  private static final int ROUNDS = 60;
  private static final Duration STEP = Duration.ofNanos(250_000);

  @TempDir Path programs;

  @Test
  @Timeout(50)
  void aMachineThatEndsWhileItIsConnectedToKeepsNobodyWaiting() throws Exception {
    // Given a way to a guest that never says a word
    Path nsenter = programs.resolve("nsenter");
    Files.writeString(nsenter, "#!/bin/sh\nexec sleep 1000\n");
    Files.setPosixFilePermissions(nsenter, PosixFilePermissions.fromString("rwxr-xr-x"));
    Processes processes = Processes.of(Map.of("PATH", programs.toString()));
    Attachment attachment =
        new Attachment(ProcessIdentity.of(1), Optional.empty(), false, Optional.empty());
    GuestKeys keys = GuestKeys.generate();

    for (int round = 0; round < ROUNDS; round++) {
      GuestConnection connection = new GuestConnection(processes, ID, attachment, keys);
      Thread connecting = Thread.ofPlatform().start(() -> connect(connection));
      LockSupport.parkNanos(STEP.multipliedBy(round).toNanos());

      // When the machine ends, a little later each time
      connection.refuse();
      ProcessTable.marked(ID).forEach(ProcessIdentity::kill);
      connection.close();

      // Then
      connecting.join();
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> ProcessTable.marked(ID).stream().noneMatch(ProcessIdentity::isAlive));
    }
  }

  private static void connect(GuestConnection connection) {
    try {
      var _ = connection.session();
    } catch (IOException e) {
      // The machine has ended.
    }
  }
}
