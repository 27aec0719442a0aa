package dev.firebuild.cli.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.firebuild.worker.source.ContextEntry;
import dev.firebuild.worker.source.ContextIndex;
import dev.firebuild.worker.source.ContextReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextPackerTest {
  private static final Map.Entry<String, String> NOTE = Map.entry("user.note", "a\0\u00ff");

  @TempDir private Path directory;
  private Path context;

  @BeforeEach
  void makeContext() throws IOException {
    context = Files.createDirectory(directory.resolve("context"));
    write("Dockerfile", "FROM scratch\n");
  }

  @Test
  void timesOfFilesAreKept() throws Exception {
    write("a", "y");
    Files.setLastModifiedTime(context.resolve("a"), FileTime.fromMillis(1_577_934_245_678L));

    assertThat(index().entry("a").orElseThrow().mtime()).isEqualTo(1_577_934_245L);
  }

  @Test
  void theSameFilesGiveTheSameBytes() throws Exception {
    // Given
    write("b/c", "x");
    write("a", "y");
    PackedContext first = pack();

    // When something came and went
    Files.setLastModifiedTime(context.resolve("b"), FileTime.fromMillis(2));

    // Then
    PackedContext second = pack();
    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(second.size()).isEqualTo(Files.size(second.file()));
    assertThat(second.dockerfile()).isEqualTo("Dockerfile");
  }

  @Test
  void modesAndLinksAreKept() throws Exception {
    // Given
    write("f", "x");
    Files.setPosixFilePermissions(
        context.resolve("f"), PosixFilePermissions.fromString("rwxr-x---"));
    Files.createSymbolicLink(context.resolve("out"), Path.of("/etc/passwd"));
    Files.createLink(context.resolve("g"), context.resolve("f"));

    // When
    ContextIndex index = index();

    // Then
    ContextEntry file = index.entry("f").orElseThrow();
    assertThat(file.mode()).isEqualTo(0750);
    assertThat(index.entry("out").orElseThrow().link()).isEqualTo("/etc/passwd");
    assertThat(index.entry("g").orElseThrow().identity()).isEqualTo("f");
  }

  @Test
  void attributesOfUsersAreKeptAndMakeAnotherContext() throws Exception {
    // Given
    assumeThat(Files.getFileStore(context).supportsFileAttributeView("user"))
        .as("the file system of temporary files has attributes of users")
        .isTrue();
    write("d/f", "x");
    PackedContext without = pack();
    for (String path : List.of("d", "d/f")) {
      Files.setAttribute(
          context.resolve(path), "user:note", ByteBuffer.wrap(new byte[] {'a', 0, -1}));
    }

    // When
    PackedContext with = pack();

    // Then
    assertThat(with.digest()).isNotEqualTo(without.digest());
    ContextIndex index = ContextReader.read(with.file());
    assertThat(index.entry("d").orElseThrow().attributes()).containsOnly(NOTE);
    assertThat(index.entry("d/f").orElseThrow().attributes()).containsOnly(NOTE);
  }

  @Test
  void whoListensHearsOfEveryFileAndAllBytes() throws Exception {
    // Given
    write(".dockerignore", "ignored\n");
    write("ignored", "");
    write("large", "x".repeat(1_000_000));
    List<Long> files = new ArrayList<>();
    List<Long> bytes = new ArrayList<>();

    // When
    PackedContext packed =
        ContextPacker.pack(
            context,
            context.resolve("Dockerfile"),
            directory.resolve("t.tar"),
            (seen, done) -> {
              files.add(seen);
              bytes.add(done);
            });

    // Then
    assertThat(files).isSorted().startsWith(1L).endsWith(4L);
    assertThat(bytes).isSorted().hasSizeGreaterThan(4).endsWith(packed.size());
  }

  @Test
  void aSocketBecomesAnEmptyFile() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(context.resolve("sock")));

      ContextEntry socket = index().entry("sock").orElseThrow();

      assertThat(socket.kind()).isEqualTo(ContextEntry.Kind.FILE);
      assertThat(socket.size()).isZero();
    }
  }

  @Test
  void ignoredFilesAreLeftOutAndExceptionsComeWithTheirDirectories() throws Exception {
    // Given
    write(".dockerignore", "*.log\ndeep\n!deep/er/kept\n");
    write("x.log", "");
    write("deep/lost", "");
    write("deep/er/kept", "");
    write("deep/er/lost", "");

    // Then
    assertThat(paths(index()))
        .containsExactly(".dockerignore", "Dockerfile", "deep", "deep/er", "deep/er/kept");
  }

  @Test
  void theDockerfilesOwnIgnoreFileWins() throws Exception {
    write(".dockerignore", "a\n");
    write("Dockerfile.dockerignore", "b\n");
    write("a", "");
    write("b", "");

    assertThat(paths(index())).contains("a").doesNotContain("b");
  }

  @Test
  void anIgnoredDockerfileIsForTheBuildAlone() throws Exception {
    // Given
    write(".dockerignore", "Dockerfile\n");

    // When
    PackedContext packed = pack();

    // Then
    ContextIndex index = ContextReader.read(packed.file());
    assertThat(paths(index)).containsExactly(".dockerignore");
    assertThat(index.dockerfile(packed.dockerfile())).isPresent();
  }

  @Test
  void aDockerfileOutsideTheContextIsBroughtAlong() throws Exception {
    // Given
    Path outside = Files.writeString(directory.resolve("Other"), "FROM x\n");

    // When
    PackedContext packed = ContextPacker.pack(context, outside, directory.resolve("t.tar"));

    // Then
    ContextIndex index = ContextReader.read(packed.file());
    assertThat(index.dockerfile(packed.dockerfile()).orElseThrow().size()).isEqualTo(7);
    assertThat(paths(index)).containsExactly("Dockerfile");
  }

  @Test
  void mistakesAreTold() throws Exception {
    assertThatThrownBy(
            () -> ContextPacker.pack(context, context.resolve("none"), directory.resolve("t")))
        .hasMessageContaining("-f names another");
    write(".dockerignore", "a\n[\n");
    assertThatThrownBy(this::pack)
        .isInstanceOf(ContextException.class)
        .hasMessageContaining("line 2");
  }

  private ContextIndex index() throws Exception {
    return ContextReader.read(pack().file());
  }

  private PackedContext pack() throws IOException {
    return ContextPacker.pack(
        context, context.resolve("Dockerfile"), directory.resolve("context.tar"));
  }

  private static List<String> paths(ContextIndex index) {
    return index.below("").stream().map(ContextEntry::path).toList();
  }

  private void write(String path, String text) throws IOException {
    Path file = context.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
