package dev.firebuild.cli.command;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the local files that {@code run} sends: environments and public keys. */
final class EnvFiles {
  private EnvFiles() {}

  /**
   * The variables of {@code files} in their order, then {@code variables}; later ones win. A name
   * without a value takes that of {@code own}, if it has one.
   */
  static Map<String, String> merge(
      List<Path> files, List<String> variables, Map<String, String> own) {
    Map<String, String> merged = new LinkedHashMap<>();
    for (Path file : files) {
      for (String line : text("--env-file", file).split("\n", -1)) {
        String variable = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        if (!variable.isBlank() && !variable.stripLeading().startsWith("#")) {
          String stripped = variable.stripLeading();
          put(
              merged,
              stripped.startsWith("export ") ? stripped.substring("export ".length()) : stripped,
              own);
        }
      }
    }
    variables.forEach(variable -> put(merged, variable, own));
    return merged;
  }

  private static void put(Map<String, String> merged, String variable, Map<String, String> own) {
    int equals = variable.indexOf('=');
    if (equals >= 0) {
      merged.put(variable.substring(0, equals), variable.substring(equals + 1));
    } else if (own.containsKey(variable)) {
      merged.put(variable, own.getOrDefault(variable, ""));
    }
  }

  /** The keys of {@code files}, one per line; without a user they are of no use. */
  static List<String> publicKeys(List<Path> files, boolean hasUser) {
    if (!files.isEmpty() && !hasUser) {
      throw new CliException(
          CliException.USAGE, "--identity-file needs --ssh-user: who may log in with the key?");
    }
    return files.stream()
        .flatMap(file -> text("--identity-file", file).lines())
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private static String text(String flag, Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CliException(
          CliException.USAGE, "%s %s: there is no such file".formatted(flag, file));
    }
    try {
      // Values travel as JSON text: other bytes would arrive as something else.
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new CliException(
          CliException.USAGE, "%s %s: it holds bytes that are not UTF-8".formatted(flag, file));
    } catch (IOException e) {
      throw new CliException("reading %s %s: %s".formatted(flag, file, e.getMessage()), e);
    }
  }
}
