package dev.firebuild.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.cli.client.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
