package dev.firebuild.worker.run;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.VmEvent;
import java.util.Optional;

/** What a worker does with a VM that a former worker process held. */
sealed interface Recovery {
  /**
   * Take the machine over: it runs, or its last output and exit code are still there.
   *
   * @param told whether the document knows that it runs
   */
  record Adopt(RunRecord record, VmEvent.Running running, boolean told) implements Recovery {}

  /** It has ended and nobody has heard of it: tell it, and hold it until it is removed. */
  record Tell(RunState.Ended ended) implements Recovery {}

  /** It has ended and that is known: hold it until it is removed. */
  record Hold(RunState.Ended ended) implements Recovery {}

  /** It never ran, as far as anybody knows: remove it in silence; it is in the queue again. */
  record Drop() implements Recovery {}

  /**
   * Decides from what the documents, the disk and the host know.
   *
   * @param record what is on disk
   * @param adoptable whether its machine lives
   */
  static Recovery of(VmDocument document, Optional<RunRecord> record, boolean adoptable) {
    return switch (document.phase()) {
      case QUEUED, REMOVED -> new Drop();
      case EXITED, FAILED -> new Hold(ended(document));
      case ASSIGNED, STARTING ->
          // What the record says may have been published without having reached the document.
          record.flatMap(RunRecord::running).isPresent()
              ? left(document, record, adoptable)
              : new Drop();
      case RUNNING, STOPPING -> left(document, record, adoptable);
    };
  }

  private static Recovery left(VmDocument document, Optional<RunRecord> record, boolean adoptable) {
    Optional<RunState.Ended> ended = record.flatMap(RunRecord::ended);
    if (ended.isPresent()) {
      return new Tell(ended.get());
    }
    Optional<VmEvent.Running> running =
        document.running().or(() -> record.flatMap(RunRecord::running));
    if (adoptable && record.isPresent() && running.isPresent()) {
      return new Adopt(record.get(), running.get(), document.running().isPresent());
    }
    return new Tell(Endings.gone(new RunState.Requested()));
  }

  private static RunState.Ended ended(VmDocument document) {
    return document
        .failure()
        .<RunState.Ended>map(failure -> new RunState.Failed(new VmEvent.Failed(failure)))
        .orElseGet(() ->
            new RunState.Exited(
                new VmEvent.Exited(document.exitCode(), document.exitReason().orElse("exited"))));
  }
}
