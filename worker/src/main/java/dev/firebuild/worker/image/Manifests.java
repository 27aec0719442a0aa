package dev.firebuild.worker.image;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.host.StoreLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The manifests of a store, those that the disk has damaged among them. */
final class Manifests {
  private static final Logger log = LoggerFactory.getLogger(Manifests.class);

  private final ImagePaths paths;
  private final WorkFiles work;

  Manifests(ImagePaths paths, WorkFiles work) {
    this.paths = paths;
    this.work = work;
  }

  /** Publishes {@code manifest}; a damaged one of the same digest makes room for it. */
  Digest publish(Manifest manifest) throws IOException {
    byte[] bytes = manifest.bytes();
    Digest digest = Digest.of(bytes);
    Path file = work.next();
    try {
      Files.write(file, bytes);
      Publication.prepare(file);
      try (StoreLock _ = StoreLock.hold(paths.lock())) {
        var _ = putAsideIfDamaged(digest);
        Publication.publish(file, paths.manifest(digest));
        Files.deleteIfExists(paths.damagedManifest(digest));
      }
      return digest;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * The manifest {@code digest}, its bytes verified.
   *
   * @throws ImageException if it is not in the store, or damaged
   */
  Manifest read(Digest digest) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(paths.manifest(digest));
    } catch (NoSuchFileException _) {
      throw absent(paths, digest);
    }
    if (!Digest.of(bytes).equals(digest)) {
      throw damaged(digest);
    }
    try {
      return Json.read(bytes, Manifest.class);
    } catch (IllegalArgumentException e) {
      throw new ImageException(
          FailureCode.HOST,
          "the manifest %s is of a form that this version does not know: %s; use the version that made it"
              .formatted(digest, e.getMessage()));
    }
  }

  /** What to say of an image that is not among the manifests. */
  static ImageException absent(ImagePaths paths, Digest digest) {
    return Files.exists(paths.damagedManifest(digest))
        ? damaged(digest)
        : new ImageException(
            FailureCode.NOT_FOUND, "the image %s is not on this host".formatted(digest));
  }

  private static ImageException damaged(Digest digest) {
    return new ImageException(
        FailureCode.HOST,
        "the manifest %s is damaged; remove the image and build it again".formatted(digest));
  }

  List<Digest> all() throws IOException {
    try (var files = Files.list(paths.manifests())) {
      return files.map(ImagePaths::digest).flatMap(Optional::stream).toList();
    }
  }

  /** Those that were put aside. */
  List<Digest> damaged() throws IOException {
    try (var files = Files.list(paths.damaged())) {
      return files
          .filter(ImagePaths::isManifest)
          .map(ImagePaths::digest)
          .flatMap(Optional::stream)
          .toList();
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  /**
   * Puts the manifest {@code digest} aside if its bytes are other ones. The caller holds the
   * store's lock.
   *
   * @return whether it was
   */
  boolean putAsideIfDamaged(Digest digest) throws IOException {
    Path file = paths.manifest(digest);
    try {
      if (Digest.of(Files.readAllBytes(file)).equals(digest)) {
        return false;
      }
    } catch (NoSuchFileException _) {
      return false;
    }
    Files.createDirectories(paths.damaged());
    Files.move(file, paths.damagedManifest(digest), StandardCopyOption.ATOMIC_MOVE);
    log.atError()
        .addKeyValue("manifest", digest)
        .addKeyValue("file", paths.damagedManifest(digest))
        .log(
            "a manifest is damaged and was put aside; build or import its image again, or remove it");
    return true;
  }
}
