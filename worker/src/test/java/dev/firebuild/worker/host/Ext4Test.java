package dev.firebuild.worker.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ext4Test {
  private static final long MIB = 1L << 20;

  /** What makes two file systems two. */
  private static final List<String> OWN =
      List.of("Filesystem UUID", "Directory Hash Seed", "Checksum");

  @TempDir Path directory;

  private final Processes processes = Processes.of(System.getenv());
  private final Ext4 ext4 = new Ext4(processes, new SecureRandom());

  /** Of few blocks, with blocks of 1 KiB, and of many groups. */
  @ParameterizedTest
  @ValueSource(longs = {64 * MIB, 2048 * MIB, 10240 * MIB + 5120, 40_000 * MIB})
  void disksOfOneSizeDifferInWhatNamesThemOnly(long bytes) throws Exception {
    // Given
    Path made = directory.resolve("made");
    ext4.create(made, bytes);

    // When
    List<Path> copies = List.of(directory.resolve("one"), directory.resolve("two"));
    for (Path copy : copies) {
      ext4.create(copy, bytes);
    }

    // Then
    Set<String> uuids = new HashSet<>();
    Set<String> seeds = new HashSet<>();
    Map<String, String> fields = superblock(made);
    for (Path copy : copies) {
      assertThat(Files.size(copy)).isEqualTo(bytes);
      assertThat(occupied(copy)).isLessThanOrEqualTo(occupied(made));
      assertThat(check(copy)).contains("files").doesNotContain("WARNING", "?", "Fix");
      assertThat(Ext4Superblock.read(copy).clean()).isTrue();
      Map<String, String> own = superblock(copy);
      uuids.add(own.get("Filesystem UUID"));
      seeds.add(own.get("Directory Hash Seed"));
      assertThat(without(own)).isEqualTo(without(fields));
    }
    uuids.add(fields.get("Filesystem UUID"));
    seeds.add(fields.get("Directory Hash Seed"));
    assertThat(uuids).hasSize(3);
    assertThat(seeds).hasSize(3);
  }

  @Test
  void copiesOfTheSuperblockNameTheSameFileSystem() throws Exception {
    // Given
    ext4.create(directory.resolve("made"), 2048 * MIB);
    Path disk = directory.resolve("disk");
    ext4.create(disk, 2048 * MIB);
    String uuid = superblock(disk).get("Filesystem UUID");

    // When: the first superblock is lost
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.seek(1024);
      file.write(new byte[1024]);
    }

    // Then
    for (int group : List.of(1, 3, 5, 7, 9)) {
      assertThat(
              fields(
                      "dumpe2fs",
                      "-h",
                      "-o",
                      "superblock=" + group * 32768,
                      "-o",
                      "blocksize=4096",
                      disk)
                  .get("Filesystem UUID"))
          .isEqualTo(uuid);
    }
    assertThatThrownBy(() -> superblock(disk)).isInstanceOf(IOException.class);
  }

  @Test
  void aDiskReplacesNothing() throws Exception {
    ext4.create(directory.resolve("made"), 64 * MIB);
    Path there = Files.writeString(directory.resolve("there"), "precious");

    assertThatThrownBy(() -> ext4.create(there, 64 * MIB))
        .isInstanceOf(FileAlreadyExistsException.class);

    assertThat(there).hasContent("precious");
  }

  @Test
  void aFileSystemWithoutASeedIsNoTemplate() throws Exception {
    Path file = directory.resolve("other");
    SparseFiles.create(file, 64 * MIB);
    processes.require(
        ProcessCommand.of(
            "mke2fs", "-q", "-F", "-t", "ext4", "-O", "^metadata_csum_seed", file.toString()));

    assertThatThrownBy(() -> Ext4Template.of(file)).hasMessageContaining("a seed of its own");
  }

  private String check(Path disk) throws IOException {
    return processes.require(ProcessCommand.of("e2fsck", "-fn", disk.toString())).stdout();
  }

  private Map<String, String> superblock(Path disk) throws IOException {
    return fields("dumpe2fs", "-h", disk);
  }

  private Map<String, String> fields(Object... argv) throws IOException {
    List<String> words = java.util.Arrays.stream(argv).map(Object::toString).toList();
    Map<String, String> fields = new HashMap<>();
    processes
        .require(ProcessCommand.of(words))
        .stdout()
        .lines()
        .filter(line -> line.contains(":"))
        .forEach(line -> {
          int colon = line.indexOf(':');
          fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
    return fields;
  }

  private static Map<String, String> without(Map<String, String> fields) {
    Map<String, String> left = new HashMap<>(fields);
    OWN.forEach(left::remove);
    return left;
  }

  private long occupied(Path file) throws IOException {
    return Long.parseLong(
        processes.require(ProcessCommand.of("stat", "-c", "%b", file.toString())).stdout().strip());
  }
}
