package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import dev.firebuild.worker.build.GuestFiles.RefusedException;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.image.Manifest.Provenance;
import dev.firebuild.worker.source.Blobs;
import dev.firebuild.worker.source.SourceException;
import dev.firebuild.worker.tar.TarFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Makes an image of one layer from the tar of a root file system, in a VM: no archive is unpacked
 * on the host.
 */
final class RootfsImport {
  private static final int STEP = 1;

  private final BuildJob job;

  RootfsImport(BuildJob job) {
    this.job = job;
  }

  Manifest build(Digest rootfs)
      throws IOException,
          InterruptedException,
          BuildFailedException,
          EndedException,
          SourceException {
    job.tell(
        new BuildEvent.Planned(
            List.of(
                new BuildEvent.Planned.Stage(
                    0,
                    "import",
                    "scratch",
                    List.of(new BuildEvent.Planned.Step(STEP, "import " + rootfs, 1, 1))))));
    String key = new KeyHasher("rootfs").add(StepKeys.GUEST_ABI).add(rootfs.value()).key();
    Optional<StepResult> known =
        job.request().noCache() ? Optional.empty() : job.parts().cache().find(key);
    if (known.isPresent()) {
      job.tell(new BuildEvent.StepCached(STEP));
      return manifest(job.parts().cache().publish(key, known.get()));
    }
    job.tell(new BuildEvent.StepStarted(STEP));
    long start = job.parts().clock().millis();
    Layer layer;
    try (Blobs.Blob blob = job.blob(rootfs)) {
      layer = extract(blob.file());
    }
    Provenance provenance = new Provenance(job.grant().id(), rootfs.value(), job.kernel());
    StepResult result =
        new StepResult(job.drawId(), List.of(), Optional.of(layer), Optional.of(provenance));
    job.parts().cache().put(key, result);
    job.tell(new BuildEvent.StepFinished(STEP, job.parts().clock().millis() - start));
    return manifest(result);
  }

  private Manifest manifest(StepResult result) {
    ImageConfig empty = ImageConfig.EMPTY;
    ImageConfig config =
        new ImageConfig(
            empty.env(),
            empty.entrypoint(),
            empty.cmd(),
            empty.user(),
            empty.workingDir(),
            empty.exposedPorts(),
            empty.volumes(),
            job.request().labels(),
            empty.stopSignal(),
            empty.shell(),
            empty.healthcheck(),
            empty.onBuild(),
            empty.author());
    return Manifest.of(
        job.settings().platform().os(),
        job.settings().platform().architecture(),
        config,
        result.layers(),
        result.provenance().orElseThrow());
  }

  private Layer extract(Path rootfs)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    Path input = job.directory().resolve("rootfs.tar");
    Path upper = job.directory().resolve("upper.ext4");
    InputDrive.Place archive = write(rootfs, input);
    job.parts().ext4().create(upper, job.settings().diskBytes());
    try (MemoryBudget.Share _ = job.takeMemory();
        BuildVm vm = BuildVm.start(job, List.of(), upper, List.of(input))) {
      try {
        vm.files().call("import", Integer.toString(StepContext.INPUT_DRIVE), archive.toString());
      } catch (RefusedException e) {
        throw BuildFailedException.of(
            FailureCode.INVALID_REQUEST, "the archive cannot be extracted: " + e.getMessage());
      } catch (IOException e) {
        throw vm.lost(e);
      }
      vm.shutDown();
    }
    return job.parts().images().publishLayer(upper);
  }

  private InputDrive.Place write(Path rootfs, Path input)
      throws IOException, InterruptedException, BuildFailedException {
    RootfsArchive archive = new RootfsArchive(job.settings().diskBytes());
    try (InputDrive drive = new InputDrive(input, Optional.empty())) {
      InputDrive.Place place = archive.write(rootfs, drive);
      if (archive.droppedAttributes() > 0) {
        job.remark(
            STEP,
            "%d extended attributes of the archive are not imported: no Linux file system keeps them, or they are overlayfs's own"
                .formatted(archive.droppedAttributes()));
      }
      return place;
    } catch (TarFormatException e) {
      throw BuildFailedException.of(
          FailureCode.INVALID_REQUEST, "the root file system is refused: " + e.getMessage());
    }
  }
}
