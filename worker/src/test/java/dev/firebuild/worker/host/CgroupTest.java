package dev.firebuild.worker.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupTest {
  private static final Cgroup.Limits LIMITS = new Cgroup.Limits(1 << 30, 130, 2);

  @TempDir private Path root;

  /** A group that a kernel has made, with the files of its controllers. */
  private Path group(String... files) throws IOException {
    Path group = Files.createDirectories(root.resolve("firebuild/x"));
    for (String file : files) {
      Files.createFile(group.resolve(file));
    }
    return group;
  }

  private void create(int version) {
    new Cgroup("x", List.of(new CgroupHierarchy(root, version))).create(LIMITS);
  }

  @Test
  void hierarchiesOfBothVersionsAreFound() {
    List<CgroupHierarchy> found =
        CgroupHierarchy.of(
            List.of(
                "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
                "32 31 0:29 / /sys/fs/cgroup/cpu rw shared:1 - cgroup cgroup rw,cpu,cpuacct",
                "34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset",
                "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
                "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd",
                "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
                "",
                "1 2 3"));

    assertThat(found)
        .containsExactly(
            new CgroupHierarchy(Path.of("/sys/fs/cgroup/cpu"), 1),
            new CgroupHierarchy(Path.of("/sys/fs/cgroup/memory"), 1),
            new CgroupHierarchy(Path.of("/sys/fs/cgroup/unified"), 2));
  }

  @Test
  void theSecondVersionHasItsLimits() throws IOException {
    Path group = group("memory.max", "memory.swap.max", "pids.max", "cpu.weight");
    Path control = Files.createFile(root.resolve("firebuild/cgroup.subtree_control"));

    create(2);

    assertThat(group.resolve("memory.max")).hasContent("1073741824");
    assertThat(group.resolve("memory.swap.max")).hasContent("0");
    assertThat(group.resolve("pids.max")).hasContent("130");
    assertThat(group.resolve("cpu.weight")).hasContent("200");
    // A kernel takes each for itself; of a file the last is left.
    assertThat(control).hasContent("+pids");
  }

  @Test
  void theFirstVersionHasItsLimits() throws IOException {
    Path group = group("memory.limit_in_bytes");

    create(1);

    assertThat(group.resolve("memory.limit_in_bytes")).hasContent("1073741824");
  }

  @ParameterizedTest
  @CsvSource({"1, cpu.shares, 1024, 3072, 262144", "2, cpu.weight, 100, 300, 10000"})
  void allMachinesTogetherWeighWhatTheyWeighEach(
      int version, String file, String one, String three, String most) throws IOException {
    // Given: a machine of one processor, and now one of two
    Path _ = group(file);
    Path parent = root.resolve("firebuild");
    Path other = Files.createDirectories(parent.resolve("other"));
    Files.writeString(other.resolve(file), one + "\n");
    Files.writeString(parent.resolve(file), one);

    // When
    create(version);

    // Then
    assertThat(parent.resolve(file)).hasContent(three);

    // When
    Files.writeString(other.resolve(file), "262144\n");
    create(version);

    // Then
    assertThat(parent.resolve(file)).hasContent(most);
  }

  @Test
  void machinesThatAreMadeAtOnceAllCount() throws Exception {
    // Given
    int machines = 8;
    CgroupHierarchy hierarchy = new CgroupHierarchy(root, 2);
    Path parent = Files.createDirectories(root.resolve("firebuild"));
    for (int round = 0; round < 100; round++) {
      Files.writeString(parent.resolve("cpu.weight"), "100");
      List<Cgroup> groups = new ArrayList<>();
      for (int i = 0; i < machines; i++) {
        Files.writeString(
            Files.createDirectories(parent.resolve("m" + i)).resolve("cpu.weight"), "");
        groups.add(new Cgroup("m" + i, List.of(hierarchy)));
      }

      // When
      CountDownLatch ready = new CountDownLatch(machines);
      try (ExecutorService makers = Executors.newFixedThreadPool(machines)) {
        for (Cgroup group : groups) {
          var _ =
              makers.submit(() -> {
                ready.countDown();
                ready.await();
                group.create(LIMITS);
                return group;
              });
        }
      }

      // Then
      assertThat(parent.resolve("cpu.weight")).hasContent("1600");
    }
  }

  @Test
  void whatTheHostLacksIsNoError() throws IOException {
    Path group = group("pids.max");

    create(2);

    assertThat(group.resolve("pids.max")).hasContent("130");
    assertThat(group.resolve("memory.max")).doesNotExist();
    new Cgroup("y", List.of(new CgroupHierarchy(Path.of("/proc/nowhere"), 2))).create(LIMITS);
    new Cgroup("y", List.of(new CgroupHierarchy(Path.of("/proc/nowhere"), 2))).remove();
  }
}
