package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.worker.TestKernel;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.VmUser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real guests against the host they run on. */
@Tag("real")
class NetworkTest {
  /** A name that the host resolves and that answers on port 80: where its packages come from. */
  private static final String WORLD = "deb.debian.org";

  private static final int ORDINARY_USER = 54321;

  private static final String[] EXPECTED = {
    "own secret",
    "gateway closed",
    "gateway-any closed",
    "host closed",
    "namespace closed",
    "names answered",
    "world reached",
    "loopback closed",
    "loopback-any closed",
    "zero closed",
    "published reached",
    "step gateway closed",
    "step gateway-any closed",
    "step host closed",
    "step namespace closed",
    "step names answered",
    "step world reached",
    "left 0",
    "left 0"
  };

  private final Processes processes = Processes.of(System.getenv());

  private static List<String> java(String classPath) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        classPath,
        NetworkScenario.class.getName(),
        WORLD);
  }

  private static List<String> output(List<String> argv, Path kernel) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("FIREBUILD_TEST_KERNEL", kernel.toString());
    Process process = builder.start();
    try (var reader = process.inputReader()) {
      List<String> lines = reader.readAllLines();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as("output: %s", lines).isEqualTo(0);
      return lines.stream().filter(line -> !line.contains("INFO")).toList();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aGuestReachesTheWorldAndNothingOfTheHost() throws Exception {
    List<String> lines =
        output(java(System.getProperty("java.class.path")), TestKernel.file(processes));

    assertThat(lines).containsExactlyInAnyOrder(EXPECTED);
  }

  @Test
  void anOrdinaryUsersGuestToo() throws Exception {
    Assumptions.assumeTrue(VmUser.isRoot(), "root makes the ordinary user's world");
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "fbuser");
    try {
      String classPath = copyClassPath(directory);
      Path kernel = directory.resolve("kernel.deb");
      Files.copy(TestKernel.file(processes), kernel);
      Path home = Files.createDirectory(directory.resolve("t"));
      String owner = ORDINARY_USER + ":" + ORDINARY_USER;
      processes.require(ProcessCommand.of("chown", owner, home.toString()));
      processes.require(ProcessCommand.of("chmod", "-R", "a+rX", directory.toString()));
      Path tun = directory.resolve("tun");
      processes.require(ProcessCommand.of("mknod", "-m", "666", tun.toString(), "c", "10", "200"));

      // Where udev is at work the device is open to all; here that is so in one namespace only.
      List<String> argv =
          new ArrayList<>(
              List.of(
                  "unshare",
                  "--mount",
                  "sh",
                  "-c",
                  "mount --bind \"$1\" /dev/net/tun && shift && exec \"$@\"",
                  "sh",
                  tun.toString(),
                  "setpriv",
                  "--reuid=" + ORDINARY_USER,
                  "--regid=" + ORDINARY_USER,
                  "--clear-groups",
                  "--no-new-privs",
                  "env",
                  "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + home,
                  "PATH=/usr/bin:/bin"));
      argv.addAll(java(classPath));

      assertThat(output(argv, kernel)).containsExactlyInAnyOrder(EXPECTED);
    } finally {
      DurableFiles.deleteTree(directory);
    }
  }

  /** The user can't read where Maven keeps it. */
  private static String copyClassPath(Path directory) throws IOException {
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path source = Path.of(entry);
      Path target = directory.resolve("cp" + copies.size() + "-" + source.getFileName());
      if (Files.isDirectory(source)) {
        try (var files = Files.walk(source)) {
          for (Path file : files.toList()) {
            Files.copy(file, target.resolve(source.relativize(file).toString()));
          }
        }
      } else if (Files.exists(source)) {
        Files.copy(source, target);
      }
      copies.add(target.toString());
    }
    return String.join(File.pathSeparator, copies);
  }
}
