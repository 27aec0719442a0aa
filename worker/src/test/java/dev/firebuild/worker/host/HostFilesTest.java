package dev.firebuild.worker.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFilesTest {
  private static final long SIZE = 64L << 20;

  @TempDir Path directory;

  private final Processes processes = Processes.of(System.getenv());

  private static long blocks(Path file) throws Exception {
    String blocks =
        Processes.of(System.getenv())
            .require(ProcessCommand.of("stat", "-c", "%b", file.toString()))
            .stdout();
    return Long.parseLong(blocks.strip());
  }

  @Test
  void aCopyHasTheSameBytesAndTheSameHoles() throws Exception {
    // Given
    Path from = directory.resolve("from");
    SparseFiles.create(from, SIZE);
    try (RandomAccessFile file = new RandomAccessFile(from.toFile(), "rw")) {
      file.seek(5_000_000);
      file.write("middle".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    Path to = directory.resolve("to");

    // When
    SparseFiles.copy(from, to);

    // Then
    assertThat(Files.mismatch(from, to)).isEqualTo(-1);
    assertThat(Files.size(to)).isEqualTo(SIZE);
    assertThat(blocks(to)).isLessThan(100);
  }

  @Test
  void aCopyReplacesNothing() throws Exception {
    Path from = directory.resolve("from");
    SparseFiles.create(from, 10);
    Path to = Files.createFile(directory.resolve("to"));

    assertThatThrownBy(() -> SparseFiles.copy(from, to))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void aFileSystemIsCleanUntilItsSuperblockSaysOtherwise() throws Exception {
    Path file = directory.resolve("upper");
    new Ext4(processes, new SecureRandom()).create(file, SIZE);
    assertThat(Ext4Superblock.read(file).clean()).isTrue();

    // The flag for a journal that has to be replayed.
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(1024 + 0x60);
      int flags = access.read();
      access.seek(1024 + 0x60);
      access.write(flags | 4);
    }

    assertThat(Ext4Superblock.read(file).clean()).isFalse();
    Path no = Files.writeString(directory.resolve("short"), "x");
    assertThatThrownBy(() -> Ext4Superblock.read(no)).hasMessage("no ext4 file system in short");
  }

  @Test
  void anErrorNamesProgramCodeAndLastWords() {
    assertThatThrownBy(
            () -> processes.require(ProcessCommand.of("sh", "-c", "echo why >&2; exit 3")))
        .hasMessageContaining("exit code 3: why");
    assertThatThrownBy(() -> processes.run(ProcessCommand.of("no-such-program")))
        .hasMessageContaining("no-such-program: this host has no such program");
  }

  @Test
  void aProgramThatTakesTooLongIsKilledWithItsChildren() {
    Path pid = directory.resolve("pid");
    ProcessCommand command =
        ProcessCommand.of("sh", "-c", "sleep 1000 & echo $! >\"$1\"; wait", "sh", pid.toString())
            .withTimeout(Duration.ofSeconds(1));

    assertThatThrownBy(() -> processes.run(command)).hasMessageContaining("not finished after");

    assertThat(
            Waiting.until(
                Duration.ofSeconds(10),
                () -> {
                  try {
                    long child = Long.parseLong(Files.readString(pid).strip());
                    return !ProcessIdentity.of(child).isAlive();
                  } catch (java.io.IOException e) {
                    return false;
                  }
                }))
        .isTrue();
  }

  @Test
  void anIdentityIsNotItsPid() throws Exception {
    Process process = processes.startConnected(java.util.List.of("cat"), Map.of());
    ProcessIdentity identity = ProcessIdentity.of(process.pid());
    ProcessIdentity other =
        new ProcessIdentity(identity.pid(), identity.startTime() - 1, identity.boot());
    ProcessIdentity ofAnotherBoot =
        new ProcessIdentity(
            identity.pid(), identity.startTime(), "0b0e5c1f-0000-4000-8000-000000000000");

    assertThat(identity.isAlive()).isTrue();
    assertThat(other.isAlive()).isFalse();
    assertThat(ofAnotherBoot.isAlive()).isFalse();
    other.kill();
    ofAnotherBoot.kill();
    assertThat(identity.isAlive()).isTrue();
    identity.kill();
    process.waitFor();
    assertThat(identity.isAlive()).isFalse();
  }
}
