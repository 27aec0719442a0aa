package dev.firebuild.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskGuardTest {
  @TempDir Path root;

  @Test
  void roomForNewWorkIsNoReasonToRefuse() {
    assertThat(new DiskGuard(List.of(root), 1).refusal()).isEmpty();
  }

  @Test
  void aDiskThatIsNearlyFullIsNamed() {
    assertThat(new DiskGuard(List.of(root), Long.MAX_VALUE).refusal())
        .hasValueSatisfying(
            reason -> assertThat(reason).contains(root.toString(), "MiB free", "free some"));
  }

  @Test
  void aFolderThatIsGoneIsAReason() {
    assertThat(new DiskGuard(List.of(root.resolve("gone")), 1).refusal()).isPresent();
  }
}
