package dev.firebuild.worker.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sparse files as GNU tar itself stores them. */
class SparseTarTest {
  private static final int PIECE = 64 * 1024;

  @TempDir private Path directory;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectory(directory.resolve("tree"));
    Files.writeString(tree.resolve("before"), "plain\n");
    Files.writeString(tree.resolve("zz"), "behind\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format=gnu", "--format=posix", "--format=oldgnu"})
  void sparseFilesAreReadWhole(String format) throws Exception {
    // Given files that begin with a hole, end with one, are one, or have more pieces than the
    // header of the old form and a block behind it have room for
    sparse("hole-first", 4 * PIECE, 2);
    sparse("hole-last", 400 * PIECE, 0, 3);
    sparse("hole", 300 * PIECE);
    sparse(
        "x".repeat(120),
        200 * PIECE,
        2,
        4,
        6,
        8,
        10,
        12,
        14,
        16,
        18,
        20,
        22,
        24,
        26,
        28,
        30,
        32,
        34,
        36,
        38,
        40,
        42,
        44,
        46,
        48,
        50,
        52,
        54,
        56,
        58,
        60,
        62,
        64,
        66);

    // When
    Path tar = pack(format);

    // Then what lies around them is read, too
    assertThat(Files.size(tar)).isLessThan(60L * PIECE);
    assertThat(sparseMembersOf(tar)).isEqualTo(4);
  }

  @Test
  void oldFormsOfPaxAreRefusedWithWhatToDo() throws Exception {
    sparse("f", 100 * PIECE, 3);
    for (String version : List.of("0.0", "0.1")) {
      Path tar = pack("--format=posix", "--sparse-version=" + version);

      assertThatThrownBy(() -> sparseMembersOf(tar))
          .isInstanceOf(TarFormatException.class)
          .hasMessageContaining("--sparse-version=1.0");
    }
  }

  /** Compares every file of the archive with the tree's; returns how many are stored sparse. */
  private int sparseMembersOf(Path tar) throws IOException {
    int sparse = 0;
    List<String> names = new ArrayList<>();
    try (InputStream in = Files.newInputStream(tar);
        TarReader reader = new TarReader(in, StandardCharsets.UTF_8)) {
      for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (next.get().type() != TarEntry.Type.FILE) {
          continue;
        }
        Path file = tree.resolve(next.get().path());
        names.add(tree.relativize(file.normalize()).toString());
        sparse += reader.isSparse() ? 1 : 0;
        assertThat(next.get().size()).as(next.get().path()).isEqualTo(Files.size(file));
        try (InputStream content = reader.content()) {
          assertThat(content.readAllBytes())
              .as(next.get().path())
              .isEqualTo(Files.readAllBytes(file));
        }
      }
    }
    try (var files = Files.list(tree)) {
      assertThat(names)
          .containsExactlyInAnyOrderElementsOf(
              files.map(file -> file.getFileName().toString()).toList());
    }
    return sparse;
  }

  /** A file of {@code size} bytes with something in each of {@code pieces}. */
  private void sparse(String name, long size, int... pieces) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(tree.resolve(name).toFile(), "rw")) {
      file.setLength(size);
      for (int piece : pieces) {
        file.seek((long) piece * PIECE);
        file.write(("piece " + piece).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private Path pack(String... options) throws Exception {
    Path tar = directory.resolve("archive.tar");
    List<String> command = new ArrayList<>(List.of("tar", "-c", "-S"));
    command.addAll(List.of(options));
    command.addAll(List.of("-C", tree.toString(), "-f", tar.toString(), "."));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return tar;
  }
}
