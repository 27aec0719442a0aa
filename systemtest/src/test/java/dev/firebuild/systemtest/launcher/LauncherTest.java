package dev.firebuild.systemtest.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.systemtest.harness.Finished;
import dev.firebuild.systemtest.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./firebuild} as a launcher. */
@Tag("real")
class LauncherTest {
  private static final Path ROOT = Checkout.find().root();
  private static final String LAUNCHER = Checkout.find().launcher().toString();
  private static final int ROUNDS = 7;

  @BeforeAll
  static void buildTheDistribution() throws InterruptedException {
    Program.of(LAUNCHER, "--help").within(Duration.ofMinutes(10)).run().requireSuccess();
  }

  @Test
  @Tag("quick")
  void aotCacheMakesHelpQuick() throws InterruptedException {
    // Given: processor time, since other programs make a command wait for its turn
    List<Duration> with = new ArrayList<>();
    List<Duration> without = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      with.add(processorTime(Program.of(timed())));
      without.add(processorTime(Program.of(timed()).with("FIREBUILD_AOT", "off")));
    }

    // Then
    assertThat(median(with).toNanos())
        .as("median with the cache %s, without %s", with, without)
        .isLessThanOrEqualTo((long) (0.6 * median(without).toNanos()));
  }

  private static List<String> timed() {
    String script = "TIMEFORMAT='%3U %3S'; time \"$1\" --help >/dev/null";
    return List.of("bash", "-c", script, "bash", LAUNCHER);
  }

  private static Duration processorTime(Program timed) throws InterruptedException {
    String userAndSystem = timed.with("LC_ALL", "C.UTF-8").run().requireSuccess().stderr();
    return Arrays.stream(userAndSystem.strip().split(" "))
        .map(seconds -> Duration.parse("PT" + seconds + "S"))
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void helpNamesEveryCommandOfTheMainPath() throws InterruptedException {
    Finished help = Program.of(LAUNCHER, "--help").run().requireSuccess();

    assertThat(help.stdout())
        .contains("quickstart", "up", "down", "status", "build", "run", "logs", "kafka-properties");
    assertThat(help.stderr()).isEmpty();
  }

  @Test
  @Tag("quick")
  void runsThroughALinkFromAnyFolder(@TempDir Path temp) throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(temp.resolve("fb"), Path.of(LAUNCHER));
    Files.createSymbolicLink(temp.resolve("fb2"), Path.of("fb"));

    Program.of(link.toString(), "--help").in(temp).run().requireSuccess();
    Program.of("./fb2", "--help").in(temp).run().requireSuccess();
  }

  @Test
  @Tag("quick")
  void namesOutsideAsciiAreUnderstoodInEveryLocale(@TempDir Path temp) throws InterruptedException {
    // Given: bytes that a shell makes, since this JVM may have any locale itself
    String script = "exec \"$1\" status --data \"$2/$(printf 'gr\\303\\274n')\"";
    Program status = Program.of("sh", "-c", script, "sh", LAUNCHER, temp.toString());

    for (String locale : List.of("C", "xx_XX.UTF-8")) {
      // When
      Finished finished = status.with("LC_ALL", locale).run();

      // Then
      finished.requireExit(1);
      assertThat(finished.stderr()).as(locale).contains("no node runs on " + temp + "/gr\u00fcn");
    }
  }

  @Test
  void withoutAJdk25ItSaysWhatToInstall() throws InterruptedException {
    assumeTrue(isRoot(), "hides /usr/lib/jvm in a mount namespace, which needs root");
    String script =
        "for d in /usr/lib/jvm /usr/java /opt /usr/local; do"
            + " [ ! -d $d ] || mount -t tmpfs none $d; done; exec \"$@\"";

    Finished finished =
        Program.of("unshare", "-m", "sh", "-c", script, "sh", LAUNCHER, "--no-install", "--help")
            .with("JAVA_HOME", "/nowhere")
            .with("HOME", "/nowhere")
            .with("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .run();

    finished.requireExit(2);
    assertThat(finished.stderr())
        .contains(
            "needs a JDK 25", "JAVA_HOME (/nowhere)", "Temurin 25", "openjdk-25-jdk-headless");
  }

  @Test
  void currentDistributionRunsForEveryUser() throws InterruptedException {
    assumeTrue(isRoot(), "becomes another user, which needs root");
    Finished probe = asNobody("test", "-r", LAUNCHER).run();
    assumeTrue(probe.exitCode() == 0, "other users cannot read this checkout");

    asNobody(LAUNCHER, "--help").run().requireSuccess();
  }

  @Test
  void checkoutOfAnotherUserWithoutDistributionIsExplained(@TempDir Path temp)
      throws IOException, InterruptedException {
    assumeTrue(isRoot(), "becomes another user, which needs root");
    // Given
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Program.of("cp", "-r", LAUNCHER, ROOT + "/scripts", ROOT + "/pom.xml", temp.toString())
        .run()
        .requireSuccess();
    Files.createDirectories(temp.resolve("cli/src/main"));

    // When
    Finished finished = asNobody(temp.resolve("firebuild").toString(), "--help").run();

    // Then
    finished.requireExit(2);
    assertThat(finished.stderr())
        .contains("nobody may not write to " + temp, "as root once, or copy the checkout");
  }

  @Test
  @Tag("long")
  void twoFirstCallsBuildOnce(@TempDir Path temp) throws InterruptedException {
    // Given
    Program.of(
            "sh",
            "-c",
            "cd \"$1\" && tar -c --exclude=target --exclude=.git . | tar -x -C \"$2\"",
            "sh",
            ROOT.toString(),
            temp.toString())
        .run()
        .requireSuccess();
    Program help =
        Program.of(temp.resolve("firebuild").toString(), "--help").within(Duration.ofMinutes(15));

    // When
    List<Finished> calls;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = CompletableFuture.supplyAsync(() -> runUnchecked(help), threads);
      var second = CompletableFuture.supplyAsync(() -> runUnchecked(help), threads);
      calls = List.of(first.join(), second.join());
    }

    // Then
    assertThat(calls).allSatisfy(call -> call.requireSuccess());
    assertThat(calls.stream().filter(call -> call.stderr().contains("building itself"))).hasSize(1);
  }

  private static Finished runUnchecked(Program program) {
    try {
      return program.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Program asNobody(String... argv) {
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    command.addAll(List.of(argv));
    return Program.of(command).with("HOME", "/nonexistent");
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Duration median(List<Duration> times) {
    List<Duration> sorted = new ArrayList<>(times);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
