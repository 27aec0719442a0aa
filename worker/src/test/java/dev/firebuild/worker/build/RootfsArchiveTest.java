package dev.firebuild.worker.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarFormatException;
import dev.firebuild.worker.tar.TarReader;
import java.io.InputStream;
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
