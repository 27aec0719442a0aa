package dev.firebuild.systemtest.mainpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.Json;
import dev.firebuild.systemtest.engine.BaseRoots;
import dev.firebuild.systemtest.engine.Supplies;
import dev.firebuild.systemtest.harness.Finished;
import dev.firebuild.systemtest.harness.FreePorts;
import dev.firebuild.systemtest.harness.Program;
import dev.firebuild.systemtest.harness.TestNode;
import dev.firebuild.worker.host.DurableFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One node with real VMs, used from outside. */
@Tag("real")
@SuppressWarnings("NullAway.Init")
class MainPathTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Set<String> ENDS =
      Set.of(
          "build.succeeded",
          "build.failed",
          "build.cancelled",
          "build.rejected",
          "vm.exited",
          "vm.failed",
          "vm.rejected");

  private static Path root;
  private static TestNode node;
  private static HostView host;

  @TempDir private Path temp;

  @BeforeAll
  static void start() throws Exception {
    // Short: a socket's path has at most 107 bytes.
    root = Files.createTempDirectory("fbm");
    node = TestNode.on(root.resolve("d")).up();
    host = new HostView(node.data().resolve("worker"));
    Supplies.install(node::command);
  }

  @AfterAll
  static void stop() throws IOException {
    node.close();
    host.endVms();
    DurableFiles.deleteTree(root);
  }

  @AfterEach
  void removeVms() throws Exception {
    for (JsonNode vm : list("ls")) {
      node.firebuild("rm", "-f", vm.path("id").asString());
    }
    await().atMost(PATIENCE).until(host::isClean);
  }

  @Test
  @Tag("quick")
  void folderBecomesAVmThatServes() throws Exception {
    // Given
    Path context =
        Folders.of(
            temp,
            Map.of(
                "Dockerfile",
                """
                FROM busybox
                COPY index.html /www/
                RUN echo "made by a step" >> /www/index.html
                CMD ["sh", "-c", "trap 'echo bye; exit 3' TERM; echo serving; httpd -f -p 80 -h /www & wait"]
                """,
                "index.html",
                "from the context\n"));
    int port = FreePorts.one();

    // When it is built, twice
    Finished first = build("page", context);
    Finished second = build("page", context);

    // Then
    assertThat(first.stderr()).contains("#2 DONE").doesNotContain("CACHED");
    assertThat(second.stderr()).contains("#1 CACHED", "#2 CACHED").doesNotContain("DONE");

    // When it runs
    String id =
        node.firebuild("run", "-d", "--name", "site", "-p", port + ":80", "page").stdout().strip();

    // Then
    assertThat(page(port)).isEqualTo("from the context\nmade by a step\n");
    assertThat(node.firebuild("logs", "site").stdout()).isEqualTo("serving\n");
    JsonNode running = vm(id);
    assertThat(running.path("phase").asString()).isEqualTo("running");
    assertThat(running.path("request").path("name").asString()).isEqualTo("site");

    // When it is stopped
    node.firebuild("stop", "site");

    // Then
    JsonNode ended = vm(id);
    assertThat(ended.path("phase").asString()).isEqualTo("exited");
    assertThat(ended.path("exitCode").asInt()).isEqualTo(3);
    assertThat(ended.path("exitReason").asString()).isEqualTo("stopped");
    assertThat(node.firebuild("logs", "site").stdout()).isEqualTo("serving\nbye\n");
    assertThat(host.isClean()).isTrue();

    // When it is removed
    node.firebuild("rm", "site");

    // Then
    assertThat(list("ls")).isEmpty();
  }

  @Test
  void stopSignalIsUsedTriggersFireAndTheHealthCheckIsKept() throws Exception {
    // Given
    Path keeper =
        Folders.dockerfile(
            temp,
            """
            FROM busybox
            STOPSIGNAL SIGUSR1
            HEALTHCHECK --interval=5s CMD true
            ONBUILD RUN echo triggered > /triggered
            COPY <<EOF /program
            trap 'echo usr1; exit 4' USR1
            trap 'echo term; exit 5' TERM
            echo up
            while :; do sleep 1; done
            EOF
            CMD ["sh", "/program"]
            """);
    Path child = Folders.dockerfile(temp, "FROM keeper\nRUN cat /triggered\n");

    // When
    Finished build = build("keeper", keeper);
    Finished triggered = build("child", child);
    String inspected = node.firebuild("image", "inspect", "keeper").stdout();
    String id = node.firebuild("run", "-d", "keeper").stdout().strip();
    await().atMost(PATIENCE).until(() -> node.firebuild("logs", id).stdout().equals("up\n"));
    node.firebuild("stop", id);

    // Then
    assertThat(vm(id).path("exitCode").asInt()).isEqualTo(4);
    assertThat(node.firebuild("logs", id).stdout()).isEqualTo("up\nusr1\n");
    assertThat(build.stderr()).contains("HEALTHCHECK is kept", "does not execute it yet");
    assertThat(inspected).contains("\"Healthcheck\"", "5000000000", "\"OnBuild\"", "SIGUSR1");
    assertThat(triggered.stderr())
        .contains("ONBUILD RUN echo triggered > /triggered")
        .containsPattern("#2 [0-9.]+ triggered");
  }

  @Test
  void fileCapabilitiesSurviveTheWholeWay() throws Exception {
    // Given
    Path base = BaseRoots.tar("busybox", temp);
    Path root = CapableRoot.write(base, temp.resolve("capable.tar"));
    node.firebuild("image", "import", "capable", root.toString());
    Path context =
        Folders.dockerfile(
            temp,
            """
            FROM capable AS one
            RUN chmod 711 /one/busybox
            FROM busybox
            COPY --from=one /one/busybox /two/
            COPY --from=one --chown=app --chmod=755 /one/busybox /three/
            COPY --from=one /one /four/
            COPY --from=one --chown=app:app /one /five/
            RUN touch /two/busybox && chown -h 0:0 /two
            COPY --chown=app noted /six/
            USER app
            RUN for f in two three four five; do /$f/busybox grep CapEff /proc/self/status; done
            RUN stat -c %U:%a /two/busybox /three/busybox /four/busybox /five/busybox
            CMD ["/two/busybox", "grep", "CapEff", "/proc/self/status"]
            """);
    Map<String, String> note = Folders.note(Files.writeString(context.resolve("noted"), "x"));

    // When
    Finished build = build("kept", context);
    node.firebuild("image", "export", "kept", "-o", temp.resolve("kept.tar").toString());
    node.firebuild("image", "import", "again", temp.resolve("kept.tar").toString());
    Finished run =
        node.firebuild(
            "run",
            "--rm",
            "again",
            "/bin/su",
            "app",
            "-c",
            "/five/busybox grep CapEff /proc/self/status");

    // Then
    assertThat(build.stderr().lines().filter(line -> line.endsWith("0000000000002000"))).hasSize(4);
    assertThat(build.stderr()).contains("root:711", "app:755", "app:711");
    assertThat(CapableRoot.attributes(temp.resolve("kept.tar")))
        .isEqualTo(
            Map.of(
                "./two/busybox",
                CapableRoot.ATTRIBUTES,
                "./three/busybox",
                CapableRoot.ATTRIBUTES,
                "./four/busybox",
                CapableRoot.ATTRIBUTES,
                "./five/busybox",
                CapableRoot.ATTRIBUTES,
                "./six/noted",
                note));
    assertThat(run.stdout()).isEqualTo("CapEff:\t0000000000002000\n");
  }

  @Test
  void foregroundRunIsTheProgram() throws Exception {
    Finished run =
        node.command("run", "--rm", "-e", "WORD=a b", "busybox", "sh", "-c")
            .and("echo \"out $WORD\"; echo err >&2; exit 7")
            .run()
            .requireExit(7);

    assertThat(run.stdout()).isEqualTo("out a b\n");
    assertThat(run.stderr()).isEqualTo("err\n");
  }

  @Test
  void kcatSubmitsAndReadsTheWholeLife() throws Exception {
    // Given
    Path settings =
        Files.writeString(
            temp.resolve("kcat.conf"),
            node.firebuild("kafka-properties", "--format", "librdkafka").stdout());
    Kcat kcat = new Kcat(settings);

    // When
    kcat.produce(
        "firebuild.build-requests",
        """
        {"id":"kcat-build","tag":"kcat","source":{"dockerfile":"FROM busybox\\nRUN echo one; echo two > /two\\n"}}\
        """);

    // Then
    List<Kcat.Seen> build = untilEnd(kcat, "kcat-build", "build.succeeded");
    assertThat(withoutLogs(build))
        .containsExactly(
            "build.claimed",
            "build.started",
            "build.planned",
            "build.step.started",
            "build.step.finished",
            "build.succeeded");
    assertThat(output(build)).isEqualTo("one\n");
    assertThat(build)
        .allSatisfy(event -> assertThat(event.headers()).containsEntry("ce_attempt", "1"));

    // When
    await()
        .atMost(PATIENCE)
        .until(() ->
            kcat.events("kcat:latest").stream().anyMatch(e -> e.type().equals("image.published")));
    kcat.produce(
        "firebuild.run-requests",
        """
        {"id":"kcat-run","image":"kcat","command":["sh","-c","cat /two; exit 5"]}\
        """);

    // Then
    List<Kcat.Seen> run = untilEnd(kcat, "kcat-run", "vm.exited");
    assertThat(withoutLogs(run))
        .containsExactly("vm.claimed", "vm.starting", "vm.running", "vm.exited");
    assertThat(output(run)).isEqualTo("two\n");
    assertThat(run.getLast().data().path("exitCode").asInt()).isEqualTo(5);
    assertThat(vm("kcat-run").path("exitCode").asInt()).isEqualTo(5);
  }

  @Test
  void interruptedBuildIsCancelled() throws Exception {
    // Given
    Path output = temp.resolve("output");
    Process build = startLongBuild("interrupted", output);

    // When
    Program.of("kill", "-INT", String.valueOf(build.pid())).run().requireSuccess();

    // Then
    assertThat(build.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(build.exitValue()).as(Files.readString(output)).isEqualTo(130);
    assertCancelled("interrupted");
  }

  @Test
  void cancelledBuildLeavesNothing() throws Exception {
    // Given
    Path output = temp.resolve("output");
    Process build = startLongBuild("unwanted", output);

    // When
    node.firebuild(
        "cancel", "--reason", "no longer wanted", buildOf("unwanted").path("id").asString());

    // Then
    assertThat(build.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(build.exitValue()).as(Files.readString(output)).isNotZero();
    assertThat(output).content().contains("no longer wanted");
    assertCancelled("unwanted");
  }

  @Test
  void killedNodeGoesOnWithBuildAndVm() throws Exception {
    // Given a VM that counts, and a build in the middle of a step
    int port = FreePorts.one();
    String vm =
        node.command("run", "-d", "-p", port + ":80", "busybox", "sh", "-c")
            .and(
                """
                mkdir /www; echo here > /www/index.html; httpd -p 80 -h /www
                trap 'exit 0' TERM
                i=0; while :; do echo $i; i=$((i+1)); sleep 0.2; done
                """)
            .run()
            .requireSuccess()
            .stdout()
            .strip();
    assertThat(page(port)).isEqualTo("here\n");
    Path context =
        Folders.dockerfile(temp, "FROM busybox\nRUN echo begun; sleep 8; echo ended > /e\n");
    Path output = temp.resolve("output");
    Process build = startBuild("survivor", context, output);
    awaitText(output, "begun");

    // When
    node.kill();
    String served = page(port);
    node.up();

    // Then the VM has never been away, and nothing of its output is lost
    assertThat(served).isEqualTo("here\n");
    assertThat(page(port)).isEqualTo("here\n");
    int counted = lines(vm).size();
    await().atMost(PATIENCE).until(() -> lines(vm).size() > counted + 5);
    assertThat(vm(vm).path("attempt").asInt()).isEqualTo(1);
    node.firebuild("stop", vm);
    List<String> all = lines(vm);
    assertThat(all).isEqualTo(IntStream.range(0, all.size()).mapToObj(String::valueOf).toList());

    // Then the build is done again, to its end, and who waits for it hears of it
    assertThat(build.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(build.exitValue()).as(Files.readString(output)).isZero();
    JsonNode done = buildOf("survivor");
    assertThat(done.path("phase").asString()).isEqualTo("succeeded");
    assertThat(done.path("attempt").asInt()).isGreaterThan(1);
    assertThat(node.firebuild("run", "--rm", "survivor", "cat", "/e").stdout())
        .isEqualTo("ended\n");
  }

  @Test
  void guestReachesNothingOnTheHost() throws Exception {
    try (HostListener listener = HostListener.open()) {
      // Given ports that the host itself reaches
      String own = HostListener.hostAddress().orElse("127.0.0.1");
      for (int port : List.of(listener.port(), node.httpPort(), node.kafkaPort())) {
        HostListener.visit("127.0.0.1", port);
      }
      HostListener.visit(own, listener.port());
      await().until(() -> listener.visitors() == 2);
      List<Integer> ports = List.of(listener.port(), node.httpPort(), node.kafkaPort());
      Path context =
          Folders.of(
              temp,
              Map.of(
                  "Dockerfile",
                  "FROM busybox\nCOPY *.sh /\nRUN sh /probe.sh\n",
                  "probe.sh",
                  Probes.script(own, ports),
                  "loopback.sh",
                  Probes.loopbackScript(ports)));

      // When
      Finished step = build("probes", context);
      Finished run = node.firebuild("run", "--rm", "probes", "sh", "/probe.sh");
      Finished loopback = node.firebuild("run", "--rm", "probes", "sh", "/loopback.sh");

      // Then
      Probes.assertClosed(step.stderr(), 3 * ports.size());
      Probes.assertClosed(run.stdout(), 3 * ports.size());
      Probes.assertClosed(loopback.stdout(), 2 * ports.size());
      assertThat(listener.visitors()).isEqualTo(2);
    }
  }

  private Finished build(String tag, Path context) throws InterruptedException {
    return node.firebuild("build", "-t", tag, "--progress", "plain", context.toString());
  }

  /** Starts a build and waits until its step runs. */
  private Process startLongBuild(String tag, Path output) throws IOException {
    Path context = Folders.dockerfile(temp, "FROM busybox\nRUN echo begun; sleep 600\n");
    Process build = startBuild(tag, context, output);
    awaitText(output, "begun");
    return build;
  }

  private void assertCancelled(String tag) throws Exception {
    assertThat(buildOf(tag).path("phase").asString()).isEqualTo("cancelled");
    await().atMost(Duration.ofSeconds(20)).until(host::isClean);
  }

  private static Process startBuild(String tag, Path context, Path output) throws IOException {
    // A shell's background jobs, and all below them, ignore SIGINT unless they are told not to.
    Program program = node.command("build", "-t", tag, "--progress", "plain", context.toString());
    List<String> argv = new ArrayList<>(List.of("env", "--default-signal=INT"));
    argv.addAll(program.argv());
    return new Program(
            argv, program.environment(), program.directory(), program.stdin(), program.timeout())
        .builder()
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private static void awaitText(Path file, String text) {
    await()
        .atMost(PATIENCE)
        .until(() -> Files.readString(file).lines().anyMatch(l -> l.endsWith(text)));
  }

  private static List<Kcat.Seen> untilEnd(Kcat kcat, String subject, String end)
      throws InterruptedException {
    await(end + " of " + subject)
        .atMost(PATIENCE)
        .until(() -> kcat.events(subject).stream().anyMatch(event -> ENDS.contains(event.type())));
    List<Kcat.Seen> events = kcat.events(subject);
    assertThat(events.stream().map(Kcat.Seen::type).filter(ENDS::contains)).containsExactly(end);
    return events;
  }

  private static List<String> withoutLogs(List<Kcat.Seen> events) {
    return events.stream().map(Kcat.Seen::type).filter(type -> !type.endsWith(".log")).toList();
  }

  private static String output(List<Kcat.Seen> events) {
    return events.stream()
        .filter(event -> event.type().endsWith(".log"))
        .map(event -> event.data().path("chunk").path("text").asString())
        .collect(Collectors.joining());
  }

  private static List<String> lines(String vm) throws InterruptedException {
    return node.firebuild("logs", vm).stdout().lines().toList();
  }

  private static JsonNode vm(String id) throws InterruptedException {
    return list("ls").stream()
        .filter(vm -> vm.path("id").asString().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode buildOf(String tag) throws InterruptedException {
    return list("builds").stream()
        .filter(build -> build.path("request").path("tag").asString().startsWith(tag))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonNode> list(String command) throws InterruptedException {
    return node.firebuild(command, "--format", "json")
        .stdout()
        .lines()
        .map(line -> Json.mapper().readTree(line))
        .toList();
  }

  /** The page at the published port, once it is served. */
  private static String page(int port) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .timeout(Duration.ofSeconds(20))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () -> client.send(request, HttpResponse.BodyHandlers.ofString()),
              answer -> answer.statusCode() == 200)
          .body();
    }
  }
}
