package dev.firebuild.worker.build;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.kernel.Kernel;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.HostFailure;
import dev.firebuild.worker.image.ImageException;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.queue.BuildExecutor;
import dev.firebuild.worker.queue.BuildGrant;
import dev.firebuild.worker.queue.CancelReason;
import dev.firebuild.worker.source.Blobs;
import dev.firebuild.worker.source.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does builds: from {@code started} to exactly one terminal event, and nothing left behind. */
public final class BuildEngine implements BuildExecutor {
  private static final Logger log = LoggerFactory.getLogger(BuildEngine.class);

  private final BuildParts parts;
  private final MemoryBudget memory;

  public BuildEngine(BuildParts parts) {
    this.parts = parts;
    this.memory = new MemoryBudget(parts.settings().memoryMib());
  }

  /** What the initramfs of {@link BuildParts#machines} must carry. */
  public static GuestScripts scripts() {
    return new GuestScripts(List.of(GuestFiles.SCRIPT));
  }

  /**
   * Removes what builds of a former process left: files, and pins of images. Called once, before
   * the first build; their VMs are ended by then.
   */
  public void recover() throws IOException {
    Files.createDirectories(parts.settings().workRoot());
    try (DirectoryStream<Path> left = Files.newDirectoryStream(parts.settings().workRoot())) {
      for (Path directory : left) {
        DurableFiles.deleteTree(directory);
        log.atInfo().addKeyValue("directory", directory).log("removed what a build left");
      }
    }
    parts.images().pins().unpinAll(pinPrefix(parts.settings()));
  }

  @Override
  public void execute(BuildGrant grant) throws InterruptedException {
    BuildRequest request = grant.request();
    long start = parts.clock().millis();
    var _ =
        grant.events().publish(new BuildEvent.Started(parts.settings().worker(), request.tag()));
    Duration timeout =
        request.timeoutSeconds().map(Duration::ofSeconds).orElse(parts.settings().timeout());
    Optional<BuildEvent> end;
    try (BuildGuard guard = new BuildGuard(grant.cancellation(), timeout)) {
      end = work(grant, guard, start);
    }
    if (end.isPresent()) {
      log.atInfo()
          .addKeyValue("build", grant.id())
          .addKeyValue("end", end.get())
          .log("build ended");
      grant.events().publish(end.get()).join();
    }
  }

  /** Works in a directory that is gone afterwards; returns the terminal event, if one is due. */
  private Optional<BuildEvent> work(BuildGrant grant, BuildGuard guard, long start)
      throws InterruptedException {
    try (BuildDirectory directory =
        BuildDirectory.create(parts.settings().workRoot(), grant.instance())) {
      BuildJob job = new BuildJob(parts, grant, guard, memory, directory.path());
      BuildEvent.Succeeded succeeded = build(job, start);
      guard.check();
      return Optional.of(succeeded);
    } catch (BuildFailedException e) {
      logCause(grant, e);
      return failed(guard, e.failure());
    } catch (EndedException _) {
      return ended(guard);
    } catch (SourceException e) {
      logCause(grant, e);
      return failed(guard, Failure.of(e.code(), String.valueOf(e.getMessage())));
    } catch (ImageException e) {
      return failed(guard, Failure.of(e.code(), String.valueOf(e.getMessage())));
    } catch (IOException e) {
      log.atError().addKeyValue("build", grant.id()).setCause(e).log("build failed on this host");
      return failed(
          guard, Failure.of(FailureCode.HOST, "the worker failed: " + HostFailure.reason(e)));
    }
  }

  /** What the event does not say: programs' arguments, and this host's paths. */
  private static void logCause(BuildGrant grant, Exception e) {
    if (e.getCause() != null) {
      log.atWarn().addKeyValue("build", grant.id()).setCause(e).log("build failed");
    }
  }

  /** What fails once the time is over fails because of that: its VM was killed. */
  private static Optional<BuildEvent> failed(BuildGuard guard, Failure failure) {
    return ended(guard)
        .or(() -> Optional.of(new BuildEvent.Failed(guard.timeoutFailure().orElse(failure))));
  }

  /** What is said of a build that was cancelled; nothing after a lost grant, or if it was not. */
  private static Optional<BuildEvent> ended(BuildGuard guard) {
    return guard
        .cancelled()
        .flatMap(reason ->
            switch (reason) {
              case CancelReason.Requested(String why) -> Optional.of(new BuildEvent.Cancelled(why));
              case CancelReason.LostGrant _ -> Optional.empty();
            });
  }

  private BuildEvent.Succeeded build(BuildJob job, long start)
      throws IOException,
          InterruptedException,
          BuildFailedException,
          EndedException,
          SourceException {
    return switch (job.request().source()) {
      case Source.Inline inline -> {
        try (BuildContext context = BuildContext.inline(inline)) {
          yield publish(job, dockerfile(job, context), start);
        }
      }
      case Source.Context uploaded -> {
        try (BuildContext context = BuildContext.uploaded(uploaded, job)) {
          yield publish(job, dockerfile(job, context), start);
        }
      }
      case Source.Rootfs(Digest rootfs) -> publish(job, new RootfsImport(job).build(rootfs), start);
      case Source.Kernel(Digest kernel) -> importKernel(job, kernel, start);
      case Source.Url _ -> throw notYet("a Dockerfile at a URL");
      case Source.Git _ -> throw notYet("a git repository");
    };
  }

  private static BuildFailedException notYet(String what) {
    return BuildFailedException.of(
        FailureCode.INVALID_REQUEST,
        "building from %s is not supported by this version; give a directory".formatted(what));
  }

  private Manifest dockerfile(BuildJob job, BuildContext context)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    String owner = pinPrefix(parts.settings()) + job.grant().instance();
    try (BaseManifests bases = new BaseManifests(parts.lookups(), parts.images(), owner)) {
      return new DockerfileBuild(job, context, bases).build();
    }
  }

  private BuildEvent.Succeeded publish(BuildJob job, Manifest manifest, long start)
      throws IOException, BuildFailedException, EndedException {
    job.guard().check();
    Digest digest = parts.images().publish(manifest);
    ImageSummary summary =
        new ImageSummary(
            digest,
            manifest.layers().stream().map(Layer::digest).toList(),
            parts.images().allocatedBytes(manifest),
            job.grant().id(),
            parts.settings().worker());
    return new BuildEvent.Succeeded(
        job.request().tag(), digest, parts.clock().millis() - start, Optional.of(summary));
  }

  private BuildEvent.Succeeded importKernel(BuildJob job, Digest digest, long start)
      throws SourceException, InterruptedException, BuildFailedException, EndedException {
    try (Blobs.Blob blob = job.blob(digest);
        InputStream in = Files.newInputStream(blob.file())) {
      Kernel kernel = parts.kernels().importFrom(job.request().tag(), in);
      return new BuildEvent.Succeeded(
          kernel.name(), kernel.digest(), parts.clock().millis() - start, Optional.empty());
    } catch (IOException e) {
      throw BuildFailedException.of(
          FailureCode.INVALID_REQUEST, "the kernel cannot be imported: " + HostFailure.reason(e));
    }
  }

  /** With which the ids begin that own the pins of this worker's builds. */
  static String pinPrefix(BuildSettings settings) {
    return "build." + settings.worker() + ".";
  }
}
