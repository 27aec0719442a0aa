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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A checkout on a machine where nothing is installed: a PATH with the essential programs, a package
 * database without packages, and an apt-get that does what a test wants.
 */
@Tag("real")
@Tag("quick")
class SetUpTest {
  private static final Path ROOT = Checkout.find().root();
  private static final List<String> ESSENTIAL =
      List.of(
          "bash",
          "cat",
          "date",
          "dirname",
          "env",
          "find",
          "flock",
          "grep",
          "head",
          "id",
          "locale",
          "mkdir",
          "mktemp",
          "readlink",
          "rm",
          "sed",
          "setpriv",
          "sh",
          "sleep",
          "stat",
          "tail",
          "touch",
          "tr",
          "true",
          "chmod",
          "cp",
          "awk");

  @TempDir private Path temp;

  @BeforeEach
  void makeTheMachine() throws IOException, InterruptedException {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path checkout = Files.createDirectories(temp.resolve("checkout"));
    Files.createDirectories(checkout.resolve("cli/src/main"));
    Files.createDirectories(checkout.resolve("cli/target"));
    for (String name : List.of("firebuild", "verify", "scripts", "pom.xml")) {
      Program.of("cp", "-r", ROOT.resolve(name).toString(), checkout.toString())
          .run()
          .requireSuccess();
    }
    Program.of("chmod", "-R", "a+rwX", checkout.toString()).run().requireSuccess();
    Files.createDirectories(temp.resolve("bin"));
    for (String name : ESSENTIAL) {
      program(name, "exec /usr/bin/" + name + " \"$@\"");
    }
    program("dpkg-query", "exit 1");
    program("apt-get", "echo \"$@\" >>" + temp + "/calls");
    program("apt-cache", "exit 0");
    Files.setPosixFilePermissions(
        Files.createFile(temp.resolve("calls")), PosixFilePermissions.fromString("rw-rw-rw-"));
  }

  @Test
  void noInstallNamesAllThatIsMissingAndTouchesNothing() throws IOException, InterruptedException {
    // When
    Finished finished = here("firebuild", "quickstart", "--no-install").run();

    // Then
    finished.requireExit(2);
    assertThat(finished.stderr().lines().filter(line -> line.startsWith("firebuild:")))
        .singleElement()
        .asString()
        .contains("as root: apt-get update && apt-get install", " maven ", " qemu-system-x86 ");
    assertThat(calls()).isEmpty();
  }

  @Test
  void verifyNamesWhatTestsNeedToo() throws IOException, InterruptedException {
    Finished finished = here("verify", "--quick", "--no-install").run();

    finished.requireExit(2);
    assertThat(finished.stderr()).contains(" maven ", " qemu-system-x86 ", " kcat ", " procps ");
    assertThat(calls()).isEmpty();
  }

  @Test
  void mirrorOutOfReachIsToldWithItsReason() throws IOException, InterruptedException {
    assumeTrue(isRoot(), "apt-get is called through sudo otherwise");
    // Given
    program(
        "apt-get",
        """
        case "$*" in
          *update*) echo "W: Failed to fetch http://mirror.example/InRelease  Temporary failure" ;;
          *) echo "E: Unable to locate package maven"; exit 100 ;;
        esac\
        """);

    // When
    Finished finished = here("firebuild", "quickstart").run();

    // Then
    finished.requireExit(2);
    assertThat(finished.stderr())
        .containsOnlyOnce("could not install")
        .contains(
            "Unable to locate package maven",
            "Failed to fetch http://mirror.example/InRelease  Temporary failure",
            "Check the network");
  }

  @Test
  void anotherAptGetIsWaitedFor() throws IOException, InterruptedException {
    assumeTrue(isRoot(), "apt-get is called through sudo otherwise");
    // Given: the lists are locked at the first call
    program(
        "apt-get",
        """
        echo "$*" >>%1$s/calls
        case "$*" in
          *update*)
            [ "$(grep -c update %1$s/calls)" -gt 1 ] ||
              { echo "E: Could not get lock /var/lib/apt/lists/lock."; exit 100; } ;;
          *) echo "E: enough for this test"; exit 100 ;;
        esac\
        """
            .formatted(temp));

    // When
    Finished finished = here("firebuild", "quickstart").run();

    // Then
    finished.requireExit(2);
    assertThat(finished.stderr()).contains("enough for this test");
    assertThat(calls()).hasSize(3).last().asString().contains("install", "maven");
  }

  @Test
  void userWithoutSudoGetsOneMessageForTheAdministrator() throws IOException, InterruptedException {
    assumeTrue(isRoot(), "becomes another user, which needs root");
    Finished probe = asNobody(temp.resolve("bin/true").toString()).run();
    assumeTrue(probe.exitCode() == 0, "other users cannot reach the tests' folder");

    // When
    Finished finished = asNobody(temp.resolve("checkout/firebuild").toString(), "quickstart").run();

    // Then
    finished.requireExit(2);
    assertThat(finished.stderr().lines().filter(line -> line.startsWith("firebuild:")))
        .singleElement()
        .asString()
        .contains("as root: apt-get update && apt-get install", " maven ", " qemu-system-x86 ");
    assertThat(calls()).isEmpty();
  }

  private Program here(String script, String... arguments) {
    return onTheMachine(Program.of(temp.resolve("checkout").resolve(script).toString()))
        .and(arguments);
  }

  private Program asNobody(String... argv) {
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    command.addAll(List.of(argv));
    return onTheMachine(Program.of(command));
  }

  private Program onTheMachine(Program program) {
    return program
        .with("PATH", temp.resolve("bin").toString())
        .with("JAVA_HOME", System.getProperty("java.home"))
        .with("TMPDIR", temp.toString())
        .with("HOME", "/nonexistent");
  }

  private void program(String name, String script) throws IOException {
    Path file = temp.resolve("bin").resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(temp.resolve("calls"));
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }
}
