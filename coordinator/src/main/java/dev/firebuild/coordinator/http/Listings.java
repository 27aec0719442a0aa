package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.resource.BuildResource;
import dev.firebuild.protocol.resource.DeadLetterResource;
import dev.firebuild.protocol.resource.ImageResource;
import dev.firebuild.protocol.resource.KernelResource;
import dev.firebuild.protocol.resource.VmResource;
import dev.firebuild.protocol.resource.WorkerResource;
import java.util.List;
import java.util.Optional;

/** All lists, with what each can be asked for. */
final class Listings {
  static final Listing<BuildResource> BUILDS =
      new Listing<>(
          "/v1/builds",
          List.of(
              Filter.word("phase", BuildDocument.Phase.class, BuildResource::phase),
              Filter.reference("tag", build -> build.request().tag()),
              Filter.text("worker", BuildResource::worker),
              Filter.since(BuildResource::createdAt)));

  static final Listing<VmResource> VMS =
      new Listing<>(
          "/v1/vms",
          List.of(
              Filter.<VmResource, VmDocument.Phase>word(
                      "phase", VmDocument.Phase.class, VmResource::phase)
                  .byDefault(vm -> vm.phase() != VmDocument.Phase.REMOVED),
              Filter.reference("image", vm -> vm.request().image()),
              Filter.text("name", vm -> vm.request().name()),
              Filter.text("worker", VmResource::worker),
              Filter.since(VmResource::createdAt)));

  static final Listing<ImageResource> IMAGES =
      new Listing<>(
          "/v1/images",
          List.of(
              Filter.reference("reference", ImageResource::reference),
              Filter.text("digest", image -> Optional.of(image.digest().toString())),
              Filter.text("worker", image -> Optional.of(image.worker())),
              Filter.since(ImageResource::publishedAt)));

  static final Listing<KernelResource> KERNELS =
      new Listing<>(
          "/v1/kernels",
          List.of(
              Filter.text("name", kernel -> Optional.of(kernel.name())),
              Filter.text("worker", kernel -> Optional.of(kernel.worker())),
              Filter.since(KernelResource::publishedAt)));

  static final Listing<WorkerResource> WORKERS =
      new Listing<>(
          "/v1/workers",
          List.of(
              Filter.word("state", List.of("up", "silent", "stopped"), WorkerResource::state),
              Filter.text("host", worker -> Optional.of(worker.host()))));

  static final Listing<DeadLetterResource> DEAD_LETTERS =
      new Listing<>(
          "/v1/dead-letters",
          List.of(
              Filter.<DeadLetterResource, DeadLetterResource.State>word(
                      "state", DeadLetterResource.State.class, DeadLetterResource::state)
                  .byDefault(letter -> letter.state() == DeadLetterResource.State.OPEN)
                  .orAll(),
              Filter.text("source", letter -> Optional.of(letter.source())),
              Filter.since(DeadLetterResource::at)));

  static final List<Listing<?>> ALL = List.of(BUILDS, VMS, IMAGES, KERNELS, WORKERS, DEAD_LETTERS);

  private Listings() {}
}
