package dev.firebuild.worker.run;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.OciConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/**
 * An image of a static busybox with the host's own binary, and images that differ in the config.
 */
final class BusyboxImage {
  private static final List<String> APPLETS =
      List.of("sh", "cat", "echo", "env", "head", "httpd", "id", "pwd", "seq", "sleep", "hostname");
  private static final long LAYER_BYTES = 64L << 20;

  private final ImageStore images;
  private final Manifest.Layer layer;

  private BusyboxImage(ImageStore images, Manifest.Layer layer) {
    this.images = images;
    this.layer = layer;
  }

  static BusyboxImage make(ImageStore images, Path scratch) throws IOException {
    Path tree = scratch.resolve("tree");
    Path bin = Files.createDirectories(tree.resolve(".up/bin"));
    Files.createDirectories(tree.resolve(".up/etc"));
    Files.createDirectories(tree.resolve(".up/www"));
    Files.writeString(tree.resolve(".up/www/index.html"), "hello from the guest\n");
    Files.writeString(tree.resolve(".up/etc/passwd"), "root:x:0:0::/root:/bin/sh\nweb:x:7:8::/:\n");
    Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
    for (String applet : APPLETS) {
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    Path disk = scratch.resolve("layer.ext4");
    new Ext4(Processes.of(System.getenv()), new SecureRandom()).createFrom(tree, disk, LAYER_BYTES);
    return new BusyboxImage(images, images.publishLayer(disk));
  }

  /** An image with {@code config}, JSON in the words of the OCI specification. */
  ImageDocument publish(String reference, String config) throws IOException {
    ImageConfig image =
        Json.read(config.getBytes(StandardCharsets.UTF_8), OciConfig.class).toImageConfig("");
    Digest digest =
        images.publish(
            Manifest.of(
                "linux",
                "amd64",
                image,
                List.of(layer),
                new Manifest.Provenance("b", "inline", "")));
    return new ImageDocument(
        reference,
        new ImageSummary(digest, List.of(layer.digest()), LAYER_BYTES, "b", "w"),
        Instant.EPOCH);
  }
}
