package dev.firebuild.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.cli.client.CliException;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

class ParsingTest {
  @TempDir Path folder;

  @Test
  void environmentMergesFilesInOrderThenVariables() throws Exception {
    Path first = Files.writeString(folder.resolve("a"), "# no\nA=1\nexport B=x=y\r\n\nC=c\n");
    Path second = Files.writeString(folder.resolve("b"), "A=2\nOWN\nMISSING\n");

    assertThat(EnvFiles.merge(List.of(first, second), List.of("C=,;$\"'"), Map.of("OWN", "mine")))
        .containsExactly(
            Map.entry("A", "2"),
            Map.entry("B", "x=y"),
            Map.entry("C", ",;$\"'"),
            Map.entry("OWN", "mine"));
  }

  @Test
  void dockerfileOfAContextMayComeFromStandardInput() throws Exception {
    byte[] text = "FROM scratch\nCOPY . /\n".getBytes(StandardCharsets.UTF_8);
    PrintStream none =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    CliContext context =
        new CliContext(
            Map.of(),
            new ByteArrayInputStream(text),
            none,
            none,
            false,
            "ada",
            folder,
            InstantSource.system(),
            (_, _, _, _) -> {
              throw new IllegalStateException("nothing is packed here");
            },
            () -> {
              throw new IllegalStateException("nobody is asked here");
            });

    BuildSource source = BuildSource.find(folder.toString(), Optional.of("-"), context);

    assertThat(source.lines()).containsExactly("FROM scratch", "COPY . /");
    assertThat(source.context().orElseThrow().dockerfile()).hasBinaryContent(text);
  }

  @Test
  void fileOfVariablesThatIsNoTextIsRefused() throws Exception {
    Path file = Files.write(folder.resolve("env"), new byte[] {'A', '=', (byte) 0xff, '\n'});

    assertThatThrownBy(() -> EnvFiles.merge(List.of(file), List.of(), Map.of()))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void missingFilesAndKeysWithoutUserAreMistakesOfUsage() {
    assertThatThrownBy(() -> EnvFiles.merge(List.of(folder), List.of(), Map.of()))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("--env-file");
    assertThatThrownBy(() -> EnvFiles.publicKeys(List.of(folder), false))
        .hasMessageContaining("--ssh-user");
  }

  @Test
  void timesAreReadLikePeopleWriteThem() {
    SecondsConverter converter = new SecondsConverter();

    assertThat(converter.convert("15")).isEqualTo(15);
    assertThat(converter.convert("15s")).isEqualTo(15);
    assertThat(converter.convert("2m")).isEqualTo(120);
    assertThat(converter.convert("1h30m5s")).isEqualTo(5405);
    for (String wrong : List.of("", "x", "-1", "1d", "1s1h")) {
      assertThatThrownBy(() -> converter.convert(wrong))
          .as(wrong)
          .isInstanceOf(TypeConversionException.class);
    }
  }

  @Test
  void eventsMayBeginSomeTimeAgo() {
    Instant now = Instant.ofEpochSecond(10_000);

    assertThat(EventsCommand.start("2m", now)).isEqualTo("9880000");
    assertThat(EventsCommand.start("1h30m", now)).isEqualTo("4600000");
    for (String other :
        List.of("beginning", "now", "1795376731518", "0:12,1:7", "2026-01-31T12:00:00Z")) {
      assertThat(EventsCommand.start(other, now)).isEqualTo(other);
    }
  }

  @Test
  void archiveAmongFilesOfAKernelIsRefused() {
    KernelImportCommand.requireNoArchive(List.of(Path.of("linux-image.deb")));
    KernelImportCommand.requireNoArchive(List.of(Path.of("boot/vmlinuz-6.1"), Path.of("lib")));
    assertThatThrownBy(() ->
            KernelImportCommand.requireNoArchive(
                List.of(Path.of("boot/vmlinuz-6.1"), Path.of("modules.tar.xz"))))
        .hasMessageContaining("modules.tar.xz is an archive");
  }

  @Test
  void kernelIsNamedAfterItsFile() {
    assertThat(
            KernelImportCommand.defaultName(
                Path.of("/x/linux-image-6.1.0-9-cloud-amd64_6.1.27-1_amd64.deb")))
        .isEqualTo("6.1.0-9-cloud-amd64");
    assertThat(KernelImportCommand.defaultName(Path.of("vmlinux-v5.8"))).isEqualTo("v5.8");
    assertThatThrownBy(() -> KernelImportCommand.defaultName(Path.of("_.deb")))
        .hasMessageContaining("--name");
  }
}
