package dev.firebuild.worker.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people who are not on this host are told of its failures. */
class HostFailureTest {
  private final Processes processes = Processes.of(System.getenv());

  @TempDir Path folder;

  @Test
  void aFailedProgramIsToldByNameExitCodeAndLastWords() {
    Path disk = folder.resolve("disk.img");
    ProcessCommand command =
        ProcessCommand.of(
            List.of("/bin/sh", "-c", "echo \"cannot open $0: denied\" >&2; exit 3", "" + disk));

    IOException failed =
        catchThrowableOfType(ProcessException.class, () -> processes.require(command));

    assertThat(failed).hasMessage("sh: exit code 3: cannot open …/disk.img: denied");
    assertThat(HostFailure.reason(new IOException("VM: " + failed.getMessage(), failed)))
        .isEqualTo("VM: sh: exit code 3: cannot open …/disk.img: denied");
    // And the log
    assertThat(stackTrace(failed)).contains("/bin/sh -c echo", "cannot open " + disk);
  }

  @Test
  void aProgramThatDoesNotStartIsToldByItsLog() throws Exception {
    Path log = folder.resolve("vmm.log");
    DetachedProcess process =
        processes.startDetached(
            List.of("/bin/sh", "-c", "echo no $0; exit 1", folder + "/kernel"), Map.of(), log);
    assertThat(Waiting.until(java.time.Duration.ofSeconds(20), () -> !process.isAlive())).isTrue();

    ProcessException failed = process.failure("QEMU did not start");

    assertThat(failed).hasMessage("sh: QEMU did not start; exit code 1: no …/kernel");
    assertThat(stackTrace(failed)).contains(folder + "/kernel");
  }

  @Test
  void aMissingProgramIsToldWithoutFolders() {
    ProcessException failed =
        catchThrowableOfType(
            ProcessException.class,
            () -> processes.run(ProcessCommand.of(List.of("no-such-program", "-x"))));

    assertThat(failed).hasMessage("no-such-program: this host has no such program; install it");
    assertThat(stackTrace(failed)).contains("looked in [", "/usr/sbin");
  }

  @Test
  void filesAreToldByWhatIsWrongWithThem() {
    assertThat(HostFailure.reason(new NoSuchFileException("/var/lib/firebuild/x")))
        .isEqualTo("NoSuchFileException");
    assertThat(HostFailure.reason(new IOException("cannot seek in /var/lib/firebuild/x: error 5")))
        .isEqualTo("cannot seek in …/x: error 5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET http://127.0.0.1:7080/v1/blobs/x answered 500 | GET http://127.0.0.1:7080/v1/blobs/x answered 500
          may not open /dev/net/tun (denied)                | may not open /dev/net/tun (denied)
          drive file=/srv/fire/a.img,if=virtio              | drive file=…/a.img,if=virtio
          "/root/.config/firebuild/": denied                | "…/": denied
          /one                                              | /one
          1/2 of a/b/c                                      | 1/2 of a/b/c
          """)
  void onlyFoldersOfThisHostAreLeftOut(String text, String told) {
    assertThat(HostFailure.withoutFolders(text)).isEqualTo(told);
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
