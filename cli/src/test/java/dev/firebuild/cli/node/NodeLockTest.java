package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLockTest {
  @Test
  void oneHolderAtATime(@TempDir Path temp) throws IOException {
    Path file = temp.resolve("lock");
    assertThat(NodeLock.isTaken(file)).isFalse();

    try (NodeLock _ = NodeLock.tryTake(file).orElseThrow()) {
      assertThat(NodeLock.tryTake(file)).isEmpty();
      assertThat(NodeLock.isTaken(file)).isTrue();
    }

    assertThat(NodeLock.isTaken(file)).isFalse();
    Optional<NodeLock> again = NodeLock.tryTake(file);
    assertThat(again).isPresent();
    again.get().close();
  }
}
