package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Optional;

/** Names of processes, the same after a restart: others tell a restart from a new one by them. */
final class Identity {
  static final SecureRandom RANDOM = new SecureRandom();

  private Identity() {}

  /** {@code given}, or what lies in {@code file}; drawn, and put there, where neither is. */
  static String of(Path file, Optional<String> given, String kind) throws IOException {
    if (given.isPresent()) {
      return require(given.get());
    }
    if (!Files.exists(file)) {
      Path next = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(next, kind + "-" + Ids.draw(RANDOM) + "\n");
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return require(Files.readString(file).strip());
  }

  /** The name in {@code file}, if one was drawn. */
  static Optional<String> read(Path file) {
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    } catch (IOException e) {
      throw new CliException("cannot read %s: %s".formatted(file, NodeFiles.describe(e)), e);
    }
  }

  private static String require(String id) {
    try {
      return Ids.requireValid(id);
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }
}
