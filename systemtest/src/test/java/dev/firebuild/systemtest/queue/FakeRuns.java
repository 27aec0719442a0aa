package dev.firebuild.systemtest.queue;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.worker.queue.HeldVm;
import dev.firebuild.worker.queue.RunExecutor;
import dev.firebuild.worker.queue.RunGrant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** VMs that run until somebody wants them to end. */
final class FakeRuns implements RunExecutor {
  final Map<String, SubjectEvents> running = new ConcurrentHashMap<>();
  final Map<String, SubjectEvents> ended = new ConcurrentHashMap<>();
  private final String worker;

  FakeRuns(String worker) {
    this.worker = worker;
  }

  @Override
  public void reconcile(List<HeldVm> vms) {
    for (HeldVm vm : vms) {
      (vm.document().phase().isSettled() ? ended : running).put(vm.document().id(), vm.events());
    }
  }

  @Override
  public void start(RunGrant grant) {
    running.put(grant.id(), grant.events());
    var _ = grant.events().publish(new VmEvent.Starting(worker, grant.request().image()));
    var _ =
        grant
            .events()
            .publish(new VmEvent.Running(worker, "h", "fake", 1, "10.0.0.2", 24, List.of()));
  }

  @Override
  public void desiredChanged(VmDocument document) {
    SubjectEvents events = running.remove(document.id());
    if (events != null) {
      ended.put(document.id(), events);
      var _ = events.publish(new VmEvent.Exited(Optional.of(0), "stopped"));
    }
    if (document.desired().goal() == Goal.REMOVE) {
      SubjectEvents last = ended.remove(document.id());
      if (last != null) {
        var _ = last.publish(new VmEvent.Removed());
      }
    }
  }
}
