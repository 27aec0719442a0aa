package dev.firebuild.systemtest.conformance;

import dev.firebuild.cli.context.ContextException;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.systemtest.engine.EngineHost;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.image.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Builds one case. */
final class CaseRunner {
  private final EngineHost host;
  private final BaseImages bases;

  /** Images that a case makes for itself have names that other cases use too. */
  private final ReadWriteLock names = new ReentrantReadWriteLock();

  CaseRunner(EngineHost host, BaseImages bases) {
    this.host = host;
    this.bases = bases;
  }

  /**
   * What came out.
   *
   * @param image if it succeeded and its files must still be compared
   */
  record Built(CaseFile file, List<String> differences, Optional<Manifest> image) {}

  /**
   * Makes the images that the case is made from, if nobody did before.
   *
   * @return what is wrong if they cannot be made
   */
  Optional<Built> prepare(CaseFile file) throws InterruptedException {
    try {
      for (String base : file.bases()) {
        bases.image(base);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(impossible(file, e));
    }
  }

  /** Builds a case that is prepared. */
  Built run(CaseFile file) throws InterruptedException {
    var lock = file.asked().has("images") ? names.writeLock() : names.readLock();
    lock.lockInterruptibly();
    try {
      return build(file);
    } catch (IOException e) {
      return impossible(file, e);
    } finally {
      lock.unlock();
    }
  }

  private static Built impossible(CaseFile file, IOException why) {
    return new Built(file, List.of("cannot be tried: " + why), Optional.empty());
  }

  private Built build(CaseFile file) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("fb-case");
    try {
      Path context = directory.resolve("context");
      CaseContext.make(file, context);
      for (Map.Entry<String, String> image : file.map("images").entrySet()) {
        Path dockerfile = file.directory().resolve(image.getValue());
        BuildEvent end =
            host.build(BuildRequest.of(image.getKey(), host.upload(context, dockerfile))).end();
        if (!(end instanceof BuildEvent.Succeeded)) {
          // Another case may have left an image of that name.
          return new Built(
              file, List.of("the image %s: %s".formatted(image.getKey(), end)), Optional.empty());
        }
      }
      Source source = host.upload(context, file.directory().resolve("Dockerfile"));
      return compare(file, host.build(request(file, source)));
    } catch (ContextException e) {
      return refused(file, String.valueOf(e.getMessage()));
    } finally {
      DurableFiles.deleteTree(directory);
    }
  }

  /** The context could not even be packed: the person who builds sees this in place of a build. */
  private static Built refused(CaseFile file, String message) {
    Comparison comparison = new Comparison(file);
    comparison.compareFailure(Failure.of(FailureCode.DOCKERFILE, message), "");
    return new Built(file, comparison.differences(), Optional.empty());
  }

  private static BuildRequest request(CaseFile file, Source source) {
    BuildRequest plain = BuildRequest.of("case-" + file.name().toLowerCase(Locale.ROOT), source);
    return new BuildRequest(
        plain.id(),
        plain.tag(),
        source,
        file.text("target"),
        file.map("buildArgs"),
        file.map("labels"),
        file.flag("noCache"),
        plain.timeoutSeconds(),
        plain.cpu(),
        plain.mem(),
        plain.kernel(),
        plain.retryOf());
  }

  private Built compare(CaseFile file, EngineHost.Outcome outcome) throws IOException {
    Comparison comparison = new Comparison(file);
    switch (outcome.end()) {
      case BuildEvent.Succeeded succeeded -> {
        Manifest image = host.images().manifest(succeeded.digest());
        comparison.compareConfig(image.imageConfig());
        return new Built(
            file,
            comparison.differences(),
            file.expectsError() ? Optional.empty() : Optional.of(image));
      }
      case BuildEvent.Failed(Failure failure) ->
          comparison.compareFailure(failure, outcome.events().log());
      default ->
          comparison.compareFailure(Failure.of(FailureCode.INTERNAL, outcome.end().toString()), "");
    }
    return new Built(file, comparison.differences(), Optional.empty());
  }
}
