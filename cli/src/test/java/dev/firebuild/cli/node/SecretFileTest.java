package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  @Test
  void drawnOnceAndReadableByItsUserOnly(@TempDir Path temp) throws IOException {
    Path file = temp.resolve("token");

    String drawn = SecretFile.readOrDraw(file, new SecureRandom());

    assertThat(drawn).matches("[A-Za-z0-9_-]{43}");
    assertThat(SecretFile.readOrDraw(file, new SecureRandom())).isEqualTo(drawn);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void leftoverOfAnInterruptedDrawIsReplaced(@TempDir Path temp) throws IOException {
    Path file = temp.resolve("token");
    Files.writeString(temp.resolve("token.new"), "half");

    assertThat(SecretFile.readOrDraw(file, new SecureRandom())).hasSize(43);
  }

  @Test
  void emptyFileIsAnError(@TempDir Path temp) throws IOException {
    Path file = Files.writeString(temp.resolve("token"), "\n");

    assertThatThrownBy(() -> SecretFile.read(file))
        .isInstanceOf(CliException.class)
        .hasMessage(file + " is empty: expected a secret");
  }
}
