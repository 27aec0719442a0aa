package dev.firebuild.systemtest.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.firebuild.recordcheck.CheckedClient;
import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.systemtest.harness.Finished;
import dev.firebuild.systemtest.harness.FreePorts;
import dev.firebuild.systemtest.harness.Program;
import dev.firebuild.systemtest.harness.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The all-in-one node as a process: {@code up}, {@code status}, {@code down} and what goes wrong.
 */
@Tag("real")
@SuppressWarnings("NullAway.Init")
class NodeTest {
  @TempDir static Path commonData;

  /** For those who neither end it nor need it for themselves. */
  private static TestNode common;

  @TempDir Path temp;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    common = TestNode.on(commonData.resolve("data")).up();
  }

  @AfterAll
  static void stop() {
    common.close();
  }

  @Test
  @Tag("quick")
  void upStatusDown() throws IOException, InterruptedException {
    try (TestNode node = TestNode.on(temp.resolve("data")).up()) {
      // When
      Finished status = node.firebuild("status");
      Finished down = node.firebuild("down");

      // Then
      assertThat(status.stdout())
          .contains("ready (pid " + node.pid(), node.url(), node.kafka(), node.data().toString());
      assertThat(down.stdout()).contains("stopped the node on " + node.data());
      assertThat(node.data().resolve("node.json")).doesNotExist();
      assertThat(node.command("status").run().requireExit(1).stderr())
          .contains("no node runs on " + node.data(), "firebuild up -d");
    }
  }

  @Test
  void secretsAreReadableByTheirUserOnly() throws IOException, InterruptedException {
    for (String secret : new String[] {"token", "kafka-password"}) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(common.data().resolve(secret))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void secondNodeOnTheSameDataIsRefused() throws IOException, InterruptedException {
    for (String[] flags : new String[][] {{"up"}, {"up", "-d"}}) {
      Finished second = common.command(flags).run().requireExit(1);

      assertThat(second.stderr())
          .isEqualTo(
              "firebuild up: a node already runs on %1$s (pid %2$d, %3$s); stop it with: firebuild down --data %1$s, or choose another folder with --data%n"
                  .formatted(common.data(), common.pid(), common.url()));
    }
    assertThat(common.firebuild("status").stdout()).contains("ready");
  }

  @Test
  void portInUseIsNamedWithItsFlag() throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      String free = String.valueOf(FreePorts.one());
      TestNode node = TestNode.on(temp.resolve("data"));

      Finished http =
          node.command("up", "--http", port, "--kafka-listen", free).run().requireExit(1);
      Finished kafka =
          node.command("up", "-d", "--http", free, "--kafka-listen", port).run().requireExit(1);

      assertThat(http.stderr())
          .contains("cannot listen on 127.0.0.1:" + port, "choose another with --http");
      assertThat(kafka.stderr())
          .contains("cannot listen on 127.0.0.1:" + port, "choose another with --kafka-listen");
    }
  }

  @Test
  void folderThatCannotBeWrittenIsNamed() throws InterruptedException {
    Finished finished = TestNode.on(Path.of("/proc/firebuild")).command("up").run().requireExit(1);

    assertThat(finished.stderr())
        .startsWith("firebuild up: cannot use /proc/firebuild as data folder")
        .contains("choose another with --data DIR");
  }

  @Test
  @Tag("quick")
  void kafkaPropertiesServeKcat() throws IOException, InterruptedException {
    // Given
    Path settings = temp.resolve("kcat.conf");
    Files.writeString(
        settings, common.firebuild("kafka-properties", "--format", "librdkafka").stdout());

    // When
    Finished listing = Program.of("kcat", "-F", settings.toString(), "-L").run().requireSuccess();
    Finished anonymous = Program.of("kcat", "-b", common.kafka(), "-L", "-m", "5").run();

    // Then
    assertThat(listing.stdout())
        .contains("topic \"firebuild.build-requests\"", "topic \"firebuild.events\"");
    assertThat(anonymous.exitCode()).as("the broker demands a login").isNotZero();
  }

  @Test
  void theExamplesForKcatShowOneBuildAndNoHeartbeat() throws IOException, InterruptedException {
    // Given
    Files.writeString(
        temp.resolve("kcat.conf"),
        common.firebuild("kafka-properties", "--format", "librdkafka").stdout());

    // When
    var _ = shell(readmeLine("kcat -F kcat.conf -P")).run().requireSuccess();

    // Then; with an end where a partition ends, and an answer for that amid heartbeats
    String read =
        readmeLine("kcat -F kcat.conf -C")
            .replace(" -C ", " -C -e -q -o beginning -X fetch.wait.max.ms=20 ");
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> shell(read).run().stdout().contains("dev.firebuild.build.failed"));
    assertThat(shell(read).run().stdout().lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith("b1 "));
  }

  private Program shell(String line) {
    return Program.of("sh", "-c", "cd \"$0\" && " + line, temp.toString());
  }

  private static String readmeLine(String part) throws IOException {
    return Files.readAllLines(Checkout.find().root().resolve("README.md")).stream()
        .filter(line -> line.contains(part))
        .findFirst()
        .orElseThrow()
        .strip();
  }

  @Test
  @Tag("quick")
  void killedNodeComesUpAgain() throws IOException, InterruptedException {
    try (TestNode node = TestNode.on(temp.resolve("data")).up()) {
      String token = node.token();
      node.kill();

      node.up();

      assertThat(node.firebuild("status").stdout()).contains("ready");
      assertThat(node.token()).isEqualTo(token);
    }
  }

  @Test
  void killedBrokerIsStartedAgain() throws IOException, InterruptedException {
    try (TestNode node = TestNode.on(temp.resolve("data")).up()) {
      Path pidFile = node.data().resolve("broker.pid");
      String first = Files.readString(pidFile);
      ProcessHandle.of(Long.parseLong(first.lines().findFirst().orElseThrow()))
          .orElseThrow()
          .destroyForcibly();

      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> !Files.readString(pidFile).equals(first));
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> node.command("status").run().exitCode() == 0);
    }
  }

  /**
   * Measured: about 360 MiB before the burst. Without limits a burst's heap would stay for good.
   */
  @Test
  void idleNodeIsSmall() throws IOException, InterruptedException {
    try (TestNode node = TestNode.on(temp.resolve("data")).up();
        HttpClient client = CheckedClient.of(HttpClient.newHttpClient())) {
      // Given
      String comment = "# " + "x".repeat(1000) + "\\n";
      String build =
          "{\"tag\":\"large\",\"source\":{\"dockerfile\":\"%sFROM scratch\\nENV A=1\\n\"}}"
              .formatted(comment.repeat(200));
      for (int i = 0; i < 100; i++) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(node.url() + "/v1/builds"))
                .header("Authorization", "Bearer " + node.token())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(build))
                .build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
            .isEqualTo(202);
      }

      // Then
      long broker =
          Long.parseLong(Files.readAllLines(node.data().resolve("broker.pid")).getFirst());
      Awaitility.await()
          .atMost(Duration.ofMinutes(3))
          .untilAsserted(() ->
              assertThat(residentMebibytes(node.pid()) + residentMebibytes(broker))
                  .as("MiB of node and broker")
                  .isLessThan(600));
      assertThat(node.firebuild("status").stdout()).contains("ready");
    }
  }

  private static long residentMebibytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void backgroundNodeOutlivesItsTerminal() throws InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "needs setsid (util-linux)");
    TestNode node = TestNode.on(temp.resolve("data"));
    Finished up =
        node.command(
                "up",
                "-d",
                "--http",
                String.valueOf(node.httpPort()),
                "--kafka-listen",
                String.valueOf(node.kafkaPort()))
            .within(Duration.ofMinutes(4))
            .run()
            .requireSuccess();
    try {
      assertThat(up.stdout()).contains("firebuild is up: " + node.url());
      assertThat(node.firebuild("status").stdout()).contains("ready");
    } finally {
      node.firebuild("down", "--vms");
    }
  }
}
