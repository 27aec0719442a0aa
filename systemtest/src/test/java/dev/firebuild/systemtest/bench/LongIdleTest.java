package dev.firebuild.systemtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.systemtest.harness.Program;
import dev.firebuild.systemtest.harness.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is left alone. */
@Tag("real")
@Tag("long")
class LongIdleTest {
  private static final Duration ALONE = Duration.ofMinutes(10);

  /** What is compiled and loaded after the start is over then. */
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private static final double MOST_PERCENT = 5;

  @TempDir Path temp;

  @Test
  void aNodeLeftAloneForTenMinutesTakesLessThanFivePercentOfACore() throws Exception {
    try (TestNode node = TestNode.on(temp.resolve("data")).up()) {
      // Given
      Thread.sleep(SETTLED);
      NodeUse before = NodeUse.of(node.pid());

      // When; time is what is tested: there is no condition to wait for
      Thread.sleep(ALONE);

      // Then
      NodeUse after = NodeUse.of(node.pid());
      double percent = 100 * after.secondsSince(before) / ALONE.toSeconds();
      assertThat(percent)
          .as(() -> "%% of a core in %s%n%s".formatted(ALONE, stacks(after, before)))
          .isLessThan(MOST_PERCENT);
      assertThat(node.firebuild("status").stdout()).contains("ready");
    }
  }

  /** The threads of the JVMs, those first that have used most; each line tells how much that is. */
  private static String stacks(NodeUse after, NodeUse before) {
    String jstack = Path.of(System.getProperty("java.home"), "bin", "jstack").toString();
    return after.processes().entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                (Map.Entry<Long, ProcessUse> entry) -> -entry.getValue().ticks()))
        .filter(entry -> entry.getValue().program().equals("java"))
        .map(entry ->
            "--- process %d: %.1f s of a core%n%s"
                .formatted(
                    entry.getKey(),
                    new NodeUse(Map.of(entry.getKey(), entry.getValue())).secondsSince(before),
                    busiest(jstack, entry.getKey())))
        .collect(Collectors.joining("\n"));
  }

  private static String busiest(String jstack, long pid) {
    try {
      String dump = Program.of(jstack, Long.toString(pid)).run().stdout();
      return dump.lines().collect(Collectors.joining("\n")).transform(BusyThreads::first);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }
}
