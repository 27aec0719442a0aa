package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.document.WorkerDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides what becomes of documents by what is known of their workers. */
record Judge(Rules rules, Liveness liveness) {
  /** What becomes of the work whose worker may be gone; without what stays as it is. */
  List<Work> changed(Documents documents, Instant now) {
    List<Work> changed = new ArrayList<>();
    for (Work work : documents.live()) {
      work.assignment().flatMap(to -> judge(work, to, now)).ifPresent(changed::add);
    }
    return changed;
  }

  /** The workers that count as up and are not heard any more. */
  List<WorkerDocument> silent(Documents documents) {
    return documents.workers().stream()
        .filter(worker -> worker.state().equals("up"))
        .filter(worker -> liveness.isLost(worker.id(), worker.info().incarnation()))
        .toList();
  }

  private Optional<? extends Work> judge(Work work, Assignment to, Instant now) {
    String worker = to.claim().worker();
    return switch (work) {
      case BuildDocument build -> {
        if (build.phase().isSettled()) {
          liveness.forget(to.instance());
          yield Optional.empty();
        }
        yield switch (liveness.judge(worker, to.claim().incarnation(), to.instance(), false)) {
          case HOLDS -> Optional.empty();
          case LOST -> rules.builds().workerLost(build, "it is silent", now);
          case SUPERSEDED -> rules.builds().workerLost(build, "it was started again", now);
          case NOT_HELD -> rules.builds().workerLost(build, "it does not have the build", now);
        };
      }
      case VmDocument vm -> {
        // A later process of the worker holds also what has ended, until it is removed.
        boolean outlives = vm.running().isPresent() || vm.phase().isSettled();
        yield switch (liveness.judge(worker, to.claim().incarnation(), to.instance(), outlives)) {
          case HOLDS -> rules.vms().workerHeard(vm);
          case LOST -> rules.vms().workerLost(vm, "it is silent", now);
          case SUPERSEDED -> rules.vms().workerLost(vm, "it was started again", now);
          case NOT_HELD -> rules.vms().notHeld(vm, "it does not have the VM", now);
        };
      }
    };
  }
}
