package dev.firebuild.systemtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.Json;
import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.systemtest.harness.Finished;
import dev.firebuild.systemtest.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code ./bench} as a command. How fast it is, is not tested here: other tests run beside it. */
@Tag("real")
class BenchTest {
  private static final Program BENCH =
      Program.of(Checkout.find().root().resolve("bench").toString()).within(Duration.ofMinutes(3));

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path temp;

  @Test
  void dispatchIsMeasuredBesideItsFloorAndLeavesNothing() throws Exception {
    // When
    Path json = temp.resolve("report.json");
    Finished finished =
        BENCH
            .and("dispatch", "--rounds", "2", "--share", "0.1", "--json", json.toString())
            .with("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temp)
            .run();

    // Then it has measured, whether or not its targets are reached
    assertThat(finished.exitCode()).as(finished.stderr()).isBetween(0, 1);
    assertThat(finished.stdout())
        .contains("== dispatch", "accepted → claimed", "beside: raw produce → poll", "target ≤ 2×");
    JsonNode report = Json.mapper().readTree(Files.readAllBytes(json)).get(0);
    assertThat(report.at("/before/load").isNumber()).isTrue();
    JsonNode claimed = report.at("/measures/0");
    assertThat(claimed.at("/own/count").asInt()).isEqualTo(8);
    assertThat(claimed.at("/own/rounds")).hasSize(2);
    assertThat(claimed.at("/beside/medianRatio").asDouble()).isPositive();
    // And nothing is left
    try (var left = Files.list(temp)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("fbb"))).isEmpty();
    }
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(process ->
            process.info().commandLine().filter(l -> l.contains(temp.toString())).isPresent());
  }

  @Test
  void aBenchThatIsKilledLeavesNothing() throws Exception {
    // Given
    Process bench =
        BENCH
            .and("dispatch", "--rounds", "50")
            .with("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temp)
            .builder()
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      await().atMost(PATIENCE).until(() -> ofTheBench().anyMatch(BenchTest::isCoordinator));

      // When
      bench.destroyForcibly().waitFor();

      // Then
      await().atMost(PATIENCE).until(() -> ofTheBench().findAny().isEmpty() && isEmpty(temp));
    } finally {
      ofTheBench().forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Processes that name its folder: each of its own, and their children. */
  private Stream<ProcessHandle> ofTheBench() {
    return ProcessHandle.allProcesses()
        .filter(process ->
            process.info().commandLine().filter(l -> l.contains(temp + "/fbb")).isPresent());
  }

  private static boolean isCoordinator(ProcessHandle process) {
    return process.info().commandLine().filter(line -> line.contains("coordinator")).isPresent();
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var left = Files.list(folder)) {
      return left.noneMatch(path -> path.getFileName().toString().startsWith("fbb"));
    }
  }

  @Test
  void aNameThatNothingMeasuresIsAnError() throws Exception {
    Finished finished = BENCH.and("dispath").run();

    assertThat(finished.exitCode()).isEqualTo(2);
    assertThat(finished.stderr()).contains("nothing measures dispath; --list prints the names");
  }
}
