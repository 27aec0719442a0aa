package dev.firebuild.worker.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarFormatException;
import dev.firebuild.worker.tar.TarReader;
import dev.firebuild.worker.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RootfsArchiveTest {
  @TempDir private Path directory;

  @Test
  void namesAreBroughtBelowTheRoot() throws Exception {
    Path drive =
        write(
            1000,
            TarEntry.directory("./", 0700, 0),
            Contexts.file("/etc//passwd"),
            TarEntry.hardLink("./etc/passwd-", "/etc/passwd", 0644, 0));

    List<TarEntry> entries = read(drive);

    assertThat(entries)
        .extracting(TarEntry::path)
        .containsExactly(".", "./etc/passwd", "./etc/passwd-");
    assertThat(entries.get(2).link()).isEqualTo("./etc/passwd");
  }

  @Test
  void namesThatLeaveTheRootAreRefused() {
    assertThatThrownBy(() -> write(1000, Contexts.file("a/../../x")))
        .isInstanceOf(TarFormatException.class)
        .hasMessageContaining("leaves the root");
    assertThatThrownBy(() -> write(1000, TarEntry.hardLink("x", "../y", 0644, 0)))
        .hasMessageContaining("leaves the root");
  }

  @Test
  void attributesAreKeptBesideThoseThatNoLinuxFileSystemKeepsAndOverlayfsOwn() throws Exception {
    // Given
    Map<String, String> kept = Map.of("security.capability", "x", "user.note", "y");
    Map<String, String> left = Map.of("trusted.overlay.opaque", "y", "com.apple.quarantine", "z");
    SortedMap<String, String> all = new TreeMap<>(kept);
    all.putAll(left);
    Path tar =
        Contexts.write(directory.resolve("rootfs.tar"), Contexts.file("f").withAttributes(all));
    RootfsArchive archive = new RootfsArchive(1000);

    // When
    try (InputDrive out = new InputDrive(directory.resolve("drive"), Optional.empty())) {
      archive.write(tar, out);
    }

    // Then
    assertThat(read(directory.resolve("drive")).getFirst().attributes()).isEqualTo(kept);
    assertThat(archive.droppedAttributes()).isEqualTo(2);
  }

  @Test
  void moreThanFitsIsRefused() {
    assertThatThrownBy(() -> write(3, Contexts.file("four"))).hasMessageContaining("more than 3");
  }

  @ParameterizedTest
  @EnumSource
  void holesThatNoSumOfSizesCanHoldAreRefused(SparseMember form) throws Exception {
    // Given a file of 1 byte, and one that is said to be larger than any disk
    TarReader in =
        new TarReader(
            new ByteArrayInputStream(form.archive(Long.MAX_VALUE)), StandardCharsets.ISO_8859_1);
    Drive drive = new Drive(100_000);

    assertThatThrownBy(() ->
            new RootfsArchive(1_000_000)
                .copy(in, new TarWriter(drive, StandardCharsets.ISO_8859_1)))
        .isInstanceOf(TarFormatException.class)
        .hasMessageContaining("more than 1000000");
  }

  @ParameterizedTest
  @EnumSource
  void holesCountAsTheBytesThatTheyBecome(SparseMember form) throws Exception {
    ByteArrayOutputStream drive = new ByteArrayOutputStream();
    TarReader in =
        new TarReader(new ByteArrayInputStream(form.archive(999)), StandardCharsets.ISO_8859_1);

    new RootfsArchive(1000).copy(in, new TarWriter(drive, StandardCharsets.ISO_8859_1));

    TarReader written =
        new TarReader(new ByteArrayInputStream(drive.toByteArray()), StandardCharsets.ISO_8859_1);
    assertThat(written.next().orElseThrow().size()).isEqualTo(1);
    assertThat(written.next().orElseThrow().size()).isEqualTo(999);
  }

  /** Is full before a disk could be. */
  private static final class Drive extends OutputStream {
    private long room;

    private Drive(long room) {
      this.room = room;
    }

    @Override
    public void write(int b) throws IOException {
      if (room-- == 0) {
        throw new IOException("the drive is full");
      }
    }
  }

  private Path write(long limit, TarEntry... entries) throws Exception {
    Path tar = Contexts.write(directory.resolve("rootfs.tar"), entries);
    Path drive = directory.resolve("drive");
    Files.deleteIfExists(drive);
    try (InputDrive out = new InputDrive(drive, Optional.empty())) {
      new RootfsArchive(limit).write(tar, out);
    }
    return drive;
  }

  private static List<TarEntry> read(Path drive) throws Exception {
    List<TarEntry> entries = new ArrayList<>();
    try (InputStream in = Files.newInputStream(drive);
        TarReader tar = new TarReader(in, StandardCharsets.ISO_8859_1)) {
      for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
        entries.add(next.get());
      }
    }
    return entries;
  }
}
