package dev.firebuild.worker.build;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import dev.firebuild.worker.guest.BuildGuest;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.MachineSpec;
import dev.firebuild.worker.vm.NetworkMode;
import dev.firebuild.worker.vm.Workload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Exports an image as the tar of its merged tree, made in a VM: layers that guests wrote are never
 * mounted on the host. Extended attributes are not in the tar.
 */
public final class ImageExport {
  private final BuildParts parts;

  public ImageExport(BuildParts parts) {
    this.parts = parts;
  }

  /**
   * Writes the tar as it is made; the image is pinned meanwhile.
   *
   * @param manifest of the image
   * @param out gets the archive; when it throws, the export ends
   * @throws IOException also if the image is not on this host or the VM cannot be started
   */
  public void write(Digest manifest, OutputStream out) throws IOException {
    String id = Ids.draw(parts.random());
    String owner = BuildEngine.pinPrefix(parts.settings()) + id;
    parts.images().pins().pin(manifest, owner);
    try (BuildDirectory directory = BuildDirectory.create(parts.settings().workRoot(), id)) {
      Path upper = directory.path().resolve("upper.ext4");
      parts.ext4().create(upper, parts.settings().diskBytes());
      Manifest image = parts.images().manifest(manifest);
      try (Machine machine =
          parts.machines().start(spec(id, parts.images().layers(image), upper))) {
        stream(machine, out);
      }
    } finally {
      parts.images().pins().unpin(manifest, owner);
    }
  }

  private MachineSpec spec(String id, List<Path> layers, Path upper) {
    return new MachineSpec(
        id,
        parts.settings().kernel(),
        parts.settings().cpus(),
        parts.settings().memMib(),
        layers,
        upper,
        List.of(),
        NetworkMode.NONE,
        List.of(),
        "export",
        Map.of(),
        new Workload.Build());
  }

  private static void stream(Machine machine, OutputStream out) throws IOException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        machine
            .session()
            .exec(
                List.of(
                    "/bin/tar", "-c", "--numeric-owner", "-C", BuildGuest.IMAGE, "-f", "-", "."),
                InputStream.nullInputStream(),
                out,
                err);
    if (code != 0) {
      throw new IOException(
          "the export failed in the guest: " + err.toString(StandardCharsets.UTF_8).strip());
    }
  }
}
