package dev.firebuild.worker.build;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.worker.queue.BuildGrant;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * One build while it is done.
 *
 * @param directory of this build alone; removed with all it holds when the build ends
 */
record BuildJob(BuildParts parts, BuildGrant grant, BuildGuard guard, Path directory) {

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
