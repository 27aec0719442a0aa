package dev.firebuild.worker.build;

import static dev.firebuild.worker.build.Contexts.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.worker.source.ContextReader;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputDriveTest {
  @TempDir private Path directory;

  @Test
  void eachStepsArchivesLieWhereTheLoadSays() throws Exception {
    // Given
    Path context =
        Contexts.write(
            directory.resolve("context.tar"),
            file("d/a"),
            TarEntry.file("d/s", 04755, 3, 1_577_934_245),
            TarEntry.hardLink("d/b", "d/a", 0644, 0),
            TarEntry.symlink("d/l", "a", 0),
            file("e/" + "x".repeat(200)));
    Path drive = directory.resolve("drive");

    // When
    InputDrive.Load first;
    InputDrive.Load second;
    try (InputDrive out = new InputDrive(drive, Optional.of(context))) {
      first = out.add(tree(context, "/d"), new InputDrive.Ids(5, 6));
      second = out.add(tree(context, "/e"), InputDrive.Ids.ROOT);
    }

    // Then
    byte[] bytes = Files.readAllBytes(drive);
    assertThat(bytes.length % InputDrive.BLOCK).isZero();
    Map<String, TarEntry> files = new LinkedHashMap<>();
    Map<String, String> contents = read(bytes, first.data(), files);
    assertThat(contents).containsEntry("./a", "d/a").containsEntry("./s", "d/s");
    assertThat(Objects.requireNonNull(files.get("./a")).uid()).isEqualTo(5);
    assertThat(Objects.requireNonNull(files.get("./s")).mtime()).isEqualTo(1_577_934_245);
    assertThat(Objects.requireNonNull(files.get("./b")).link()).isEqualTo("./a");
    assertThat(Objects.requireNonNull(files.get("./l")).link()).isEqualTo("a");
    assertThat(read(bytes, second.data(), files)).containsKey("./" + "x".repeat(200));
    Map<String, String> lists = read(bytes, first.lists(), files);
    assertThat(Objects.requireNonNull(lists.get("others")).split("\0", -1))
        .contains("./a", "./b", "./l", "./s");
    assertThat(lists).containsEntry("special", "4755\0./s\0");
  }

  private static CopyTree tree(Path context, String source) throws Exception {
    return CopyTree.of(ContextReader.read(context), List.of(source), List.of(), Optional.empty());
  }

  private static Map<String, String> read(
      byte[] drive, InputDrive.Place place, Map<String, TarEntry> entries) throws Exception {
    int start = Math.toIntExact(place.skip() * InputDrive.BLOCK);
    int end = Math.toIntExact((place.skip() + place.count()) * InputDrive.BLOCK);
    Map<String, String> contents = new LinkedHashMap<>();
    try (TarReader tar =
        new TarReader(
            new ByteArrayInputStream(Arrays.copyOfRange(drive, start, end)),
            StandardCharsets.UTF_8)) {
      for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
        entries.put(next.get().path(), next.get());
        contents.put(
            next.get().path(), new String(tar.content().readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return contents;
  }
}
