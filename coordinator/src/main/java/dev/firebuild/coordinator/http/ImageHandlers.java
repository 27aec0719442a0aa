package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.KernelUse;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.Command.Remove.Kind;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.ImageResource;
import java.io.IOException;
import java.time.Duration;

/** {@code /v1/images}, {@code /v1/kernels} and {@code /v1/workers}. */
final class ImageHandlers {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Views views;
  private final Commands commands;
  private final WorkerProxy workers;

  ImageHandlers(Views views, Commands commands, WorkerProxy workers) {
    this.views = views;
    this.commands = commands;
    this.workers = workers;
  }

  void list(Exchange exchange) {
    Listings.IMAGES.answer(exchange, views::imagesAfter);
  }

  void get(Exchange exchange) throws InterruptedException {
    exchange.json(200, ImageResource.of(find(exchange)));
  }

  void remove(Exchange exchange) throws InterruptedException {
    ImageDocument image = find(exchange);
    views.vms().stream()
        .filter(vm -> !vm.phase().isSettled() && vm.phase() != VmDocument.Phase.REMOVED)
        .filter(vm -> vm.request().image().equals(image.reference()))
        .findFirst()
        .ifPresent(vm -> {
          throw Problems.conflict(
              "in-use",
              "the image %s is used by the VM %s; remove that one first"
                  .formatted(image.reference(), vm.id()));
        });
    commands.append(image.reference(), Command.Remove.of(Kind.IMAGE));
    exchange.json(202, new Accepted(image.reference(), "/v1/images/" + image.reference()));
  }

  /** A tar of the merged tree, made by the worker that has the image. */
  void export(Exchange exchange) throws IOException, InterruptedException {
    ImageDocument image = find(exchange);
    workers.pass(
        exchange, image.image().worker(), "/v1/images/" + image.image().digest() + "/export");
  }

  /** The image's manifest, as the worker has it. */
  void manifest(Exchange exchange) throws IOException, InterruptedException {
    ImageDocument image = find(exchange);
    workers.pass(
        exchange, image.image().worker(), "/v1/images/" + image.image().digest() + "/manifest");
  }

  void listKernels(Exchange exchange) {
    Listings.KERNELS.answer(exchange, views::kernelsAfter);
  }

  void getKernel(Exchange exchange) throws InterruptedException {
    exchange.json(200, views.kernel(findKernel(exchange)));
  }

  void removeKernel(Exchange exchange) throws InterruptedException {
    KernelDocument kernel = findKernel(exchange);
    boolean force = exchange.flag("force", false);
    new KernelUse(views)
        .userOf(kernel)
        .ifPresent(user -> {
          throw Problems.conflict(
              "in-use",
              "the kernel %s is used by %s; end that first".formatted(kernel.name(), user));
        });
    if (views.documents().kernels().size() == 1 && !force) {
      throw Problems.conflict(
          "last-kernel",
          "%s is the only kernel, and no VM starts without one; import another first, or remove it with force"
              .formatted(kernel.name()));
    }
    commands.append(kernel.name(), Command.Remove.of(Kind.KERNEL));
    exchange.json(202, new Accepted(kernel.name(), "/v1/kernels/" + kernel.name()));
  }

  void listWorkers(Exchange exchange) {
    Listings.WORKERS.answer(exchange, views::workersAfter);
  }

  private ImageDocument find(Exchange exchange) throws InterruptedException {
    String reference = Reference.parse(exchange.path("ref")).toString();
    return views
        .await(() -> views.image(reference), PATIENCE)
        .orElseThrow(() -> Problems.notFound("image", reference));
  }

  private KernelDocument findKernel(Exchange exchange) throws InterruptedException {
    String name = exchange.path("name");
    return views
        .await(() -> views.documents().kernel(name), PATIENCE)
        .orElseThrow(() -> Problems.notFound("kernel", name));
  }
}
