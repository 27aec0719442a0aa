package dev.firebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.cli.FakeCluster.Result;
import dev.firebuild.protocol.Json;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a real coordinator and broker. */
@Tag("real")
class CommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String DOCKERFILE = "FROM scratch\nCOPY . /\n";

  @TempDir static Path data;
  private static FakeCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = new FakeCluster(data);
    await().atMost(PATIENCE).until(cluster::isReady);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void buildShowsItsStepsAndItsImage() {
    Result build = cluster.runWithInput(DOCKERFILE, "build", "-t", "demo/ok", "-");

    assertThat(build.code()).as(build.err()).isZero();
    assertThat(build.err())
        .contains("#1 [1/1] COPY . /", "copying", "#1 DONE", "built demo/ok:latest sha256:ddd");
    assertThat(build.out()).isEmpty();
    assertThat(cluster.run("images").out()).contains("demo/ok", "latest", "dddddddddddd", "1.2kB");
    assertThat(cluster.run("builds").out()).contains("demo/ok:latest", "succeeded");
  }

  @Test
  void logsOfABuildAreItsProgressAndItsEnd() {
    Result build = cluster.runWithInput(DOCKERFILE, "build", "-t", "demo/logged-fail", "-");
    String id =
        cluster
            .run("builds")
            .out()
            .lines()
            .filter(line -> line.contains("demo/logged-fail"))
            .findFirst()
            .orElseThrow()
            .split(" ", 2)[0];

    Result logs = cluster.run("logs", id);

    assertThat(build.code()).isEqualTo(1);
    assertThat(logs.out())
        .contains("#1 [1/1] COPY . /\n", " copying\n", "#1 ERROR\nERROR: COPY . / failed\n");
  }

  @Test
  void deadLettersAreListedShownSentAgainAndDropped() {
    // Given a build without a tag, and rubbish
    cluster.bury("firebuild.build-requests/0/1000", "{\"source\":{}}", "tag: is required");
    cluster.bury("firebuild.build-requests/0/1001", "rubbish", "the JSON: expected an object");
    await()
        .atMost(PATIENCE)
        .until(
            () -> cluster.run("dead-letters", "ls", "--format", "json").out().lines().count() == 2);
    List<String> ids =
        cluster
            .run("dead-letters", "ls", "--format", "json")
            .out()
            .lines()
            .map(line -> Json.mapper().readTree(line).path("id").asString())
            .toList();
    assertThat(cluster.run("dead-letters", "ls").out())
        .contains("ID", "REASON", ids.getFirst(), "tag: is required", "open");
    assertThat(cluster.run("dead-letters", "show", ids.getFirst()).out())
        .contains("\"text\" : \"rubbish\"", "expected an object");
    // When one is dropped
    assertThat(cluster.run("dead-letters", "drop", ids.getFirst()).code()).isZero();
    Result again = cluster.run("dead-letters", "drop", ids.getFirst());
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("it was dropped");
    // And the other one corrected
    assertThat(cluster.run("dead-letters", "resubmit", ids.getLast()).err())
        .contains("source: give exactly one");
    Result sent =
        cluster.runWithInput(
            "{\"tag\":\"demo/again\",\"source\":{\"dockerfile\":\"FROM scratch\"}}",
            "dead-letters",
            "resubmit",
            ids.getLast(),
            "-f",
            "-");
    // Then it is built, and nothing is left to do
    assertThat(sent.code()).as(sent.err()).isZero();
    assertThat(sent.out().strip()).isEqualTo("firebuild.build-requests-0-1000");
    await().atMost(PATIENCE).until(() -> cluster.run("images").out().contains("demo/again"));
    assertThat(cluster.run("dead-letters", "ls", "--format", "json").out()).isEmpty();
    assertThat(cluster.run("dead-letters", "ls", "-a").out()).contains("dropped", "resubmitted");
  }

  @Test
  void failedBuildShowsTheGuiltyLine() {
    Result build = cluster.runWithInput(DOCKERFILE, "build", "-t", "demo/fail", "-");

    assertThat(build.code()).isEqualTo(1);
    assertThat(build.err()).contains("Dockerfile:2", "2 | >>> COPY . /", "ERROR: COPY . / failed");
  }

  @Test
  void rawjsonIsTheStreamOfEvents() {
    Result build =
        cluster.runWithInput(DOCKERFILE, "build", "-t", "demo/raw", "--progress", "rawjson", "-");

    assertThat(build.code()).isZero();
    assertThat(
            build.out().lines().map(line -> Json.mapper().readTree(line).path("type").asString()))
        .startsWith("dev.firebuild.build.started.v1")
        .endsWith("dev.firebuild.build.succeeded.v1");
  }

  @Test
  void dockerfileErrorIsShownInItsLine() {
    Result build =
        cluster.runWithInput("FROM scratch\nCOPPY . /\n", "build", "-t", "demo/bad", "-");

    assertThat(build.code()).isEqualTo(1);
    assertThat(build.err())
        .contains("Dockerfile:2:1: unknown instruction", ">>> COPPY . /")
        .doesNotContain("\tat ");
  }

  @Test
  void cancelEndsABuild() throws Exception {
    CompletableFuture<Result> build =
        CompletableFuture.supplyAsync(
            () -> cluster.runWithInput(DOCKERFILE, "build", "-t", "demo/hang", "-"));
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.run("builds").out().matches("(?s).*demo/hang:latest +running.*"));
    String id =
        cluster
            .run("builds")
            .out()
            .lines()
            .filter(line -> line.contains("demo/hang"))
            .findFirst()
            .orElseThrow()
            .split(" ", 2)[0];

    Result cancel = cluster.run("cancel", "--reason", "enough", id);

    assertThat(cancel.code()).as(cancel.err()).isZero();
    assertThat(build.get(30, TimeUnit.SECONDS).err()).contains("CANCELLED", "enough");
    assertThat(build.get().code()).isEqualTo(1);
  }

  @Test
  void listsAreFiltered() {
    image();
    for (String tag : List.of("demo/filtered:1", "demo/filtered:2")) {
      assertThat(cluster.runWithInput(DOCKERFILE, "build", "-t", tag, "-").code()).isZero();
    }
    String vm = cluster.run("run", "-d", "--name", "filtered", "demo/run", "sleep").out().strip();

    assertThat(rows("builds", "-f", "tag=demo/filtered"))
        .satisfiesExactly(
            second -> assertThat(second).contains("demo/filtered:2"),
            first -> assertThat(first).contains("demo/filtered:1"));
    assertThat(rows("builds", "--filter", "tag=demo/filtered:1", "--filter", "tag=demo/filtered:2"))
        .hasSize(2);
    assertThat(rows("builds", "-f", "tag=demo/filtered", "-f", "phase=failed")).isEmpty();
    assertThat(rows("builds", "-n", "1", "-f", "tag=demo/*")).hasSize(1);
    assertThat(rows("images", "-f", "reference=demo/filtered")).hasSize(2);
    assertThat(cluster.run("ps", "-q", "-f", "name=filtered").out().strip()).isEqualTo(vm);
    assertThat(cluster.run("ls", "-q", "--running", "-f", "name=filtered").out().strip())
        .isEqualTo(vm);

    assertThat(cluster.run("stop", "filtered").code()).isZero();
    assertThat(cluster.run("ls", "-q", "--running", "-f", "name=filtered").out()).isEmpty();
    assertThat(cluster.run("ls", "-q", "-f", "name=filtered").out().strip()).isEqualTo(vm);
    assertThat(cluster.run("rm", "filtered").code()).isZero();
  }

  @Test
  void aFilterThatIsNoneIsRefused() {
    Result unknown = cluster.run("builds", "-f", "pahse=queued");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("no parameter \"pahse\"", "phase");
    for (List<String> wrong : List.of(List.of("-f", "phase"), List.of("-n", "0"))) {
      Result refused = cluster.run("ls", wrong.getFirst(), wrong.getLast());
      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err()).contains(wrong.getLast(), "expected");
    }
  }

  /** What a list shows below its headers. */
  private static List<String> rows(String... command) {
    Result shown = cluster.run(command);
    assertThat(shown.code()).as(shown.err()).isZero();
    return shown.out().lines().skip(1).toList();
  }

  @Test
  void vmThatCannotStartSaysWhyAtOnce() {
    image();

    for (String mode : List.of("--rm", "-d")) {
      Result run = cluster.run("run", mode, "demo/run", "cannot-start");

      assertThat(run.code()).isEqualTo(125);
      assertThat(run.err()).contains("the port is taken").doesNotContain("again and again");
    }
  }

  @Test
  void foregroundRunEndsWithTheProgramsExitCode() {
    image();

    Result run = cluster.run("run", "-e", "A=1,2", "-e", "OWN", "demo/run", "echo", "-n", "--rm");

    assertThat(run.code()).as(run.err()).isEqualTo(3);
    assertThat(run.out()).isEqualTo("echo -n --rm{A=1,2, OWN=mine}\n");
  }

  @Test
  void detachedVmIsListedInspectedStoppedAndRemoved() {
    image();

    Result run =
        cluster.run(
            "run",
            "--log-as-json",
            "--daemonize",
            "--name",
            "web",
            "-p",
            "8080:80",
            "--from",
            "demo/run",
            "sleep");
    String id = run.out().strip();

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(id).matches("[a-z0-9]{20}");
    assertThat(run.err())
        .contains("\"@message\":\"VMM running as a daemon\"", "\"ip-net\":\"10.0.2.15/24\"")
        .contains("\"vmm-id\":\"" + id + "\"");
    assertThat(cluster.run("ls").out())
        .contains(id, "web", "demo/run:latest", "up ", "127.0.0.1:8080->80/tcp");
    assertThat(
            Json.mapper()
                .readTree(cluster.run("inspect", "--vmm-id", id).out())
                .at("/NetworkInterfaces/0/StaticConfiguration/IPConfiguration/IP")
                .asString())
        .isEqualTo("10.0.2.15");
    assertThat(cluster.run("logs", "web").out()).isEqualTo("sleep{}\n");
    assertThat(cluster.run("rm", "web").err()).contains("has not ended");
    Result taken = cluster.run("run", "-d", "--name", "web", "demo/run");
    assertThat(taken.code()).isEqualTo(125);
    assertThat(taken.err()).contains("name \"web\"");

    assertThat(cluster.run("stop", "web").out()).isEqualTo("web\n");
    assertThat(cluster.run("stop", "web").code()).isZero();
    assertThat(cluster.run("ls").out()).contains("exited (143)");
    assertThat(cluster.run("rm", "web").code()).isZero();
    await().atMost(PATIENCE).until(() -> !cluster.run("ls").out().contains(id));
  }

  @Test
  void seedsKillStopsAndRemovesAndForgivesWhatIsNotThere() {
    image();
    String id = cluster.run("run", "-d", "demo/run", "sleep").out().strip();

    Result kill = cluster.run("kill", "--vmm-id", id, "--shutdown-timeout", "5s");

    assertThat(kill.code()).as(kill.err()).isZero();
    await().atMost(PATIENCE).until(() -> !cluster.run("ls").out().contains(id));
    Result again = cluster.run("kill", "--vmm-id=" + id);
    assertThat(again.code()).isZero();
    assertThat(again.err()).contains("nothing to do");
    assertThat(cluster.run("kill", id).code()).isEqualTo(1);
  }

  @Test
  void importsKernelsAndImages() throws Exception {
    Path vmlinux = Files.writeString(data.resolve("vmlinux-6.1"), "ELF");
    assertThat(cluster.run("kernel", "import", vmlinux.toString()).code()).isZero();
    assertThat(cluster.run("kernel", "ls").out().lines().toList().get(1)).matches("6.1 +yes .*");
    Result last = cluster.run("kernel", "rm", "6.1");
    assertThat(last.code()).isEqualTo(1);
    assertThat(last.err()).contains("the only kernel");
    assertThat(cluster.runWithInput("tar", "image", "import", "base:1").code()).isZero();
    assertThat(cluster.run("images", "--format", "json").out().lines())
        .anyMatch(line -> line.contains("\"reference\":\"base:1\""));
    Result export = cluster.run("image", "export", "base:1");
    assertThat(export.code()).isEqualTo(1);
    assertThat(export.err()).contains("worker-a");
    assertThat(cluster.run("rmi", "base:1").code()).isZero();
    await().atMost(PATIENCE).until(() -> !cluster.run("images").out().contains("base"));
  }

  @Test
  void eventsShowWhatHappened() {
    image();

    assertThat(cluster.run("events", "--type", "build.succeeded").out())
        .contains("build.succeeded", "demo/run:latest");
    assertThat(cluster.run("events", "--format", "json", "--type", "build.log").out().lines())
        .isNotEmpty()
        .allMatch(
            line -> Json.mapper().readTree(line).path("specversion").asString().equals("1.0"));
  }

  @Test
  void eventsBeginWhereOneSays() {
    image();
    List<String> all =
        cluster.run("events", "--format", "json", "--type", "build.*").out().lines().toList();
    String second = Json.mapper().readTree(all.get(1)).path("position").asString();

    assertThat(
            cluster
                .run("events", "--format", "json", "--type", "build.*", "--since", second)
                .out()
                .lines())
        .containsExactlyElementsOf(all.subList(2, all.size()));
    assertThat(cluster.run("events", "--since", "1h", "--type", "build.*").out().lines())
        .hasSameSizeAs(all);
    assertThat(cluster.run("events", "--since", "now").out()).isEmpty();
    assertThat(cluster.run("events", "--subject", "nobody").out()).isEmpty();
    Result nowhere = cluster.run("events", "--since", "99:1");
    assertThat(nowhere.code()).isEqualTo(1);
    assertThat(nowhere.err()).contains("events have no partition 99, only 0 to 11");
  }

  @Test
  void followedEventsEndWhenNobodyReadsThemAnyMore() throws Exception {
    image();
    long history = cluster.run("events").out().lines().count();
    Process follower = cluster.start(data.resolve("follower"), "events", "-f");
    // All of it: the follower shall have nothing more to write.
    try (BufferedReader lines = follower.inputReader()) {
      for (long i = 0; i < history; i++) {
        assertThat(lines.readLine()).isNotBlank();
      }
    }

    assertThat(follower.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(follower.exitValue()).isZero();
  }

  @Test
  void eventsSayWhatTheyDoNotUnderstand() {
    for (List<String> wrong :
        List.of(
            List.of("--since", "yesterday"),
            List.of("--since", "1:x"),
            List.of("--since", ""),
            List.of("--type", "build.begun"))) {
      List<String> arguments = new ArrayList<>(List.of("events"));
      arguments.addAll(wrong);
      Result result = cluster.run(arguments.toArray(String[]::new));

      assertThat(result.code()).as("%s", wrong).isEqualTo(1);
      assertThat(result.err())
          .startsWith("firebuild events: the parameter " + wrong.getFirst().substring(2));
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void missingImageIsSaidWithWhatToDo() {
    Result run = cluster.run("run", "no/such");

    assertThat(run.code()).isEqualTo(125);
    assertThat(run.err())
        .startsWith("firebuild run: there is no image \"no/such:latest\"")
        .contains("firebuild build -t");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void wrongUsageIsTwoWithSuggestions() {
    for (List<String> arguments :
        List.of(
            List.of("biuld"),
            List.of("run", "--naem", "x", "demo"),
            List.of("build", "."),
            List.of("image"),
            List.of("run", "-p", "99999:1", "demo/run"),
            List.of("rootfs", "--docker-image", "x", "--tag", "y"),
            List.of("rootfs", "--dockerfile=git+https://x/y.git:/Dockerfile", "--tag=y"),
            List.of("run", "--cni-network-name=machines", "demo/run"),
            List.of("build", "-t", "UPPER CASE", "-"))) {
      Result result = cluster.run(arguments.toArray(String[]::new));

      assertThat(result.code()).as("%s: %s", arguments, result.err()).isEqualTo(2);
      assertThat(result.err()).startsWith("firebuild").doesNotContain("\tat ");
    }
    assertThat(cluster.run("biuld").err()).contains("firebuild build");
    assertThat(cluster.run("run", "--cni-network-name", "machines", "x").err())
        .contains("setting of the worker");
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(cluster.run("--help").out())
        .contains("build", "rootfs", "run", "ls", "inspect", "logs", "stop", "kill", "rm", "purge")
        .contains("images", "rmi", "image", "kernel", "builds", "cancel", "events", "workers");
  }

  private static void image() {
    if (!cluster.run("images").out().contains("demo/run")) {
      assertThat(cluster.runWithInput(DOCKERFILE, "build", "-t", "demo/run", "-").code()).isZero();
    }
  }
}
