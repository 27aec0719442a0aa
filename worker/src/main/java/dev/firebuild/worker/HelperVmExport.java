package dev.firebuild.worker;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import dev.firebuild.worker.build.BuildSettings;
import dev.firebuild.worker.guest.BoundedBytes;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.http.ImageExport;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.MachineSpec;
import dev.firebuild.worker.vm.Machines;
import dev.firebuild.worker.vm.NetworkMode;
import dev.firebuild.worker.vm.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Makes the tar of an image inside a VM that has the image's layers: no file system that a guest
 * wrote is ever read by the host. What it holds on the host looks like a build's, so that a later
 * worker removes it in the same way.
 */
final class HelperVmExport implements ImageExport {
  private static final long UPPER_BYTES = 64L << 20;
  private static final int MOST = 2;

  /** For one of the others to end; the client waits for the head of its answer meanwhile. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final int ERRORS_LIMIT = 1 << 20;

  private final BuildSettings settings;
  private final Machines machines;
  private final ImageStore images;
  private final Ext4 ext4;
  private final RandomGenerator random;
  private final Semaphore room = new Semaphore(MOST, true);

  HelperVmExport(
      BuildSettings settings,
      Machines machines,
      ImageStore images,
      Ext4 ext4,
      RandomGenerator random) {
    this.settings = settings;
    this.machines = machines;
    this.images = images;
    this.ext4 = ext4;
    this.random = random;
  }

  @Override
  public void export(Digest manifest, OutputStream out) throws IOException, InterruptedException {
    if (!room.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new ProblemException(
          Problem.of(
              503,
              "unavailable",
              "Not available for the moment",
              "this worker makes %d exports already; try again later".formatted(MOST)));
    }
    String id = Ids.draw(random);
    String pin = "build.%s.%s".formatted(settings.worker(), id);
    Path directory = settings.workRoot().resolve(id);
    try {
      Files.createDirectories(directory);
      images.pins().pin(manifest, pin);
      copy(spec(id, images.manifest(manifest), directory.resolve("upper.ext4")), out);
    } finally {
      images.pins().unpin(manifest, pin);
      DurableFiles.deleteTree(directory);
      room.release();
    }
  }

  private MachineSpec spec(String id, Manifest manifest, Path upper) throws IOException {
    ext4.create(upper, UPPER_BYTES);
    return new MachineSpec(
        id,
        settings.kernel(),
        settings.cpus(),
        settings.memMib(),
        images.layers(manifest),
        upper,
        List.of(),
        NetworkMode.NONE,
        List.of(),
        "export",
        Map.of(),
        new Workload.Build());
  }

  private void copy(MachineSpec spec, OutputStream out) throws IOException {
    try (Machine machine = machines.start(spec)) {
      BoundedBytes errors = new BoundedBytes(ERRORS_LIMIT);
      int code =
          machine
              .session()
              .exec(
                  List.of("/lib/firebuild/files", "export"),
                  InputStream.nullInputStream(),
                  out,
                  errors);
      if (code != 0) {
        throw new IOException(
            "making the tar of an image: exit code %d: %s".formatted(code, errors.text().strip()));
      }
    }
  }
}
