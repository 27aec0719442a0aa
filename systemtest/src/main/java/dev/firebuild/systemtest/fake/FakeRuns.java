package dev.firebuild.systemtest.fake;

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** VMs that run until somebody wants them to end, or somebody else has them. */
public final class FakeRuns implements RunExecutor {
  /** Of VMs that this host still has though no document says that they ran. */
  public final Set<String> outlived = ConcurrentHashMap.newKeySet();

  public final Map<String, SubjectEvents> running = new ConcurrentHashMap<>();
  public final Map<String, SubjectEvents> ended = new ConcurrentHashMap<>();
  private final String worker;
  private final boolean saysRunning;

  public FakeRuns(String worker) {
    this(worker, true);
  }

  /**
   * @param saysRunning false: its VMs run, and nobody hears of it
   */
  public FakeRuns(String worker, boolean saysRunning) {
    this.worker = worker;
    this.saysRunning = saysRunning;
  }

  @Override
  public boolean outlived(VmDocument vm) {
    return outlived.contains(vm.id());
  }

  @Override
  public void reconcile(List<HeldVm> vms) {
    for (HeldVm vm : vms) {
      String id = vm.document().id();
      (vm.document().phase().isSettled() ? ended : running).put(id, vm.events());
      vm.cancellation().onLostGrant(() -> running.remove(id));
      if (outlived.contains(id)) {
        sayRunning(vm.events());
      }
    }
  }

  @Override
  public void start(RunGrant grant) {
    running.put(grant.id(), grant.events());
    grant.cancellation().onLostGrant(() -> running.remove(grant.id()));
    var _ = grant.events().publish(new VmEvent.Starting(worker, grant.request().image()));
    sayRunning(grant.events());
  }

  private void sayRunning(SubjectEvents events) {
    if (saysRunning) {
      var _ =
          events.publish(new VmEvent.Running(worker, "h", "fake", 1, "10.0.0.2", 24, List.of()));
    }
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
