package dev.firebuild.worker.build;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import dev.firebuild.worker.queue.BuildGrant;
import dev.firebuild.worker.source.Blobs;
import dev.firebuild.worker.source.SourceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * One build while it is done.
 *
 * @param memory of all builds of the worker
 * @param directory of this build alone; removed with all it holds when the build ends
 */
record BuildJob(
    BuildParts parts, BuildGrant grant, BuildGuard guard, MemoryBudget memory, Path directory) {

  BuildRequest request() {
    return grant.request();
  }

  SubjectEvents events() {
    return grant.events();
  }

  BuildSettings settings() {
    return parts.settings();
  }

  /** Name of the kernel that the build's VMs boot. */
  String kernel() {
    return request().kernel().orElse(settings().kernel());
  }

  /** Memory of each of the build's VMs in MiB. */
  int memMib() {
    return request().mem().orElse(settings().memMib());
  }

  /** Waits for the memory of one VM. */
  MemoryBudget.Share takeMemory()
      throws InterruptedException, EndedException, BuildFailedException {
    return memory.take(memMib(), guard);
  }

  /** Gets a blob; the end of the build ends the download. */
  Blobs.Blob blob(Digest digest)
      throws SourceException, InterruptedException, BuildFailedException, EndedException {
    try (BuildGuard.Watch _ = guard.watchStart()) {
      return parts.blobs().get(digest);
    } catch (SourceException | InterruptedException e) {
      guard.check();
      throw e;
    }
  }

  /** A new id of 20 characters. */
  String drawId() {
    return Ids.draw(parts.random());
  }

  void tell(BuildEvent event) {
    var _ = events().publish(event);
  }

  /** A line for the reader of the log that no program has printed. */
  void remark(int step, String line) throws InterruptedException {
    events().buildLog(step, "stderr", (line + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
