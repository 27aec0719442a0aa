package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.blob.ContextFile;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.decision.KernelChoice;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.protocol.resource.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Finds out before anything is queued what a worker would refuse. */
final class BuildCheck {
  private final BlobStore blobs;
  private final Views views;
  private final DockerfileCheck dockerfiles = new DockerfileCheck();

  BuildCheck(BlobStore blobs, Views views) {
    this.blobs = blobs;
    this.views = views;
  }

  /** Throws a {@link ProblemException} if {@code request} cannot be built. */
  void check(BuildRequest request, Waits waits) throws IOException, InterruptedException {
    switch (request.source()) {
      case Source.Inline(String text) -> dockerfiles.check(text, request);
      case Source.Context(Digest context, Optional<String> file) ->
          checkContext(blob("context", context), file.orElse("Dockerfile"), request);
      case Source.Rootfs(Digest rootfs) -> blob("rootfs", rootfs);
      case Source.Kernel(Digest kernel) -> blob("kernel", kernel);
      case Source.Url(String url) -> throw notYet("url", url);
      case Source.Git(String git) -> throw notYet("git", git);
    }
    if (request.kernel().isPresent()) {
      requireKernel(request.kernel().get(), waits);
    }
  }

  /** Throws a {@link ProblemException} if there is no kernel {@code name}. */
  void requireKernel(String name, Waits waits) throws InterruptedException {
    if (waits.await(() -> KernelChoice.find(name, views.documents().kernels())).isEmpty()) {
      throw Problems.invalid(
          "kernel-not-found",
          "there is no kernel %s; import it with: firebuild kernel import FILE --name %s"
              .formatted(Text.quote(name), name));
    }
  }

  /** Throws a {@link ProblemException} if there is no image {@code reference}. */
  void requireImage(String reference, Waits waits) throws InterruptedException {
    if (waits.await(() -> views.image(reference)).isEmpty()) {
      throw Problems.invalid(
          "image-not-found",
          "there is no image %s; build it with: firebuild build -t %s PATH, or import it with:"
                  .formatted(Text.quote(reference), reference)
              + " firebuild image import %s FILE".formatted(reference));
    }
  }

  private void checkContext(Path tar, String file, BuildRequest request) throws IOException {
    Optional<String> text;
    try {
      text = ContextFile.read(tar, file);
    } catch (IOException e) {
      throw Problems.invalid("context", "the context is no tar: " + e.getMessage());
    }
    dockerfiles.check(
        text.orElseThrow(() ->
            Problems.invalid(
                "dockerfile-not-found",
                "the context has no file %s; name the Dockerfile with source.file"
                    .formatted(Text.quote(file)))),
        request);
  }

  private Path blob(String field, Digest digest) throws IOException {
    return blobs
        .find(digest)
        .orElseThrow(() ->
            Problems.invalid(
                "blob-not-found",
                "source.%s: there is no blob %s; upload it first with PUT /v1/blobs/%s"
                    .formatted(field, digest, digest)));
  }

  private static ProblemException notYet(String field, String value) {
    return Problems.invalid(
        "not-supported",
        "source.%s %s: this version does not fetch Dockerfiles by itself; send the text as"
                .formatted(field, Text.quote(value))
            + " source.dockerfile, or upload a context");
  }
}
