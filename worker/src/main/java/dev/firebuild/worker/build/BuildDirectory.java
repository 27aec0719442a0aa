package dev.firebuild.worker.build;

import dev.firebuild.protocol.Ids;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Where one build keeps what it works on; closing removes it. */
final class BuildDirectory implements AutoCloseable {
  private final Path path;

  private BuildDirectory(Path path) {
    this.path = path;
  }

  static BuildDirectory create(Path root, String instance) throws IOException {
    Files.createDirectories(root);
    return new BuildDirectory(
        Files.createDirectory(
            root.resolve(Ids.requireValid(instance)),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    remove(path);
  }

  /** Removes {@code directory} with all it holds; links are removed, not followed. */
  static void remove(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, @Nullable IOException problem)
              throws IOException {
            if (problem != null) {
              throw problem;
            }
            Files.delete(left);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
