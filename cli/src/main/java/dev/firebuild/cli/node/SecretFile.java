package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** A secret that lies in a file which only its user can read. */
final class SecretFile {
  private static final int BYTES = 32;
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private SecretFile() {}

  /** The secret in {@code file}; draws one if there is no such file. */
  static String readOrDraw(Path file, SecureRandom random) throws IOException {
    if (!Files.exists(file)) {
      byte[] drawn = new byte[BYTES];
      random.nextBytes(drawn);
      Path next = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(next);
      Files.createFile(next, PRIVATE);
      Files.writeString(next, Base64.getUrlEncoder().withoutPadding().encodeToString(drawn) + "\n");
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return read(file);
  }

  /** The secret in {@code file}, without the newline at its end. */
  static String read(Path file) throws IOException {
    String secret = Files.readString(file, StandardCharsets.UTF_8).strip();
    if (secret.isEmpty()) {
      throw new CliException("%s is empty: expected a secret".formatted(file));
    }
    return secret;
  }
}
