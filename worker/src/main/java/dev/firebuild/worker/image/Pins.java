package dev.firebuild.worker.image;

import dev.firebuild.protocol.Digest;
import dev.firebuild.worker.host.StoreLock;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Who needs which image now: a VM that runs on it, a build that reads it. Each is a file, so that
 * every process on the same root sees it and it outlives the one that set it.
 */
public final class Pins {
  private final ImagePaths paths;

  Pins(ImagePaths paths) {
    this.paths = paths;
  }

  /**
   * Keeps {@code manifest} and its layers until {@link #unpin}.
   *
   * @param owner id of the VM or build
   * @throws ImageException if the image is not in the store (any more)
   */
  public void pin(Digest manifest, String owner) throws IOException {
    try (StoreLock _ = StoreLock.hold(paths.lock())) {
      if (!Files.exists(paths.manifest(manifest))) {
        throw Manifests.absent(paths, manifest);
      }
      Files.createDirectories(paths.pinsOf(manifest));
      Path pin = paths.pin(manifest, owner);
      if (!Files.exists(pin)) {
        Files.createFile(pin);
      }
      Publication.force(paths.pinsOf(manifest));
    }
  }

  /** {@code owner} needs {@code manifest} no longer; nothing happens if it had no pin. */
  public void unpin(Digest manifest, String owner) throws IOException {
    try (StoreLock _ = StoreLock.hold(paths.lock())) {
      Files.deleteIfExists(paths.pin(manifest, owner));
      Files.deleteIfExists(paths.pinsOf(manifest));
    } catch (DirectoryNotEmptyException _) {
      // Others need it.
    }
  }

  /** Takes away all pins of owners whose id begins with {@code prefix}. */
  public void unpinAll(String prefix) throws IOException {
    try (StoreLock _ = StoreLock.hold(paths.lock());
        DirectoryStream<Path> manifests = Files.newDirectoryStream(paths.pins())) {
      for (Path manifest : manifests) {
        removeOwners(manifest, prefix);
      }
    }
  }

  private static void removeOwners(Path manifest, String prefix) throws IOException {
    boolean needed = false;
    try (DirectoryStream<Path> owners = Files.newDirectoryStream(manifest)) {
      for (Path owner : owners) {
        if (owner.getFileName().toString().startsWith(prefix)) {
          Files.delete(owner);
        } else {
          needed = true;
        }
      }
    }
    if (!needed) {
      Files.delete(manifest);
    }
  }

  /** Whether anybody needs {@code manifest}. */
  public boolean isPinned(Digest manifest) throws IOException {
    try (var owners = Files.newDirectoryStream(paths.pinsOf(manifest))) {
      return owners.iterator().hasNext();
    } catch (NoSuchFileException _) {
      return false;
    }
  }
}
