package dev.firebuild.systemtest.conformance;

import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** Makes the context of a case as the cases' README tells. */
final class CaseContext {
  private static final Duration TIME = Duration.ofMinutes(2);

  private CaseContext() {}

  /** Makes it in {@code target}, which must not exist. */
  static void make(CaseFile file, Path target) throws IOException {
    Path source = file.directory().resolve("context");
    if (Files.isDirectory(source)) {
      copy(source, target);
    } else {
      Files.createDirectory(target);
    }
    mode(target, "rwxr-xr-x");
    Path script = file.directory().resolve("prepare.sh");
    if (Files.exists(script)) {
      Processes.of(System.getenv())
          .require(
              ProcessCommand.of(
                      List.of(
                          "sh",
                          "-c",
                          "umask 022; exec sh \"$1\" \"$2\"",
                          "sh",
                          script.toAbsolutePath().toString(),
                          target.toAbsolutePath().toString()))
                  .withTimeout(TIME));
    }
  }

  private static void copy(Path source, Path target) throws IOException {
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            Path copy = Files.createDirectories(target.resolve(source.relativize(path)));
            mode(copy, "rwxr-xr-x");
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            Path copy = target.resolve(source.relativize(path));
            Files.copy(path, copy, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isRegularFile()) {
              mode(
                  copy, Files.isExecutable(path) && isExecutable(path) ? "rwxr-xr-x" : "rw-r--r--");
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static boolean isExecutable(Path path) throws IOException {
    return Files.getPosixFilePermissions(path)
        .contains(java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE);
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}
