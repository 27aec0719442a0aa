package dev.firebuild.systemtest.fault;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.worker.queue.HeldVm;
import dev.firebuild.worker.queue.RunExecutor;
import dev.firebuild.worker.queue.RunGrant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** VMs that start and start, until they are lost. */
record StartingRuns(String worker) implements RunExecutor {
  private static final Logger log = LoggerFactory.getLogger(StartingRuns.class);

  @Override
  public boolean outlived(VmDocument vm) {
    return false;
  }

  @Override
  public void reconcile(List<HeldVm> vms) {}

  @Override
  public void start(RunGrant grant) {
    grant
        .cancellation()
        .onLostGrant(() -> log.atWarn().addKeyValue("vm", grant.id()).log("VM ended"));
    var _ = grant.events().publish(new VmEvent.Starting(worker, grant.request().image()));
  }

  @Override
  public void desiredChanged(VmDocument document) {}
}
