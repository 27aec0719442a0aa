package dev.firebuild.worker.image;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import java.util.List;

/**
 * What an image is, as it lies in the store: a JSON file named by the SHA-256 of its bytes.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param os in the words of Go, as in the OCI image specification; likewise {@code architecture}
 * @param author of the image; empty if nobody is named
 * @param config how the image is run
 * @param layers bottom first
 * @param provenance where the newest layer comes from
 */
public record Manifest(
    int schemaVersion,
    String os,
    String architecture,
    String author,
    OciConfig config,
    List<Layer> layers,
    Provenance provenance) {
  public static final int SCHEMA_VERSION = 1;

  /**
   * A layer of an image.
   *
   * @param digest see {@link LayerDigest}
   * @param size of the file in bytes, holes included
   */
  public record Layer(Digest digest, long size) {}

  /**
   * Where files come from: of the build that executed the last step, also when later builds find
   * that step in the cache. So builds that change nothing give the same manifest.
   *
   * @param build id of the build
   * @param source digest of its context or root file system, or {@code inline}
   * @param kernel name of the kernel that ran the steps; empty if nothing ran
   */
  public record Provenance(String build, String source, String kernel) {}

  public Manifest {
    layers = List.copyOf(layers);
  }

  /** A manifest of this version. */
  public static Manifest of(
      String os,
      String architecture,
      ImageConfig config,
      List<Layer> layers,
      Provenance provenance) {
    return new Manifest(
        SCHEMA_VERSION,
        os,
        architecture,
        config.author(),
        OciConfig.of(config),
        layers,
        provenance);
  }

  /** How the image is run. */
  public ImageConfig imageConfig() {
    return config.toImageConfig(author);
  }

  /** The bytes that are stored and digested. */
  byte[] bytes() {
    return Json.bytes(this);
  }
}
