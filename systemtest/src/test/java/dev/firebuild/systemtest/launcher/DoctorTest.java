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
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code firebuild doctor} on this host. */
@Tag("real")
class DoctorTest {
  private static final String LAUNCHER = Checkout.find().launcher().toString();
  private static final int CHECKS = 100;
  private static final Pattern STATUS = Pattern.compile("\"status\":\"(pass|warn|fail|skip)\"");

  /** Many times of what it takes, for hosts that are busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path temp;

  @BeforeAll
  static void buildTheDistribution() throws InterruptedException {
    Program.of(LAUNCHER, "--help").within(Duration.ofMinutes(10)).run().requireSuccess();
  }

  @Test
  @Tag("quick")
  void tellsWhatIsWrongWithThisHostAndLeavesItAlone() throws InterruptedException {
    // When
    Path data = temp.resolve("data");
    Finished doctor = doctor(List.of(), "--data", data.toString());

    // Then
    long failures = statuses(doctor).stream().filter("fail"::equals).count();
    assertThat(doctor.exitCode()).isEqualTo(failures == 0 ? 0 : 1);
    assertThat(statuses(doctor)).hasSizeGreaterThan(CHECKS).contains("pass");
    assertThat(doctor.stdout()).doesNotContain("itself is broken");
    assertThat(data).doesNotExist();
  }

  @Test
  void anOrdinaryUserIsToldWhatOnlyRootMayLookAt() throws InterruptedException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root becomes another user");

    Finished doctor =
        doctor(
            List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
            "--data",
            "/nonexistent/firebuild");

    assertThat(doctor.exitCode()).isEqualTo(1);
    assertThat(statuses(doctor)).hasSizeGreaterThan(CHECKS).contains("skip");
    assertThat(doctor.stdout())
        .doesNotContain("itself is broken")
        .contains("all VMs are user 65534's", "user 65534 may not write to /");
  }

  @Test
  void aProgramThatHangsHoldsNothingUp() throws IOException, InterruptedException {
    // Given
    Path nft = temp.resolve("nft");
    Files.writeString(nft, "#!/bin/sh\nexec sleep 600\n");
    Files.setPosixFilePermissions(nft, PosixFilePermissions.fromString("rwxr-xr-x"));

    // When
    Finished doctor =
        Program.of(LAUNCHER, "doctor", "--format", "json")
            .with("PATH", temp + ":" + System.getenv("PATH"))
            .within(PATIENCE)
            .run();

    // Then
    assertThat(doctor.stdout()).contains("nft: not finished after");
    assertThat(statuses(doctor)).hasSizeGreaterThan(CHECKS);
  }

  @Test
  void peopleGetFailuresLastAndACount() throws InterruptedException {
    Finished doctor = Program.of(LAUNCHER, "doctor").within(PATIENCE).run();

    assertThat(doctor.stderr()).isEmpty();
    assertThat(doctor.stdout().lines().toList())
        .last()
        .asString()
        .matches("\\d+ checks: \\d+ pass.*" + (doctor.exitCode() == 0 ? "" : "fail"));
  }

  @Test
  void aWrongCommandLineIsNoFailureOfTheHost() throws InterruptedException {
    Program.of(LAUNCHER, "doctor", "--format", "yaml").run().requireExit(2);
    Program.of(LAUNCHER, "doctor", "more").run().requireExit(2);
  }

  private static Finished doctor(List<String> before, String... arguments)
      throws InterruptedException {
    List<String> command = new ArrayList<>(before);
    command.addAll(List.of(LAUNCHER, "doctor", "--format", "json"));
    return Program.of(command).and(arguments).within(PATIENCE).run();
  }

  private static List<String> statuses(Finished doctor) {
    return doctor
        .stdout()
        .lines()
        .flatMap(line -> STATUS.matcher(line).results())
        .map(match -> match.group(1))
        .toList();
  }
}
