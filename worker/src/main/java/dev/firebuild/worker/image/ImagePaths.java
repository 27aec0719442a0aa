package dev.firebuild.worker.image;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every path of an image store. Names become paths here and nowhere else, and only ones that cannot
 * leave the root: digests, and ids that {@link Ids} accepts.
 *
 * @param root the store's directory
 */
record ImagePaths(Path root) {
  private static final String LAYER = ".ext4";
  private static final String MANIFEST = ".json";
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.[a-z0-9]+");

  ImagePaths {
    root = root.toAbsolutePath().normalize();
  }

  Path layers() {
    return root.resolve("layers");
  }

  Path manifests() {
    return root.resolve("manifests");
  }

  /** One directory per process that writes, see {@link WorkFiles}. */
  Path work() {
    return root.resolve("work");
  }

  /** Layers and manifests that are not what their names say, for whoever looks for the reason. */
  Path damaged() {
    return root.resolve("damaged");
  }

  Path damagedManifest(Digest digest) {
    return damaged().resolve(digest.hex() + MANIFEST);
  }

  Path pins() {
    return root.resolve("pins");
  }

  /** See {@link dev.firebuild.worker.host.Needs}. */
  Path needs() {
    return root.resolve("needs");
  }

  /** Locked while pins are set and while garbage is collected. */
  Path lock() {
    return root.resolve("lock");
  }

  Path layer(Digest digest) {
    return layers().resolve(digest.hex() + LAYER);
  }

  Path manifest(Digest digest) {
    return manifests().resolve(digest.hex() + MANIFEST);
  }

  Path pinsOf(Digest manifest) {
    return pins().resolve(manifest.hex());
  }

  Path pin(Digest manifest, String owner) {
    return pinsOf(manifest).resolve(Ids.requireValid(owner));
  }

  static boolean isManifest(Path path) {
    return path.getFileName().toString().endsWith(MANIFEST);
  }

  /**
   * The digest that names {@code path}, one of {@link #layer} or {@link #manifest}; else nothing.
   */
  static Optional<Digest> digest(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    return name.matches() ? Optional.of(new Digest("sha256:" + name.group(1))) : Optional.empty();
  }
}
