package dev.firebuild.worker.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ThisHostTest {
  @TempDir private Path folder;

  @Test
  void filesAreReadAndPackedOnesUnpacked() throws Exception {
    // Given
    Files.writeString(folder.resolve("plain"), "CONFIG_A=y\n");
    try (OutputStream packed =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("config.gz")))) {
      packed.write("CONFIG_B=m\n".getBytes(StandardCharsets.UTF_8));
    }

    // Then
    assertThat(host().text(at("plain"))).contains("CONFIG_A=y\n");
    assertThat(host().line(at("plain"))).isEqualTo("CONFIG_A=y");
    assertThat(host().text(at("config.gz"))).contains("CONFIG_B=m\n");
    assertThat(host().names(folder.toString())).containsExactly("config.gz", "plain");
  }

  @Test
  void whatIsNotThereIsNothingAndNoError() throws Exception {
    assertThat(host().text(at("none"))).isEmpty();
    assertThat(host().file(at("none"))).isEmpty();
    assertThat(host().names(at("none"))).isEmpty();
    assertThat(host().mayUse(at("none"))).isFalse();
    assertThat(host().real(at("none/deep/er"))).isEqualTo(folder.toRealPath().toString());
    assertThat(host().freeBytes(at("none/deep/er"))).isPositive();
    assertThatThrownBy(() -> host().line(at("none")))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("this kernel has no");
  }

  @Test
  void whatCannotBeReadIsUnknownWithItsReason() {
    // A folder is no text, whoever reads it.
    assertThatThrownBy(() -> host().text(folder.toString()))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("cannot look at " + folder);
  }

  @Test
  void modesAndLinksAreThoseOfTheKernel() throws Exception {
    // Given
    Path jail = Files.createDirectory(folder.resolve("jail"));
    Files.setPosixFilePermissions(jail, PosixFilePermissions.fromString("rwxrwx---"));
    Files.createSymbolicLink(folder.resolve("link"), jail);

    // Then
    FileFacts facts = host().file(at("link")).orElseThrow();
    assertThat(facts.isFolder()).isTrue();
    assertThat(facts.mode() & 07777).isEqualTo(0770);
    assertThat(facts.isWrittenByOthers()).isFalse();
    assertThat(host().real(at("link/id"))).isEqualTo(jail.toRealPath().toString());
    assertThat(host().file("/dev/null").orElseThrow().isCharacterDevice()).isTrue();
  }

  @Test
  @Timeout(30)
  void aProgramThatHangsIsEndedAndUnknown() throws IOException {
    // Given
    Path program = folder.resolve("qemu-system-x86_64");
    Files.writeString(program, "#!/bin/sh\nexec sleep 600\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

    // When
    Finding finding =
        TestSubject.checks().stream()
            .filter(check -> check.id().equals("qemu-version"))
            .map(check -> check.on(host()))
            .map(result -> new Finding(result.status(), result.found(), result.remedy()))
            .findFirst()
            .orElseThrow();

    // Then
    assertThat(finding.status()).isEqualTo(Status.SKIP);
    assertThat(finding.found()).contains("qemu-system-x86_64: not finished after");
  }

  private Host host() {
    return ThisHost.of(Map.of("PATH", folder.toString()));
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }
}
