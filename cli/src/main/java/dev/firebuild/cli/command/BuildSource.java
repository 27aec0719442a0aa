package dev.firebuild.cli.command;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.request.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a build's Dockerfile and context are.
 *
 * @param name of the Dockerfile as the person wrote it
 * @param text of the Dockerfile
 * @param context the folder and the Dockerfile; absent: only the text is sent
 */
record BuildSource(String name, String text, Optional<Folder> context) {
  private static final Pattern URL =
      Pattern.compile("(?i)(?:https?|git|ssh|git\\+\\w+)://.*|git@.*");

  /** A context's folder and the Dockerfile, which may lie outside of it. */
  record Folder(Path folder, Path dockerfile) {}

  /** The Dockerfile's lines. */
  List<String> lines() {
    return text.lines().toList();
  }

  /**
   * Finds the source of {@code build -f FILE PATH}. {@code -} as {@code path} or {@code file} reads
   * the Dockerfile from standard input.
   */
  static BuildSource find(String path, Optional<String> file, CliContext context) {
    requireLocal(path);
    file.ifPresent(BuildSource::requireLocal);
    if (path.equals("-")) {
      return new BuildSource("Dockerfile", standardInput(context), Optional.empty());
    }
    Path folder = Path.of(path);
    if (!Files.isDirectory(folder)) {
      throw new CliException(
          "the context %s %s; name the folder that the Dockerfile copies from"
              .formatted(path, Files.exists(folder) ? "is no folder" : "does not exist"));
    }
    if (file.equals(Optional.of("-"))) {
      String text = standardInput(context);
      return new BuildSource("Dockerfile", text, Optional.of(new Folder(folder, written(text))));
    }
    Path dockerfile = file.map(Path::of).orElse(folder.resolve("Dockerfile"));
    return new BuildSource(
        dockerfile.toString(), read(dockerfile), Optional.of(new Folder(folder, dockerfile)));
  }

  private static String read(Path dockerfile) {
    if (Files.isDirectory(dockerfile)) {
      throw new CliException("the Dockerfile %s is a folder".formatted(dockerfile));
    }
    try {
      return new String(Files.readAllBytes(dockerfile), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new CliException("there is no Dockerfile %s; name it with -f".formatted(dockerfile), e);
    } catch (IOException e) {
      throw new CliException(
          "reading the Dockerfile %s: %s".formatted(dockerfile, e.getMessage()), e);
    }
  }

  private static String standardInput(CliContext context) {
    try {
      return new String(context.in().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CliException("reading the Dockerfile from standard input: " + e.getMessage(), e);
    }
  }

  /** The packer takes a Dockerfile that is a file; this one goes when the command ends. */
  private static Path written(String text) {
    try {
      return Files.writeString(TemporaryFile.create(".Dockerfile").path(), text);
    } catch (IOException e) {
      throw new CliException("keeping the Dockerfile for a moment: " + e.getMessage(), e);
    }
  }

  private static void requireLocal(String path) {
    if (URL.matcher(path).matches()) {
      throw new CliException(
          CliException.USAGE,
          "%s: this version builds from local folders only; fetch it first and name the folder"
              .formatted(path));
    }
  }

  /** What is sent when there is no context. */
  Source inline() {
    return new Source.Inline(text);
  }
}
