package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.output.Table;
import dev.firebuild.cli.output.Units;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.resource.ImageResource;
import dev.firebuild.protocol.resource.KernelResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Images and kernels as people see them. */
final class Images {
  private static final int SHORT = 12;

  private Images() {}

  static Table table(List<ImageResource> images, Instant now) {
    return new Table(
        List.of("REPOSITORY", "TAG", "DIGEST", "CREATED", "SIZE"),
        images.stream()
            .map(image -> {
              Reference reference = Reference.parse(image.reference());
              return List.of(
                  reference.name(),
                  reference.tag(),
                  image.digest().hex().substring(0, SHORT),
                  Units.span(Duration.between(image.publishedAt(), now)) + " ago",
                  Units.size(image.sizeBytes()));
            })
            .toList());
  }

  static Table kernels(List<KernelResource> kernels, Instant now) {
    return new Table(
        List.of("NAME", "DEFAULT", "DIGEST", "CREATED", "WORKER"),
        kernels.stream()
            .map(kernel ->
                List.of(
                    kernel.name(),
                    kernel.byDefault() ? "yes" : "",
                    kernel.digest().hex().substring(0, SHORT),
                    Units.span(Duration.between(kernel.publishedAt(), now)) + " ago",
                    kernel.worker()))
            .toList());
  }

  /** The path of the image {@code reference}. */
  static String path(String reference) {
    return "/v1/images/" + ApiClient.part(reference);
  }
}
